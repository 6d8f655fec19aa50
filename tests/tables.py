"""Empty tables for tests, of the shape that the template gives the real one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import boto3
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient
from samtranslator.yaml_helper import yaml_parse

_TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
_SHAPE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


class Clock:
    """A time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.25

    def __call__(self) -> float:
        return self.now


class _Serial:
    """A client whose calls come one after the other: moto's writes are not atomic, DynamoDB's are."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            with self._lock:
                return getattr(self._client, operation)(**request)

        return call


@contextmanager
def moto() -> Iterator[DynamoDBClient]:
    """DynamoDB in this process."""
    with mock_aws():
        yield cast("DynamoDBClient", _Serial(client()))


def client(endpoint: str | None = None) -> DynamoDBClient:
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def create(client: DynamoDBClient, name: str | None = None) -> str:
    """The name of a new table."""
    name = name or f"data-{uuid4().hex}"
    client.create_table(TableName=name, **_shape())
    return name


@cache
def _shape() -> dict[str, Any]:
    properties = yaml_parse(_TEMPLATE.read_text())["Resources"]["DataTable"]["Properties"]
    return {part: properties[part] for part in _SHAPE}
