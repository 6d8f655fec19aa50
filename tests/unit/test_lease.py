"""A lease that is kept for as long as its holder lives, and hardly longer."""

import threading
import time
from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.jobs import AWAY
from tests.tables import Clock
from tokstack import lease as module
from tokstack.lease import kept_lease, lease
from tokstack.table import Key, Table, Update

PLACE = Key("LEASE#work", "LEASE")


class Beats:
    """A holder's event that is set after some periods; in each of them something happens."""

    def __init__(self, clock: Clock, *happens: Callable[[], object]) -> None:
        self._clock, self._happens = clock, list(happens)

    def wait(self, seconds: float) -> bool:
        self._clock.now += seconds
        if not self._happens:
            return True
        self._happens.pop(0)()
        return False


def renew(table: Table, holder: str, beats: Beats) -> None:
    module._renew(table, "work", holder, cast("threading.Event", beats))


def place(table: Table) -> dict[str, Any]:
    found = table.get(PLACE)
    assert found
    return found


def free(table: Table) -> bool:
    """Whether another worker would get it."""
    with lease(table, "work", 1) as mine:
        return mine


def test_one_of_two_holds_it_and_gives_it_back(table: Table) -> None:
    before = threading.active_count()
    with kept_lease(table, "work") as mine:
        assert mine
        with kept_lease(table, "work") as second, kept_lease(table, "other") as other:
            assert (second, other) == (False, True)
        assert not free(table)
    assert threading.active_count() == before
    assert free(table)


def test_it_is_given_back_when_the_work_fails(table: Table) -> None:
    with pytest.raises(ZeroDivisionError), kept_lease(table, "work"):
        _ = 1 / 0
    assert free(table)


def test_it_lasts_while_its_holder_lives(table: Table, clock: Clock) -> None:
    begun = clock.now
    with lease(table, "work", module._KEPT):
        seen: list[bool] = []
        renew(table, place(table)["holder"], Beats(clock, *[lambda: seen.append(free(table))] * 20))
        assert seen == [False] * 20
        assert clock.now - begun > 6 * module._KEPT
        assert place(table)["expires_at"] > clock.now


def test_another_has_it_soon_after_its_holder_died(table: Table, clock: Clock) -> None:
    with lease(table, "work", module._KEPT):  # nobody renews it
        dead = place(table)["holder"]
        clock.now += module._KEPT
        with kept_lease(table, "work") as second:
            assert second
            mine = place(table)
            renew(table, dead, Beats(clock, lambda: None, lambda: pytest.fail("it was lost already")))
            assert place(table) == mine
    assert free(table)


def test_a_table_that_is_away_for_a_moment_loses_nothing(
    table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Update) -> None:
        raise AWAY

    begun = clock.now
    with lease(table, "work", module._KEPT):
        broken = lambda: monkeypatch.setattr(table, "update", away)  # noqa: E731
        renew(table, place(table)["holder"], Beats(clock, broken, monkeypatch.undo))
        assert place(table)["expires_at"] == pytest.approx(begun + module._KEPT * 5 / 3)  # two periods later


def test_the_one_who_keeps_it_renews_it_by_itself(table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 0.03)
    with kept_lease(table, "work"):
        clock.now += 0.02
        deadline = time.monotonic() + 10
        while place(table)["expires_at"] < clock.now + 0.03 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert place(table)["expires_at"] == clock.now + 0.03
