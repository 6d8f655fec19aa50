"""The order of how well items answer: tantivy's scores, and where these are equal, ids.

Tantivy knows nothing of what is filtered, so scores do not depend on it: it tells the best, and of these those are
left out that do not match. How many it has to tell follows from how many match; where these are few, it is asked of
them alone. It breaks ties in an order of its own, so the last of what it tells, of which there can be more, is not
counted on unless it told all.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import tantivy

from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.engines.embedded.index import Term, Texts, scored
from tokstack.library.engines.embedded.matches import Matches
from tokstack.library.entry import Area

# What tantivy does in the time in which it looks for one item by its id: telling one of the best, and passing one over.
_TOLD, _PASSED = 10, 250
_LITTLE = 200  # items that are told in no time
_SPARE = 2  # times as many are told as are expected to be needed, for it is dearer to ask twice


def scores(
    texts: Texts, terms: Sequence[Term], areas: Sequence[Area], ids: Sequence[int], *, every: bool
) -> Mapping[int, float]:
    """Of those that match."""
    among = np.array(ids, np.int64)
    found, points = texts.best(scored(terms, areas, every=every, among=among), len(ids))
    return dict(zip(found.tolist(), points.tolist(), strict=True))


def ranked(
    texts: Texts, found: Matches, asked: tantivy.Query, page: range, *, descending: bool
) -> list[tuple[int, float]]:
    """The ids and scores of a page. Ascending, those are best that have the most when each counts as less than nothing:
    tantivy itself knows one direction alone.
    """
    way = 1 if descending else -1
    ids, points = _first(texts, found, asked if descending else tantivy.Query.boost_query(asked, -1.0), page.stop)
    order = np.lexsort((ids * -way, -points))[page.start : page.stop]
    return list(zip(ids[order].tolist(), (points[order] * way).tolist(), strict=True))


def _first(texts: Texts, found: Matches, asked: tantivy.Query, wanted: int) -> tuple[Array, Array]:
    """So many of the best that match, or more, in no order."""
    most = _SPARE * wanted * found.searched // found.total + _LITTLE
    if found.total <= most // _TOLD + found.searched // _PASSED:
        return texts.among(asked, np.concatenate([layer.block.ids[mask] for layer, mask in found.layers]))
    while True:
        ids, points = texts.best(asked, most)
        complete = len(ids) < most
        settled = _matching(found, ids)
        if not complete:
            settled &= points > points[-1]
        count = int(np.count_nonzero(settled))
        if complete or count >= wanted:
            return ids[settled], points[settled]
        most *= _SPARE + wanted // (count + 1)


def _matching(found: Matches, ids: Array) -> Array:
    matching = np.zeros(len(ids), np.bool_)
    for layer, mask in found.layers:
        here, rows = layer.block.find(ids)
        matching[here] |= mask[rows]
    return matching
