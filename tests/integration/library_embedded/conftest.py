"""Two engines on one bucket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.embedded_libraries import AT_ONCE
from tokstack.library.engines.embedded.engine import Embedded


@pytest.fixture
def client() -> Iterator[S3Client]:
    with mock_aws():
        yield buckets.client()


@pytest.fixture
def engine(client: S3Client, bucket: str, tmp_path: Path) -> Embedded:
    return Embedded(client, bucket, tmp_path / "one", freshness=AT_ONCE)


@pytest.fixture
def other(client: S3Client, bucket: str, tmp_path: Path) -> Embedded:
    """Another process, as it were."""
    return Embedded(client, bucket, tmp_path / "other", freshness=AT_ONCE)
