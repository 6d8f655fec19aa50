"""How an index is written: a little at a time beside what is read, or anew.

Each entry is written only over what the writer has seen there, so that of two writers at once no work is lost: the
second is superseded. What it finds before it begins to publish changes nothing. That another comes first in the midst
of it takes two who publish at the same moment, which the lease of those who write keeps from happening; the entries
that it then has written are right in themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from json import dumps
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from opensearchpy import OpenSearch

from tokstack.library.engines.opensearch import bulk, mapping
from tokstack.library.engines.opensearch.bulk import Line
from tokstack.library.engines.opensearch.connection import answering
from tokstack.library.engines.opensearch.indices import Indices, writers
from tokstack.library.engines.opensearch.reader import Found, looked_up
from tokstack.library.engines.protocol import SupersededError
from tokstack.library.entry import Entry

_IN_MEMORY = 32 << 20  # bytes; what is more lies on the disk until it is published


class Addition:
    """Keeps what is written to itself until it is published."""

    def __init__(self, client: OpenSearch, index: str) -> None:
        self._client = client
        self._index = index
        self._known: dict[int, Found | None] = {}
        self._versions: dict[int, int] = {}  # of what was written and not published yet
        self._pending = _Pending()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pending.close()

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        asked = list(ids)
        self._learn(asked)
        there = {item: known.version for item in asked if (known := self._known[item])}
        return there | {item: self._versions[item] for item in asked if item in self._versions}

    def write(self, entries: Iterable[Entry]) -> None:
        written = list(entries)
        for entry in written:
            self._pending.add(entry.id, _encoded(entry))
            self._versions[entry.id] = entry.version
        self._learn(entry.id for entry in written)

    def publish(self) -> None:
        if self._seen(self._versions) != {item: self._known[item] for item in self._versions}:
            raise SupersededError
        written = dict(bulk.write(self._client, writers(self._index), self._lines()))
        with answering():
            self._client.indices.refresh(index=self._index)
        self._known |= {item: Found(self._versions[item], place) for item, place in written.items()}
        self._versions.clear()
        self._pending.clear()

    def _lines(self) -> Iterator[Line]:
        for item, document in self._pending:
            yield Line(item, _action(item, self._known[item]), document)

    def _learn(self, ids: Iterable[int]) -> None:
        """As it was when this writer first asked."""
        self._known |= self._seen([item for item in ids if item not in self._known])

    def _seen(self, ids: Iterable[int]) -> dict[int, Found | None]:
        asked = list(ids)
        with answering():
            found = looked_up(self._client, self._index, asked)
        return {item: found.get(item) for item in asked}


class Rebuilding:
    """Writes into an index that nobody reads, and which takes the place of the other when it is published."""

    def __init__(self, client: OpenSearch, indices: Indices) -> None:
        self._client = client
        self._indices = indices
        self._base = indices.state()
        self._index = indices.made()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._indices.current() != self._index:
            self._indices.delete(self._index)

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        with answering():
            self._client.indices.refresh(index=self._index)
            found = looked_up(self._client, self._index, ids)
        return {item: there.version for item, there in found.items()}

    def write(self, entries: Iterable[Entry]) -> None:
        lines = (Line(entry.id, _over(entry.id), _encoded(entry)) for entry in entries)
        for _ in bulk.write(self._client, writers(self._index), lines):
            pass

    def publish(self) -> None:
        """Between the look and the change another could still be first, but for the lease of those who write."""
        with answering():
            self._client.indices.refresh(index=self._index)
        if self._indices.state() != self._base:
            raise SupersededError
        self._indices.exchange(self._base.index if self._base else None, self._index)


class _Pending:
    """Documents by item, the last of each, in a file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it is closed with its writer
        self._places: dict[int, tuple[int, int]] = {}

    def add(self, item: int, document: bytes) -> None:
        start = self._file.seek(0, 2)
        self._file.write(document)
        self._places[item] = start, len(document)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for item, (start, length) in self._places.items():
            self._file.seek(start)
            yield item, self._file.read(length)

    def clear(self) -> None:
        self._places.clear()
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        self._file.close()


def _encoded(entry: Entry) -> bytes:
    return dumps(mapping.document(entry), ensure_ascii=False, separators=(",", ":")).encode()


def _action(item: int, known: Found | None) -> bytes:
    if known is None:
        return dumps({"create": {"_id": str(item)}}).encode()
    place = {"if_seq_no": known.place.number, "if_primary_term": known.place.term}
    return dumps({"index": {"_id": str(item), **place}}).encode()


def _over(item: int) -> bytes:
    return dumps({"index": {"_id": str(item)}}).encode()
