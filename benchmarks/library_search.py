"""A million items and 1,500 questions of 25 kinds, asked of all in turn; p50/p95 in milliseconds.

The peers are OpenSearch, bare tantivy and, where it can do it, SQLite with FTS5; ratio and bounds are of p95 to
OpenSearch. That is one node with a heap of 4 GB, asked over one connection for what the library's own engine asks of
it, and nothing around. It is merged to five segments, and all have been asked others of each kind before. A question is
asked three times and counts with its least time; what phrases found is forgotten in between. SQLite is asked a sixth of
them, once. Totals, and pages in any order but relevance, must be those that the library answers over its OpenSearch
engine. Memory is what a process of its own holds that opened the index and was asked everything. The bucket is an S3
server on this machine, and the table that the last items' documents go to costs nothing.
"""

from collections.abc import Iterator

from benchmarks.library_compare import OPENSEARCH, OURS, SQLITE, TANTIVY, Comparison, Measured, measured
from benchmarks.library_corpus import PART
from benchmarks.report import Figure, Section

COUNT = 1_000_000

_FASTER = 3.0
_MEMORY_MB = 600
_FRESH = 60  # seconds


def measure(count: int = COUNT) -> Section:
    found = measured(count)
    figures = [*_times(found.comparison), *_process(found), *_beside(found)]
    return Section("The library: searching", __doc__ or "", figures)


def _times(found: Comparison) -> Iterator[Figure]:
    ratio = found.percentile(OPENSEARCH, 95) / found.percentile(OURS, 95)
    yield Figure(
        f"all {len(found.times)} kinds",
        _told(found, OURS),
        f"{_told(found, OPENSEARCH)}; {_told(found, TANTIVY)}",
        f"{ratio:.1f} × faster",
        f"≥ {_FASTER:.0f} ×",
        ratio >= _FASTER,
    )
    for kind, times in found.times.items():
        ratio = found.percentile(OPENSEARCH, 95, kind) / found.percentile(OURS, 95, kind)
        peers = "; ".join(_told(found, who, kind) if who in times else "–" for who in (OPENSEARCH, TANTIVY, SQLITE))
        yield Figure(kind, _told(found, OURS, kind), peers, f"{ratio:.1f}", "≥ 1", ratio >= 1)


def _told(found: Comparison, who: str, kind: str | None = None) -> str:
    return "/".join(f"{found.percentile(who, per_cent, kind):.3g}" for per_cent in (50, 95))


def _process(found: Measured) -> Iterator[Figure]:
    process = found.process
    yield Figure(
        f"memory; {process.bare_mb:.0f} MB of it before the index",
        f"{process.rss_mb:.0f} MB (PSS {process.pss_mb:.0f})",
        bound=f"≤ {_MEMORY_MB} MB",
        held=process.rss_mb <= _MEMORY_MB,
    )
    yield Figure(
        "a reader's cold start",
        f"{process.pulled_mb:.0f} MB in {process.open_seconds:.1f} s; {process.first_ms:.0f} ms",
    )
    yield Figure(
        f"{PART:,} more items, from items to a reader",
        f"{found.fresh_seconds:.0f} s",
        bound=f"≤ {_FRESH} s",
        held=found.fresh_seconds <= _FRESH,
    )


def _beside(found: Measured) -> Iterator[Figure]:
    compared = found.comparison
    times = compared.opensearch_mb / found.megabytes
    yield Figure("index", f"{found.megabytes:.0f} MB", f"{compared.opensearch_mb:.0f} MB", f"{times:.1f}")
    peers = "; ".join(f"{compared.seconds[who]:.0f} s" for who in (OPENSEARCH, TANTIVY, SQLITE))
    ratio = compared.seconds[OPENSEARCH] / compared.seconds[OURS]
    yield Figure("entries → index", f"{compared.seconds[OURS]:.0f} s", peers, f"{ratio:.1f}")
    yield Figure("pages that are the same over OpenSearch", f"{compared.same_pages} of {compared.questions}")
