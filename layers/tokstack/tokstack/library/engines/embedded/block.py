"""One immutable file of columns: what some items are filtered, counted and ordered by. Rows ascend by id.

A number is kept in as few bytes as all of its column fit in; the least number of these bytes says that it is unknown.
`orders` has for each number all rows: those that have it, ascending by it and then by id; then those that do not.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tokstack.library.engines.embedded import arrays
from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.engines.embedded.postings import Postings
from tokstack.library.entry import Keyword, Number

# Keywords whose values are kept as they are, because `standings` tells them.
NAMED = (Keyword.PROFILE, Keyword.TYPE)


class Block:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._arrays, facts = arrays.read(path)
        self.ids = self._arrays["id"]
        self.versions = self._arrays["version"]
        self.known: Mapping[str, int] = facts["known"]
        self.postings = Postings(self._arrays, len(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    def numbers(self, number: Number) -> Array:
        return self._arrays[f"number.{number}"]

    def order(self, number: Number) -> Array:
        return self._arrays[f"order.{number}"]

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self._arrays["names"].tobytes())
        return found

    def values(self, keyword: Keyword) -> list[str]:
        """All that occur, for one of NAMED."""
        return self._names[keyword]

    def find(self, ids: Array) -> tuple[Array, Array]:
        """Which of these ids are here, as places among them, and their rows."""
        places = np.searchsorted(self.ids, ids)
        places[places == len(self.ids)] = 0
        here = np.flatnonzero(self.ids[places] == ids) if len(self.ids) else np.empty(0, np.intp)
        return here, places[here]


def add_numbers(file: arrays.ArrayWriter, columns: Iterable[tuple[Number, Array]]) -> None:
    """Columns of int64 with UNKNOWN, in the order of the rows."""
    known: dict[str, int] = {}
    for number, column in columns:
        known[number] = int(np.count_nonzero(column != UNKNOWN))
        file.add(f"number.{number}", _narrowed(column))
        ascending = np.argsort(column, kind="stable").astype(np.int32)
        unknown = len(column) - known[number]
        file.add(f"order.{number}", np.concatenate([ascending[unknown:], ascending[:unknown]]))
    file.facts["known"] = known


def add_names(file: arrays.ArrayWriter, names: Mapping[Keyword, list[str]]) -> None:
    file.add("names", np.frombuffer(json.dumps(names).encode(), np.uint8))


UNKNOWN = int(np.iinfo(np.int64).min)


def widened(column: Array) -> Array:
    """As int64 with UNKNOWN."""
    wide = column.astype(np.int64)
    wide[column == np.iinfo(column.dtype).min] = UNKNOWN
    return wide


def _narrowed(column: Array) -> Array:
    unknown = column == UNKNOWN
    some = column[~unknown]
    least, most = (int(some.min()), int(some.max())) if some.size else (0, 0)
    dtype: Any = next(
        kind
        for kind in (np.int8, np.int16, np.int32, np.int64)
        if np.iinfo(kind).min < least and most <= np.iinfo(kind).max
    )
    narrow: Array = column.astype(dtype)
    narrow[unknown] = np.iinfo(dtype).min
    return narrow
