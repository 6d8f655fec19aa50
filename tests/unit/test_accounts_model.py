"""The ledger against a model of it: whatever is done in whatever order, both say the same."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.tables import Clock, create, moto
from tokstack.accounts import credits, keys, ledger
from tokstack.accounts.keys import Status
from tokstack.accounts.ledger import Caller, Charge
from tokstack.errors import Code, TokstackError
from tokstack.table import Table

Answer = TypeVar("Answer")
RATE = 2
TOKEN = 1 / RATE  # seconds until the bucket holds one more
LOST = 15 * 60
DAY = 86_400

ids = st.sampled_from("abcdef")
routes = st.sampled_from(["statistic", "random"])
amounts = st.integers(1, 12)


@dataclass
class Entry:
    charge: Charge
    outcome: str = "pending"


def day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def told(call: Callable[[], Answer]) -> Answer | Code:
    try:
        return call()
    except TokstackError as refused:
        return refused.code


class Model:
    """What is promised of one account with one key, in plain Python: the rate as a bucket of tokens."""

    def __init__(self) -> None:
        self.granted = 0
        self.status = Status.ACTIVE
        self.tokens = RATE
        self.entries: dict[str, Entry] = {}

    @property
    def standing(self) -> list[Charge]:
        return [entry.charge for entry in self.entries.values() if entry.outcome != "refunded"]

    @property
    def balance(self) -> int:
        return self.granted - sum(charge.credits for charge in self.standing)

    def identify(self) -> Caller | Code:
        if self.status is not Status.ACTIVE:
            return Code.API_KEY_DISABLED
        if not self.tokens:
            return Code.RATE_LIMITED
        self.tokens -= 1
        return Caller("acme", self.balance)

    def charge(self, charge_id: str, amount: int, route: str, now: float) -> tuple[int, str] | Code:
        """Credits and route of the charge that stands."""
        if self.status is not Status.ACTIVE:
            return Code.API_KEY_DISABLED
        if not self.tokens:
            return Code.RATE_LIMITED
        if first := self.entries.get(charge_id):
            refunded = first.outcome == "refunded"
            return Code.IDEMPOTENCY_CONFLICT if refunded else (first.charge.credits, first.charge.route)
        if self.balance < amount:
            return Code.INSUFFICIENT_CREDITS
        self.tokens -= 1
        self.entries[charge_id] = Entry(Charge(charge_id, "acme", amount, self.balance - amount, route, now))
        return amount, route

    def close(self, charge_id: str, outcome: str) -> bool:
        entry = self.entries.get(charge_id)
        if entry is None or entry.outcome != "pending":
            return False
        entry.outcome = outcome
        return True

    def sweep(self, now: float) -> int:
        lost = [charge_id for charge_id, entry in self.entries.items() if entry.charge.charged_at < now - LOST]
        return sum(self.close(charge_id, "refunded") for charge_id in lost)


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.model, self.clock, self.cloud = Model(), Clock(), moto()
        client = self.cloud.__enter__()
        self.table = Table(client, create(client), self.clock)

    def teardown(self) -> None:
        self.cloud.__exit__(None, None, None)

    @initialize(amount=st.integers(0, 30))
    def begin(self, amount: int) -> None:
        self.key = keys.create(self.table, "acme", rate=RATE)
        self.grant(amount)

    @rule(amount=st.integers(0, 30))
    def grant(self, amount: int) -> None:
        credits.grant(self.table, "acme", amount)
        self.model.granted += amount

    @rule(charge_id=ids, amount=amounts, route=routes)
    def charge(self, charge_id: str, amount: int, route: str) -> None:
        expected = self.model.charge(charge_id, amount, route, self.clock.now)
        answer = told(lambda: ledger.charge(self.table, self.key, credits=amount, route=route, charge_id=charge_id))
        if isinstance(answer, Charge):
            assert (answer.credits, answer.route) == expected
            assert answer.remaining == self.model.balance
        else:
            assert answer is expected

    @rule()
    def identify(self) -> None:
        expected = self.model.identify()
        assert told(lambda: ledger.identify(self.table, self.key)) == expected

    @rule(charge_id=ids)
    def settle(self, charge_id: str) -> None:
        ledger.settle(self.table, self._charge(charge_id))
        self.model.close(charge_id, "settled")

    @rule(charge_id=ids)
    def refund(self, charge_id: str) -> None:
        assert ledger.refund(self.table, self._charge(charge_id)) == self.model.close(charge_id, "refunded")

    @rule()
    def sweep(self) -> None:
        assert ledger.sweep(self.table) == self.model.sweep(self.clock.now)

    @rule(tokens=st.sampled_from([1, 2, 3, round(LOST / TOKEN), round(LOST / TOKEN) + 1]))
    def wait(self, tokens: int) -> None:
        self.clock.now += tokens * TOKEN
        self.model.tokens = min(RATE, self.model.tokens + tokens)

    @rule(days=st.sampled_from([1, 29]))
    def sleep(self, days: int) -> None:
        self.wait(round(days * DAY / TOKEN))

    @rule(status=st.sampled_from([Status.ACTIVE, Status.DISABLED]))
    def switch(self, status: Status) -> None:
        keys.set_status(self.table, self.key, status)
        self.model.status = status

    @invariant()
    def the_books_agree(self) -> None:
        usage = ledger.usage(self.table, "acme")
        by_route, by_day = Counter[str](), Counter[date]()
        for charge in self.model.standing:
            by_route[charge.route] += charge.credits
            by_day[day(charge.charged_at)] += charge.credits
        first = day(self.clock.now) - timedelta(days=29)
        assert (usage.remaining, usage.used) == (self.model.balance, by_route.total())
        assert +Counter(usage.by_route) == by_route
        assert usage.by_day == {at: used for at, used in by_day.items() if at >= first}

    def _charge(self, charge_id: str) -> Charge:
        entry = self.model.entries.get(charge_id)
        return entry.charge if entry else Charge(charge_id, "acme", 1, 0, "statistic", self.clock.now)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
