"""Accounts and their credits.

    ACCOUNT#{account} / ACCOUNT    granted, balance, and what each route has used: `used:{route}`

At every moment balance = granted - the sum of the ledger's charges that were not given back, and the
routes' figures add up to that sum: each is moved in the same transaction as the ledger.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tokstack.errors import Code, TokstackError
from tokstack.table import Item, Key, Table, Update

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_USED = "used:"
MOST = 10**12  # in one grant; the table's numbers end at 38 digits


@dataclass(frozen=True, slots=True)
class Account:
    """Credits of an account; `used` = `granted` - `balance`, divided by route in `by_route`."""

    name: str
    granted: int = 0
    balance: int = 0
    by_route: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, item: Item) -> "Account":
        routes = {key.removeprefix(_USED): used for key, used in item.items() if key.startswith(_USED)}
        return cls(name, item.get("granted", 0), item.get("balance", 0), routes)

    @property
    def used(self) -> int:
        return self.granted - self.balance


def valid_name(account: str) -> str:
    """The name itself. Raises VALIDATION_ERROR."""
    if not _NAME.fullmatch(account):
        message = "An account's name has 1 to 64 letters, digits and . _ @ -, and begins with a letter or digit."
        raise TokstackError(Code.VALIDATION_ERROR, message)
    return account


def key(account: str) -> Key:
    return Key(f"ACCOUNT#{account}", "ACCOUNT")


def grant(table: Table, account: str, credits: int) -> None:
    """Adds credits to an account, which begins to exist with its first grant."""
    if not 0 <= credits <= MOST:
        raise TokstackError(Code.VALIDATION_ERROR, f"Credits are granted, not taken: give 0 to {MOST}.")
    # A transaction, though of one write: unlike a plain update, it is not applied twice when the SDK
    # repeats a request whose answer was lost.
    table.transact(
        Update(key(valid_name(account)), "ADD granted :credits, balance :credits", values={":credits": credits})
    )


def show(table: Table, account: str) -> Account:
    """An account; one that was never granted anything has nothing."""
    return Account.of(account, table.get(key(account)) or {})


def debit(account: str, route: str, credits: int) -> Update:
    """Takes credits for a route, on condition that there are enough."""
    return Update(key(account), "ADD balance :less, #route :more", "balance >= :more", _route(route), _amounts(credits))


def give_back(account: str, route: str, credits: int) -> Update:
    """Undoes a debit."""
    return Update(key(account), "ADD balance :more, #route :less", None, _route(route), _amounts(credits))


def _route(route: str) -> dict[str, str]:
    return {"#route": _USED + route}


def _amounts(credits: int) -> dict[str, int]:
    return {":more": credits, ":less": -credits}
