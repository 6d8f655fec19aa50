"""One request a pause, however many workers there are."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest

from tests.tables import Clock
from tokstack.providers.limiter import Limiter
from tokstack.table import Table

PAUSE = 1.5
WORKERS = 16


def test_the_first_goes_at_once_and_the_next_ones_wait_their_turn(table: Table) -> None:
    waits: list[float] = []
    limiter = Limiter(table, waits.append)
    assert [limiter.wait("tikwm", PAUSE, patience=3.1) for _ in range(4)] == [True, True, True, False]
    assert waits == pytest.approx([0, 1.5, 3])


def test_a_turn_that_was_refused_is_not_taken(table: Table, clock: Clock) -> None:
    waits: list[float] = []
    limiter = Limiter(table, waits.append)
    limiter.wait("tikwm", PAUSE, patience=0)
    for _ in range(5):
        assert not limiter.wait("tikwm", PAUSE, patience=1)
    clock.now += 1
    assert limiter.wait("tikwm", PAUSE, patience=1)
    assert waits == pytest.approx([0, 0.5])


def test_time_unused_is_not_saved_up(table: Table, clock: Clock) -> None:
    waits: list[float] = []
    limiter = Limiter(table, waits.append)
    limiter.wait("tikwm", PAUSE, patience=0)
    clock.now += 100
    assert [limiter.wait("tikwm", PAUSE, patience=1.6) for _ in range(3)] == [True, True, False]
    assert waits == pytest.approx([0, 0, 1.5])


def test_each_upstream_has_its_own_turns(table: Table) -> None:
    limiter = Limiter(table, lambda _: None)
    assert limiter.wait("tikwm", PAUSE, patience=0)
    assert limiter.wait("other", PAUSE, patience=0)


def test_no_two_of_many_workers_get_the_same_turn(table: Table) -> None:
    waits: list[float] = []
    barrier = Barrier(WORKERS)

    def work(_: int) -> bool:
        barrier.wait()
        return Limiter(table, waits.append).wait("tikwm", PAUSE, patience=PAUSE * 9 + 0.1)

    with ThreadPoolExecutor(WORKERS) as threads:
        gone = sum(threads.map(work, range(WORKERS)))
    assert gone == 10
    assert sorted(waits) == pytest.approx([PAUSE * turn for turn in range(10)])
    assert all(later - earlier > PAUSE - 0.001 for earlier, later in pairwise(sorted(waits)))
