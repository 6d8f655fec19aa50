"""From files to the embedded engine, over the buckets and the table of moto."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tests.library_items import DAY, FIRST, Stack, always, item, stack
from tests.tables import Clock, moto
from tokstack.library.document import Document
from tokstack.library.documents import version
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.entry import Keyword, Number
from tokstack.library.index import Indexer, Outcome
from tokstack.library.item import Content, Item, Metrics, Status
from tokstack.library.merge import merged
from tokstack.library.query import Query
from tokstack.library.shops import with_shop

WORDS = ("glow", "serum", "skin", "care", "今日", "ครีม", "été", "Größe", "🔥")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One that was told a hundred items, again and again, in no order."""
    with moto() as dynamodb, mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
        made = stack(dynamodb, Clock(), client)
        made.engine = engine(made, tmp_path_factory.mktemp("first"))
        for hour, told in told_by_hour():
            made.take(*told, received=DAY + timedelta(hours=hour))
            if hour % 3 == 0:
                assert made.turn() is Outcome.DONE
        made.turn()
        yield made


def engine(library: Stack, home: Path) -> Embedded:
    return Embedded(library.bucket._client, library.bucket.name, home)


def told_by_hour() -> list[tuple[int, list[Item]]]:
    chance = random.Random(5)
    return [(hour, [observed(chance) for _ in range(60)]) for hour in range(10)]


def observed(chance: random.Random) -> Item:
    said = " ".join(chance.choices(WORDS, k=4))
    return item(
        chance.randrange(100),
        hour=chance.randrange(20),
        status=chance.choice(list(Status)),
        is_pinned=chance.random() < 0.2,
        landing_url=f"https://www.shop{chance.randrange(3)}.com/x",
        content=Content(description=said, hashtags=tuple(said.split()[:1])),
        metrics=Metrics(views=chance.randrange(1000)),
    )


QUERIES = [
    Query(limit=100),
    Query(sort=Number.VIEWS, limit=100),
    Query(terms=("serum skin",), sort=None, limit=100),
    Query(terms=("今日",), limit=100),
    Query(keywords={Keyword.DOMAIN: frozenset({"shop1.com"})}, limit=100),
    Query(keywords={Keyword.PINNED: frozenset({"yes"})}, sort=Number.DAYS_RUNNING, limit=100),
]


def test_the_index_says_what_was_told(library: Stack) -> None:
    wanted: dict[int, Document] = {}
    for hour, told in told_by_hour():
        for each in told:
            number = int(each.tiktok_id)
            wanted[number] = merged(wanted.get(number), with_shop(each), DAY + timedelta(hours=hour))
    assert library.shown() == wanted
    assert library.engine.count() == len(wanted)


def test_the_log_makes_an_equal_index(library: Stack, tmp_path: Path) -> None:
    reader = library.engine.reader()
    before = [reader.search(query) for query in QUERIES]
    versions = dict(reader.find(range(FIRST, FIRST + 100)))
    again = Stack(library.bucket, library.table, engine(library, tmp_path), library.clock)
    assert again.indexer.rebuild(always(900)) is Outcome.DONE
    reader = again.engine.reader()
    assert dict(reader.find(range(FIRST, FIRST + 100))) == versions
    for query, hits in zip(QUERIES, before, strict=True):
        found = reader.search(query)
        assert (found.total, {hit.id for hit in found.page}) == (hits.total, {hit.id for hit in hits.page})
        if query.sort:
            assert [hit.id for hit in found.page] == [hit.id for hit in hits.page]
    assert {number: version(document) for number, document in again.shown().items()} == versions


def test_of_two_workers_one_has_its_turn_and_nothing_is_lost(library: Stack, tmp_path: Path) -> None:
    workers: list[Indexer] = [
        Stack(library.bucket, library.table, engine(library, tmp_path / str(number)), library.clock).indexer
        for number in range(2)
    ]
    for number in range(200, 206):
        library.take(item(number))
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(lambda worker: worker.turn(always(900)), workers))
    assert Outcome.DONE in outcomes
    assert set(outcomes) <= {Outcome.DONE, Outcome.BUSY}
    reader = engine(library, tmp_path / "reader").reader()
    assert len(reader.find(range(FIRST + 200, FIRST + 206))) == 6
