"""What the library follows by itself: profiles, searches of the ad library, searches of the research API.

`TRACKED` / `{kind}#{name}`     one of them: how often it is read anew, when next, and how it went the last time
`WALK#{kind}#{name}` / `WALK`   how far a reading has come that is not yet done

A reading is a turn. Whose turn it is gets a message with the turn's number; a turn that has ended does not begin again,
however often its message comes. A walk outlives its turn where it failed, and the next turn goes on with it.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from tokstack.errors import Code, TokstackError
from tokstack.library.snapshots import MOST
from tokstack.posts.references import parse_handle
from tokstack.table import ConditionFailedError, Delete, Item, Key, Put, Table, Update, library_table

LEAST, USUAL, LONGEST = 3600, 6 * 3600, 30 * 86_400  # seconds between two readings

_SEARCH = re.compile(r"(?P<country>[A-Z]{2}|ALL):(?P<term>.*)")
_LONGEST_TERM = 50  # characters, as the official APIs say
_WALK_KEPT = 86_400  # seconds; an older walk says nothing of what is there now
_TRACKED = "TRACKED"


class Kind(StrEnum):
    PROFILE = "profile"
    ADS = "ads"
    RESEARCH = "research"


@dataclass(frozen=True, slots=True)
class Subject:
    """`name` is a handle without the @, or a country and a term: "DE:running shoes", "ALL:shoes"."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}#{self.name}"

    @property
    def search(self) -> tuple[str, str]:
        """Country and term."""
        country, _, term = self.name.partition(":")
        return country, term


@dataclass(frozen=True, slots=True)
class Tracked:
    """Times are epoch seconds. `turn` is the last that was begun, `ended` the last that came to an end.

    `result` is "ok" or an error's code, None before the first end; `items` is how many the last whole walk saw.
    """

    subject: Subject
    every: int
    next_at: float
    turn: int = 0
    ended: int = 0
    failures: int = 0  # in a row
    result: str | None = None
    message: str | None = None
    result_at: float | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """`place` is where it goes on, in the words of whoever is asked; None at its beginning.

    `seen` are the ids that it came by, no more than MOST. It is `whole` as long as nothing was left out.
    """

    begun_at: float
    place: str | None = None
    seen: frozenset[int] = frozenset()
    whole: bool = True


def subject_of(kind: Kind, text: str) -> Subject:
    """Raises VALIDATION_ERROR."""
    if kind is Kind.PROFILE:
        return Subject(kind, parse_handle(text).lower())
    found = _SEARCH.fullmatch(text.strip())
    term = " ".join(found["term"].split()) if found else ""
    if found is None or not 0 < len(term) <= _LONGEST_TERM:
        raise TokstackError(
            Code.VALIDATION_ERROR,
            f"A search is a country and a term of at most {_LONGEST_TERM} characters, such as DE:shoes or ALL:shoes.",
        )
    return Subject(kind, f"{found['country']}:{term}")


def subject_named(text: str) -> Subject:
    """As `str` writes it."""
    kind, _, name = text.partition("#")
    return Subject(Kind(kind), name)


class Tracking:
    def __init__(self, table: Table) -> None:
        self._table = table

    def track(self, subject: Subject, every: int = USUAL) -> Tracked:
        """From now on; of what is tracked already, the time between two readings is changed. It is due at once."""
        values = {":every": every, ":now": self._table.now()}
        return _tracked(self._table.update(Update(_key(subject), "SET every = :every, next_at = :now", values=values)))

    def untrack(self, subject: Subject) -> bool:
        """Whether it was tracked. Its items stay."""
        self.forget_walk(subject)
        try:
            self._table.delete(Delete(_key(subject), condition="attribute_exists(pk)"))
        except ConditionFailedError:
            return False
        return True

    def find(self, subject: Subject) -> Tracked | None:
        record = self._table.get(_key(subject))
        return None if record is None else _tracked(record)

    def every(self) -> Iterator[Tracked]:
        return map(_tracked, self._table.query(_TRACKED))

    def due(self) -> Iterator[Tracked]:
        return (tracked for tracked in self.every() if tracked.next_at <= self._table.now())

    def begin(self, tracked: Tracked) -> None:
        """Its next turn has begun; nothing changes where another began it."""
        self._change(
            tracked.subject,
            "SET turn = :turn, next_at = :next",
            {":turn": tracked.turn + 1, ":next": self._table.now() + tracked.every, ":seen": tracked.next_at},
            condition="next_at = :seen",
        )

    def succeeded(self, subject: Subject, turn: int, items: int) -> None:
        """The turn has ended well, and with it the walk."""
        self.forget_walk(subject)
        now = self._table.now()
        self._change(
            subject,
            "SET ended = :turn, failures = :none, #result = :ok, result_at = :now, #items = :items REMOVE message",
            {":turn": turn, ":none": 0, ":ok": "ok", ":now": now, ":items": items},
            names={"#result": "result", "#items": "items"},
        )

    def failed(self, subject: Subject, turn: int, error: TokstackError, wait: float) -> None:
        """The turn has ended; the next one is so many seconds away."""
        now = self._table.now()
        self._change(
            subject,
            "SET ended = :turn, #result = :code, message = :message, result_at = :now, next_at = :next"
            " ADD failures :one",
            {
                ":turn": turn,
                ":code": error.code.value,
                ":message": error.message,
                ":now": now,
                ":next": now + wait,
                ":one": 1,
            },
            names={"#result": "result"},
        )

    def walk(self, subject: Subject) -> Walk:
        """The one that is not yet done, else a new one."""
        record = self._table.get(_walk_key(subject))
        if record is None:
            return Walk(self._table.now())
        return Walk(record["begun_at"], record["place"], unpacked(record["seen"]), record["whole"])

    def keep_walk(self, subject: Subject, walk: Walk) -> None:
        key = _walk_key(subject)
        facts = {"begun_at": walk.begun_at, "place": walk.place, "seen": packed(walk.seen), "whole": walk.whole}
        self._table.put(Put({"pk": key.pk, "sk": key.sk, **facts, "expires_at": walk.begun_at + _WALK_KEPT}))

    def forget_walk(self, subject: Subject) -> None:
        self._table.delete(Delete(_walk_key(subject)))

    def _change(
        self,
        subject: Subject,
        expression: str,
        values: dict[str, Any],
        condition: str = "attribute_exists(pk)",
        names: dict[str, str] | None = None,
    ) -> None:
        """Nothing where it is tracked no more."""
        with suppress(ConditionFailedError):
            self._table.update(Update(_key(subject), expression, condition, names or {}, values))


@cache
def tracking() -> Tracking:
    """This function's."""
    return Tracking(library_table())


def packed(ids: frozenset[int]) -> bytes:
    """No more than a record holds."""
    kept = sorted(ids)[-MOST:]
    return zlib.compress(struct.pack(f"<{len(kept)}q", *kept))


def unpacked(body: bytes) -> frozenset[int]:
    raw = zlib.decompress(body)
    return frozenset(struct.unpack(f"<{len(raw) // 8}q", raw))


def _key(subject: Subject) -> Key:
    return Key(_TRACKED, str(subject))


def _walk_key(subject: Subject) -> Key:
    return Key(f"WALK#{subject}", "WALK")


def _tracked(record: Item) -> Tracked:
    facts = {name: record[name] for name in Tracked.__dataclass_fields__ if name in record}
    return Tracked(**{"subject": subject_named(record["sk"]), **facts})
