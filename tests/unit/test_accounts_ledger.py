"""Charges, their outcomes, and every reason to refuse one."""

from datetime import date

import pytest

from tests.tables import Clock
from tokstack.accounts import credits, keys, ledger
from tokstack.accounts.keys import Status
from tokstack.accounts.ledger import Charge, Usage
from tokstack.errors import Code, TokstackError
from tokstack.table import Table, TransactionRefusedError

QUARTER = 15 * 60
DAY = 86_400
TODAY = date(2027, 1, 15)  # the clock's


@pytest.fixture
def key(table: Table) -> str:
    """A key of an account with 10 credits."""
    credits.grant(table, "acme", 10)
    return keys.create(table, "acme")


def charge(table: Table, key: str | None, amount: int = 1, *, of: str = "1", route: str = "statistic") -> Charge:
    return ledger.charge(table, key, credits=amount, route=route, charge_id=of)


def refusal(table: Table, key: str | None, amount: int = 1, *, of: str = "1") -> TokstackError:
    with pytest.raises(TokstackError) as refused:
        charge(table, key, amount, of=of)
    return refused.value


def test_a_charge_takes_credits(table: Table, key: str, clock: Clock) -> None:
    assert charge(table, key, 3) == Charge("1", "acme", 3, 7, "statistic", clock.now)
    assert ledger.usage(table, "acme") == Usage("acme", 7, 3, {"statistic": 3}, {TODAY: 3})


def test_a_replay_gives_the_first_charge(table: Table, key: str, clock: Clock) -> None:
    first = charge(table, key, 3)
    clock.now += 1.5
    assert charge(table, key, 5, route="random") == first
    ledger.settle(table, first)
    assert charge(table, key, 3) == first
    assert ledger.usage(table, "acme").used == 3


def test_a_replay_needs_no_credits(table: Table, key: str) -> None:
    first = charge(table, key, 10)
    assert charge(table, key, 10) == first


def test_a_charge_id_is_the_account_s_own(table: Table, key: str, clock: Clock) -> None:
    credits.grant(table, "other", 10)
    charge(table, key, 3)
    assert charge(table, keys.create(table, "other"), 2) == Charge("1", "other", 2, 8, "statistic", clock.now)


def test_what_was_given_back_is_not_replayed(table: Table, key: str) -> None:
    ledger.refund(table, charge(table, key))
    assert refusal(table, key).code is Code.IDEMPOTENCY_CONFLICT
    assert ledger.usage(table, "acme").used == 0


def test_a_refund_gives_back_once(table: Table, key: str) -> None:
    charge(table, key, 1, of="other", route="random")
    taken = charge(table, key, 3)
    assert ledger.refund(table, taken)
    assert not ledger.refund(table, taken)
    assert ledger.usage(table, "acme") == Usage("acme", 9, 1, {"random": 1, "statistic": 0}, {TODAY: 1})


def test_the_first_outcome_stands(table: Table, key: str) -> None:
    settled, refunded = charge(table, key, 3, of="1"), charge(table, key, 2, of="2")
    ledger.settle(table, settled)
    ledger.settle(table, settled)
    ledger.refund(table, refunded)
    assert not ledger.refund(table, settled)
    ledger.settle(table, refunded)
    assert ledger.usage(table, "acme").used == 3


def test_an_outcome_of_an_unknown_charge_changes_nothing(table: Table, key: str, clock: Clock) -> None:
    unknown = Charge("never", "acme", 5, 0, "statistic", clock.now)
    ledger.settle(table, unknown)
    assert not ledger.refund(table, unknown)
    assert ledger.usage(table, "acme") == Usage("acme", 10, 0, {}, {})


def test_too_few_credits(table: Table, key: str) -> None:
    assert refusal(table, key, 11).code is Code.INSUFFICIENT_CREDITS
    charge(table, key, 10)
    assert refusal(table, key, 1, of="2").code is Code.INSUFFICIENT_CREDITS
    assert ledger.usage(table, "acme").used == 10


def test_an_account_that_was_never_granted_anything(table: Table) -> None:
    key = keys.create(table, "nobody")
    assert refusal(table, key).code is Code.INSUFFICIENT_CREDITS
    assert ledger.identify(table, key).remaining == 0


@pytest.mark.parametrize("status", [Status.DISABLED, Status.REVOKED])
def test_a_switched_off_key(table: Table, key: str, status: Status) -> None:
    keys.set_status(table, key, status)
    assert refusal(table, key).code is Code.API_KEY_DISABLED
    with pytest.raises(TokstackError):
        ledger.identify(table, key)


