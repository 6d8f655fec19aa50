"""The ledger under many hands at once: what it promises holds at every moment."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

import pytest
from boto3.dynamodb.types import TypeDeserializer
from mypy_boto3_dynamodb import DynamoDBClient

from tests.tables import Clock
from tokstack.accounts import credits, keys, ledger
from tokstack.accounts.ledger import Charge
from tokstack.errors import Code, TokstackError
from tokstack.table import Item, Table

Answer = TypeVar("Answer")
THREADS = 32
ROUTES = ("statistic", "random")
LOST = 15 * 60 + 1
DAY = "DAY#2027-01-15"  # the clock's


@pytest.fixture
def granted(request: pytest.FixtureRequest) -> int:
    """1,000 credits, but fewer in moto, which copies the table for each transaction."""
    return 100 if request.node.callspec.params["dynamodb"] == "moto" else 1_000


@pytest.fixture
def key(table: Table, granted: int) -> str:
    """A key of an account with that many credits."""
    credits.grant(table, "acme", granted)
    return keys.create(table, "acme")


def together(count: int, work: Callable[[int], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(count)))


def attempt(table: Table, key: str, charge_id: str, amount: int = 1, route: str = "statistic") -> Charge | Code:
    try:
        return ledger.charge(table, key, credits=amount, route=route, charge_id=charge_id)
    except TokstackError as refused:
        return refused.code


def balanced(account: Item, charges: list[Item], days: list[Item]) -> bool:
    """Whether granted - balance, the sums of the routes, of the days and of the ledger are the same."""
    used = sum(charge["credits"] for charge in charges if "refunded_at" not in charge)
    by_route = sum(amount for name, amount in account.items() if name.startswith("used:"))
    outcomes = {len({"pending", "settled_at", "refunded_at"} & charge.keys()) for charge in charges}
    by_day = sum(day["used"] for day in days)
    same = account["granted"] - account["balance"] == used == by_route == by_day
    return same and account["balance"] >= 0 and outcomes <= {1}


def books(table: Table) -> tuple[Item, list[Item], list[Item]]:
    """The account, its charges and its days, as they are when nobody writes."""
    account = table.get(credits.key("acme"))
    assert account is not None
    charges, days = (list(table.query("ACCOUNT#acme", prefix)) for prefix in ("CHARGE#", "DAY#"))
    return account, charges, days


def snapshot(client: DynamoDBClient, name: str, ids: Sequence[str]) -> tuple[Item, list[Item], list[Item]]:
    """The account, its charges and its day as they were at one moment, whoever writes."""
    places = ["ACCOUNT", DAY, *(f"CHARGE#{charge_id}" for charge_id in ids)]
    answer = client.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": name, "Key": {"pk": {"S": "ACCOUNT#acme"}, "sk": {"S": place}}}} for place in places
        ]
    )
    read = TypeDeserializer().deserialize
    items: list[dict[str, Any]] = [
        {field: read(value) for field, value in found.get("Item", {}).items()} for found in answer["Responses"]
    ]
    return items[0], [charge for charge in items[2:] if charge], [day for day in items[1:2] if day]


def test_as_many_calls_as_credits(table: Table, key: str, granted: int) -> None:
    answers = together(granted + 64, lambda at: attempt(table, key, str(at)))
    assert Counter(answer if isinstance(answer, Code) else "charged" for answer in answers) == {
        "charged": granted,
        Code.INSUFFICIENT_CREDITS: 64,
    }
    account, charges, days = books(table)
    assert account["balance"] == 0
    assert len(charges) == granted
    assert balanced(account, charges, days)


def test_one_charge_id_is_charged_once(table: Table, key: str, clock: Clock, granted: int) -> None:
    answers = together(64, lambda _: attempt(table, key, "same", 3))
    assert set(answers) == {Charge("same", "acme", 3, granted - 3, "statistic", clock.now)}
    assert credits.show(table, "acme").used == 3


def test_a_charge_has_one_outcome_whoever_comes_first(table: Table, key: str, granted: int) -> None:
    taken = [ledger.charge(table, key, credits=1, route="random", charge_id=str(at)) for at in range(20)]

    def close(at: int) -> bool:
        if at % 2:
            return ledger.refund(table, taken[at // 8])
        ledger.settle(table, taken[at // 8])
        return False

    refunds = sum(together(160, close))
    account, charges, days = books(table)
    assert balanced(account, charges, days)
    assert sum("refunded_at" in charge for charge in charges) == refunds
    assert account["balance"] == granted - 20 + refunds
    assert ledger.usage(table, "acme").by_route == {"random": 20 - refunds}


@pytest.mark.parametrize("rate", [1, 10])
def test_the_rate_is_exact(table: Table, clock: Clock, rate: int) -> None:
    credits.grant(table, "acme", 1_000)
    key = keys.create(table, "acme", rate=rate)
    for _ in range(2):
        answers = together(40, lambda at: attempt(table, key, f"{clock.now} {at}"))
        assert sum(isinstance(answer, Charge) for answer in answers) == rate
        clock.now += 1
    assert balanced(*books(table))


def test_a_crash_is_swept_once(table: Table, key: str, clock: Clock, granted: int) -> None:
    together(20, lambda at: attempt(table, key, str(at), 2))
    clock.now += LOST
    assert sum(together(4, lambda _: ledger.sweep(table))) == 20
    assert credits.show(table, "acme").balance == granted
    assert balanced(*books(table))


@pytest.mark.parametrize("seed", range(2))
def test_the_books_are_right_at_every_moment(
    dynamodb: DynamoDBClient, table_name: str, table: Table, key: str, clock: Clock, seed: int
) -> None:
    """Workers charge, replay, settle, refund, grant and sweep at random while the books are read."""
    ids = [str(at) for at in range(23)]  # an account, its day and these are the most that one snapshot holds
    finished = Event()
    seen: list[int] = []

    def work(worker: int) -> None:
        dice = random.Random(f"{seed} {worker}")
        for _ in range(12):
            answer = attempt(table, key, dice.choice(ids), dice.randint(1, 60), dice.choice(ROUTES))
            if isinstance(answer, Charge):
                dice.choice([ledger.settle, ledger.refund, lambda *_: None])(table, answer)
            if dice.random() < 0.1:
                credits.grant(table, "acme", dice.randint(0, 50))
            if dice.random() < 0.05:
                clock.now += LOST
                ledger.sweep(table)

    def watch() -> None:
        while not finished.is_set():
            account, charges, days = snapshot(dynamodb, table_name, ids)
            assert balanced(account, charges, days)
            seen.append(len(charges))

    with ThreadPoolExecutor(1) as watcher:
        watching = watcher.submit(watch)
        together(8, work)
        finished.set()
        watching.result()
    assert len(set(seen)) > 3
    assert balanced(*books(table))
