"""A library in trouble: writes fail, writers are killed, and readers look at every row meanwhile.

Storage is a real S3 server, the table is DynamoDB Local, and everybody is a process of its own. A part of all writes
fails: half of these are done, and only the answer is lost. Changes come in all the time, and change what is counted
alone, so that all else is to stay as it was: how many are found, and who.
"""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.httpsession import URLLib3Session

from local.tools import dynamodb_local
from tests import buckets, tables
from tests.integration import seaweedfs
from tests.library_readers import Looked, Looker, look
from tokstack import lease
from tokstack.errors import Code, TokstackError
from tokstack.library.bucket import Bucket
from tokstack.library.document import Document
from tokstack.library.documents import Documents, version
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.embedded.reader import Freshness
from tokstack.library.engines.protocol import Reader
from tokstack.library.entry import Number
from tokstack.library.index import Indexer, Outcome
from tokstack.library.ingest import Ingest
from tokstack.library.item import Item
from tokstack.library.log import Log
from tokstack.library.merge import merged
from tokstack.library.query import Query
from tokstack.library.retired import Retired
from tokstack.table import Table

_WRITES = {
    "s3": ("PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "DeleteObjects"),
    "dynamodb": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
}
_CHANGES = frozenset({Number.VIEWS, Number.ENGAGEMENT_RATE, Number.UPDATED, Number.DAYS_RUNNING})
_BEGUN = datetime(2026, 11, 20, tzinfo=UTC)
_ALWAYS = 900.0  # seconds that a turn has left
_PATIENCE = 120.0  # seconds
_SPAWN = multiprocessing.get_context("spawn")  # nobody shares what another has opened


@dataclass(frozen=True, slots=True)
class Trouble:
    """`failing` is which part of the writes fails; writers live for as long as `lives` says, in seconds, and for as
    long as `lease` says nobody takes the place of one that was killed. It does not end before there were so many
    `publications`, where these come at all.
    """

    seconds: float
    failing: float = 0.2
    writers: int = 2
    lives: tuple[float, float] = (2.0, 20.0)
    lease: float = lease._KEPT
    publications: int = 1
    pause: float = 0.5  # between batches
    reading: int = 2  # processes
    readers: int = 8  # in each of them
    changed: int = 200  # items of a batch


@dataclass(slots=True)
class Told:
    """`same` is whether the library is what its log says, in the end, and what it is when it is built anew."""

    looked: Looked = field(default_factory=Looked)
    kills: int = 0
    batches: int = 0
    publications: int = 0
    crashes: list[int] = field(default_factory=list)
    same: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    endpoint: str
    bucket: str
    dynamodb: str
    table_name: str
    home: str

    def client(self, service: str, failing: float = 0.0) -> Any:
        """As a function has it: four attempts at each request."""
        made: Any = boto3.client(
            service,  # type: ignore[call-overload] # any service
            endpoint_url=self.endpoint if service == "s3" else self.dynamodb,
            region_name="us-east-1",
            aws_access_key_id=buckets.ACCESS_KEY,
            aws_secret_access_key=buckets.SECRET_KEY,
            config=Config(retries={"total_max_attempts": 4, "mode": "standard"}),
        )
        for operation in _WRITES[service] if failing else ():
            made.meta.events.register(f"before-send.{service}.{operation}", _failure(failing))
        return made

    def table(self, failing: float = 0.0) -> Table:
        return Table(self.client("dynamodb", failing), self.table_name)

    def engine(self, failing: float = 0.0) -> Embedded:
        return Embedded(self.client("s3", failing), self.bucket, Path(self.home), freshness=Freshness(look_after=0.5))

    def indexer(self, failing: float = 0.0) -> Indexer:
        table, bucket = self.table(failing), Bucket(self.client("s3", failing), self.bucket)
        documents = Documents(table)
        return Indexer(table, Log(bucket), documents, Retired(bucket, documents, time.time), self.engine(failing))

    def publications(self) -> int:
        """How many there have been."""
        return self.engine().publications.latest().manifest.number

    def ingest(self, failing: float = 0.0) -> Ingest:
        return Ingest(Log(Bucket(self.client("s3", failing), self.bucket)), lambda: None)


@contextmanager
def place() -> Iterator[Place]:
    """Raises UnavailableError where there is no DynamoDB Local."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        storage = folder / "storage"
        storage.mkdir()
        endpoint = stack.enter_context(seaweedfs.running(storage))
        dynamodb = stack.enter_context(dynamodb_local.running())
        name = tables.create(tables.client(dynamodb))
        yield Place(endpoint, buckets.emptied(buckets.client(endpoint)), dynamodb, name, str(folder / "home"))


def endure(here: Place, batches: Iterable[Sequence[Item]], queries: Sequence[Query], trouble: Trouble) -> Told:
    """Fills the library, lets it be troubled for so long, and looks at what came of it. The first batch is changed."""
    changing: Sequence[Item] = ()
    for batch in batches:
        changing = changing or batch
        here.ingest().take(batch, _BEGUN)
    indexer = here.indexer()
    _finish(indexer)
    reader = _caught_up(indexer)
    totals = {
        number: reader.search(query).total for number, query in enumerate(queries) if not _CHANGES & {*query.ranges}
    }
    told = Told()
    before = here.publications()
    with _reading(here, queries, totals, trouble, told), _feeding(here, changing, trouble, told):
        _kill(here, trouble, told)
    _finish(indexer)
    told.publications = here.publications() - before
    told.same = _is_its_replay(indexer, queries)
    return told


@contextmanager
def _reading(
    here: Place, queries: Sequence[Query], totals: Mapping[int, int], trouble: Trouble, told: Told
) -> Iterator[None]:
    stop, reports = _SPAWN.Event(), _SPAWN.Queue()
    task = (here, queries, totals, trouble.readers, stop, reports)
    readers = [_SPAWN.Process(target=_read, args=task, daemon=True) for _ in range(trouble.reading)]
    for reader in readers:
        reader.start()
    yield
    stop.set()
    for reader in readers:
        told.looked.add(reports.get(timeout=_PATIENCE))
        reader.join()


def _read(
    here: Place,
    queries: Sequence[Query],
    totals: Mapping[int, int],
    readers: int,
    stop: Event,
    reports: "Queue[Looked]",
) -> None:
    reader, documents = here.engine().reader(), Documents(here.table())
    lookers = [Looker(reader, documents, queries, totals) for _ in range(readers)]
    reports.put(look(lookers, len(queries), stop.is_set))


@contextmanager
def _feeding(here: Place, changing: Sequence[Item], trouble: Trouble, told: Told) -> Iterator[None]:
    stop = threading.Event()

    def feed() -> None:
        ingest, at = here.ingest(trouble.failing), _BEGUN
        while not stop.wait(trouble.pause):
            at += timedelta(seconds=1)
            batch = [_changed(item, at) for item in random.sample(changing, min(trouble.changed, len(changing)))]
            while not _taken(ingest, batch, at):
                pass
            told.batches += 1

    feeder = threading.Thread(target=feed)
    feeder.start()
    yield
    stop.set()
    feeder.join()


def _taken(ingest: Ingest, batch: Sequence[Item], at: datetime) -> bool:
    """Who is refused tries again."""
    with suppress(TokstackError):
        ingest.take(batch, at)
        return True
    return False


def _changed(item: Item, at: datetime) -> Item:
    views = (item.metrics.views or 0) + random.randrange(1_000_000)
    return item.model_copy(update={"updated_at": at, "metrics": item.metrics.model_copy(update={"views": views})})


def _kill(here: Place, trouble: Trouble, told: Told) -> None:
    """Each writer when its time has come; another takes its place."""
    deadline, enough = time.monotonic() + trouble.seconds, here.publications() + trouble.publications
    writers: dict[BaseProcess, float] = {}
    while (late := time.monotonic() - deadline) < 0 or (late < _PATIENCE and here.publications() < enough):
        for writer in [writer for writer, until in writers.items() if until < time.monotonic()]:
            writer.kill()
            writer.join()
            told.kills += 1
        for writer in [writer for writer in writers if not writer.is_alive()]:
            del writers[writer]
            if writer.exitcode not in (None, -SIGKILL):
                told.crashes.append(writer.exitcode)
        while len(writers) < trouble.writers:
            writer = _SPAWN.Process(target=_write, args=(here, trouble.failing, trouble.lease), daemon=True)
            writer.start()
            writers[writer] = time.monotonic() + random.uniform(*trouble.lives)
        time.sleep(0.1)
    for writer in writers:
        writer.kill()
        writer.join()


def _write(here: Place, failing: float, kept: float = lease._KEPT) -> None:
    """What the index's function does, again and again."""
    lease._KEPT = kept
    indexer = here.indexer(failing)
    while True:
        try:
            indexer.turn(lambda: _ALWAYS)
        except TokstackError as error:
            if error.code is not Code.SERVICE_UNAVAILABLE:
                raise
        time.sleep(0.2)


def _finish(indexer: Indexer) -> None:
    """Whoever was killed is waited for, for as long as its lease lasts."""
    while indexer.turn(lambda: _ALWAYS) is not Outcome.DONE:
        time.sleep(0.5)


def _caught_up(indexer: Indexer) -> Reader:
    reader = indexer.engine.reader()
    reader.refresh()
    return reader


def _is_its_replay(indexer: Indexer, queries: Sequence[Query]) -> bool:
    """Item by item, as the log is read here, and by query as it is built anew."""
    known: dict[int, Document] = {}
    for name in indexer.log.names():
        batch = indexer.log.read(name)
        for item in batch.items:
            known[int(item.tiktok_id)] = merged(known.get(int(item.tiktok_id)), item, batch.received)
    reader, versions = _caught_up(indexer), {number: version(document) for number, document in known.items()}
    there = indexer.documents.get(list(versions.items())) == list(known.values())
    before = reader.find(versions), [_answer(reader, query) for query in queries]
    indexer.rebuild(lambda: _ALWAYS)
    reader.refresh()
    after = reader.find(versions), [_answer(reader, query) for query in queries]
    return there and before[0] == versions and before == after and indexer.engine.count() == len(versions)


def _answer(reader: Reader, query: Query) -> object:
    """How relevant an item is depends on those that were replaced as well, until they are cleared away."""
    hits = reader.search(query)
    return hits.total, [(hit.id, hit.version) for hit in hits.page] if query.sort else None


def _failure(part: float) -> Callable[..., AWSResponse | None]:
    session = URLLib3Session()

    def fail(request: Any, **_: Any) -> AWSResponse | None:
        if random.random() >= part:
            return None
        if random.random() < 0.5:
            session.send(request)
        return AWSResponse(request.url, 500, HTTPHeaders(), _Nothing())

    return fail


class _Nothing(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield b""
