"""The scheduled function, with its event."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.jobs import World, job, outcomes
from tests.tables import Clock
from tokstack.accounts import credits, keys, ledger
from tokstack.jobs import finish, store
from tokstack.jobs.job import Status
from tokstack.media.storage import Storage
from tokstack.table import Table

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = SimpleNamespace(
    function_name="sweep",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:sweep",
    aws_request_id="1",
)


def test_the_schedule_ends_what_was_lost(
    table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    credits.grant(table, "acme", 5)
    key = keys.create(table, "acme")
    ledger.charge(table, key, credits=2, route="statistic", charge_id="1")
    lost = job(table)
    store.create(table, lost)
    clock.now += 3601
    world = World(table, cast("Storage", None))
    monkeypatch.setattr("tokstack.table.table", lambda: table)
    monkeypatch.setattr(finish, "finisher", lambda: world.finisher)
    handler = runpy.run_path(str(ROOT / "functions" / "sweep" / "app.py"))["handler"]
    handler(json.loads((ROOT / "events" / "sweep.json").read_text()), CONTEXT)
    assert credits.show(table, "acme").balance == 5
    assert outcomes(table) == ["refunded_at"] * 2
    assert world.announced == [(lost.id, Status.FAILED)]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line[name] for name in ("JobsSwept", "ChargesSwept") for line in lines if name in line] == [[1], [1]]
