"""The ledger: every charge, from before the work to its outcome.

    ACCOUNT#{account} / CHARGE#{id}    credits, route, charged_at; then settled_at or refunded_at, never both

A charge without an outcome also has `pending` and `overdue_at`, the keys of a sparse index, so that `sweep` finds
it. Entries are never removed: they are the proof of the balance, and what tells a replay from a new charge.

What a charge is, as writes, is also given to those who charge within a transaction of their own:

    taking                  the credits of an account, and the entry
    settlement              the entry's outcome, when the work was a success
    reversal                its outcome and the credits, when it was none
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.accounts.keys import ApiKey
from tokstack.errors import Code, TokstackError
from tokstack.table import Check, ConditionFailedError, Key, Put, Table, TransactionRefusedError, Update, Write

# Longer than any function may run: whoever would have settled a charge this old is gone.
_LOST_AFTER = 15.0 * 60
_DAYS = 30  # that are told one by one


@dataclass(frozen=True, slots=True)
class Charge:
    """Credits taken for one piece of work; `remaining` is what its account had left right after."""

    id: str
    account: str
    credits: int
    remaining: int
    route: str
    charged_at: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; `remaining` is the account's balance."""

    account: str
    remaining: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What an account has left, and what each route and each of the last 30 days (UTC) has used.

    A charge without an outcome counts as used.
    """

    account: str
    remaining: int
    used: int
    by_route: Mapping[str, int]
    by_day: Mapping[date, int]


def charge(table: Table, key: str | None, *, credits: int, route: str, charge_id: str) -> Charge:
    """Checks the key, its rate and the balance, and takes the credits: one transaction, all of it or nothing.

    An id that was charged before is not charged again: its first charge is given. Raises MISSING_API_KEY,
    INVALID_API_KEY, API_KEY_DISABLED, API_KEY_EXPIRED, RATE_LIMITED, INSUFFICIENT_CREDITS, and
    IDEMPOTENCY_CONFLICT for an id whose charge was given back.
    """
    caller, now = keys.find(table, key), table.now()
    asked = Charge(charge_id, caller.account, credits, 0, route, now)
    try:
        _enter(table, caller, now, *taking(asked, overdue_at=now + _LOST_AFTER))
    except TransactionRefusedError as refused:
        asked = _first(asked, refused)
    return _shown(table, asked)


def spend(table: Table, account: str, *, credits: int, route: str, charge_id: str, final: bool) -> Charge:
    """Takes the credits of a caller who was identified before: `charge` without the key.

    A charge that is `final` has its outcome at once: the work is done, and nothing can go wrong any more.
    """
    now = table.now()
    asked = Charge(charge_id, account, credits, 0, route, now)
    try:
        table.transact(*taking(asked, overdue_at=None if final else now + _LOST_AFTER))
    except TransactionRefusedError as refused:
        asked = _first(asked, refused)
    return _shown(table, asked)


def taking(charge: Charge, *, overdue_at: float | None) -> tuple[Update, Update, Put]:
    """Takes the credits, on condition that there are enough and that the id is new; the entry is the last.

    It is overdue where it has no outcome by then; None settles it right away.
    """
    now = charge.charged_at
    place = _key(charge.account, charge.id)
    entry = {
        "pk": place.pk,
        "sk": place.sk,
        "route": charge.route,
        "credits": charge.credits,
        "charged_at": now,
        **({"settled_at": now} if overdue_at is None else {"pending": "CHARGE", "overdue_at": overdue_at}),
    }
    debit = accounts.debit(charge.account, charge.route, charge.credits, now)
    return *debit, Put(entry, condition="attribute_not_exists(pk)")


def settlement(charge: Charge, now: float) -> Update:
    """On condition that the charge has no outcome yet."""
    return _close(charge, "settled_at", now)


def reversal(charge: Charge, now: float) -> tuple[Update, Update, Update]:
    """On condition that the charge has no outcome yet."""
    give_back = accounts.give_back(charge.account, charge.route, charge.credits, charge.charged_at)
    return _close(charge, "refunded_at", now), *give_back


def too_few(credits: int) -> TokstackError:
    """What an account is told that cannot pay."""
    return TokstackError(Code.INSUFFICIENT_CREDITS, f"The account has too few credits: this call costs {credits}.")


def settle(table: Table, charge: Charge) -> None:
    """The work was a success: the charge stands. Does nothing to a charge that has an outcome."""
    with suppress(ConditionFailedError):
        table.update(settlement(charge, table.now()))


def refund(table: Table, charge: Charge) -> bool:
    """The work was no success: gives the credits back. Does nothing to a charge that has an outcome: False."""
    try:
        table.transact(*reversal(charge, table.now()))
    except TransactionRefusedError:
        return False
    return True


def identify(table: Table, key: str | None) -> Caller:
    """Who asks, for what costs nothing. Raises what `charge` raises of keys and rates."""
    caller = keys.find(table, key)
    _enter(table, caller, table.now())
    return Caller(caller.account, accounts.show(table, caller.account).balance)


def holder(table: Table, key: str | None) -> Caller:
    """Whose key it is, whatever may be said against the call: for an answer that refuses it."""
    account = keys.find(table, key).account
    return Caller(account, accounts.show(table, account).balance)


def usage(table: Table, account: str) -> Usage:
    shown = accounts.show(table, account)
    return Usage(account, shown.balance, shown.used, shown.by_route, accounts.by_day(table, account, _DAYS))


def sweep(table: Table) -> int:
    """Gives back every charge whose worker died before it had an outcome; how many those were."""
    lost = table.query_index(
        "pending",
        "pending = :charge AND overdue_at < :now",
        {":charge": "CHARGE", ":now": table.now()},
    )
    return sum(
        refund(
            table,
            Charge(
                id=item["sk"].removeprefix("CHARGE#"),
                account=item["pk"].removeprefix("ACCOUNT#"),
                credits=item["credits"],
                remaining=0,  # nobody asks
                route=item["route"],
                charged_at=item["charged_at"],
            ),
        )
        for item in lost
    )


def _first(asked: Charge, refused: TransactionRefusedError) -> Charge:
    """The charge of the same id that was there before; where there is none, credits were too few."""
    first = refused.items[-1]
    if first is None:
        raise too_few(asked.credits) from None
    if "refunded_at" in first:
        raise TokstackError(Code.IDEMPOTENCY_CONFLICT, "The credits of this call were given back.") from None
    return replace(asked, route=first["route"], credits=first["credits"], charged_at=first["charged_at"])


def _shown(table: Table, charge: Charge) -> Charge:
    return replace(charge, remaining=accounts.show(table, charge.account).balance)


def _enter(table: Table, caller: ApiKey, now: float, *writes: Write) -> None:
    """The key's gate and the writes, in one transaction."""
    while True:  # twice at most: see `rate.py`
        gate = keys.gate(caller, now)
        if isinstance(gate, Check) and not writes:
            return  # the key was just read, and there is nothing to hold to it
        try:
            table.transact(gate, *writes)
        except TransactionRefusedError as refused:
            if any(refused.refused[1:]):
                raise
            caller = keys.known(refused.items[0])
        else:
            return


def _close(charge: Charge, outcome: str, now: float) -> Update:
    return Update(
        _key(charge.account, charge.id),
        "REMOVE pending, overdue_at SET #outcome = :now",
        "attribute_exists(pending)",
        {"#outcome": outcome},
        {":now": now},
    )


def _key(account: str, charge_id: str) -> Key:
    return Key(accounts.key(account).pk, f"CHARGE#{charge_id}")
