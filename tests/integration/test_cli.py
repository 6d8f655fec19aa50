"""The command line, as it is started, on a stack that runs on this machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import ROOT, stack
from cli.main import app
from local.account import STACK
from tests.tables import client, create


@pytest.fixture
def ready(dynamodb_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address in a running stack's ready.json."""
    dynamodb = client(dynamodb_address)
    create(dynamodb, f"{STACK}-data")
    file = tmp_path / "ready.json"
    file.write_text(json.dumps({"aws_endpoint": dynamodb_address}))
    monkeypatch.setattr(stack, "READY_FILE", file)
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
    monkeypatch.setattr(stack, "READY_FILE", file)
    result = CliRunner().invoke(app, ["keys", "list"])
    assert result.exit_code == 1
    assert result.stderr.startswith("The table cannot be reached. Could not connect")
    assert len(result.stderr.splitlines()) == 1


def test_it_starts() -> None:
    started = subprocess.run(
        [sys.executable, "-m", "cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Usage: tokstack" in started.stdout
