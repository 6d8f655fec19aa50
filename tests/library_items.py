"""Items for tests, and a library in this process that takes them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests.library_model import ModelEngine
from tests.tables import Clock, create
from tokstack.library.bucket import Bucket
from tokstack.library.documents import Documents
from tokstack.library.engines.protocol import Engine
from tokstack.library.index import Indexer
from tokstack.library.ingest import Ingest
from tokstack.library.item import Item, ItemType, Metrics, Status
from tokstack.library.log import Log
from tokstack.library.retired import Retired
from tokstack.table import Table

DAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
FIRST = 7_320_768_196_569_599_275  # an id of January 2024

_moments = st.sampled_from([DAY + timedelta(hours=hour) for hour in range(5)])


def item(number: int = 0, hour: int = 0, **said: Any) -> Item:
    return Item(tiktok_id=str(FIRST + number), updated_at=DAY + timedelta(hours=hour), **said)


def line(number: int = 0, **said: Any) -> bytes:
    return json.dumps({"tiktokId": str(FIRST + number), **said}).encode()


@st.composite
def observations(draw: st.DrawFn) -> tuple[Item, datetime]:
    """An item, and when it was received."""
    made = Item(
        tiktok_id=str(draw(st.sampled_from([FIRST, 5]))),
        type=draw(st.sampled_from(ItemType)),
        status=draw(st.sampled_from(Status)),
        is_pinned=draw(st.booleans()),
        published_at=draw(st.none() | _moments),
        updated_at=draw(st.none() | _moments),
        first_seen_at=draw(st.none() | _moments),
        last_active_at=draw(st.none() | _moments),
        metrics=Metrics(views=draw(st.none() | st.integers(0, 2))),
    )
    return made, draw(_moments)


@dataclass
class Stack:
    """`woken` is how often the indexer was told that something is pending."""

    bucket: Bucket
    table: Table
    engine: Engine
    clock: Clock
    woken: list[None] = field(default_factory=list)

    @property
    def log(self) -> Log:
        return Log(self.bucket)

    @property
    def documents(self) -> Documents:
        return Documents(self.table)

    @property
    def ingest(self) -> Ingest:
        return Ingest(self.log, lambda: self.woken.append(None))

    @property
    def indexer(self) -> Indexer:
        retired = Retired(self.bucket, self.documents, self.clock)
        return Indexer(self.table, self.log, self.documents, retired, self.engine)

    def take(self, *items: Item, received: datetime = DAY) -> list[str]:
        return self.ingest.take(items, received)

    def turn(self, seconds: float = 900) -> str:
        return self.indexer.turn(lambda: seconds)

    def shown(self) -> dict[int, Any]:
        """What a reader is shown, by id."""
        reader = self.engine.reader()
        ids = range(FIRST, FIRST + 100)
        versions = list(reader.find(ids).items())
        return dict(zip((number for number, _ in versions), self.documents.get(versions), strict=True))


def stack(dynamodb: DynamoDBClient, clock: Clock, s3: S3Client | None = None) -> Stack:
    """One with nothing in it, over the clients of moto."""
    client = s3 or boto3.client("s3", region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
    name = f"library-{uuid4().hex}"
    client.create_bucket(Bucket=name)
    return Stack(Bucket(client, name), Table(dynamodb, create(dynamodb), clock), ModelEngine(), clock)


def always(seconds: float) -> Callable[[], float]:
    return lambda: seconds
