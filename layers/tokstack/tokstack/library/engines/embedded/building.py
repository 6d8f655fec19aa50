"""A block out of entries, each of which is looked at once: they are many, and lie all over the memory."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from tokstack.library.engines.embedded.arrays import Array, ArrayWriter
from tokstack.library.engines.embedded.block import NAMED, UNKNOWN, add_names, add_numbers
from tokstack.library.engines.embedded.postings import Kind, Portion, add_postings, dense, digests
from tokstack.library.entry import Area, Entry, Keyword, Number

_ROW_BITS = 32
_ROW = (1 << _ROW_BITS) - 1


@dataclass(frozen=True, slots=True)
class _Had:
    """What entries have: each word and value by a code, and for each time that one is had, its code and the row."""

    words: Mapping[Area, Mapping[str, int]]
    values: Mapping[Keyword, Mapping[str, int]]
    codes: Array
    rows: Array


def build(path: Path, entries: Sequence[Entry]) -> None:
    """`entries` ascend by id, each once."""
    had = _had(entries)
    with ArrayWriter(path) as file:
        file.add("id", np.fromiter((entry.id for entry in entries), np.int64, len(entries)))
        file.add("version", np.fromiter((entry.version for entry in entries), np.int64, len(entries)))
        add_numbers(file, zip(Number, _columns(entries), strict=True))
        add_names(file, {name: sorted(had.values[name]) for name in NAMED})
        _add_postings(file, had, len(entries))


def _columns(entries: Sequence[Entry]) -> Array:
    numbers = tuple(Number)
    rows = [entry.numbers.get(number, UNKNOWN) for entry in entries for number in numbers]
    return np.ascontiguousarray(np.array(rows, np.int64).reshape(len(entries), len(numbers)).T)


def _had(entries: Sequence[Entry]) -> _Had:
    new = count().__next__
    words: dict[Area, defaultdict[str, int]] = {area: defaultdict(new) for area in Area}
    values: dict[Keyword, defaultdict[str, int]] = {keyword: defaultdict(new) for keyword in Keyword}
    codes: list[int] = []
    counts: list[int] = []
    for entry in entries:
        before = len(codes)
        for area, texts in entry.texts.items():
            codes += map(words[area].__getitem__, " ".join(texts).split())
        for keyword, given in entry.keywords.items():
            known = values[keyword]
            codes += [known[value] for value in given]
        counts.append(len(codes) - before)
    return _Had(
        words, values, np.array(codes, np.int64), np.repeat(np.arange(len(entries)), np.array(counts, np.int64))
    )


def _add_postings(file: ArrayWriter, had: _Had, rows: int) -> None:
    keys, pairs = _pairs(had)
    starts = np.searchsorted(pairs, np.arange(len(keys) + 1) << _ROW_BITS)
    lists = (pairs & _ROW).astype(np.int32)
    counts = np.diff(starts)
    many = dense(counts, rows)
    bits = np.zeros((int(many.sum()), rows), np.bool_)
    for mask, place in zip(bits, np.flatnonzero(many), strict=True):
        mask[lists[starts[place] : starts[place + 1]]] = True
    add_postings(
        file,
        Portion(keys[many], counts[many], np.packbits(bits, axis=1)),
        [Portion(keys[~many], counts[~many], lists[np.repeat(~many, counts)])],
    )


def _pairs(had: _Had) -> tuple[Array, Array]:
    """The keys, ascending; and for each row that has one, once, the key's place and the row, ascending."""
    kinds: list[tuple[Kind, Mapping[str, int]]] = [*had.words.items(), *had.values.items()]
    keys = np.concatenate([digests(kind, known) for kind, known in kinds])
    codes = np.concatenate([np.fromiter(known.values(), np.int64, len(known)) for _, known in kinds])
    ascending = np.argsort(keys)
    places = np.empty_like(ascending)
    places[codes[ascending]] = np.arange(len(keys))
    pairs = np.sort(places[had.codes] << _ROW_BITS | had.rows)
    return keys[ascending], pairs[np.diff(pairs, prepend=-1) != 0]
