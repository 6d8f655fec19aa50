"""A published library of any size in a real S3 server, and a process that opens it and is asked everything."""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.library_corpus import PART, RECEIVED, entries, items
from benchmarks.library_queries import OF_A_KIND, Asked, questions, settled
from benchmarks.report import timed
from tests import buckets
from tests.integration import seaweedfs
from tokstack.library.bucket import Bucket
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.entry import Entry
from tokstack.library.ingest import Ingest
from tokstack.library.log import Log

MEASURED, WARMING = 2024, 7  # seeds of questions

_SAMPLE = 5_000  # items that questions are made of


@dataclass(frozen=True, slots=True)
class Place:
    """`seconds` is what writing and publishing took."""

    endpoint: str
    bucket: str
    engine: Embedded
    sample: Sequence[Entry]
    seconds: float

    @property
    def megabytes(self) -> float:
        """What is published."""
        return sum(self.engine.publications.latest().manifest.sizes.values()) / 1e6

    def questions(self, seed: int, of_a_kind: int = OF_A_KIND) -> dict[str, list[Asked]]:
        """By kind, with the offsets that last pages have here."""
        reader = self.engine.reader()
        return {
            kind: [settled(asked, lambda query: reader.search(query).total) for asked in every]
            for kind, every in questions(self.sample, seed, of_a_kind).items()
        }


@dataclass(frozen=True, slots=True)
class Cold:
    """A process that opened the index and was asked everything. Memory is what it holds then; `bare_mb` before."""

    pulled_mb: float
    open_seconds: float
    first_ms: float
    bare_mb: float
    rss_mb: float
    pss_mb: float


@contextmanager
def place(count: int) -> Iterator[Place]:
    with TemporaryDirectory() as folder:
        storage = Path(folder, "storage")
        storage.mkdir()
        with seaweedfs.running(storage) as endpoint:
            client = buckets.client(endpoint)
            bucket = buckets.emptied(client)
            engine = Embedded(client, bucket, Path(folder, "library"))
            seconds, sample = _write(engine, count)
            yield Place(endpoint, bucket, engine, sample, seconds)


def _write(engine: Embedded, count: int) -> tuple[float, list[Entry]]:
    seconds, sample = 0.0, []
    with engine.rebuilding() as writer:
        for batch in entries(count):
            sample += batch[:: max(1, count // _SAMPLE)]
            seconds += timed(lambda: writer.write(batch))  # noqa: B023 - run at once
        seconds += timed(writer.publish)
    return seconds, sample


def cold(where: Place) -> Cold:
    asked = [each for every in where.questions(MEASURED).values() for each in every]
    with TemporaryDirectory() as folder:
        file = Path(folder, "asked")
        file.write_bytes(pickle.dumps(asked))
        command = [sys.executable, "-m", "benchmarks.library_child", where.endpoint, where.bucket, str(file), folder]
        return Cold(**told(command))


def told(command: Sequence[str]) -> Mapping[str, float]:
    """What a process says in the end, after all that it logs."""
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    found: Mapping[str, float] = json.loads(said.splitlines()[-1])
    return found


def fresh(where: Place, count: int) -> float:
    """Seconds from a batch of new items to a reader that shows them, by a writer that has nothing of the index yet."""
    client = buckets.client(where.endpoint)
    reader, batch = where.engine.reader(), items(-(-count // PART))
    command = [sys.executable, "-m", "benchmarks.library_ingest_child", where.endpoint, where.bucket, "", ""]

    def shown() -> None:
        Ingest(Log(Bucket(client, where.bucket)), lambda: None).take(batch, RECEIVED)
        subprocess.run(command, check=True, stdout=subprocess.PIPE)
        reader.refresh()

    seconds = timed(shown)
    assert len(reader.find(int(item.tiktok_id) for item in batch)) == len(batch)
    return seconds
