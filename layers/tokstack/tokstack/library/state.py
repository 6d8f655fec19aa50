"""What the indexer says of itself, for its owner: `LIBRARY` / `PUBLISHED` and `LIBRARY` / `REBUILD`."""

from dataclasses import dataclass

from tokstack.table import Key, Put, Table

_PUBLISHED = Key("LIBRARY", "PUBLISHED")
_REBUILD = Key("LIBRARY", "REBUILD")


@dataclass(frozen=True, slots=True)
class Published:
    """`at` in epoch seconds."""

    items: int
    at: float


@dataclass(frozen=True, slots=True)
class Rebuild:
    """How many of how many batches were read again; `failure` is why it came to nothing."""

    batches: int = 0
    total: int = 0
    ended: bool = False
    failure: str | None = None
    at: float = 0.0


class State:
    def __init__(self, table: Table) -> None:
        self._table = table

    def published(self, items: int) -> None:
        key = {"pk": _PUBLISHED.pk, "sk": _PUBLISHED.sk}
        self._table.put(Put({**key, "items": items, "at": self._table.now()}))

    def last_publication(self) -> Published | None:
        record = self._table.get(_PUBLISHED)
        return Published(record["items"], record["at"]) if record else None

    def rebuilt(self, state: Rebuild) -> None:
        facts = {"batches": state.batches, "total": state.total, "ended": state.ended, "failure": state.failure}
        self._table.put(Put({"pk": _REBUILD.pk, "sk": _REBUILD.sk, **facts, "at": self._table.now()}))

    def last_rebuild(self) -> Rebuild | None:
        record = self._table.get(_REBUILD)
        if record is None:
            return None
        return Rebuild(record["batches"], record["total"], record["ended"], record["failure"], record["at"])
