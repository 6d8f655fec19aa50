"""Blocks one over the other: of an id that is in several, the row in the newest is meant, and the others are dead."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.engines.embedded.block import Block


class Layer:
    """`alive` is a mask of the block's rows, and `count` how many these are."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.alive = np.ones(len(block), np.bool_)
        self.count = len(block)

    def bury(self, ids: Array) -> None:
        """These are in a newer block."""
        self.alive[self.block.find(ids)[1]] = False
        self.count = int(np.count_nonzero(self.alive))


class Stack:
    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self.layers: list[Layer] = []
        for block in blocks:
            self.add(block)

    def __len__(self) -> int:
        """How many items there are."""
        return sum(layer.count for layer in self.layers)

    def __iter__(self) -> Iterator[Block]:
        """The oldest first."""
        return (layer.block for layer in self.layers)

    def add(self, block: Block) -> None:
        """On top of the others."""
        for layer in self.layers:
            layer.bury(block.ids)
        self.layers.append(Layer(block))

    def replace(self, start: int, block: Block) -> None:
        """Puts one that holds all that is alive from there on in their place."""
        self.layers[start:] = [Layer(block)]

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        """The versions of those that are there."""
        wanted = np.fromiter((id_ for id_ in ids if 0 <= id_ < 1 << 63), np.int64)
        found: dict[int, int] = {}
        for block in self:
            here, rows = block.find(wanted)
            found.update(zip(wanted[here].tolist(), block.versions[rows].tolist(), strict=True))
        return found
