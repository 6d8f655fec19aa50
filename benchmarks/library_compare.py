"""The same questions to the library and to its peers, one after the other, so that noise falls on all alike."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from opensearchpy import OpenSearch

from benchmarks.library_corpus import entries
from benchmarks.library_peers import BareOpenSearch, BareTantivy, Sqlite
from benchmarks.library_place import MEASURED, WARMING, Cold, Place, cold, fresh, place
from benchmarks.library_queries import Asked
from benchmarks.report import timed
from local.tools import opensearch
from tokstack.library.engines.embedded.reader import EmbeddedReader
from tokstack.library.engines.opensearch import OpenSearchEngine, client
from tokstack.library.engines.protocol import Reader

OURS, OPENSEARCH, TANTIVY, SQLITE = "ours", "OpenSearch", "tantivy", "SQLite"

_HEAP = ("-Xms4g", "-Xmx4g")
_ALIAS = "library"
_SEGMENTS = 5
_ROUNDS, _WARM_ROUNDS = 3, 2
_OF_WARMING = 30  # questions of a kind
_OF_SQLITE = 10  # questions of a kind, once

Asking = Callable[[Asked], object]
Questions = Mapping[str, Sequence[Asked]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`times` are milliseconds, by kind and by whom; `seconds` are what was written in, by whom."""

    times: Mapping[str, Mapping[str, Sequence[float]]]
    seconds: Mapping[str, float]
    opensearch_mb: float
    questions: int
    same_pages: int

    def percentile(self, who: str, per_cent: float, kind: str | None = None) -> float:
        kinds = [self.times[kind]] if kind else self.times.values()
        return float(np.percentile([each for times in kinds for each in times[who]], per_cent))


@dataclass(frozen=True, slots=True)
class Measured:
    """A library of one size. `fresh_seconds` is what a batch takes from items to what a reader shows."""

    items: int
    megabytes: float
    process: Cold
    comparison: Comparison
    fresh_seconds: float


@cache
def measured(count: int) -> Measured:
    """Once in a run: it takes long."""
    with place(count) as where:
        megabytes, process = where.megabytes, cold(where)
        return Measured(count, megabytes, process, compared(where, count), fresh(where, count))


def compared(where: Place, count: int) -> Comparison:
    with TemporaryDirectory() as folder, opensearch.running(_HEAP) as address:
        connection = client(address)
        theirs = OpenSearchEngine(connection, _ALIAS)
        tantivy, sqlite = BareTantivy(Path(folder, "tantivy")), Sqlite(Path(folder, "sqlite"))
        with theirs.rebuilding() as writer:
            seconds = _written(
                {OPENSEARCH: writer.write, TANTIVY: tantivy.write, SQLITE: sqlite.write},
                {OPENSEARCH: writer.publish, TANTIVY: tantivy.finish, SQLITE: sqlite.finish},
                count,
            )
        megabytes = _merged(connection)
        questions, reader = where.questions(MEASURED), where.engine.reader()
        same = _same(questions, reader, theirs.reader())
        gc.collect()
        gc.freeze()  # what stands here for the measuring is not to be looked through meanwhile
        peers: dict[str, Asking] = {OPENSEARCH: BareOpenSearch(address, _ALIAS).ask, TANTIVY: tantivy.ask}
        _in_turn(where.questions(WARMING, _OF_WARMING), reader, peers, _WARM_ROUNDS)
        times = _in_turn(questions, reader, peers, _ROUNDS)
        for kind, every in questions.items():
            if all(map(sqlite.can, every)):
                times[kind][SQLITE] = [_milliseconds(sqlite.ask, one) for one in every[:_OF_SQLITE]]
    asked = sum(map(len, questions.values()))
    return Comparison(times, {**seconds, OURS: where.seconds}, megabytes, asked, same)


def _written(
    writes: Mapping[str, Callable[..., object]], ends: Mapping[str, Callable[[], object]], count: int
) -> dict[str, float]:
    seconds = dict.fromkeys(writes, 0.0)
    for batch in entries(count):
        for name, write in writes.items():
            seconds[name] += timed(lambda: write(batch))  # noqa: B023 - run at once
    return {name: seconds[name] + timed(end) for name, end in ends.items()}


def _merged(connection: OpenSearch) -> float:
    """How many megabytes it takes then."""
    connection.indices.forcemerge(index=_ALIAS, params={"max_num_segments": _SEGMENTS, "request_timeout": 1800})
    size: int = connection.indices.stats(index=_ALIAS)["_all"]["primaries"]["store"]["size_in_bytes"]
    return size / 1e6


def _same(questions: Questions, ours: Reader, theirs: Reader) -> int:
    """How many pages are the same. Totals must be, and so must pages that are not by relevance, which differs."""
    same = 0
    for kind, every in questions.items():
        for asked in every:
            if isinstance(asked, int):
                assert ours.find([asked]) == theirs.find([asked]), (kind, asked)
                same += 1
                continue
            mine, other = ours.search(asked), theirs.search(asked)
            assert mine.total == other.total, (kind, asked, mine.total, other.total)
            alike = [hit.id for hit in mine.page] == [hit.id for hit in other.page]
            assert alike or asked.sort is None, (kind, asked)
            same += alike
    return same


def _in_turn(
    questions: Questions, reader: EmbeddedReader, peers: Mapping[str, Asking], rounds: int
) -> dict[str, dict[str, list[float]]]:
    """The least milliseconds of each question, by kind and by whom."""
    asking: Mapping[str, Asking] = {OURS: lambda asked: _ask(reader, asked), **peers}
    times: dict[str, dict[str, list[float]]] = {}
    for kind, every in questions.items():
        found = {name: [float("inf")] * len(every) for name in asking}
        for _ in range(rounds):
            _forget(reader)
            for number, asked in enumerate(every):
                for name, ask in asking.items():
                    found[name][number] = min(found[name][number], _milliseconds(ask, asked))
        times[kind] = found
    return times


def _ask(reader: Reader, asked: Asked) -> object:
    return reader.find([asked]) if isinstance(asked, int) else reader.search(asked)


def _forget(reader: EmbeddedReader) -> None:
    """What phrases found, so that each is asked as if for the first time."""
    reader._current()._phrases.clear()  # noqa: SLF001 - nobody else wants it forgotten


def _milliseconds(ask: Asking, asked: Asked) -> float:
    return 1e3 * timed(lambda: ask(asked))
