"""The owner's command line, on a table in this process."""

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from typer.testing import CliRunner, Result

from cli import providers
from cli import stack as stacks
from cli.main import app
from tests.command_line import answer, complaint
from tokstack import providers as upstreams
from tokstack.accounts import credits, keys, ledger
from tokstack.errors import Code, TokstackError
from tokstack.providers.circuit import Circuits
from tokstack.table import Table

Run = Callable[[str], Result]


@pytest.fixture
def run(table: Table, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line; where it names no stack, on the table at hand."""
    monkeypatch.setattr(stacks, "_local", lambda: table)
    monkeypatch.setenv("COLUMNS", "40")  # a row is a line all the same
    return lambda line: CliRunner().invoke(app, line.split())


def test_a_new_key_is_printed_alone_and_can_be_charged(run: Run, table: Table) -> None:
    key = answer(run("keys create --account acme --credits 5 --expires 2030-01-31 --rate 10"))
    assert ledger.charge(table, key, credits=1, route="statistic", charge_id="1").remaining == 4
    found = keys.find(table, key)
    assert (found.rate, found.valid_until) == (10, 1_896_048_000)


def test_a_second_key_adds_its_credits(run: Run, table: Table) -> None:
    answer(run("keys create --account acme --credits 5"))
    second = run("keys create --account acme --credits 2")
    assert "acme has 7 credits" in second.stderr
    assert credits.show(table, "acme").balance == 7


def test_the_list_shows_every_key_and_no_secret(run: Run) -> None:
    first = answer(run("keys create --account b --credits 0 --rate 3"))
    second = answer(run("keys create --account a --credits 0 --expires 2030-01-31T12:00:00Z"))
    heading, *lines = answer(run("keys list")).splitlines()
    assert heading.split() == ["KEY", "ACCOUNT", "STATUS", "RATE", "EXPIRES", "CREATED"]
    assert [line.split()[:4] for line in lines] == [
        [f"{second[:12]}…", "a", "active", "-"],
        [f"{first[:12]}…", "b", "active", "3/s"],
    ]
    assert "2030-01-31 12:00:00Z" in lines[0]
    assert not re.search(r"tok_\w{9}", "".join(lines))


def test_a_key_is_switched(run: Run, table: Table) -> None:
    key = answer(run("keys create --account acme --credits 1"))
    for command, status in (("disable", "disabled"), ("enable", "active"), ("revoke", "revoked")):
        assert answer(run(f"keys {command} {key[:12]}")) == f"{key[:12]}… of acme is {status}."
        assert keys.find(table, key).status == status
    assert complaint(run(f"keys enable {key}")) == "A revoked key stays revoked; make a new one."


def test_credits_are_granted_and_shown_by_route(run: Run, table: Table) -> None:
    key = answer(run("keys create --account acme --credits 5"))
    ledger.charge(table, key, credits=2, route="random", charge_id="1")
    rows = [line.split() for line in answer(run("credits grant --account acme --credits 10")).splitlines()]
    assert rows == [["acme", "CREDITS"], ["granted", "15"], ["left", "13"], ["used", "2"], ["random", "2"]]
    assert answer(run("credits show --account acme")).splitlines()[1].split() == ["granted", "15"]


def test_what_is_shown_is_shown_to_programs_too(run: Run) -> None:
    key = answer(run("keys create --account acme --credits 5 --expires 2030-01-31"))
    (listed,) = json.loads(answer(run("keys list --json")))
    assert listed.pop("createdAt")
    assert listed == {
        "key": key[:12],
        "account": "acme",
        "status": "active",
        "rate": None,
        "expiresAt": "2030-01-31T00:00:00.000+00:00",
    }
    has = {"account": "acme", "granted": 5, "left": 5, "used": 0, "byRoute": {}}
    assert json.loads(answer(run("credits show --account acme --json"))) == has
    granted = json.loads(answer(run("credits grant --account acme --credits 2 --json")))
    assert granted == {**has, "granted": 7, "left": 7}
    upstream, *_ = json.loads(answer(run("providers status --json")))
    assert upstream == {
        "name": providers.names()[0],
        "enabled": True,
        "circuit": "closed",
        "failures": 0,
        "lastError": None,
        "lastErrorAt": None,
    }


def test_an_upstream_is_switched(run: Run, table: Table) -> None:
    assert answer(run("providers disable tikwm")) == "tikwm is asked no more."
    heading, *lines = answer(run("providers status")).splitlines()
    assert heading.startswith("PROVIDER")
    assert {line.split()[0]: line.split()[1] for line in lines} == {
        name: "no" if name == "tikwm" else "yes" for name in providers.names()
    }
    answer(run("providers enable tikwm"))
    assert Circuits(table).state("tikwm").enabled


def test_every_upstream_can_be_switched() -> None:
    modules = [import_module(module.name) for module in walk_packages(upstreams.__path__, f"{upstreams.__name__}.")]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    named = {vars(each)["name"] for each in classes if isinstance(vars(each).get("name"), str)}
    assert named == set(providers.names())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("keys create --account a#b --credits 1", "An account's name"),
        ("keys create --account a --credits 1 --expires 2001-01-01", "expired already"),
        ("keys disable tok_nonesuch", "No key begins with tok_nonesuch."),
        ("providers disable nonesuch", "There is no upstream nonesuch"),
    ],
)
def test_what_makes_no_sense_is_one_line(run: Run, line: str, words: str) -> None:
    assert words in complaint(run(line))


@pytest.mark.parametrize(
    "line",
    [
        "keys create --account a",
        "keys create --account a --credits -1",
        f"keys create --account a --credits {10**40}",
        f"credits grant --account a --credits {10**40}",
        "keys what",
        "credits show",
    ],
)
def test_a_wrong_command_line_is_told_so(run: Run, line: str) -> None:
    result = run(line)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_no_local_stack_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stacks, "READY_FILE", tmp_path / "ready.json")
    assert complaint(CliRunner().invoke(app, ["keys", "list"])).startswith("No local stack is running")


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_broken_ready_file_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(text)
    monkeypatch.setattr(stacks, "READY_FILE", ready)
    assert complaint(CliRunner().invoke(app, ["keys", "list"])).startswith("ready.json cannot be read")


class CloudFormation:
    """Describes one stack, or raises."""

    def __init__(self, described: Any) -> None:
        self._described = described

    def describe_stacks(self, **_: str) -> Any:
        if isinstance(self._described, Exception):
            raise self._described
        return {"Stacks": [self._described]}


MISSING = ClientError({"Error": {"Code": "ValidationError", "Message": "Stack nope does not exist"}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (MISSING, "Stack nope does not exist"),
        (NoCredentialsError(), "Unable to locate credentials"),
        ({}, "no stack of Tokstack"),
        ({"Outputs": [{"OutputKey": "Other", "OutputValue": "x"}]}, "no stack of Tokstack"),
    ],
)
def test_a_stack_that_cannot_be_used_is_one_line(monkeypatch: pytest.MonkeyPatch, described: Any, words: str) -> None:
    monkeypatch.setattr(boto3, "client", lambda *_, **__: CloudFormation(described))
    assert words in complaint(CliRunner().invoke(app, ["keys", "list", "--stack", "nope"]))


def test_a_deployed_stack_is_found_by_its_output(monkeypatch: pytest.MonkeyPatch, table: Table, run: Run) -> None:
    """The output `Table` names the table; nothing else of the stack is looked at."""
    credits.grant(table, "acme", 5)
    stack = CloudFormation({"Outputs": [{"OutputKey": "Table", "OutputValue": table._name}]})
    clients = {"cloudformation": stack, "dynamodb": table._client}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    assert "granted" in answer(run("credits show --account acme --stack mine"))


def test_a_fault_of_the_cloud_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The table refused the request.") from MISSING

    monkeypatch.setattr(keys, "listing", refuse)
    line = complaint(run("keys list"))
    assert line.startswith("The table refused the request.")
    assert "ValidationError" in line
