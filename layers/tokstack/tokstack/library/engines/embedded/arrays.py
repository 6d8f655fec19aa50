"""A file of named arrays: written once, from front to back, and mapped into memory to be read.

The arrays stand one after another, each where its kind of number may stand; then a JSON object that says where, and
what else is to be known of them; then the length of that, in eight bytes.
"""

import json
import mmap
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_ALIGNED = 64  # bytes
_LENGTH = 8  # bytes


class ArrayWriter:
    """What is not closed without an error is no such file."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._places: dict[str, tuple[str, int, int]] = {}
        self.facts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if error is None:
                footer = json.dumps({"arrays": self._places, "facts": self.facts}).encode()
                self._file.write(footer + len(footer).to_bytes(_LENGTH, "little"))

    def add(self, name: str, array: Array) -> None:
        self.add_parts(name, array.dtype, [array])

    def add_parts(self, name: str, dtype: Any, parts: Iterable[Array]) -> None:
        """One array, out of parts that need not all be in memory."""
        self._file.write(bytes(-self._file.tell() % _ALIGNED))
        start, count = self._file.tell(), 0
        for part in parts:
            self._file.write(np.ascontiguousarray(part, dtype).data)
            count += part.size
        self._places[name] = (np.dtype(dtype).str, start, count)


def read(path: Path) -> tuple[Mapping[str, Array], Mapping[str, Any]]:
    """The arrays by name, and the facts. The file may be deleted while they are in use."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    end = len(mapped) - _LENGTH
    footer = json.loads(mapped[end - int.from_bytes(mapped[end:], "little") : end])
    arrays = {
        name: np.frombuffer(mapped, np.dtype(dtype), count, start)
        for name, (dtype, start, count) in footer["arrays"].items()
    }
    return arrays, footer["facts"]
