"""One publication, opened: it does not change, and all that is asked of it is of one moment."""

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.engines.embedded.block import UNKNOWN, Block, widened
from tokstack.library.engines.embedded.index import META, Term, Texts
from tokstack.library.engines.embedded.postings import digest
from tokstack.library.engines.embedded.publication import Manifest
from tokstack.library.engines.embedded.stack import Layer, Stack
from tokstack.library.engines.protocol import Standing
from tokstack.library.entry import Area, Keyword, Number

_REMEMBERED = 4_000_000  # ids that phrases have found: 32 MB


class Snapshot:
    """`texts` is None where nothing has ever been published."""

    def __init__(self, stack: Stack, texts: Texts | None) -> None:
        self.stack = stack
        self.texts = texts
        self._phrases: OrderedDict[tuple[Term, tuple[Area, ...]], Array] = OrderedDict()
        self._lock = Lock()

    def phrase(self, term: Term, areas: tuple[Area, ...]) -> Array:
        """The ids of those in which the words stand side by side, ascending.

        Tantivy reads the places of all the words for it, so the answers are remembered, as far as they are not many.
        """
        with self._lock:
            if (known := self._phrases.get((term, areas))) is not None:
                self._phrases.move_to_end((term, areas))
                return known
        possible = self.possible(term, areas)
        found = np.empty(0, np.int64)
        if possible and self.texts:
            found = self.texts.having(term, tuple(possible), sum(possible.values()))
        with self._lock:
            self._phrases[term, areas] = found
            while sum(map(len, self._phrases.values())) > _REMEMBERED:
                self._phrases.popitem(last=False)
        return found

    def remembers(self, term: Term, areas: tuple[Area, ...]) -> bool:
        with self._lock:
            return (term, areas) in self._phrases

    def possible(self, term: Term, areas: Sequence[Area]) -> dict[Area, int]:
        """In which areas the words of a term can stand side by side, and in how many texts of each at most."""
        return {area: most for area in areas if (most := self._most(term, area))}

    def _most(self, term: Term, area: Area) -> int:
        """In how many texts of the area the words can stand side by side: no more than have the rarest."""
        return min(sum(block.postings.count(digest(area, word)) for block in self.stack) for word in term)

    def standings(self) -> Iterator[Standing]:
        """Every item of a known profile, profile by profile."""
        layers = [(layer, _types(layer)) for layer in self.stack.layers]
        for profile in sorted({each for block in self.stack for each in block.values(Keyword.PROFILE)}):
            key = digest(Keyword.PROFILE, profile)
            for layer, types in layers:
                rows = layer.block.postings.of(key)
                yield from _standings(profile, layer.block, rows[layer.alive[rows]], types)


def opened(manifest: Manifest, files: Path, directory: Path) -> Snapshot:
    """Of files that lie there under their names in the bucket. Tantivy wants its own in a directory, by its names."""
    stack = Stack(Block(files / name) for name in manifest.blocks)
    if not manifest.texts:
        return Snapshot(stack, None)
    directory.mkdir()
    for called, name in manifest.texts.items():
        (directory / called).hardlink_to(files / name)
    (directory / META).write_text(json.dumps(manifest.segments))
    return Snapshot(stack, Texts(directory))


def _types(layer: Layer) -> Sequence[str]:
    types = np.full(len(layer.block), "", object)
    for value in layer.block.values(Keyword.TYPE):
        types[layer.block.postings.of(digest(Keyword.TYPE, value))] = value
    found: Sequence[str] = types.tolist()
    return found


def _standings(profile: str, block: Block, rows: Array, types: Sequence[str]) -> Iterator[Standing]:
    views, created = (widened(block.numbers(number)[rows]).tolist() for number in (Number.VIEWS, Number.CREATED))
    for id_, row, seen, since in zip(block.ids[rows].tolist(), rows.tolist(), views, created, strict=True):
        yield Standing(profile, id_, types[row], None if seen == UNKNOWN else seen, since)
