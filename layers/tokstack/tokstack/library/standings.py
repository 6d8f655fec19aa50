"""Where standings are kept: one record for a profile, `PROFILE#{id}` / `STANDING`. Its attributes:

    run         by which run it was made
    facts       the standing as JSON, without its items
    items       zlib of n ids in ascending order (signed, of 64 bits), then in their order n ranks, and n places won for
                each of DELTAS (signed, of 32 bits, the least there is for None); the least significant byte first

Of more than MOST items those of the best ranks are kept.
"""

import struct
import zlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

from tokstack.library.snapshots import MOST
from tokstack.library.standing import DELTAS, ItemStanding, ProfileStanding
from tokstack.table import Item, Key, Put, Table, library_table

_NONE = -(2**31)
_NAME = "STANDING"


class Standings:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, profiles: Iterable[str], items: Collection[str] | None = None) -> dict[str, ProfileStanding]:
        """Of those profiles that have one; of `items` alone where only these are asked for."""
        wanted = None if items is None else [int(item) for item in items]
        return {profile: _standing(record, wanted) for profile, record in self._records(profiles)}

    def put(self, profile: str, standing: ProfileStanding, run: str = "") -> None:
        self._table.put(Put(_record(profile, standing, run)))

    def put_all(self, standings: Iterable[tuple[str, ProfileStanding]], run: str = "") -> None:
        """Each of a profile, by its id."""
        self._table.put_many(_record(profile, standing, run) for profile, standing in standings)

    def made_by(self, run: str, profiles: Iterable[str]) -> set[str]:
        """Those of the profiles whose standing is of that run."""
        return {profile for profile, record in self._records(profiles) if record["run"] == run}

    def _records(self, profiles: Iterable[str]) -> Iterator[tuple[str, Item]]:
        for record in self._table.get_many(map(_key, profiles)):
            yield record["pk"].removeprefix("PROFILE#"), record


@cache
def standings() -> Standings:
    """This function's."""
    return Standings(library_table())


def packed(items: Mapping[str, ItemStanding]) -> bytes:
    best = sorted(items, key=lambda item: (items[item].rank, int(item)))[:MOST]
    rows = sorted((int(item), items[item].rank, *items[item].deltas) for item in best)
    ids, *columns = zip(*rows, strict=True) if rows else ((),)
    numbers = [_NONE if number is None else number for column in columns for number in column]
    return zlib.compress(struct.pack(f"<{len(ids)}q{len(numbers)}i", *ids, *numbers))


def unpacked(body: bytes, wanted: Collection[int] | None = None) -> dict[str, ItemStanding]:
    raw = zlib.decompress(body)
    count = len(raw) // (8 + 4 * (1 + len(DELTAS)))
    ids = struct.unpack_from(f"<{count}q", raw)
    numbers = struct.unpack_from(f"<{count * (1 + len(DELTAS))}i", raw, count * 8)
    places = range(count) if wanted is None else [_place(ids, item) for item in wanted]
    return {str(ids[place]): _item(numbers[place::count]) for place in places if place is not None}


def _record(profile: str, standing: ProfileStanding, run: str) -> Item:
    facts = standing.model_dump_json(exclude={"items"}).encode()
    key = _key(profile)
    return {"pk": key.pk, "sk": key.sk, "run": run, "facts": facts, "items": packed(standing.items)}


def _standing(record: Item, wanted: Collection[int] | None) -> ProfileStanding:
    standing = ProfileStanding.model_validate_json(bytes(record["facts"]))
    return standing.model_copy(update={"items": unpacked(bytes(record["items"]), wanted)})


def _item(numbers: Sequence[int]) -> ItemStanding:
    """Of a rank and the places won: not checked again, for a profile has thousands."""
    rank, *deltas = numbers
    return ItemStanding.model_construct(rank=rank, deltas=tuple(None if won == _NONE else won for won in deltas))


def _place(ids: Sequence[int], item: int) -> int | None:
    place = bisect_left(ids, item)
    return place if place < len(ids) and ids[place] == item else None


def _key(profile: str) -> Key:
    return Key(f"PROFILE#{profile}", _NAME)
