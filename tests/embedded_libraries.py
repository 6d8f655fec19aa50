"""What tests write into an embedded engine and look for in it, and how its bucket's calls are cut off."""

import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from mypy_boto3_s3 import S3Client

from tests import library_entries
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.embedded.publication import FILES, Publications
from tokstack.library.engines.embedded.reader import EmbeddedReader, Freshness
from tokstack.library.engines.protocol import SupersededError, Writer
from tokstack.library.entry import Area, Entry, Number
from tokstack.library.query import Query

IDS = range(1, 61)
HOUR = 3600
AT_ONCE = Freshness(look_after=0, wait_after=0, patience=60)


def entries(version: int, ids: range = IDS) -> list[Entry]:
    return [
        Entry(
            id=id_,
            version=version,
            texts={Area.CAPTION: ("big sale",), Area.MUSIC: (f"version v{version}",)},
            keywords=library_entries.entry(Random(id_), id_, whole=True).keywords,
            numbers={Number.VIEWS: id_ % 7, Number.LIKES: version, Number.CREATED: 1},
        )
        for id_ in ids
    ]


def put(engine: Embedded, version: int, ids: range = IDS) -> None:
    with engine.writing() as writer:
        writer.write(entries(version, ids))
        writer.publish()


def versions(reader: EmbeddedReader, query: Query = Query(limit=1000)) -> dict[int, int]:  # noqa: B008 - immutable
    found = reader.search(query)
    assert found.total == len(found.page)
    return {hit.id: hit.version for hit in found.page}


def all_of(version: int, ids: range = IDS) -> dict[int, int]:
    return dict.fromkeys(ids, version)


def content(client: S3Client, bucket: str) -> dict[str, str]:
    return {each["Key"]: each["ETag"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])}


class Cut:
    """Lets the calls of some operations through, as many as it is told; after these nobody answers."""

    def __init__(self, client: S3Client, *operations: str) -> None:
        self.left = 10**6
        self.calls = 0
        for operation in operations:
            client.meta.events.register(f"before-call.s3.{operation}", self._call)

    def _call(self, **_: Any) -> None:
        self.calls += 1
        self.left -= 1
        if self.left < 0:
            raise EndpointConnectionError(endpoint_url="https://s3.example")


def clear(engine: Embedded, client: S3Client, bucket: str) -> None:
    """More than an hour later; before that, nothing is deleted."""
    before = content(client, bucket)
    engine.tidy()
    assert content(client, bucket) == before
    engine._clock = lambda: time.time() + HOUR + 60
    engine.tidy()
    engine._clock = time.time


def older(listed: Callable[[Publications, str], dict[str, float]]) -> Callable[[Publications, str], dict[str, float]]:
    """As if the files had been written two hours before."""

    def told(publications: Publications, prefix: str) -> dict[str, float]:
        return {key: at - (2 * HOUR if prefix == FILES else 0) for key, at in listed(publications, prefix).items()}

    return told


def assert_the_first_is_first(first: Writer, second: Writer) -> None:
    """Of two that write at once: what the first publishes is version 2."""
    first.write(entries(2))
    second.write(entries(3))
    first.publish()
    with pytest.raises(SupersededError):
        second.publish()
