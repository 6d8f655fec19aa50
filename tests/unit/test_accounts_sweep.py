"""The scheduled function, with its event."""

import json
from typing import cast

import pytest

from tests.functions import run
from tests.jobs import World, job, outcomes
from tests.tables import Clock
from tokstack.accounts import credits, keys, ledger
from tokstack.jobs import finish, store
from tokstack.jobs.job import Status
from tokstack.media.storage import Storage
from tokstack.table import Table


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
    run("sweep")
    assert credits.show(table, "acme").balance == 5
    assert outcomes(table) == ["refunded_at"] * 2
    assert world.announced == [(lost.id, Status.FAILED)]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line[name] for name in ("JobsSwept", "ChargesSwept") for line in lines if name in line] == [[1], [1]]