def test_an_expired_key(table: Table, clock: Clock) -> None:
    credits.grant(table, "acme", 10)
    key = keys.create(table, "acme", expires_at=clock.now + 60)
    charge(table, key)
    clock.now += 60
    assert refusal(table, key, of="2").code is Code.API_KEY_EXPIRED


def test_no_key_and_a_wrong_key(table: Table) -> None:
    assert refusal(table, None).code is Code.MISSING_API_KEY
    assert refusal(table, "tok_" + "a" * 40).code is Code.INVALID_API_KEY


@pytest.mark.parametrize("rated", [None, 1])
def test_a_key_that_is_revoked_after_it_was_read(
    table: Table, monkeypatch: pytest.MonkeyPatch, rated: int | None
) -> None:
    credits.grant(table, "acme", 10)
    key = keys.create(table, "acme", rate=rated)
    before = keys.find(table, key)
    keys.set_status(table, key, Status.REVOKED)
    monkeypatch.setattr(keys, "find", lambda *_: before)
    assert refusal(table, key).code is Code.API_KEY_DISABLED


@pytest.mark.parametrize("seconds", [0, 100])
def test_a_rate_that_was_read_too_early(
    table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """What another worker did between the reading and the writing is noticed: the key was idle, or is idle again."""
    credits.grant(table, "acme", 10)
    key = keys.create(table, "acme", rate=2)
    before = keys.find(table, key)
    charge(table, key, of="1")
    monkeypatch.setattr(keys, "find", lambda *_: before)
    clock.now += seconds
    charge(table, key, of="2")
    assert ledger.usage(table, "acme").used == 2
    if not seconds:
        assert refusal(table, key, of="3").code is Code.RATE_LIMITED


def test_the_rate_limit(table: Table, clock: Clock) -> None:
    credits.grant(table, "acme", 10)
    key = keys.create(table, "acme", rate=2)
    charge(table, key, of="1")
    ledger.identify(table, key)
    late = refusal(table, key, of="2")
    assert late.code is Code.RATE_LIMITED
    assert late.retry_after == pytest.approx(0.5)
    with pytest.raises(TokstackError, match="rate_limited"):
        ledger.identify(table, key)
    clock.now += 0.5
    charge(table, key, of="2")
    assert ledger.usage(table, "acme").used == 2


def test_who_asks(table: Table, key: str) -> None:
    charge(table, key, 4)
    assert ledger.identify(table, key) == ledger.Caller("acme", 6)


def test_the_sweep_gives_back_what_was_lost(table: Table, key: str, clock: Clock) -> None:
    ledger.settle(table, charge(table, key, 1, of="settled"))
    ledger.refund(table, charge(table, key, 1, of="refunded"))
    lost = charge(table, key, 3, of="a#b")
    clock.now += QUARTER
    charge(table, key, 2, of="young")
    assert ledger.sweep(table) == 0
    clock.now += 1
    assert ledger.sweep(table) == 1
    assert ledger.sweep(table) == 0
    ledger.settle(table, lost)
    assert ledger.usage(table, "acme") == Usage("acme", 7, 3, {"statistic": 3}, {TODAY: 3})


def test_each_day_has_what_was_charged_on_it(table: Table, key: str, clock: Clock) -> None:
    """Whatever is given back later is that day's, and a day on which nothing is left is not told."""
    kept, late, lost = (charge(table, key, amount, of=str(amount)) for amount in (1, 2, 3))
    ledger.settle(table, kept)
    clock.now += DAY
    charge(table, key, 4, of="4")
    ledger.refund(table, late)
    assert ledger.usage(table, "acme").by_day == {TODAY: 4, date(2027, 1, 16): 4}
    assert ledger.sweep(table) == 1
    assert ledger.usage(table, "acme").by_day == {TODAY: 1, date(2027, 1, 16): 4}
    clock.now += DAY
    assert ledger.sweep(table) == 1
    assert ledger.usage(table, "acme").by_day == {TODAY: 1}
    assert not ledger.refund(table, lost)


def test_thirty_days_are_told(table: Table, key: str, clock: Clock) -> None:
    charge(table, key)
    clock.now += 29 * DAY
    assert ledger.usage(table, "acme").by_day == {TODAY: 1}
    clock.now += DAY
    assert ledger.usage(table, "acme").by_day == {}


def test_a_day_is_kept_for_a_while(table: Table, key: str, clock: Clock) -> None:
    """And what every day has used is found nowhere in the account's own item."""
    for of in "12":
        charge(table, key, of=of)
        clock.now += DAY
    days = list(table.query("ACCOUNT#acme", "DAY#"))
    assert [(day["sk"], day["used"]) for day in days] == [("DAY#2027-01-15", 1), ("DAY#2027-01-16", 1)]
    assert [day["expires_at"] for day in days] == [1_834_531_200, 1_834_617_600]
    account = table.get(credits.key("acme"))
    assert account is not None
    assert account.keys() == {"pk", "sk", "granted", "balance", "used:statistic"}


def test_the_sweep_looks_at_every_account(table: Table, clock: Clock) -> None:
    for account in ("acme", "other"):
        credits.grant(table, account, 100)
        key = keys.create(table, account)
        for at in range(3):
            charge(table, key, of=str(at))
    clock.now += QUARTER + 1
    assert ledger.sweep(table) == 6
    assert [credits.show(table, account).balance for account in ("acme", "other")] == [100, 100]


def test_a_charge_within_another_s_transaction(table: Table, key: str, clock: Clock) -> None:
    """As long as it is said to take, nobody gives it back."""
    taken = Charge("job", "acme", 3, 0, "convert", clock.now)
    table.transact(*ledger.taking(taken, overdue_at=clock.now + 3600))
    assert ledger.usage(table, "acme") == Usage("acme", 7, 3, {"convert": 3}, {TODAY: 3})
    with pytest.raises(TransactionRefusedError):
        table.transact(*ledger.taking(taken, overdue_at=clock.now + 3600))
    clock.now += 3600
    assert ledger.sweep(table) == 0
    clock.now += 1
    assert ledger.sweep(table) == 1
    assert ledger.usage(table, "acme").used == 0


@pytest.mark.parametrize("first", [True, False])
def test_an_outcome_within_another_s_transaction_is_the_only_one(
    table: Table, key: str, clock: Clock, *, first: bool
) -> None:
    taken = charge(table, key, 3)
    settled, refunded = [ledger.settlement(taken, clock.now)], list(ledger.reversal(taken, clock.now))
    table.transact(*(settled if first else refunded))
    for outcome in (settled, refunded):
        with pytest.raises(TransactionRefusedError):
            table.transact(*outcome)
    clock.now += QUARTER + 1
    assert ledger.sweep(table) == 0
    assert ledger.usage(table, "acme").used == (3 if first else 0)


def test_a_grant_adds_up(table: Table, key: str) -> None:
    charge(table, key, 4)
    credits.grant(table, "acme", 5)
    shown = credits.show(table, "acme")
    assert (shown.granted, shown.balance, shown.used) == (15, 11, 4)


@pytest.mark.parametrize(("account", "amount"), [("acme", -1), ("acme", 10**40), ("", 1), ("a b", 1)])
def test_a_grant_that_makes_no_sense(table: Table, account: str, amount: int) -> None:
    with pytest.raises(TokstackError) as refused:
        credits.grant(table, account, amount)
    assert refused.value.code is Code.VALIDATION_ERROR


@pytest.mark.parametrize("final", [True, False])
def test_what_is_spent_is_charged_once(table: Table, key: str, clock: Clock, *, final: bool) -> None:
    def spend(amount: int, of: str) -> Charge:
        return ledger.spend(table, "acme", credits=amount, route="library", charge_id=of, final=final)

    assert key
    assert spend(4, "1") == Charge("1", "acme", 4, 6, "library", clock.now)
    assert spend(9, "1") == Charge("1", "acme", 4, 6, "library", clock.now)
    with pytest.raises(TokstackError) as refused:
        spend(7, "2")
    assert refused.value.code is Code.INSUFFICIENT_CREDITS
    assert ledger.usage(table, "acme") == Usage("acme", 6, 4, {"library": 4}, {TODAY: 4})
    clock.now += 86_400
    assert ledger.sweep(table) == (not final)
    assert ledger.usage(table, "acme").used == (4 if final else 0)


def test_what_was_spent_for_good_is_not_given_back(table: Table, key: str) -> None:
    assert key
    spent = ledger.spend(table, "acme", credits=4, route="library", charge_id="1", final=True)
    ledger.settle(table, spent)
    assert not ledger.refund(table, spent)
    assert ledger.usage(table, "acme").used == 4


def test_what_was_spent_and_given_back_is_not_replayed(table: Table, key: str) -> None:
    assert key
    ledger.refund(table, ledger.spend(table, "acme", credits=4, route="library", charge_id="1", final=False))
    with pytest.raises(TokstackError) as refused:
        ledger.spend(table, "acme", credits=4, route="library", charge_id="1", final=True)
    assert refused.value.code is Code.IDEMPOTENCY_CONFLICT
    assert ledger.usage(table, "acme").used == 0
