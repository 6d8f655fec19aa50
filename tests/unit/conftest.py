"""A table in this process, the time that it goes by, and a function's environment."""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.exchanges import ENVIRONMENT
from tests.tables import Clock, create, moto
from tokstack.config import settings
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


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A function's environment, to be changed by `setenv` before the settings are first read."""
    settings.cache_clear()
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    settings.cache_clear()
