"""One phrase that is asked for alone, without filters: tantivy answers that as a whole.

It counts, and tells the first in an order, far sooner than it tells all that have a phrase. Among equals it has no
order of its own, and it does not tell who has no number apart from the others: where that matters to a page, and where
the page lies deep, all are told after all.
"""

from collections.abc import Sequence

import numpy as np

from tokstack.library.engines.embedded import relevance
from tokstack.library.engines.embedded.index import Term
from tokstack.library.engines.embedded.snapshot import Snapshot
from tokstack.library.engines.protocol import Hit, Hits
from tokstack.library.query import Query

_DEEPEST = 1000  # of what is told in order
_MORE = 20  # are told than the page holds, so that equals at its end are seen


def search(snapshot: Snapshot, query: Query, terms: Sequence[Term]) -> Hits | None:
    """None where it is another query, or is not to be had so."""
    if len(terms) != 1 or len(terms[0]) <= 1 or query.keywords or query.ranges or query.sort is None:
        return None
    end, areas = query.offset + query.limit, tuple(snapshot.possible(terms[0], query.areas))
    if not (query.limit and areas and snapshot.texts) or end > _DEEPEST or snapshot.remembers(terms[0], query.areas):
        return None
    total, ids, values = snapshot.texts.first(terms[0], areas, query.sort, end + _MORE, descending=query.descending)
    if len(ids) < total and (len(ids) <= end or values[end - 1] == values[-1]):
        return None
    order = np.lexsort((~ids, ~values) if query.descending else (ids, values))
    if not (page := ids[order[query.offset : end]].tolist()):
        return Hits(total)
    versions = snapshot.stack.find(page)
    scores = relevance.scores(snapshot.texts, terms, areas, page, every=True)
    return Hits(total, tuple(Hit(id_, versions[id_], scores[id_]) for id_ in page))
