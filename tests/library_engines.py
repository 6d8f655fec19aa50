"""The engines that are tested, each with what it needs, and how an empty one is made."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from moto import mock_aws

from tokstack.library.engines.protocol import Engine

Fresh = Callable[[], Engine]


@dataclass(frozen=True, slots=True)
class Tested:
    """`factory` is given a folder of its own and the values of the fixtures."""

    factory: Callable[..., AbstractContextManager[Fresh]]
    fixtures: tuple[str, ...] = ()


@contextmanager
def _opensearch(folder: Path, address: str) -> Iterator[Fresh]:
    """With a small window, so that pages that lie deep are had with few entries."""
    from tokstack.library.engines.opensearch import OpenSearchEngine, client

    asked = client(address)
    yield lambda: OpenSearchEngine(asked, f"test-{uuid4().hex}", window=500)
    asked.close()


@contextmanager
def _embedded(folder: Path) -> Iterator[Fresh]:
    from tests import buckets
    from tokstack.library.engines.embedded.engine import Embedded

    with mock_aws():
        client = buckets.client()

        def fresh() -> Embedded:
            bucket = f"library-{uuid4().hex}"
            client.create_bucket(Bucket=bucket)
            return Embedded(client, bucket, folder / bucket)

        yield fresh


ENGINES = {"embedded": Tested(_embedded), "opensearch": Tested(_opensearch, ("opensearch_address",))}
