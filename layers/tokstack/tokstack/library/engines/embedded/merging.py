"""One block out of several, without what is obsolete in them.

Postings are merged in portions of keys, so that only some of them are in memory at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from tokstack.library.engines.embedded.arrays import Array, ArrayWriter
from tokstack.library.engines.embedded.block import NAMED, Block, add_names, add_numbers, widened
from tokstack.library.engines.embedded.postings import Portion, Postings, add_postings, dense
from tokstack.library.entry import Number

_PORTION = 2_000_000  # pairs of a key and a row
_ROW_BITS = 32
_ROW = (1 << _ROW_BITS) - 1
_KEYS = 1 << 64
_GONE = -1


def merge(path: Path, blocks: Sequence[tuple[Block, Array]]) -> None:
    """`blocks` with masks of their rows that are not obsolete; no id is in two of these."""
    with ArrayWriter(path) as file:
        ids = np.concatenate([block.ids[alive] for block, alive in blocks])
        ascending = np.argsort(ids)
        file.add("id", ids[ascending])
        file.add("version", np.concatenate([block.versions[alive] for block, alive in blocks])[ascending])
        add_numbers(file, _columns(blocks, ascending))
        add_names(file, {name: sorted({each for block, _ in blocks for each in block.values(name)}) for name in NAMED})
        _add_postings(file, [block for block, _ in blocks], _moves(blocks, ascending), len(ids))


def _columns(blocks: Sequence[tuple[Block, Array]], ascending: Array) -> Iterator[tuple[Number, Array]]:
    for number in Number:
        yield number, np.concatenate([widened(block.numbers(number)[alive]) for block, alive in blocks])[ascending]


def _moves(blocks: Sequence[tuple[Block, Array]], ascending: Array) -> list[Array]:
    """For each block the new row of each old one."""
    rows = np.empty(len(ascending), np.int32)
    rows[ascending] = np.arange(len(ascending), dtype=np.int32)
    moves, start = [], 0
    for _, alive in blocks:
        count = int(np.count_nonzero(alive))
        move = np.full(len(alive), _GONE, np.int32)
        move[alive] = rows[start : start + count]
        moves.append(move)
        start += count
    return moves


def _add_postings(file: ArrayWriter, blocks: Sequence[Block], moves: Sequence[Array], rows: int) -> None:
    """What is dense in a block, or may become so, is merged by itself, the rest in portions."""
    apart = np.unique(np.concatenate([_frequent(block.postings, rows, len(blocks)) for block in blocks]))
    merged = {int(key): _merged(blocks, moves, int(key)) for key in apart}
    many = {key: found for key, found in merged.items() if dense(len(found), rows)}
    few = {key: found for key, found in merged.items() if key not in many}
    bits = np.zeros((len(many), (rows + 7) // 8), np.uint8)
    for line, found in zip(bits, many.values(), strict=True):
        mask = np.zeros(rows, np.bool_)
        mask[found] = True
        line[:] = np.packbits(mask)
    add_postings(
        file,
        Portion(np.fromiter(many, np.uint64), np.fromiter(map(len, many.values()), np.int64), bits),
        _portions(blocks, moves, apart, few),
    )


def _frequent(postings: Postings, rows: int, blocks: int) -> Array:
    """What is dense in so many rows of so many blocks has, in one of these, as many rows as would do there."""
    many = dense(np.diff(postings.starts) * blocks, rows)
    return np.concatenate([postings.dense_keys, postings.keys[many]])


def _merged(blocks: Sequence[Block], moves: Sequence[Array], key: int) -> Array:
    rows = np.concatenate([move[block.postings.of(key)] for block, move in zip(blocks, moves, strict=True)])
    return np.sort(rows[rows != _GONE])


def _portions(
    blocks: Sequence[Block], moves: Sequence[Array], apart: Array, few: Mapping[int, Array]
) -> Iterator[Portion]:
    """Keys are digests, so that as many of them are in any range as in another."""
    portions = sum(len(block.postings.lists) for block in blocks) // _PORTION + 1
    ends = [_KEYS * portion // portions for portion in range(portions + 1)]
    for low, high in pairwise(ends):
        slices = [_slice(block.postings, move, low, high, apart) for block, move in zip(blocks, moves, strict=True)]
        slices += [(np.full(len(rows), key, np.uint64), rows) for key, rows in few.items() if low <= key < high]
        keys, places = np.unique(np.concatenate([keys for keys, _ in slices]), return_inverse=True)
        pairs = np.sort(places << _ROW_BITS | np.concatenate([rows for _, rows in slices]))
        yield Portion(keys, np.bincount(pairs >> _ROW_BITS, minlength=len(keys)), pairs & _ROW)


def _slice(postings: Postings, move: Array, low: int, high: int, apart: Array) -> tuple[Array, Array]:
    """The pairs of a key from `low` to before `high` and its new row."""
    start = int(np.searchsorted(postings.keys, np.uint64(low)))
    end = int(np.searchsorted(postings.keys, np.uint64(high - 1), side="right"))
    keys = postings.keys[start:end]
    counts = np.diff(postings.starts[start : end + 1])
    rows = move[postings.lists[postings.starts[start] : postings.starts[end]]]
    kept = (rows != _GONE) & np.repeat(~np.isin(keys, apart), counts)
    return np.repeat(keys, counts)[kept], rows[kept]
