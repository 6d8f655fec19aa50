"""Batches are prepared alike, here and by a process of their own, and come to what their observations come to."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from subprocess import Popen
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.library_items import DAY, item, observations
from tokstack.errors import Code, TokstackError
from tokstack.library import preparing as module
from tokstack.library.bucket import Bucket
from tokstack.library.document import Document
from tokstack.library.documents import parsed, serialised, version
from tokstack.library.entries import entry
from tokstack.library.item import Item
from tokstack.library.log import Batch, Log, line_of
from tokstack.library.merge import merged
from tokstack.library.prepared import prepared, together
from tokstack.library.preparing import preparing

MANY = 12  # that a process is started for


class _Bucket:
    """In a dict."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def create(self, key: str, body: bytes) -> None:
        self.objects[key] = body

    write = create

    def read(self, key: str) -> bytes | None:
        return self.objects.get(key)


@pytest.fixture
def bucket() -> _Bucket:
    return _Bucket()


@pytest.fixture
def log(bucket: _Bucket) -> Log:
    return Log(cast("Bucket", bucket))


@pytest.fixture
def names(log: Log) -> list[str]:
    """Of batches of two items, one of which is in all of them."""
    received = [DAY + timedelta(minutes=number) for number in range(MANY)]
    return [
        log.append([line_of(item(of, content={"description": f"Käse {number}"}), moment) for of in (0, number)], moment)
        for number, moment in enumerate(received)
    ]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Popen[bytes]]]:
    """The processes that were started; none is left at the end."""
    every: list[Popen[bytes]] = []
    start = module._worker

    def worker() -> Popen[bytes]:
        every.append(start())
        return every[-1]

    monkeypatch.setattr(module, "_worker", worker)
    yield every
    assert all(process.poll() is not None for process in every)


@given(st.lists(st.lists(observations(), min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_is_prepared_comes_together_to_what_was_observed(told: list[list[tuple[Item, datetime]]]) -> None:
    known: dict[int, Document] = {}
    wanted: dict[int, Document] = {}
    for observed in told:
        received = observed[0][1]
        items = [each for each, _ in observed]
        for each in items:
            number = int(each.tiktok_id)
            wanted[number] = merged(wanted.get(number), each, received)
        for number, made in together(known, prepared(Batch(received, items))).items():
            known[number] = parsed(made.document)
            assert made.entry == entry(wanted[number], version(wanted[number]))
    assert {number: serialised(document) for number, document in known.items()} == {
        number: serialised(document) for number, document in wanted.items()
    }


@pytest.mark.parametrize("count", [1, MANY])
def test_batches_come_prepared_and_in_their_order(
    log: Log, names: Sequence[str], started: Sequence[Popen[bytes]], count: int
) -> None:
    with preparing(log, names[:count]) as batches:
        assert list(islice(batches, count)) == [prepared(log.read(name)) for name in names[:count]]
    assert len(started) == (count == MANY)


def test_who_needs_no_more_need_not_read_on(log: Log, names: Sequence[str], started: Sequence[Popen[bytes]]) -> None:
    with preparing(log, names) as batches:
        assert next(batches) == prepared(log.read(names[0]))
    assert len(started) == 1


def test_a_batch_that_cannot_be_fetched_is_told_when_its_turn_comes(
    bucket: _Bucket, log: Log, names: Sequence[str], started: Sequence[Popen[bytes]]
) -> None:
    del bucket.objects[f"log/{names[2]}"]
    with preparing(log, names) as batches:
        assert [next(batches), next(batches)] == [prepared(log.read(name)) for name in names[:2]]
        with pytest.raises(TokstackError, match="is not in the log"):
            next(batches)
    assert len(started) == 1


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"{}\n")], ids=["no gzip", "no item"])
def test_what_cannot_be_prepared_is_told(bucket: _Bucket, log: Log, names: Sequence[str], content: bytes) -> None:
    bucket.objects[f"log/{names[1]}"] = content
    with preparing(log, names) as batches:
        next(batches)
        with pytest.raises(TokstackError) as caught:
            next(batches)
    assert caught.value.code is Code.SERVICE_UNAVAILABLE
