"""What one worker fetched serves all, and so does the failure of it."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Lock

import pytest

from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.providers.cache import FINAL_FAILURE, PASSING_FAILURE, Shelf
from tokstack.providers.deadline import Deadline
from tokstack.table import Delete, Key, Table

WORKERS = 24
TTL = 300.0


class Fetch:
    """Counts how often it is called; gives `value`, or raises it."""

    def __init__(self, value: str | TokstackError) -> None:
        self._value = value
        self._lock = Lock()
        self.count = 0

    def __call__(self, _: str | None) -> str:
        with self._lock:
            self.count += 1
        if isinstance(self._value, TokstackError):
            raise self._value
        return self._value


@pytest.fixture
def shelf(table: Table, clock: Clock) -> Shelf[str]:
    return Shelf(table, "word", str, lambda _: clock.now + TTL)


def never(_: str | None) -> str:
    raise AssertionError("nothing is to be fetched")


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(TokstackError) as caught:
        call()
    return caught.value.code


def test_what_was_fetched_is_kept_until_its_time(shelf: Shelf[str], clock: Clock) -> None:
    fetch = Fetch("é")
    for _ in range(3):
        assert shelf.once("a", fetch, Deadline(5)) == "é"
    assert fetch.count == 1
    clock.now += TTL
    shelf.once("a", fetch, Deadline(5))
    shelf.once("b", fetch, Deadline(5))
    assert fetch.count == 3


def test_a_value_larger_than_an_item_comes_back(shelf: Shelf[str]) -> None:
    large = os.urandom(600_000).hex()
    shelf.keep("a", large)
    assert shelf.once("a", never, Deadline(5)) == large
    shelf.keep("a", "small")
    assert shelf.once("a", never, Deadline(5)) == "small"


def test_a_value_of_which_a_part_is_missing_is_none(shelf: Shelf[str], table: Table) -> None:
    shelf.keep("a", os.urandom(600_000).hex())
    table.delete(Delete(Key("CACHE#word#a", "VALUE#1")))
    assert shelf.once("a", Fetch("new"), Deadline(5)) == "new"


def test_what_is_not_good_is_fetched_again_by_whom_it_is_shown(shelf: Shelf[str]) -> None:
    shelf.keep("a", "old")
    seen: list[str | None] = []

    def fetch(known: str | None) -> str:
        seen.append(known)
        return "new"

    assert shelf.once("a", fetch, Deadline(5), good=lambda value: value == "new") == "new"
    assert seen == ["old"]
    assert shelf.once("a", never, Deadline(5)) == "new"


@pytest.mark.parametrize(
    ("code", "seconds"), [(Code.POST_DELETED, FINAL_FAILURE), (Code.UPSTREAM_CHALLENGE, PASSING_FAILURE)]
)
def test_a_failure_is_kept_for_a_while(shelf: Shelf[str], clock: Clock, code: Code, seconds: float) -> None:
    fetch = Fetch(TokstackError(code, "Why."))
    assert [code_of(lambda: shelf.once("a", fetch, Deadline(5))) for _ in range(3)] == [code] * 3
    assert fetch.count == 1
    clock.now += seconds
    assert shelf.once("a", Fetch("back"), Deadline(5)) == "back"


def test_a_failure_of_ours_is_not_kept(shelf: Shelf[str]) -> None:
    with suppress(TokstackError):
        shelf.once("a", Fetch(TokstackError(Code.SERVICE_UNAVAILABLE, "The table is too busy.")), Deadline(5))
    assert shelf.once("a", Fetch("fine"), Deadline(5)) == "fine"


@pytest.mark.parametrize("value", ["word", TokstackError(Code.POST_DELETED, "Gone.")], ids=["value", "failure"])
def test_many_at_once_fetch_once(table: Table, clock: Clock, value: str | TokstackError) -> None:
    fetch, barrier = Fetch(value), Barrier(WORKERS)

    def work(_: int) -> object:
        shelf = Shelf[str](table, "word", str, lambda _: clock.now + TTL)
        barrier.wait()
        try:
            return shelf.once("a", fetch, Deadline(30))
        except TokstackError as error:
            return error.code

    with ThreadPoolExecutor(WORKERS) as threads:
        results = set(threads.map(work, range(WORKERS)))
    assert results == {value.code if isinstance(value, TokstackError) else value}
    assert fetch.count == 1


def test_a_killed_holder_blocks_nobody_for_long(table: Table, clock: Clock) -> None:
    def sleep(seconds: float) -> None:
        clock.now += seconds

    shelf = Shelf[str](table, "word", str, lambda _: clock.now + TTL, sleep)
    with lease(table, "word/a", 7):  # and nothing is heard of its holder
        started = clock.now
        assert shelf.once("a", Fetch("word"), Deadline(30, clock)) == "word"
        assert 7 <= clock.now - started <= 8


def test_who_waits_in_vain_gives_up_in_time(table: Table, clock: Clock) -> None:
    def sleep(seconds: float) -> None:
        clock.now += seconds

    shelf = Shelf[str](table, "word", str, lambda _: clock.now + TTL, sleep)
    with lease(table, "word/a", 60):
        assert code_of(lambda: shelf.once("a", never, Deadline(20, clock))) is Code.UPSTREAM_TIMEOUT
