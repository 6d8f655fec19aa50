"""A library in dicts: what is taken in is found at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from tests.library_model import ModelEngine, ModelReader
from tokstack.errors import Code, TokstackError
from tokstack.library.document import Document
from tokstack.library.documents import Documents, version
from tokstack.library.engines.protocol import Reader
from tokstack.library.entries import entry
from tokstack.library.following import Library
from tokstack.library.item import Item
from tokstack.library.merge import merged


class _Reader(ModelReader):
    def refresh(self) -> None:
        """It is fresh."""


class SmallLibrary:
    def __init__(self) -> None:
        self._engine = ModelEngine()
        self._current: dict[int, Document] = {}
        self._versions: dict[tuple[int, int], Document] = {}
        self.batches = 0
        self.broken = False

    def take(self, items: Iterable[Item], received: datetime) -> list[str]:
        """As Ingest takes them, and the indexer after it."""
        if self.broken:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage cannot be reached.")
        for item in items:
            number = int(item.tiktok_id)
            document = merged(self._current.get(number), item, received)
            self._current[number] = self._versions[number, version(document)] = document
            self._engine.entries[number] = entry(document, version(document))
        self.batches += 1
        return []

    def get(self, versions: Sequence[tuple[int, int]]) -> list[Document | None]:
        return [self._versions.get(each) for each in versions]

    def document(self, number: int) -> Document:
        return self._current[number]

    @property
    def documents(self) -> list[Document]:
        return [self._current[number] for number in sorted(self._current)]

    def opened(self) -> Library:
        return Library(cast("Reader", _Reader(self._engine.entries)), cast("Documents", self))
