"""Which rows match a query: a mask for each layer of a snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.engines.embedded.index import Term
from tokstack.library.engines.embedded.postings import digest
from tokstack.library.engines.embedded.snapshot import Snapshot
from tokstack.library.engines.embedded.stack import Layer
from tokstack.library.query import Query, Range

# What has a term: one of these keys for a word, one of these ids for words side by side.
_Sought = Sequence[int] | Array


@dataclass(frozen=True, slots=True)
class Matches:
    """`searched` is how many rows match by their texts, whether they are filtered or dead; `total` how many in all."""

    layers: Sequence[tuple[Layer, Array]]
    searched: int
    total: int


def matches(snapshot: Snapshot, query: Query, terms: Sequence[Term]) -> Matches:
    sought = [_sought(snapshot, term, query) for term in terms]
    chosen = [[digest(keyword, value) for value in values] for keyword, values in query.keywords.items()]
    layers, searched = [], 0
    for layer in snapshot.stack.layers:
        mask = _having(layer, sought, every=query.every) if sought else layer.alive
        searched += int(np.count_nonzero(mask)) if sought else 0
        masks = [_any(layer, keys) for keys in chosen]
        masks += [_within(layer.block.numbers(number), limits) for number, limits in query.ranges.items()]
        if sought:
            masks.append(layer.alive)
        for each in masks:
            mask = mask & each
        layers.append((layer, mask))
    return Matches(layers, searched, sum(int(np.count_nonzero(mask)) for _, mask in layers))


def _sought(snapshot: Snapshot, term: Term, query: Query) -> _Sought:
    """A term without words is had by none."""
    if len(term) > 1:
        return snapshot.phrase(term, query.areas)
    return [digest(area, word) for word in term for area in query.areas]


def _having(layer: Layer, sought: Sequence[_Sought], *, every: bool) -> Array:
    found = _term(layer, sought[0])
    for each in sought[1:]:
        (np.logical_and if every else np.logical_or)(found, _term(layer, each), out=found)
    return found


def _term(layer: Layer, sought: _Sought) -> Array:
    if not isinstance(sought, np.ndarray):
        return _any(layer, sought)
    mask = np.zeros(len(layer.block), np.bool_)
    mask[layer.block.find(sought)[1]] = True
    return mask


def _any(layer: Layer, keys: Sequence[int]) -> Array:
    """The rows that have any of these."""
    mask = np.zeros(len(layer.block), np.bool_)
    for key in keys:
        layer.block.postings.mark(key, mask)
    return mask


def _within(column: Array, limits: Range) -> Array:
    """The least of its numbers says that one is unknown, which is in no range."""
    kind = np.iinfo(column.dtype)
    low = kind.min + 1 if limits.low is None else max(limits.low, kind.min + 1)
    high = kind.max if limits.high is None else min(limits.high, kind.max)
    if low > high:
        return np.zeros(len(column), np.bool_)
    mask: Array = column >= low
    if high < kind.max:
        mask &= column <= high
    return mask
