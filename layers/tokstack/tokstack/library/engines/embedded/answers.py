"""What a query finds in a snapshot.

Each layer has a mask of its rows that match. How many items match is how many bits are set. The first of them are
found by going along the column's order until the page is full or, where few match, by sorting these.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tokstack.library.engines.embedded import lone_phrase, relevance
from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.engines.embedded.block import UNKNOWN, Block, widened
from tokstack.library.engines.embedded.index import scored
from tokstack.library.engines.embedded.matches import Matches, matches
from tokstack.library.engines.embedded.snapshot import Snapshot
from tokstack.library.engines.protocol import Hit, Hits
from tokstack.library.entry import Number
from tokstack.library.query import Query
from tokstack.library.text import words

_STEP, _STRIDE = 1 << 12, 1 << 16  # rows of an order that are looked at together, at first and at most
_LAST = int(np.iinfo(np.int64).max)
_SORTED = 25  # rows that can be looked at along an order while one is sorted


def search(snapshot: Snapshot, query: Query) -> Hits:
    terms = tuple(tuple(words(term)) for term in query.terms)
    if (hits := lone_phrase.search(snapshot, query, terms)) is not None:
        return hits
    found = matches(snapshot, query, terms)
    page = range(query.offset, min(query.offset + query.limit, found.total))
    if not page:
        return Hits(found.total)
    if not terms or snapshot.texts is None:
        return Hits(found.total, tuple(Hit(*each) for each in _ordered(found, query, page)))
    known = [term for term in terms if term]
    if query.sort is None:
        asked = scored(known, query.areas, every=query.every)
        best = relevance.ranked(snapshot.texts, found, asked, page, descending=query.descending)
        versions = snapshot.stack.find(id_ for id_, _ in best)
        return Hits(found.total, tuple(Hit(id_, versions[id_], score) for id_, score in best))
    ordered = _ordered(found, query, page)
    scores = relevance.scores(snapshot.texts, known, query.areas, [id_ for id_, _ in ordered], every=query.every)
    return Hits(found.total, tuple(Hit(id_, version, scores[id_]) for id_, version in ordered))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a block, in order, with what they are ordered by."""

    ids: Array
    versions: Array
    values: Array


def _ordered(found: Matches, query: Query, page: range) -> list[tuple[int, int]]:
    """Ids and versions, by what the query is to be sorted by; by id alone where that is nothing."""
    firsts = [
        _rows(layer.block, first(layer.block, mask, query.sort, page.stop, descending=query.descending), query.sort)
        for layer, mask in found.layers
        if mask.any()
    ]
    ids, versions, values = (np.concatenate([getattr(rows, name) for rows in firsts]) for name in _Rows.__slots__)
    places = np.array(page)
    if len(firsts) > 1:
        places = _merged(ids, values, page, descending=query.descending)
    return list(zip(ids[places].tolist(), versions[places].tolist(), strict=True))


def _merged(ids: Array, values: Array, page: range, *, descending: bool) -> Array:
    """The places of a page in several lines, each of which is in order. Ties are broken near the page alone."""
    keys = np.where(values == UNKNOWN, _LAST, ~values if descending else values)
    order = np.argsort(keys, kind="stable")  # which takes little time over lines that are in order
    ordered = keys[order]
    start = int(np.searchsorted(ordered, ordered[page.start]))
    near = order[start : np.searchsorted(ordered, ordered[page.stop - 1], side="right")]
    near = near[np.lexsort((~ids[near] if descending else ids[near], keys[near]))]
    return near[page.start - start : page.stop - start]


def _rows(block: Block, rows: Array, number: Number | None) -> _Rows:
    values = widened(block.numbers(number)[rows]) if number else np.zeros(len(rows), np.int64)
    return _Rows(block.ids[rows], block.versions[rows], values)


def first(block: Block, mask: Array, number: Number | None, most: int, *, descending: bool) -> Array:
    """The first rows of a mask, no more than that many."""
    direction = -1 if descending else 1
    if number is None:
        return np.flatnonzero(mask)[::direction][:most]
    hits = int(np.count_nonzero(mask))
    if hits * _SORTED < min(1, most / max(1, hits)) * len(block):
        return _sorted(block.numbers(number), np.flatnonzero(mask), direction)[:most]
    taken: list[Array] = []
    missing = most
    for rows in _along(block.order(number), block.known[number], direction):
        taken.append(rows[mask[rows]])
        if (missing := missing - len(taken[-1])) <= 0:
            break
    return np.concatenate(taken)[:most]


def _sorted(column: Array, rows: Array, direction: int) -> Array:
    """Those whose value is not known come last."""
    values = column[rows]
    unknown = values == np.iinfo(column.dtype).min
    known = rows[~unknown]
    return np.concatenate([known[np.argsort(values[~unknown], kind="stable")][::direction], rows[unknown][::direction]])


def _along(order: Array, known: int, direction: int) -> Iterator[Array]:
    for part in (order[:known], order[known:]):
        line = part[::direction]
        start, step = 0, _STEP
        while start < len(line):
            yield line[start : start + step]
            start, step = start + step, min(2 * step, _STRIDE)
