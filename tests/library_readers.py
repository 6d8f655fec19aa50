"""Readers of a library that changes under them: what they are answered is held against itself, row by row."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from tests.library_model import found, ordered
from tokstack.library.document import Document
from tokstack.library.documents import Documents, version
from tokstack.library.engines.protocol import Reader
from tokstack.library.entries import entry
from tokstack.library.query import Query

_TOLD = 20  # of what is wrong


@dataclass(slots=True)
class Looked:
    """`wrong` tells what was not as it is to be."""

    answers: int = 0
    rows: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Looked") -> None:
        self.answers += other.answers
        self.rows += other.rows
        self.wrong += other.wrong


class Looker:
    """`totals` are those that do not change, by the query's number. What is published is never older than before."""

    def __init__(
        self, reader: Reader, documents: Documents, queries: Sequence[Query], totals: Mapping[int, int]
    ) -> None:
        self._reader = reader
        self._documents = documents
        self._queries = queries
        self._totals = totals
        self._seen: dict[int, datetime] = {}
        self.looked = Looked()

    def look(self, number: int) -> None:
        query = self._queries[number]
        hits = self._reader.search(query)
        self.looked.answers += 1
        self.looked.rows += len(hits.page)
        documents = self._documents.get([(hit.id, hit.version) for hit in hits.page])
        self._check(hits.total == self._totals.get(number, hits.total), f"a total of {hits.total}", query)
        whole = max(0, min(query.limit, hits.total - query.offset))
        self._check(len(hits.page) == whole, f"{len(hits.page)} rows of {whole}", query)
        self._check(None not in documents, "a document is missing", query)
        there = [(hit, document) for hit, document in zip(hits.page, documents, strict=True) if document]
        entries = [entry(document, hit.version) for hit, document in there]
        meant = [(int(document.item.tiktok_id), version(document)) for _, document in there]
        same = meant == [(hit.id, hit.version) for hit, _ in there]
        self._check(same, "a document is another", query)
        self._check(found(entries, query) == entries, "a row does not match", query)
        self._check(query.sort is None or ordered(entries, query) == entries, "rows are out of order", query)
        for made, (_, document) in zip(entries, there, strict=True):
            self._check(self._is_new(made.id, document), f"{made.id} is older than before", query)

    def _is_new(self, id_: int, document: Document) -> bool:
        observed = document.item.updated_at
        assert observed
        before = self._seen.setdefault(id_, observed)
        self._seen[id_] = observed
        return observed >= before

    def _check(self, right: bool, told: str, query: Query) -> None:
        if not right and len(self.looked.wrong) < _TOLD:
            self.looked.wrong.append(f"{told}: {query}")


def look(lookers: Sequence[Looker], questions: int, stop: Callable[[], bool]) -> Looked:
    """All at once, each at random, until they are to stop."""

    def ask(looker: Looker) -> None:
        random = Random()
        while not stop():
            looker.look(random.randrange(questions))

    looked = Looked()
    with ThreadPoolExecutor(len(lookers)) as pool:
        for asking, looker in [(pool.submit(ask, looker), looker) for looker in lookers]:
            if error := asking.exception():
                looker.looked.wrong.append(repr(error))
            looked.add(looker.looked)
    return looked
