"""API keys: made, found, switched off. A key is shown once; only its SHA-256 is kept.

KEY#{sha256} / KEY       account, status, created_at, hint; valid_until, rate, arrival where they apply
KEYS / {hint}            the hash of the key that begins so: keys are listed and named without a scan
"""

import re
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from tokstack.accounts import rate as rates
from tokstack.accounts.credits import valid_name
from tokstack.errors import Code, TokstackError
from tokstack.table import Check, ConditionFailedError, Item, Key, Put, Table, Update

_PREFIX = "tok_"
_ALPHABET = string.ascii_letters + string.digits
_HINT = len(_PREFIX) + 8  # the part that may be shown; the 32 characters after it hold 190 bits
_KEY = re.compile(rf"{_PREFIX}[A-Za-z0-9]{{40}}")
FASTEST = 10_000
_USABLE = "#status = :active AND (attribute_not_exists(valid_until) OR valid_until > :now)"


class Status(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key. Times are in epoch seconds, `rate` in requests per second."""

    hash: str
    hint: str
    account: str
    status: Status
    created_at: float
    valid_until: float | None
    rate: int | None
    arrival: int | None  # see `rate.py`

    @classmethod
    def of(cls, item: Item) -> "ApiKey":
        return cls(
            hash=item["pk"].removeprefix("KEY#"),
            hint=item["hint"],
            account=item["account"],
            status=Status(item["status"]),
            created_at=item["created_at"],
            valid_until=item.get("valid_until"),
            rate=item.get("rate"),
            arrival=item.get("arrival"),
        )


def create(table: Table, account: str, *, rate: int | None = None, expires_at: float | None = None) -> str:
    """A new key of an account, the only time that it is seen whole."""
    if rate is not None and not 1 <= rate <= FASTEST:
        raise TokstackError(Code.VALIDATION_ERROR, f"A rate is 1 to {FASTEST} requests per second.")
    text = _PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(40))
    key, hint = _key(_hash(text)), text[:_HINT]
    item: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "hint": hint,
        "account": valid_name(account),
        "status": Status.ACTIVE,
        "created_at": table.now(),
    }
    # Not `expires_at`: the table would forget the key, and an expired key is told from an unknown one.
    item |= {"valid_until": expires_at} if expires_at else {}
    item |= {"rate": rate} if rate else {}
    table.transact(
        Put(item, condition="attribute_not_exists(pk)"),
        Put({"pk": "KEYS", "sk": hint, "hash": _hash(text)}, condition="attribute_not_exists(pk)"),
    )
    return text


def find(table: Table, text: str | None) -> ApiKey:
    """The key that a caller gave. Raises MISSING_API_KEY or INVALID_API_KEY; a malformed key costs no read."""
    if not text:
        raise TokstackError(Code.MISSING_API_KEY, "Give your API key as `Authorization: Bearer KEY` or `x-api-key`.")
    return known(table.get(_key(_hash(text))) if _KEY.fullmatch(text) else None)


def known(item: Item | None) -> ApiKey:
    """The key that was read; nothing read is INVALID_API_KEY."""
    if item is None:
        raise TokstackError(Code.INVALID_API_KEY, "This API key is not known.")
    return ApiKey.of(item)


def gate(key: ApiKey, now: float) -> Check | Update:
    """The write that holds a transaction to the key's status, expiry and rate.

    Raises API_KEY_DISABLED, API_KEY_EXPIRED or RATE_LIMITED where what was read of the key rules it out already.
    """
    if key.status is not Status.ACTIVE:
        raise TokstackError(Code.API_KEY_DISABLED, f"This API key is {key.status}.")
    if key.valid_until is not None and key.valid_until <= now:
        raise TokstackError(Code.API_KEY_EXPIRED, "This API key has expired.")
    names, values = {"#status": "status"}, {":active": Status.ACTIVE, ":now": now}
    if key.rate is None:
        return Check(_key(key.hash), _USABLE, names, values)
    step = rates.step(key.arrival, key.rate, now)
    return Update(_key(key.hash), step.expression, f"{_USABLE} AND {step.condition}", names, values | step.values)


def listing(table: Table) -> Iterator[ApiKey]:
    """Every key of every account."""
    for entry in table.query("KEYS"):
        item = table.get(_key(entry["hash"]))
        if item is not None:
            yield ApiKey.of(item)


def set_status(table: Table, key: str, status: Status) -> ApiKey:
    """Switches a key, given whole or by its first twelve characters. What is revoked stays revoked."""
    entry = table.get(Key("KEYS", key[:_HINT])) if len(key) >= _HINT else None
    if entry is None:
        raise TokstackError(Code.INVALID_API_KEY, f"No key begins with {key[:_HINT]}.")
    change = Update(
        _key(entry["hash"]),
        "SET #status = :status",
        "#status <> :revoked OR :status = :revoked",
        {"#status": "status"},
        {":status": status, ":revoked": Status.REVOKED},
    )
    try:
        return ApiKey.of(table.update(change))
    except ConditionFailedError:
        raise TokstackError(Code.API_KEY_DISABLED, "A revoked key stays revoked; make a new one.") from None


def _hash(text: str) -> str:
    # No salt and no stretching: a key is 190 random bits, nothing that could be guessed from its hash.
    return sha256(text.encode()).hexdigest()


def _key(hashed: str) -> Key:
    return Key(f"KEY#{hashed}", "KEY")
