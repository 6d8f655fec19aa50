"""The same questions to libraries of three sizes, and when OpenSearch is the better engine.

What a question costs grows with the rows: without a text it looks at one bit or number of each, with one at those that
have its words, so ten million items take ten times as long as a million. So do the index, what a cold reader pulls and
what it holds. Up to a million and a half it lies in a function of 1,024 MB, and two publications of it on 2,048 MB of
disk; ten million would take 5 GB to pull and to hold, which Lambda has (10,240 MB of each), but a cold start of a
minute and more, and ten times the price of a second. OpenSearch keeps all that warm, on a node that costs the same
whether anybody asks or not. It is the better engine

- in milliseconds, where a cold start cannot be waited for: over some three million items, or where functions are
  started all the time; not beside a warm function, for its answers grow as ours do;
- in money, where publications and cold starts of ours cost more than the node: as many a month as stand below. Searches
  alone never do, as the function that would wait for OpenSearch is billed as well.

A publication is that of one batch, by a writer that has to pull the index first, which is the dearest that there is.
"""

from collections.abc import Iterator

from benchmarks.cost import (
    HOURS,
    LAMBDA_GB_SECOND,
    SEARCH_DISK_GB,
    SEARCH_NODES,
    STORAGE_READ,
    STORAGE_WRITE,
)
from benchmarks.library_compare import OPENSEARCH, OURS, Measured, measured
from benchmarks.library_search import COUNT
from benchmarks.report import Figure, Section

SIZES = (10_000, 100_000, COUNT)

_READER_GB, _WRITER_GB = 1.0, 3008 / 1024  # of memory, in the template
_FILES = 40  # of a publication, at most
_NODE_DISK_GB = 10


def measure() -> Section:
    found = [measured(size) for size in SIZES]
    figures = [figure for each in found for figure in _size(each)]
    return Section("The library: growing", __doc__ or "", [*figures, *_money(found[-1])])


def _size(found: Measured) -> Iterator[Figure]:
    what, compared = f"{found.items:,} items", found.comparison
    ours, theirs = (compared.percentile(who, 95) for who in (OURS, OPENSEARCH))
    yield Figure(f"{what}, p95 of all kinds", f"{ours:.2f} ms", f"{theirs:.2f} ms", f"{theirs / ours:.1f} × faster")
    yield Figure(
        f"{what}, index",
        f"{found.megabytes:.0f} MB",
        f"{compared.opensearch_mb:.0f} MB",
        f"{compared.opensearch_mb / found.megabytes:.1f}",
    )
    yield Figure(
        f"{what}, entries → index",
        f"{compared.seconds[OURS]:.0f} s",
        f"{compared.seconds[OPENSEARCH]:.0f} s",
        f"{compared.seconds[OPENSEARCH] / compared.seconds[OURS]:.1f}",
    )
    yield Figure(f"{what}, memory", f"{found.process.rss_mb:.0f} MB")
    yield Figure(f"{what}, a reader's cold start", f"{found.process.open_seconds:.2f} s")
    yield Figure(f"{what}, from a batch to a reader", f"{found.fresh_seconds:.1f} s")


def _money(found: Measured) -> Iterator[Figure]:
    asked = {
        who: found.comparison.percentile(who, 50) / 1e3 * _READER_GB * LAMBDA_GB_SECOND for who in (OURS, OPENSEARCH)
    }
    yield Figure(
        "Lambda time of a million searches, at p50",
        f"${1e6 * asked[OURS]:.3f}",
        f"${1e6 * asked[OPENSEARCH]:.3f}",
        f"{asked[OPENSEARCH] / asked[OURS]:.1f}",
    )
    start = found.process.open_seconds * _READER_GB * LAMBDA_GB_SECOND + _FILES * STORAGE_READ
    publication = found.fresh_seconds * _WRITER_GB * LAMBDA_GB_SECOND + _FILES * (STORAGE_READ + STORAGE_WRITE)
    for node, hourly in SEARCH_NODES.items():
        month = HOURS * hourly + _NODE_DISK_GB * SEARCH_DISK_GB
        yield Figure(
            f"a month of one {node} is worth",
            f"{month / publication:,.0f} publications or {month / start:,.0f} cold starts",
            f"${month:.0f}",
        )
        yield Figure("that is one publication every", f"{HOURS * 3600 * publication / month:.0f} s")
