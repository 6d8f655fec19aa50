"""From items to an index that is published: into the log, and out of the log into documents and index.

The two are functions of their own and work at the same time, so that items come in as fast as the slower one takes
them; here they are measured one after the other.

The index is published to an S3 server on this machine, by a process of its own. Its documents go to a table that takes
them and costs nothing, so that the pipeline alone is measured; and to DynamoDB Local, which is a Java program on the
same cores and no DynamoDB. Processor seconds and memory are those of the turn's two processes: the indexer, and the one
that prepares batches for it. What is changed is in another publication: each item's document is read first, merged, and
replaced. Memory is the most that they ever held, files that are mapped among it.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.library_corpus import PART, RECEIVED, items
from benchmarks.library_place import told
from benchmarks.report import Figure, Section
from local.tools import dynamodb_local
from tests import buckets, tables
from tests.integration import seaweedfs
from tokstack.library.bucket import Bucket
from tokstack.library.ingest import Ingest
from tokstack.library.item import Item
from tokstack.library.log import Log

PARTS = 40
FEW_PARTS = 10

_PER_SECOND = 5_000
_MEMORY_MB = 3008  # what the indexer's function has
_LATER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the indexer's: `items` that were pending are published."""

    items: int
    logged_seconds: float
    seconds: float
    processor_seconds: float
    most_mb: float

    @property
    def per_second(self) -> float:
        """Of the slower one."""
        return self.items / max(self.logged_seconds, self.seconds)


class Ingesting:
    """A bucket and a table, which is none where `dynamodb` is empty."""

    def __init__(self, endpoint: str, dynamodb: str) -> None:
        client = buckets.client(endpoint)
        self._bucket = buckets.emptied(client)
        self._ingest = Ingest(Log(Bucket(client, self._bucket)), lambda: None)
        table = tables.create(tables.client(dynamodb)) if dynamodb else ""
        self._where = (endpoint, self._bucket, dynamodb, table)

    def turn(self, parts: range, *, changed: bool = False) -> Turn:
        seconds = 0.0
        for part in parts:
            made = _changed(items(part)) if changed else items(part)
            started = time.perf_counter()
            self._ingest.take(made, RECEIVED + timedelta(seconds=part) + changed * _LATER)
            seconds += time.perf_counter() - started
        command = [sys.executable, "-m", "benchmarks.library_ingest_child", *self._where]
        return Turn(len(parts) * PART, seconds, **told(command))


def measure() -> Section:
    return Section("The library: taking in", __doc__ or "", list(_figures()))


def _figures() -> Iterator[Figure]:
    few = _turns(FEW_PARTS)[0]
    many = _turns(PARTS)[0]
    yield from _told(f"{many.items:,} items, a table that costs nothing", many, bounded=True)
    yield Figure(
        "memory of that",
        f"{many.most_mb:.0f} MB",
        f"{few.most_mb:.0f} MB for {few.items:,}",
        f"{many.most_mb / few.most_mb:.2f}",
        f"≤ {_MEMORY_MB} MB",
        many.most_mb <= _MEMORY_MB,
    )
    with dynamodb_local.running() as dynamodb:
        new, changed = _turns(FEW_PARTS, dynamodb)
    yield from _told(f"{new.items:,} items, DynamoDB Local", new)
    yield from _told(f"the same {changed.items:,} changed, DynamoDB Local", changed)


def _turns(parts: int, dynamodb: str = "") -> Sequence[Turn]:
    """New ones; and where there is a table, the same changed."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        endpoint = stack.enter_context(seaweedfs.running(Path(folder)))
        ingesting = Ingesting(endpoint, dynamodb)
        new = ingesting.turn(range(parts))
        return [new, ingesting.turn(range(parts), changed=True)] if dynamodb else [new]


def _told(what: str, turn: Turn, *, bounded: bool = False) -> Iterator[Figure]:
    yield Figure(
        what,
        f"{turn.per_second:,.0f}/s",
        bound=f"≥ {_PER_SECOND:,}/s" if bounded else "",
        held=turn.per_second >= _PER_SECOND if bounded else None,
    )
    yield Figure("of which items → log", f"{turn.items / turn.logged_seconds:,.0f}/s")
    yield Figure(
        "of which log → published index",
        f"{turn.items / turn.seconds:,.0f}/s; {turn.items / turn.processor_seconds:,.0f} a processor second",
    )


def _changed(made: Sequence[Item]) -> list[Item]:
    return [
        item.model_copy(
            update={
                "updated_at": RECEIVED + _LATER,
                "metrics": item.metrics.model_copy(update={"views": (item.metrics.views or 0) + 1}),
            }
        )
        for item in made
    ]
