"""Jobs are begun, joined, moved on and ended once each, together with their charges."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.jobs import DELETED, PLAN, RESULT, conversion, job, outcomes
from tests.tables import Clock
from tokstack.accounts import credits, ledger
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.job import Job, Result, Status
from tokstack.table import Delete, Key, Table

HOUR, DAY = 3600, 86_400


@pytest.fixture(autouse=True)
def _account(table: Table) -> None:
    credits.grant(table, "acme", 10)


@pytest.fixture
def kept(table: Table) -> Job:
    made = job(table)
    assert store.create(table, made)
    return made


def found(table: Table, one: Job) -> Job:
    known = store.find(table, one.id)
    assert known
    return known


def test_a_job_is_kept_as_it_was_made(table: Table, kept: Job) -> None:
    assert store.find(table, kept.id) == store.latest(table, kept.work) == kept
    assert outcomes(table) == ["pending"]
    assert credits.show(table, "acme").by_route == {"convert": 2}


def test_one_of_many_keeps_it_and_it_is_charged_once(table: Table) -> None:
    made = job(table)
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: store.create(table, made), range(8))) == [False] * 7 + [True]
    assert outcomes(table) == ["pending"]


def test_too_few_credits_leave_nothing(table: Table) -> None:
    poor = job(table, credits=11)
    with pytest.raises(TokstackError) as caught:
        store.create(table, poor)
    assert caught.value.code is Code.INSUFFICIENT_CREDITS
    assert store.find(table, poor.id) is None
    assert outcomes(table) == []


def test_whoever_is_there_first_is_told_before_credits_are_counted(table: Table, kept: Job) -> None:
    assert not store.create(table, replace(kept, payer="nobody"))
    assert not store.create(table, replace(kept, credits=11))


def test_a_job_that_costs_nothing_has_no_charge(table: Table) -> None:
    free = job(table, account="")
    assert store.create(table, free)
    assert store.succeed(table, free, RESULT).status is Status.SUCCEEDED
    assert store.fail(table, free, DELETED).status is Status.SUCCEEDED
    assert outcomes(table) == []


@pytest.mark.parametrize("account", ["acme", "other", ""])
def test_whoever_asks_too_is_written_down(table: Table, kept: Job, account: str) -> None:
    for _ in range(2):
        joined = store.join(table, kept, account)
        assert joined.accounts == {"acme", account} - {""}
    assert found(table, kept).accounts == joined.accounts
    assert store.join(table, store.succeed(table, kept, RESULT), "late").accounts == joined.accounts | {"late"}


def test_the_last_attempt_is_the_one(table: Table, kept: Job) -> None:
    assert store.latest(table, conversion(start_time=1)) is None
    for attempt in (2, 3, 10):
        store.create(table, job(table, attempt=attempt, credits=1))
    last = store.latest(table, kept.work)
    assert last
    assert last.id == f"{kept.work.digest}-10"


def test_a_job_at_work_has_a_plan(table: Table, kept: Job) -> None:
    for _ in range(2):
        store.begin(table, kept, PLAN)
    assert found(table, kept) == replace(kept, status=Status.RUNNING, plan=PLAN)


def test_progress_only_grows(table: Table, kept: Job) -> None:
    for progress, shown in ((0.25, 0.25), (0.125, 0.25), (0.25, 0.25), (0.5, 0.5), (1.0, 1)):
        store.advance(table, kept.id, progress)
        assert found(table, kept).progress == shown


def test_an_ended_job_moves_no_more(table: Table, kept: Job) -> None:
    ended = store.fail(table, kept, DELETED)
    store.begin(table, kept, PLAN)
    store.advance(table, kept.id, 0.5)
    shown = found(table, kept)
    assert (shown.status, shown.progress, shown.plan, shown.finished_at) == (Status.FAILED, 0, None, ended.finished_at)


def test_a_success_settles_the_charge(table: Table, kept: Job, clock: Clock) -> None:
    clock.now += 60
    ended = store.succeed(table, kept, RESULT)
    assert (ended.status, ended.progress, ended.result, ended.error) == (Status.SUCCEEDED, 1, RESULT, None)
    assert ended.finished_at == clock.now
    assert outcomes(table) == ["settled_at"]


def test_a_failure_gives_the_charge_back(table: Table, kept: Job, clock: Clock) -> None:
    clock.now += 60
    ended = store.fail(table, kept, DELETED)
    assert (ended.status, ended.result, ended.finished_at) == (Status.FAILED, None, clock.now)
    assert ended.error
    assert (ended.error.code, ended.error.message) == (DELETED.code, DELETED.message)
    assert outcomes(table) == ["refunded_at"]
    assert credits.show(table, "acme").balance == 10


@pytest.mark.parametrize("first", ["succeed", "fail"])
@pytest.mark.parametrize("second", ["succeed", "fail"])
def test_the_first_outcome_stands(table: Table, kept: Job, clock: Clock, first: str, second: str) -> None:
    def end(how: str) -> Job:
        clock.now += 1
        other = Result("result/2.mp3", "audio/mpeg", 7)
        return store.succeed(table, kept, other) if how == "succeed" else store.fail(table, kept, DELETED)

    ended, charge = end(first), outcomes(table)
    again = end(second)
    assert (again.status, again.result, again.finished_at) == (ended.status, ended.result, ended.finished_at)
    assert outcomes(table) == charge == [{"succeed": "settled_at", "fail": "refunded_at"}[first]]


def test_of_many_who_end_it_one_does(table: Table, kept: Job) -> None:
    def end(number: int) -> Job:
        return store.fail(table, kept, DELETED) if number % 2 else store.succeed(table, kept, RESULT)

    with ThreadPoolExecutor(8) as pool:
        (status,) = {ended.status for ended in pool.map(end, range(8))}
    assert outcomes(table) == [{Status.SUCCEEDED: "settled_at", Status.FAILED: "refunded_at"}[status]]


@pytest.mark.parametrize(("begun", "seconds"), [(False, 1500), (True, HOUR)])
def test_a_job_that_nobody_ends_is_overdue(
    table: Table, kept: Job, clock: Clock, *, begun: bool, seconds: float
) -> None:
    clock.now += 60
    if begun:
        store.begin(table, kept, PLAN)
        clock.now += 60
    clock.now += seconds - 60
    assert list(store.overdue(table)) == []
    clock.now += 1
    assert [one.id for one in store.overdue(table)] == [kept.id]
    assert ledger.sweep(table) == 0  # its charge waits for it
    store.fail(table, kept, DELETED)
    assert list(store.overdue(table)) == []


@pytest.mark.parametrize("success", [True, False])
def test_a_job_ends_though_its_charge_was_given_back_by_itself(
    table: Table, kept: Job, clock: Clock, *, success: bool
) -> None:
    clock.now += 3 * HOUR
    assert ledger.sweep(table) == 1
    ended = store.succeed(table, kept, RESULT) if success else store.fail(table, kept, DELETED)
    assert ended.status is (Status.SUCCEEDED if success else Status.FAILED)
    assert list(store.overdue(table)) == []
    assert outcomes(table) == ["refunded_at"]


@pytest.mark.parametrize("removed", [True, False])
def test_what_was_forgotten_may_be_begun_and_charged_anew(
    table: Table, kept: Job, clock: Clock, *, removed: bool
) -> None:
    """The table takes days to remove what has expired; the ledger forgets nothing."""
    store.succeed(table, kept, RESULT)
    clock.now += 99 * DAY
    assert store.find(table, kept.id)
    clock.now += 1 * DAY
    assert store.find(table, kept.id) is None
    assert store.latest(table, kept.work) is None
    if removed:
        table.delete(Delete(Key(f"JOB#{kept.work.digest}", "ATTEMPT#000001")))
    again = job(table)
    assert again.id == kept.id
    assert store.create(table, again)
    assert found(table, again) == again
    assert outcomes(table) == ["settled_at", "pending"]
    store.fail(table, again, DELETED)
    assert outcomes(table) == ["settled_at", "refunded_at"]


DIGEST = "0123456789abcdef" * 2 + "01234567"


@pytest.mark.parametrize(
    "job_id",
    [
        *(
            "",
            "1",
            DIGEST,
            f"{DIGEST}-",
            f"{DIGEST}-0",
            f"{DIGEST}-01",
            f"{DIGEST}-1\n",
            f"{DIGEST}-1000000",
            f" {DIGEST}-1",
        ),
        *(f"{DIGEST[1:]}-1", f"{DIGEST}0-1", f"{DIGEST.upper()}-1", f"{DIGEST}-١", f"{DIGEST}--1", f"{DIGEST}-1-1"),
    ],
)
def test_what_is_no_id_finds_nothing(table: Table, job_id: str) -> None:
    assert store.find(table, job_id) is None
    with pytest.raises(ValueError, match="^" + re.escape(job_id) + "$"):
        store.advance(table, job_id, 0.5)


def test_an_unknown_job_is_not_there_and_does_not_move(table: Table) -> None:
    unknown = job(table)
    assert store.find(table, unknown.id) is None
    store.advance(table, unknown.id, 0.5)
    store.begin(table, unknown, PLAN)
    assert store.find(table, unknown.id) is None
    with pytest.raises(RuntimeError):
        store.fail(table, unknown, DELETED)
    assert outcomes(table) == []
