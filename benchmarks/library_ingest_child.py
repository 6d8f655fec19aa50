"""An indexer's turn in a process of its own (library_ingest.py); it prints what that took as JSON."""

import json
import re
import resource
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, cast

from benchmarks.report import timed
from tests import buckets, tables
from tokstack.library.bucket import Bucket
from tokstack.library.documents import Documents
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.index import Indexer
from tokstack.library.log import Log
from tokstack.library.retired import Retired
from tokstack.table import Table

_LOOK_SECONDS = 0.05


class NoTable:
    """Takes everything, costs nothing, and has nothing."""

    now = staticmethod(time.time)

    def put_many(self, records: Iterable[Any]) -> None:
        for _ in records:
            pass

    def get_many(self, _keys: Iterable[Any]) -> list[Any]:
        return []

    def get(self, _key: Any) -> None:
        return

    def put(self, _write: Any) -> None:
        return

    def update(self, _write: Any) -> None:
        return

    def delete(self, _write: Any) -> None:
        return


def indexer(endpoint: str, bucket: str, table: Table, home: Path) -> Indexer:
    client = buckets.client(endpoint)
    kept, documents = Bucket(client, bucket), Documents(table)
    engine = Embedded(client, bucket, home)
    return Indexer(table, Log(kept), documents, Retired(kept, documents, time.time), engine)


def run(endpoint: str, bucket: str, dynamodb: str, name: str) -> dict[str, float]:
    table = Table(tables.client(dynamodb), name) if dynamodb else cast("Table", NoTable())
    with TemporaryDirectory() as home:
        working = indexer(endpoint, bucket, table, Path(home))
        before, watch = time.process_time(), _Watch()
        watch.start()
        seconds = timed(lambda: working.turn(lambda: 900))
        spent = time.process_time() - before
        watch.ended.set()
    its = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": seconds,
        "processor_seconds": spent + its.ru_utime + its.ru_stime,
        "most_mb": _most_mb(Path("/proc/self")) + watch.most_mb,
    }


class _Watch(Thread):
    """Sees the most memory that a child has held."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = Event()
        self.most_mb = 0.0

    def run(self) -> None:
        while not self.ended.wait(_LOOK_SECONDS):
            for children in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):  # a thread or a child that has ended meanwhile
                    found = [_most_mb(Path("/proc", child)) for child in children.read_text().split()]
                    self.most_mb = max([self.most_mb, *found])


def _most_mb(process: Path) -> float:
    most = re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())
    return int(most[1]) / 1024 if most else 0.0


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
