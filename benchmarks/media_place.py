"""Where media are converted here: a real S3 server and a table, each in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from botocore.exceptions import BotoCoreError

from tests import buckets, tables
from tests.integration import seaweedfs
from tokstack.jobs import store
from tokstack.jobs.job import Job, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Kind, Site, Subject, Work
from tokstack.media.formats import Format, Options
from tokstack.media.storage import Storage
from tokstack.table import Table

_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Known by text alone, so that another process finds it."""

    s3: str
    bucket: str
    dynamodb: str
    table_name: str

    @property
    def storage(self) -> Storage:
        return Storage(buckets.client(self.s3), self.bucket)

    @property
    def table(self) -> Table:
        return Table(tables.client(self.dynamodb), self.table_name)


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    with seaweedfs.running(folder) as s3, _moto() as dynamodb:
        bucket = buckets.emptied(buckets.client(s3))
        yield Place(s3, bucket, dynamodb, tables.create(tables.client(dynamodb)))


def upload(storage: Storage, key: str, file: Path) -> None:
    with file.open("rb") as body:
        storage.put(key, body, "video/mp4")


def conversion(table: Table, key: str, format: Format, options: Options) -> Job:
    """A new job that has come to the convert step, of what is stored under that key."""
    work = Work(Kind.CONVERT, Subject(Site.UPLOAD, key, key), format, options, once=uuid4().hex)
    job = Job(work=work, attempt=1, status=Status.QUEUED, created_at=table.now())
    store.create(table, job)
    store.begin(table, job, Plan("clip"))
    return job


@contextmanager
def _moto() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        endpoint, deadline = f"http://127.0.0.1:{port}", time.monotonic() + _START_SECONDS
        while not _answers(endpoint):
            if time.monotonic() > deadline:
                raise TimeoutError("moto does not start")
            time.sleep(0.1)
        yield endpoint
    finally:
        server.kill()
        server.wait()


def _answers(endpoint: str) -> bool:
    try:
        tables.client(endpoint).list_tables()
    except BotoCoreError:
        return False
    return True
