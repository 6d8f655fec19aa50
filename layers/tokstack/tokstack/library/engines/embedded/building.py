"""A block out of entries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np

from tokstack.library.engines.embedded.arrays import Array, ArrayWriter
from tokstack.library.engines.embedded.block import NAMED, UNKNOWN, add_names, add_numbers
from tokstack.library.engines.embedded.postings import Kind, Portion, add_postings, dense, digests
from tokstack.library.entry import Area, Entry, Keyword, Number

_ROW_BITS = 32
_ROW = (1 << _ROW_BITS) - 1


def build(path: Path, entries: Sequence[Entry]) -> None:
    """`entries` ascend by id, each once."""
    with ArrayWriter(path) as file:
        file.add("id", np.fromiter((entry.id for entry in entries), np.int64, len(entries)))
        file.add("version", np.fromiter((entry.version for entry in entries), np.int64, len(entries)))
        add_numbers(file, ((number, _column(entries, number)) for number in Number))
        add_names(file, {name: sorted({value for values in _had(entries, name) for value in values}) for name in NAMED})
        _add_postings(file, entries)


def _column(entries: Sequence[Entry], number: Number) -> Array:
    return np.fromiter((entry.numbers.get(number, UNKNOWN) for entry in entries), np.int64, len(entries))


def _had(entries: Sequence[Entry], kind: Kind) -> Iterator[Sequence[str]]:
    if isinstance(kind, Area):
        return (" ".join(entry.texts.get(kind, ())).split() for entry in entries)
    return (entry.keywords.get(kind, ()) for entry in entries)


def _add_postings(file: ArrayWriter, entries: Sequence[Entry]) -> None:
    keys, pairs = _pairs(entries)
    starts = np.searchsorted(pairs, np.arange(len(keys) + 1) << _ROW_BITS)
    lists = (pairs & _ROW).astype(np.int32)
    counts = np.diff(starts)
    many = dense(counts, len(entries))
    bits = np.zeros((int(many.sum()), len(entries)), np.bool_)
    for mask, place in zip(bits, np.flatnonzero(many), strict=True):
        mask[lists[starts[place] : starts[place + 1]]] = True
    add_postings(
        file,
        Portion(keys[many], counts[many], np.packbits(bits, axis=1)),
        [Portion(keys[~many], counts[~many], lists[np.repeat(~many, counts)])],
    )


def _pairs(entries: Sequence[Entry]) -> tuple[Array, Array]:
    """The keys, ascending; and for each row that has one, once, the key's place and the row, ascending."""
    keys, codes, rows, known = [], [], [], 0
    for kind in (*Area, *Keyword):
        kind_keys, kind_codes, kind_rows = _coded(entries, kind)
        keys.append(kind_keys)
        codes.append(kind_codes + known)
        rows.append(kind_rows)
        known += len(kind_keys)
    every = np.concatenate(keys)
    ascending = np.argsort(every)
    places = np.empty_like(ascending)
    places[ascending] = np.arange(known)
    pairs = np.sort(places[np.concatenate(codes)] << _ROW_BITS | np.concatenate(rows))
    return every[ascending], pairs[np.diff(pairs, prepend=-1) != 0]


def _coded(entries: Sequence[Entry], kind: Kind) -> tuple[Array, Array, Array]:
    """The keys of one kind, and for each time that one is had, its place among these, and the row."""
    flat: list[str] = []
    counts: list[int] = []
    for values in _had(entries, kind):
        flat += values
        counts.append(len(values))
    codes: defaultdict[str, int] = defaultdict(count().__next__)
    coded = np.fromiter(map(codes.__getitem__, flat), np.int64, len(flat))
    return digests(kind, codes), coded, np.repeat(np.arange(len(entries)), counts)
