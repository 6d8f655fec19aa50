"""A table in this process, and the time that it goes by."""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.tables import Clock, create, moto
from tokstack.table import Table


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDBClient]:
    with moto() as client:
        yield client


@pytest.fixture
def table(dynamodb: DynamoDBClient, clock: Clock) -> Table:
    return Table(dynamodb, create(dynamodb), clock)
