"""A process that opens a library from its bucket, and is asked everything; it prints a `Cold` as JSON."""

import json
import pickle
import sys
from pathlib import Path

from benchmarks.report import timed
from tests import buckets
from tokstack.library.engines.embedded.engine import Embedded


def run(endpoint: str, bucket: str, file: str, folder: str) -> dict[str, float]:
    asked = pickle.loads(Path(file).read_bytes())
    engine = Embedded(buckets.client(endpoint), bucket, Path(folder, "home"))
    bare = _memory()["Rss"]
    reader = engine.reader()
    opened = timed(reader.refresh)
    first = timed(lambda: reader.search(asked[0]))
    for one in asked:
        if isinstance(one, int):
            reader.find([one])
        else:
            reader.search(one)
    memory = _memory()
    return {
        "pulled_mb": sum(engine.publications.latest().manifest.sizes.values()) / 1e6,
        "open_seconds": opened,
        "first_ms": 1e3 * first,
        "bare_mb": bare,
        "rss_mb": memory["Rss"],
        "pss_mb": memory["Pss"],
    }


def _memory() -> dict[str, float]:
    """In megabytes, by Linux's names."""
    lines = (line.split() for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return {name.rstrip(":"): int(kilobytes) / 1024 for name, kilobytes, _ in lines}


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
