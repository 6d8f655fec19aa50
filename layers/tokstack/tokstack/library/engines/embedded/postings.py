"""Which rows of a block have what: for each word of an area and each value of a keyword the rows, ascending.

What is rare is a list of rows; what more than every 32nd row has is a bit for each row, which is smaller then, and
faster. What is had is named by 64 bits of a digest, so that words and values are found without being kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from tokstack.library.engines.embedded.arrays import Array, ArrayWriter
from tokstack.library.entry import Area, Keyword

_FEW = 4096  # rows of which lists are always good enough
_NEVER = 1 << 62
_DENSE = 32  # bits that a row's number takes in a list

Kind = Area | Keyword


def digest(kind: Kind, value: str) -> int:
    return int(digests(kind, [value])[0])


def digests(kind: Kind, values: Iterable[str]) -> Array:
    """In their order. An area and a keyword may bear the same name."""
    prefix = f"{'text' if isinstance(kind, Area) else 'keyword'}\0{kind.value}\0".encode()
    content = [prefix + value.encode("utf-8", "surrogatepass") for value in values]
    return np.frombuffer(b"".join([blake2b(each, digest_size=8).digest() for each in content]), "<u8")


def dense(counts: Any, rows: int) -> Any:
    """Whether so many of these rows are better kept as bits: of one count, or of each of an array."""
    return counts * _DENSE > (rows if rows > _FEW else _NEVER)


@dataclass(frozen=True, slots=True)
class Portion:
    """Some keys, ascending; how many rows each has; and these, one key's after another's."""

    keys: Array
    counts: Array
    rows: Array


def add_postings(file: ArrayWriter, bits: Portion, lists: Iterable[Portion]) -> None:
    """Of `bits` the rows are masks in eights. The portions of lists ascend."""
    file.add("dense_keys", bits.keys)
    file.add("dense_counts", bits.counts)
    file.add("bits", bits.rows.ravel())
    added: list[Portion] = []

    def rows() -> Iterator[Array]:
        for portion in lists:
            added.append(replace(portion, rows=portion.rows[:0]))
            yield portion.rows

    file.add_parts("lists", np.int32, rows())
    file.add("keys", np.concatenate([portion.keys for portion in added]))
    file.add("starts", np.cumsum(np.concatenate([[0], *(portion.counts for portion in added)]), dtype=np.int64))


class Postings:
    def __init__(self, arrays: Mapping[str, Array], rows: int) -> None:
        self.rows = rows
        self.keys = arrays["keys"]
        self.starts = arrays["starts"]  # one more than keys: where the next would start
        self.lists = arrays["lists"]
        self.dense_keys = arrays["dense_keys"]
        self.dense_counts = arrays["dense_counts"]
        self._bits = arrays["bits"].reshape(len(self.dense_keys), (rows + 7) // 8)

    def count(self, key: int) -> int:
        if (place := _place(self.dense_keys, key)) is not None:
            return int(self.dense_counts[place])
        return len(self._list(key))

    def mark(self, key: int, mask: Array) -> None:
        """Sets the rows that have it."""
        if (place := _place(self.dense_keys, key)) is not None:
            mask |= self.bits(place)
        else:
            mask[self._list(key)] = True

    def of(self, key: int) -> Array:
        """The rows that have it."""
        if (place := _place(self.dense_keys, key)) is not None:
            return np.flatnonzero(self.bits(place))
        return self._list(key)

    def bits(self, place: int) -> Array:
        """A mask of the rows."""
        return np.unpackbits(self._bits[place], count=self.rows).view(np.bool_)

    def _list(self, key: int) -> Array:
        if (place := _place(self.keys, key)) is None:
            return self.lists[:0]
        return self.lists[self.starts[place] : self.starts[place + 1]]


def _place(keys: Array, key: int) -> int | None:
    place = int(np.searchsorted(keys, np.uint64(key)))
    return place if place < len(keys) and int(keys[place]) == key else None
