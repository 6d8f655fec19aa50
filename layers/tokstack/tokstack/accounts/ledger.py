"""The ledger: every charge, from before the work to its outcome.

    ACCOUNT#{account} / CHARGE#{id}    credits, route, charged_at; then settled_at or refunded_at, never both

A charge without an outcome also has `pending`, the key of a sparse index, so that `sweep` finds it. Entries
are never removed: they are the proof of the balance, and what tells a replay from a new charge.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.accounts.keys import ApiKey
from tokstack.errors import Code, TokstackError
from tokstack.table import Check, ConditionFailedError, Key, Put, Table, TransactionRefusedError, Update, Write

# Longer than any function may run: whoever would have settled a charge this old is gone.
_LOST_AFTER = 15 * 60


@dataclass(frozen=True, slots=True)
class Charge:
    """Credits taken for one piece of work; `remaining` is what its account had left right after."""

    id: str
    account: str
    credits: int
    remaining: int
    route: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; `remaining` is the account's balance."""

    account: str
    remaining: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What an account has left, and what each route has used; a charge without an outcome counts as used."""

    account: str
    remaining: int
    used: int
    by_route: Mapping[str, int]


def charge(table: Table, key: str | None, *, credits: int, route: str, charge_id: str) -> Charge:
    """Checks the key, its rate and the balance, and takes the credits: one transaction, all of it or nothing.

    An id that was charged before is not charged again: its first charge is given. Raises MISSING_API_KEY,
    INVALID_API_KEY, API_KEY_DISABLED, API_KEY_EXPIRED, RATE_LIMITED, INSUFFICIENT_CREDITS, and
    IDEMPOTENCY_CONFLICT for an id whose charge was given back.
    """
    caller = keys.find(table, key)
    account, now = caller.account, table.now()
    place = _key(account, charge_id)
    entry = Put(
        {
            "pk": place.pk,
            "sk": place.sk,
            "route": route,
            "credits": credits,
            "charged_at": now,
            "pending": "CHARGE",
        },
        condition="attribute_not_exists(pk)",
    )
    try:
        _enter(table, caller, now, accounts.debit(account, route, credits), entry)
    except TransactionRefusedError as refused:
        first = refused.items[-1]
        if first is None:
            message = f"The account has too few credits: this call costs {credits}."
            raise TokstackError(Code.INSUFFICIENT_CREDITS, message) from None
        if "refunded_at" in first:
            raise TokstackError(Code.IDEMPOTENCY_CONFLICT, "The credits of this call were given back.") from None
        route, credits = first["route"], first["credits"]
    return Charge(charge_id, account, credits, accounts.show(table, account).balance, route)


def settle(table: Table, charge: Charge) -> None:
    """The work was a success: the charge stands. Does nothing to a charge that has an outcome."""
    with suppress(ConditionFailedError):
        table.update(_close(table, charge, "settled_at"))


def refund(table: Table, charge: Charge) -> bool:
    """The work was no success: gives the credits back. Does nothing to a charge that has an outcome: False."""
    try:
        table.transact(
            _close(table, charge, "refunded_at"), accounts.give_back(charge.account, charge.route, charge.credits)
        )
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
    return Usage(account, shown.balance, shown.used, shown.by_route)


def sweep(table: Table) -> int:
    """Gives back every charge whose worker died before it had an outcome; how many those were."""
    lost = table.query_index(
        "pending",
        "pending = :charge AND charged_at < :before",
        {":charge": "CHARGE", ":before": table.now() - _LOST_AFTER},
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
            ),
        )
        for item in lost
    )


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


def _close(table: Table, charge: Charge, outcome: str) -> Update:
    return Update(
        _key(charge.account, charge.id),
        "REMOVE pending SET #outcome = :now",
        "attribute_exists(pending)",
        {"#outcome": outcome},
        {":now": table.now()},
    )


def _key(account: str, charge_id: str) -> Key:
    return Key(accounts.key(account).pk, f"CHARGE#{charge_id}")
