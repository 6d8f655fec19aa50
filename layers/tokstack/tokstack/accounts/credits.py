"""Accounts and their credits.

    ACCOUNT#{account} / ACCOUNT       granted, balance, and what each route has used: `used:{route}`
    ACCOUNT#{account} / DAY#{date}    what the charges of one day (UTC) have used, kept for 400 days

At every moment balance = granted - the sum of the ledger's charges that were not given back, and the
routes' figures and those of the days add up to that sum: each is moved in the same transaction as the ledger.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tokstack.errors import Code, TokstackError
from tokstack.table import Item, Key, Table, Update

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_USED = "used:"
_DAY = "DAY#"
_DAYS_KEPT = timedelta(days=400)
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


def by_day(table: Table, account: str, days: int) -> dict[date, int]:
    """What was used on each of the last days on which anything was."""
    today = _day(table.now())
    first = today - timedelta(days=days - 1)
    items = table.between(key(account).pk, f"{_DAY}{first}", f"{_DAY}{today}")
    return {date.fromisoformat(item["sk"].removeprefix(_DAY)): item["used"] for item in items if item["used"]}


def debit(account: str, route: str, credits: int, moment: float) -> tuple[Update, Update]:
    """Takes credits for a route, on condition that there are enough."""
    taken = Update(
        key(account),
        "ADD balance :less, #route :more",
        "balance >= :more",
        {"#route": _USED + route},
        {":more": credits, ":less": -credits},
    )
    return taken, _use(account, credits, moment)


def give_back(account: str, route: str, credits: int, moment: float) -> tuple[Update, Update]:
    """Undoes a debit of that moment."""
    given = Update(
        key(account),
        "ADD balance :more, #route :less",
        None,
        {"#route": _USED + route},
        {":more": credits, ":less": -credits},
    )
    return given, _use(account, -credits, moment)


def _use(account: str, credits: int, moment: float) -> Update:
    """Counts them to their day."""
    day = _day(moment)
    expiry = datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAYS_KEPT
    return Update(
        Key(key(account).pk, f"{_DAY}{day}"),
        "SET expires_at = :expiry ADD used :credits",
        values={":expiry": int(expiry.timestamp()), ":credits": credits},
    )


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()
