"""The command line, as it is started, on a stack that runs on this machine."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import ROOT
from cli import stack as command_stack
from cli.main import app
from local.account import STACK
from local.upstream.catalog import catalog
from tests.clouds import Stack
from tests.command_line import answer, complaint
from tests.conftest import NewKey
from tests.tables import client, create


@pytest.fixture
def ready(dynamodb_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address in a running stack's ready.json."""
    dynamodb = client(dynamodb_address)
    create(dynamodb, f"{STACK}-data")
    file = tmp_path / "ready.json"
    file.write_text(json.dumps({"aws_endpoint": dynamodb_address}))
    monkeypatch.setattr(command_stack, "READY_FILE", file)
    return dynamodb_address


@pytest.mark.usefixtures("ready")
def test_the_running_stack_is_found() -> None:
    created = CliRunner().invoke(app, ["keys", "create", "--account", "acme", "--credits", "5"])
    assert created.exit_code == 0
    listed = CliRunner().invoke(app, ["keys", "list"])
    assert created.stdout[:12] in listed.stdout


def test_a_stack_that_died_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ready.json"
    file.write_text(json.dumps({"aws_endpoint": "http://127.0.0.1:1"}))
    monkeypatch.setattr(command_stack, "READY_FILE", file)
    result = CliRunner().invoke(app, ["keys", "list"])
    assert result.exit_code == 1
    assert result.stderr.startswith("The table cannot be reached. Could not connect")
    assert len(result.stderr.splitlines()) == 1


def started(*words: str, **environment: str) -> str:
    """What the program prints."""
    command = [sys.executable, "-m", "cli", *words]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def test_it_starts() -> None:
    assert "Usage: tokstack" in started("--help")


def test_no_color_is_heeded() -> None:
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3|9)[0-7]")
    assert colour.search(started("--help", FORCE_COLOR="1"))
    assert not colour.search(started("--help", FORCE_COLOR="1", NO_COLOR="1"))


def test_a_shell_completes_its_commands() -> None:
    typed = {"_TOKSTACK_COMPLETE": "complete_bash", "COMP_WORDS": "tokstack prov", "COMP_CWORD": "1"}
    assert started(**typed).split() == ["providers"]


def test_the_running_stack_is_well_until_something_is_set_aside(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"aws_endpoint": stack.aws_endpoint, "url": stack.url}))
    monkeypatch.setattr(command_stack, "READY_FILE", ready)
    check = ["deploy", "check", "--json"]
    with stack.client("sqs") as queues:
        for aside in queues.list_queues(QueueNamePrefix=STACK)["QueueUrls"]:
            if aside.endswith("-dead"):  # what other tests left there
                drain(queues, aside)
        parts = json.loads(answer(CliRunner().invoke(app, check)))
        assert {part["kind"] for part in parts} == {"table", "queue", "secret", "health"}
        dead = queues.get_queue_url(QueueName=f"{STACK}-library-refresh-dead")["QueueUrl"]
        queues.send_message(QueueUrl=dead, MessageBody="{}")
        checked = CliRunner().invoke(app, check)
        drain(queues, dead)
    assert checked.exit_code == 1
    assert f"queue {STACK}-library-refresh-dead" in checked.stderr


def drain(queues: Any, url: str) -> None:
    while messages := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_what_is_submitted_is_done_and_what_was_set_aside_comes_back(
    stack: Stack, new_key: NewKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"aws_endpoint": stack.aws_endpoint}))
    monkeypatch.setattr(command_stack, "READY_FILE", ready)
    new_key(account="submitter", credits=10)
    post = next(post for post in catalog().posts if post.trait == "plain")
    line = {"kind": "statistic", "url": post.url}
    run = CliRunner().invoke
    submitted = run(app, ["jobs", "submit", "-", "--account", "submitter"], input=json.dumps(line))
    with stack.client("sqs") as queues:
        dead = queues.get_queue_url(QueueName=f"{STACK}-jobs-dead")["QueueUrl"]
        aside = {**line, "account": "submitter", "id": "aside"}
        queues.send_message(QueueUrl=dead, MessageBody=json.dumps(aside))
        assert "aside" in answer(run(app, ["jobs", "redrive", "--list"]))
        assert "moved" in answer(run(app, ["jobs", "redrive"]))
    for name in (answer(submitted), "aside"):
        job = ended(name, "submitter")
        assert (job["status"], job["subject"]["id"], job["accounts"]) == ("succeeded", post.id, ["submitter"])
        assert answer(run(app, ["jobs", "show", job["id"]])).split()[:4] == ["JOB", job["id"], "status", "succeeded"]
    assert complaint(run(app, ["jobs", "show", "aside", "--account", "another"])).startswith("another has submitted")


def ended(name: str, account: str, *, seconds: float = 20) -> Any:
    """What a submission came to, as soon as it has."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = CliRunner().invoke(app, ["jobs", "show", name, "--account", account, "--json"])
        if shown.exit_code == 0 and (job := json.loads(shown.stdout))["finishedAt"]:
            return job
        time.sleep(0.1)
    raise AssertionError(f"{name} does not end")
