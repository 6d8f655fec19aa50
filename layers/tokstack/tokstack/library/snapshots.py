"""What is kept of a profile's day: how often each of its items had been viewed, and the profile's own counters.

One small record for a profile and a day of UTC, `PROFILE#{id}` / `DAY#YYYY-MM-DD`; a second one of the same day takes
the place of the first. Its attributes:

    at          epoch seconds
    ads, organic        how many of its items are which
    counters    what is known of followers, views, likes, total_tik_toks
    views       zlib of n ids in ascending order, then n counts of views in the order of the ids: signed, of 64 bits,
                the least significant byte first. Items whose views nobody knows are not in it

A record of DynamoDB has 400 KB: of more than MOST items the most viewed are kept, whose ranks are right without the
others.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tokstack.table import Item, Put, Table

MOST = 13_000  # items, so that no record of theirs is too large however badly it is compressed
KEPT = 400  # days

_DAY = 86_400  # seconds
_FIRST = "DAY#"


@dataclass(frozen=True, slots=True)
class Counters:
    """A profile's own, as last observed; None where nobody said."""

    followers: int | None = None
    views: int | None = None
    likes: int | None = None
    total_tik_toks: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`at` in epoch seconds; `views` by the ids of items."""

    at: float
    views: Mapping[int, int]
    ads: int = 0
    organic: int = 0
    counters: Counters = Counters()


class Snapshots:
    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, profile: str, snapshot: Snapshot) -> None:
        self._table.put(Put(_record(profile, snapshot)))

    def put_all(self, snapshots: Iterable[tuple[str, Snapshot]]) -> None:
        """Each of a profile, by its id."""
        self._table.put_many(_record(profile, snapshot) for profile, snapshot in snapshots)

    def as_of(self, profile: str, day: date) -> Snapshot | None:
        """The newest of that day or before it."""
        found = self._table.last(f"PROFILE#{profile}", _FIRST, f"{_FIRST}{day}")
        return None if found is None else _snapshot(found)


def day_of(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def days_before(at: float, days: int) -> date:
    return day_of(at) - timedelta(days=days)


def packed(views: Mapping[int, int]) -> bytes:
    most = sorted(views, key=lambda item: (-views[item], item))[:MOST]
    ids = sorted(most)
    return zlib.compress(struct.pack(f"<{2 * len(ids)}q", *ids, *(views[item] for item in ids)))


def unpacked(body: bytes) -> dict[int, int]:
    raw = zlib.decompress(body)
    values = struct.unpack(f"<{len(raw) // 8}q", raw)
    half = len(values) // 2
    return dict(zip(values[:half], values[half:], strict=True))


def _record(profile: str, snapshot: Snapshot) -> Item:
    counters = {name: count for name, count in asdict(snapshot.counters).items() if count is not None}
    facts = {"at": snapshot.at, "ads": snapshot.ads, "organic": snapshot.organic, "counters": counters}
    keys = {"pk": f"PROFILE#{profile}", "sk": f"{_FIRST}{day_of(snapshot.at)}"}
    until = {"expires_at": snapshot.at + KEPT * _DAY}
    return {**keys, **facts, "views": packed(snapshot.views), **until}


def _snapshot(record: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        record["at"],
        unpacked(bytes(record["views"])),
        record["ads"],
        record["organic"],
        Counters(**record["counters"]),
    )
