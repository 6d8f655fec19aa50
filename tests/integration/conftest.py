"""Tables in moto, and in a DynamoDB Local: only the latter is proof of what holds when many write at once. Buckets."""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from local.tools import dynamodb_local, npm, opensearch
from tests import buckets
from tests.tables import Clock, client, create, moto
from tokstack.table import Table


@pytest.fixture(scope="session")
def dynamodb_address() -> Iterator[str]:
    """Where DynamoDB Local listens; where it cannot be had, what needs it is skipped."""
    try:
        with dynamodb_local.running() as address:
            yield address
    except npm.UnavailableError as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="session")
def opensearch_address() -> Iterator[str]:
    """Where a node of OpenSearch listens; where it cannot be had, what needs it is skipped."""
    try:
        with opensearch.running() as address:
            yield address
    except npm.UnavailableError as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="module", params=["moto", "dynamodb-local"])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[DynamoDBClient]:
    if request.param == "moto":
        with moto() as inside:
            yield inside
    else:
        outside = client(request.getfixturevalue("dynamodb_address"))
        yield outside
        outside.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table_name(dynamodb: DynamoDBClient) -> str:
    return create(dynamodb)


@pytest.fixture
def table(dynamodb: DynamoDBClient, table_name: str, clock: Clock) -> Table:
    return Table(dynamodb, table_name, clock)


@pytest.fixture
def bucket(client: S3Client) -> str:
    """An empty one, of the `client` that a module brings."""
    return buckets.emptied(client)
