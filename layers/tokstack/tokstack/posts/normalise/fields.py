"""Tolerant readers: upstreams drift, so a value of the wrong type is a value that nobody said.

Every reader takes whatever a payload holds and gives a clean value or None (the plural ones an empty collection).
None raises, but for `post_id`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tokstack.errors import Code, TokstackError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates: databases refuse the one, UTF-8 the other
_DIGITS = 21  # at the most, in the longest ids
_TOO_LARGE = 10**_DIGITS
_YEAR_10000 = 253_402_300_800


def dig(payload: Any, *path: str) -> Any:
    """The value under a path of keys, None as soon as one is missing."""
    for key in path:
        if not isinstance(payload, dict):
            return None
        payload = payload.get(key)
    return payload


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list, without whatever else is in it."""
    return (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else iter(())


def text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    clean = value if value.isascii() and "\0" not in value else _UNSTORABLE.sub("", value)
    return clean if clean and not clean.isspace() else None


def identifier(value: Any) -> str | None:
    """An id, which upstreams write as a number or as digits."""
    return None if (number := integer(value)) is None else str(number)


def post_id(value: Any) -> str:
    """The one value that a post cannot be without. Raises UPSTREAM_CHANGED."""
    if (found := identifier(value)) is None:
        raise TokstackError(Code.UPSTREAM_CHANGED, "The upstream described a post without an id.")
    return found


def integer(value: Any) -> int | None:
    """A count: a whole number or its digits. Zero is a value."""
    if isinstance(value, str):
        return int(value) if len(value) <= _DIGITS and value.isascii() and value.isdigit() else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _TOO_LARGE else None


def positive(value: Any) -> int | None:
    """A width, a bitrate, a length in bytes: zero is how upstreams write that they do not know."""
    return integer(value) or None


def seconds(value: Any, *, unit: int = 1) -> float | None:
    """A duration counted in 1/`unit` seconds; zero, as photo posts have it, is none."""
    if isinstance(value, float):
        return value / unit if 0 < value < _YEAR_10000 else None
    return None if (number := positive(value)) is None else number / unit


def flag(value: Any) -> bool | None:
    """A yes or no, also as 1 or 0."""
    return bool(value) if value in (0, 1) and isinstance(value, int) else None


def moment(value: Any) -> datetime | None:
    """A time given in seconds since 1970. Only a stated one: `id >> 32` is days off for scheduled posts."""
    number = positive(value)
    return datetime.fromtimestamp(number, UTC) if number is not None and number < _YEAR_10000 else None


def url(value: Any) -> str | None:
    """An http address; one that leaves the scheme to the page gets https."""
    address = text(value)
    if address is None or address.startswith(("https://", "http://")):
        return address
    return f"https:{address}" if address.startswith("//") else None


def urls(*values: Any) -> tuple[str, ...]:
    """The addresses in these strings and lists of strings, each once, in order."""
    found: dict[str, None] = {}
    for value in values:
        for entry in value if isinstance(value, list) else (value,):
            if address := url(entry):
                found[address] = None
    return tuple(found)


def first_url(*values: Any) -> str | None:
    return next(iter(urls(*values)), None)
