"""Which worker of a function an invocation gets."""

from collections.abc import Callable
from typing import cast

from local.lambdas import Pool
from local.runtime import Answer, Worker


class Process:
    """A worker that answers with its number."""

    def __init__(self, number: int, on_ready: Callable[[Worker], None]) -> None:
        self._number = number
        self._on_ready = on_ready
        self.dead = self.lost = False

    def start(self) -> None:
        self._on_ready(cast("Worker", self))

    def invoke(self, _: bytes) -> Answer:
        return Answer(str(self._number).encode(), failed=self.dead)

    def stop(self) -> None:
        self.dead = True


class Processes(list[Process]):
    """All that a pool has made."""

    def create(self, on_ready: Callable[[Worker], None]) -> Worker:
        self.append(Process(len(self), on_ready))
        return cast("Worker", self[-1])


def test_a_warm_worker_is_used_again() -> None:
    pool = Pool(Processes().create)
    assert [pool.invoke(b"").payload for _ in range(3)] == [b"0"] * 3


def test_a_worker_that_died_at_rest_is_no_news() -> None:
    made = Processes()
    pool = Pool(made.create)
    pool.invoke(b"")
    made[0].dead = made[0].lost = True
    assert pool.invoke(b"") == Answer(b"1")


def test_a_worker_that_cannot_start_is_told_to_who_waits() -> None:
    made = Processes()

    def stillborn(on_ready: Callable[[Worker], None]) -> Worker:
        worker = made.create(on_ready)
        worker.stop()
        return worker

    assert Pool(stillborn).invoke(b"").failed
