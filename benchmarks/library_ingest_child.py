"""An indexer's turn in a process of its own (library_ingest.py); it prints what that took as JSON."""

import json
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
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
        before = time.process_time()
        seconds = timed(lambda: working.turn(lambda: 900))
        spent = time.process_time() - before
    mine, its = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "processor_seconds": spent + its.ru_utime + its.ru_stime,
        "most_mb": (mine.ru_maxrss + its.ru_maxrss) / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
