"""`tokstack library track`, `untrack` and `tracked`, on a table in this process."""

import json
import re
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from cli import stack as stacks
from cli.main import app
from tests.command_line import answer, complaint
from tokstack.errors import Code, TokstackError
from tokstack.library.tracking import Kind, Subject, Tracking
from tokstack.table import Table

Run = Callable[..., Result]


@pytest.fixture
def run(table: Table, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(stacks, "_library", lambda _: table)
    return lambda *words: CliRunner().invoke(app, ["library", *words])


def test_profiles_and_searches_are_tracked_and_shown(run: Run, table: Table) -> None:
    told = answer(run("track", "@Some.one", "other", "--ads", "DE:running shoes", "--research", "ALL:cats"))
    assert told.splitlines() == [
        "@some.one is read every 6h.",
        "@other is read every 6h.",
        "ads DE:running shoes is read every 6h.",
        "research ALL:cats is read every 6h.",
    ]
    answer(run("track", "@other", "--every", "2d"))
    error = TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")
    Tracking(table).failed(Subject(Kind.PROFILE, "other"), 1, error, 60)
    Tracking(table).succeeded(Subject(Kind.PROFILE, "some.one"), 1, 12)
    heading, *lines = answer(run("tracked")).splitlines()
    assert heading.split() == ["TRACKED", "EVERY", "NEXT", "LAST", "RESULT", "ITEMS", "FAILURES", "MESSAGE"]
    assert [line.split()[0] for line in lines] == ["ads", "@other", "@some.one", "research"]
    assert [re.split(r" {2,}", line.rstrip())[-4:] for line in lines] == [
        ["-", "-", "0", "-"],
        ["account_private", "-", "1", "This account is private."],
        ["ok", "12", "0", "-"],
        ["-", "-", "0", "-"],
    ]


def test_what_is_tracked_is_shown_to_programs_too(run: Run, table: Table) -> None:
    answer(run("track", "@other", "--every", "2d"))
    error = TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")
    Tracking(table).failed(Subject(Kind.PROFILE, "other"), 1, error, 60)
    (shown,) = json.loads(answer(run("tracked", "--json")))
    assert shown.pop("nextAt")
    assert shown.pop("lastAt")
    assert shown == {
        "kind": "profile",
        "name": "other",
        "everySeconds": 172_800,
        "result": "account_private",
        "items": None,
        "failures": 1,
        "message": "This account is private.",
    }


def test_who_is_untracked_is_named(run: Run, table: Table) -> None:
    answer(run("track", "@a1", "--ads", "DE:shoes"))
    assert answer(run("untrack", "@A1", "--ads", "DE:shoes")) == "@a1 is read no more.\nads DE:shoes is read no more."
    assert complaint(run("untrack", "@a1")) == "Not tracked: @a1."
    assert list(Tracking(table).every()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["track"], "Name a profile"),
        (["track", "@a1", "--every", "59m"], "from 1h to 30d"),
        (["track", "@a1", "--every", "31d"], "from 1h to 30d"),
        (["track", "@a1", "--every", "six"], "from 1h to 30d"),
        (["track", "@a1", "no one"], "username"),
        (["track", "--ads", "shoes"], "DE:shoes"),
        (["untrack"], "Name a profile"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_tracked(run: Run, table: Table, words: list[str], why: str) -> None:
    assert why in complaint(run(*words))
    assert list(Tracking(table).every()) == []
