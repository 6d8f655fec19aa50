"""Jobs when many are at them at once, in moto and in DynamoDB Local: only the latter's transactions collide."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import cast

import pytest

from tests.jobs import DELETED, PLAN, RESULT, World, conversion, job, outcomes
from tests.tables import Clock
from tokstack.accounts import credits, ledger
from tokstack.errors import TokstackError
from tokstack.jobs import store
from tokstack.jobs.job import Status
from tokstack.media.storage import Storage, Stored
from tokstack.table import Table

MANY = 12


class Shelf:
    """A storage in which every result is."""

    def find(self, key: str) -> Stored:
        return Stored(key, "audio/mpeg", 5)


@pytest.fixture
def world(table: Table) -> World:
    for number in range(MANY):
        credits.grant(table, f"account-{number}", 10)
    return World(table, cast("Storage", Shelf()))


def test_of_many_who_ask_for_the_same_one_begins_it_and_pays(world: World) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        begun = list(pool.map(lambda n: world.starter.start(conversion(), f"account-{n}", 2), range(MANY)))
    assert Counter(started.new for started in begun) == {True: 1, False: MANY - 1}
    (job_id,) = {started.job.id for started in begun}
    kept = store.find(world.table, job_id)
    assert kept
    assert kept.accounts == {f"account-{number}" for number in range(MANY)}
    assert [became for number in range(MANY) for became in outcomes(world.table, f"account-{number}")] == ["pending"]


def test_an_account_never_pays_more_than_it_has(world: World) -> None:
    def start(number: int) -> bool:
        with suppress(TokstackError):
            return world.starter.start(conversion(end_time=number + 1), "account-0", 2).new
        return False

    with ThreadPoolExecutor(MANY) as pool:
        assert Counter(pool.map(start, range(MANY))) == {True: 5, False: MANY - 5}
    assert outcomes(world.table, "account-0") == ["pending"] * 5
    assert credits.show(world.table, "account-0").balance == 0


def test_of_many_who_end_it_one_does(world: World, clock: Clock) -> None:
    made = job(world.table, account="account-0")
    assert store.create(world.table, made)
    store.begin(world.table, made, PLAN)

    def end(number: int) -> Status:
        store.advance(world.table, made.id, number / MANY)
        if number % 2:
            return store.fail(world.table, made, DELETED).status
        return store.succeed(world.table, made, RESULT).status

    with ThreadPoolExecutor(MANY) as pool:
        (status,) = set(pool.map(end, range(MANY)))
    became = {Status.SUCCEEDED: "settled_at", Status.FAILED: "refunded_at"}[status]
    assert outcomes(world.table, "account-0") == [became]
    clock.now += 86_400
    assert world.finisher.sweep() == ledger.sweep(world.table) == 0


def test_what_expired_gives_way(world: World, clock: Clock) -> None:
    for _ in range(2):
        made = job(world.table, account="account-0")
        assert store.create(world.table, made)
        assert not store.create(world.table, made)
        store.succeed(world.table, made, RESULT)
        clock.now += 101 * 86_400
    assert outcomes(world.table, "account-0") == ["settled_at"] * 2


def test_a_job_whose_charge_was_given_back_ends_all_the_same(world: World, clock: Clock) -> None:
    made = job(world.table, account="account-0")
    store.create(world.table, made)
    clock.now += 86_400
    assert ledger.sweep(world.table) == 1
    assert world.finisher.sweep() == 1
    assert world.announced == [(made.id, Status.FAILED)]
    assert outcomes(world.table, "account-0") == ["refunded_at"]
