"""The library in trouble for ten minutes: a fifth of the writes fails, writers are killed, sixteen readers look on.

Every row is held against its query and its document, every total against what it must be; in the end the index is held
against its log, item by item, and by query against one that is built anew. `--seconds 60` is shorter.
"""

from itertools import chain

from benchmarks.library_corpus import PART, entries, items
from benchmarks.library_queries import LAST, questions
from benchmarks.report import Figure, Section
from tests import library_chaos
from tests.library_chaos import Told, Trouble
from tokstack.library.query import Query

COUNT = 100_000

_OF_A_KIND = 8


def measure(seconds: float = 600) -> Section:
    asked = chain.from_iterable(questions(next(entries(PART)), 11, _OF_A_KIND).values())
    queries = [each for each in asked if isinstance(each, Query) and each.offset != LAST]
    batches = (items(part) for part in range(COUNT // PART))
    with library_chaos.place() as here:
        told = library_chaos.endure(here, batches, queries, Trouble(seconds))
    return Section("The library: in trouble", __doc__ or "", _figures(told, seconds))


def _figures(told: Told, seconds: float) -> list[Figure]:
    looked = told.looked
    return [
        Figure("trouble", f"{seconds:.0f} s, {told.kills} writers killed"),
        Figure("meanwhile", f"{told.batches} batches came in, {told.publications} publications"),
        Figure("writers that ended by themselves", str(len(told.crashes)), bound="0", held=not told.crashes),
        Figure(
            f"wrong, of {looked.answers:,} answers with {looked.rows:,} rows",
            "; ".join([str(len(looked.wrong)), *looked.wrong[:3]]),
            bound="0",
            held=not looked.wrong,
        ),
        Figure("equal to its replay in the end", "yes" if told.same else "no", bound="yes", held=told.same),
    ]
