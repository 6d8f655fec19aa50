"""Columns, against what is obviously right: what a block holds, what is left of several, and which rows come first."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.library.engines.embedded import answers, building, matches, merging, postings
from tokstack.library.engines.embedded.block import UNKNOWN, Block, widened
from tokstack.library.engines.embedded.postings import digest
from tokstack.library.engines.embedded.stack import Stack
from tokstack.library.entry import Area, Entry, Keyword, Number
from tokstack.library.query import Range

NUMBER = Number.VIEWS
EDGES = [-(2**63) + 1, -(2**31), -(2**31) - 1, -129, -128, -127, 0, 1, 127, 128, 2**15, 2**31 - 1, 2**31, 2**63 - 1]

some_values = st.one_of(st.integers(-3, 3), st.sampled_from(EDGES))
words = st.sets(st.sampled_from(["a", "b", "c", "profile", "減"]), max_size=3)


def an_entry(id_: int, version: int, said: set[str], hashtags: set[str], number: int | None) -> Entry:
    """With an area and a keyword of the same name, which are not to be taken for one another."""
    return Entry(
        id=id_,
        version=version,
        texts={Area.PROFILE: (" ".join(said), "x")} if said else {},
        keywords={Keyword.HASHTAG: tuple(hashtags), Keyword.PROFILE: ("profile",)} if hashtags else {},
        numbers={} if number is None else {NUMBER: number},
    )


some_entries = st.builds(an_entry, st.integers(1, 12), st.integers(0, 2**63 - 1), words, words, st.none() | some_values)
some_batches = st.lists(
    st.lists(some_entries, min_size=1, max_size=10, unique_by=lambda it: it.id), min_size=1, max_size=4
)


@pytest.fixture(autouse=True, scope="module")
def _small_steps() -> Iterator[None]:
    """So that a few rows are enough for bits, several steps and several portions."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postings, "_FEW", 3)
        patched.setattr(postings, "_DENSE", 3)
        patched.setattr(merging, "_PORTION", 5)
        patched.setattr(answers, "_STEP", 2)
        yield


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


def built(folder: Path, entries: Sequence[Entry]) -> Block:
    """The file is not needed any more once it is mapped."""
    path = folder / "block"
    building.build(path, sorted(entries, key=lambda entry: entry.id))
    block = Block(path)
    path.unlink()
    return block


def merged(folder: Path, stack: Stack) -> Block:
    path = folder / "merged"
    merging.merge(path, [(layer.block, layer.alive) for layer in stack.layers])
    block = Block(path)
    path.unlink()
    return block


def ids_having(block: Block, kind: Area | Keyword, value: str) -> list[int]:
    key = digest(kind, value)
    rows = block.postings.of(key)
    mask = np.zeros(len(block), np.bool_)
    block.postings.mark(key, mask)
    assert np.flatnonzero(mask).tolist() == rows.tolist()
    assert block.postings.count(key) == len(rows)
    found: list[int] = block.ids[rows].tolist()
    return found


@given(entries=st.lists(some_entries, max_size=12, unique_by=lambda it: it.id))
def test_a_block_holds_what_its_entries_say(folder: Path, entries: list[Entry]) -> None:
    block = built(folder, entries)
    entries.sort(key=lambda entry: entry.id)
    assert block.ids.tolist() == [entry.id for entry in entries]
    assert block.versions.tolist() == [entry.version for entry in entries]
    assert widened(block.numbers(NUMBER)).tolist() == [entry.numbers.get(NUMBER, UNKNOWN) for entry in entries]
    for word in ("a", "b", "profile", "減", "x", "nobody"):
        said = [entry.id for entry in entries if word in " ".join(entry.texts.get(Area.PROFILE, ())).split()]
        assert ids_having(block, Area.PROFILE, word) == said
        tagged = [entry.id for entry in entries if word in entry.keywords.get(Keyword.HASHTAG, ())]
        assert ids_having(block, Keyword.HASHTAG, word) == tagged


@given(batches=some_batches)
def test_blocks_merge_into_the_one_that_those_entries_would_have_made_that_are_left(
    folder: Path, batches: list[list[Entry]]
) -> None:
    stack = Stack(built(folder, batch) for batch in batches)
    left = {entry.id: entry for batch in batches for entry in batch}
    assert len(stack) == len(left)
    assert stack.find(range(-1, 14)) == {id_: entry.version for id_, entry in left.items()}
    one, expected = merged(folder, stack), built(folder, list(left.values()))
    for name in one._arrays.keys() - {"names"}:  # which may have names that are only in the dead
        assert one._arrays[name].dtype == expected._arrays[name].dtype, name
        assert one._arrays[name].tolist() == expected._arrays[name].tolist(), name
    assert one.known == expected.known
    assert set(expected.values(Keyword.PROFILE)) <= set(one.values(Keyword.PROFILE))


@given(
    numbers=st.lists(st.none() | some_values, min_size=1, max_size=30),
    chosen=st.sets(st.integers(0, 29)),
    most=st.integers(1, 40),
    descending=st.booleans(),
    sorting=st.sampled_from([0, 25, 10**9]),
)
def test_the_first_rows_are_those_of_a_sort_whichever_way_they_are_found(
    folder: Path, numbers: list[int | None], chosen: set[int], most: int, descending: bool, sorting: int
) -> None:
    block = built(folder, [an_entry(id_ + 1, 0, set(), set(), number) for id_, number in enumerate(numbers)])
    mask = np.array([row in chosen for row in range(len(numbers))], np.bool_)
    way = -1 if descending else 1
    expected = sorted(
        np.flatnonzero(mask).tolist(),
        key=lambda row: (numbers[row] is None, way * (numbers[row] or 0), way * row),
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(answers, "_SORTED", sorting)
        assert answers.first(block, mask, NUMBER, most, descending=descending).tolist() == expected[:most]
    by_id = answers.first(block, mask, None, most, descending=descending).tolist()
    assert by_id == sorted(expected, reverse=descending)[:most]


@given(
    numbers=st.lists(st.none() | some_values, min_size=1, max_size=20),
    low=st.none() | some_values | st.sampled_from([-(10**30), 10**30]),
    high=st.none() | some_values | st.sampled_from([-(10**30), 10**30]),
)
def test_what_is_unknown_is_in_no_range(
    folder: Path, numbers: list[int | None], low: int | None, high: int | None
) -> None:
    block = built(folder, [an_entry(id_ + 1, 0, set(), set(), number) for id_, number in enumerate(numbers)])
    expected = [
        number is not None and (low is None or low <= number) and (high is None or number <= high) for number in numbers
    ]
    mask: Any = matches._within(block.numbers(NUMBER), Range(low, high))
    assert mask.tolist() == expected
