"""A library as the daily ranking sees it: what an engine tells of its items, and the profiles' own counters."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from tokstack.library.document import Document
from tokstack.library.documents import Documents
from tokstack.library.engines.protocol import Reader, Standing
from tokstack.library.item import Item, Profile
from tokstack.library.ranking import Ranking
from tokstack.library.snapshots import Counters, Snapshots
from tokstack.library.standings import Standings
from tokstack.table import Item as Record
from tokstack.table import Key, Put, Table


class Memory(Table):
    """A table in dicts, one for each `pk`: a year of history is too much for moto."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Record]] = defaultdict(dict)

    def put(self, write: Put) -> None:
        self.records[write.item["pk"]][write.item["sk"]] = dict(write.item)

    def last(self, pk: str, first: str, last: str) -> Record | None:
        found = [sk for sk in self.records[pk] if first <= sk <= last]
        return self.records[pk][max(found)] if found else None

    def get_many(self, keys: Iterable[Key]) -> list[Record]:
        return [self.records[key.pk][key.sk] for key in keys if key.sk in self.records[key.pk]]


@dataclass
class Shown:
    """Reader and documents in one; `rows` and `counters` are what stands in the library now."""

    rows: list[Standing] = field(default_factory=list)
    counters: Counters = field(default_factory=Counters)

    def refresh(self) -> None:
        pass

    def standings(self) -> Iterator[Standing]:
        return iter(self.rows)

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        return {each: each + 1 for each in ids}

    def get(self, versions: Sequence[tuple[int, int]]) -> list[Document | None]:
        return [self._document(each) if version == each + 1 else None for each, version in versions]

    def _document(self, each: int) -> Document:
        profile = Profile(
            followers=self.counters.followers,
            views=self.counters.views,
            likes=self.counters.likes,
            total_tik_toks=self.counters.total_tik_toks,
        )
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return Document(
            item=Item(tiktok_id=str(each), profile=profile), created_at=moment, indexed_at=moment, first_seen_at=moment
        )


def ranking(shown: Any, table: Table, now: Any) -> Ranking:
    return Ranking(cast("Reader", shown), cast("Documents", shown), Snapshots(table), Standings(table), now)
