"""Whatever happens to jobs in whatever order: one outcome each, and the ledger says what the balance says."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient

from tests.jobs import AWAY, DELETED, PLAN, World, conversion, outcomes
from tests.tables import Clock, create
from tokstack.accounts import credits, ledger
from tokstack.errors import TokstackError
from tokstack.jobs import store
from tokstack.jobs.job import Job, Result, Status
from tokstack.media.storage import Storage, Stored
from tokstack.table import Table

ACCOUNTS = ("rich", "poor", "")
GRANTED = {"rich": 100, "poor": 3}
WORK = conversion()
ENDED = {Status.SUCCEEDED: "settled_at", Status.FAILED: "refunded_at"}


class Shelf:
    """A storage that holds the one result, or does not."""

    def __init__(self) -> None:
        self.full = False

    def find(self, key: str) -> Stored | None:
        return Stored(key, "audio/mpeg", 5) if self.full else None


@dataclass
class Model:
    """All jobs that there are, and what is known of them so far."""

    table: Table
    clock: Clock
    shelf: Shelf = field(default_factory=Shelf)
    known: dict[str, Job] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # those whose charge was given back before they ended

    def __post_init__(self) -> None:
        self.world = World(self.table, cast("Storage", self.shelf))
        for account, granted in GRANTED.items():
            credits.grant(self.table, account, granted)

    def start(self, account: str) -> None:
        before = {name: credits.show(self.table, name).balance for name in GRANTED}
        charged = 0
        with suppress(TokstackError):
            started = self.world.starter.start(WORK, account, 2)
            charged = started.charged
            assert account in {*started.job.accounts, ""}
            assert charged == (2 if started.new and account else 0)
        for name, balance in before.items():
            assert credits.show(self.table, name).balance == balance - (charged if name == account else 0)

    def break_launch(self, account: str) -> None:
        self.world.launch_fails = AWAY
        self.start(account)
        self.world.launch_fails = None

    def at_last(self, work: Callable[[Job], Any]) -> None:
        last = store.latest(self.table, WORK)
        if last:
            work(last)

    def succeed(self) -> None:
        self.shelf.full = True
        self.at_last(lambda job: store.succeed(self.table, job, Result(WORK.result_key, "audio/mpeg", 5)))

    def late(self) -> None:
        """Somebody ends the first attempt long after others were begun."""
        first = store.find(self.table, f"{WORK.digest}-1")
        if first:
            store.fail(self.table, first, DELETED)

    def sweep_charges(self) -> None:
        before = {job.id for job in self.jobs() if not job.ended}
        if ledger.sweep(self.table):
            self.lost |= before

    def jobs(self) -> Iterator[Job]:
        return map(Job.of, self.table.query(f"JOB#{WORK.digest}"))

    def check(self) -> None:
        charges = [became for account in GRANTED for became in outcomes(self.table, account)]
        seen = {job.id: job for job in self.jobs()}
        assert seen.keys() >= self.known.keys()
        for job_id, before in self.known.items():
            now = seen[job_id]
            assert now.progress >= before.progress
            if before.ended:
                assert (now.status, now.finished_at, now.result) == (before.status, before.finished_at, before.result)
        paid = [job for job in seen.values() if job.credits]
        assert sorted(charges) == sorted(map(self._became, paid))
        assert sum(not job.ended for job in seen.values()) <= 1
        self.known = seen

    def _became(self, job: Job) -> str:
        return "refunded_at" if job.id in self.lost else ENDED.get(job.status, "pending")


ACTIONS: dict[str, Callable[[Model], Any]] = {
    **{f"start {account}": partial(Model.start, account=account) for account in ACCOUNTS},
    "break launch": lambda model: model.break_launch("rich"),
    "begin": lambda model: model.at_last(lambda job: store.begin(model.table, job, PLAN)),
    "advance": lambda model: model.at_last(lambda job: store.advance(model.table, job.id, 0.5)),
    "step back": lambda model: model.at_last(lambda job: store.advance(model.table, job.id, 0.25)),
    "succeed": Model.succeed,
    "fail": lambda model: model.at_last(lambda job: store.fail(model.table, job, DELETED)),
    "fail late": Model.late,
    "lose the result": lambda model: setattr(model.shelf, "full", False),
    "hours pass": lambda model: setattr(model.clock, "now", model.clock.now + 1.5 * 3600),
    "sweep": lambda model: model.world.finisher.sweep(),
    "sweep charges": Model.sweep_charges,
}


@settings(max_examples=30, deadline=None)
@given(
    first=st.sampled_from(["start rich", "start poor", "start "]),
    names=st.lists(st.sampled_from(sorted(ACTIONS)), min_size=1, max_size=12),
)
def test_any_sequence_keeps_the_books(dynamodb: DynamoDBClient, first: str, names: list[str]) -> None:
    clock = Clock()
    model = Model(Table(dynamodb, create(dynamodb), clock), clock)
    for name in [first, *names]:
        ACTIONS[name](model)
        model.check()
    clock.now += 3 * 3600
    model.world.finisher.sweep()
    model.check()
    assert all(job.ended for job in model.jobs())
    assert ledger.sweep(model.table) == 0
