"""Each mend of moto, and the shortfall that it mends: where the latter's test fails, the mend can go."""

import json
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import backends, mock_aws
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3 import notifications
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from local import mends

KEY = {"pk": {"S": "account"}, "sk": {"S": "A"}}
OTHER = {"pk": {"S": "ledger"}, "sk": {"S": "1"}}


@pytest.fixture
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_table(
            TableName="data",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        client.put_item(TableName="data", Item=KEY | {"balance": {"N": "1"}})
        yield client
        client.close()


@pytest.fixture
def s3() -> Iterator[S3Client]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_notification_configuration(
            Bucket="bucket",
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {"LambdaFunctionArn": "arn:aws:lambda:us-east-1:1:function:f", "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )
        yield client
        client.close()


# ---------------------------------------------------------------- one at a time


def test_moto_checks_and_writes_without_a_lock(dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers of one item meet between the check and the write: both see the old item, both win."""
    meeting = threading.Barrier(2, timeout=5)
    read = Table.get_item

    def read_and_meet(*arguments: Any) -> Any:
        found = read(*arguments)
        if found is None:
            meeting.wait()
        return found

    def put(_: int) -> None:
        dynamodb.put_item(TableName="data", Item=OTHER, ConditionExpression="attribute_not_exists(pk)")

    monkeypatch.setattr(Table, "get_item", read_and_meet)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(put, range(2))) == [None, None]


def test_requests_of_dynamodb_come_one_at_a_time_and_others_do_not_wait() -> None:
    inside, most, lock = [0], [0], threading.Lock()
    both = threading.Barrier(2, timeout=5)

    def application(environ: dict[str, Any], _: Any) -> Iterable[bytes]:
        if not environ:
            both.wait()
            return []
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.005)
        with lock:
            inside[0] -= 1
        return []

    mended = mends.one_at_a_time(application)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: mended({"HTTP_X_AMZ_TARGET": "DynamoDB_20120810.PutItem"}, print), range(16)))
        assert most == [1]
        list(pool.map(lambda _: mended({}, print), range(2)))  # both are inside at once, or the barrier breaks


# ----------------------------------------------------------------- transactions


def copied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notes how many items each table has that moto copies."""
    sizes: list[int] = []

    def note(table: Table, memo: dict[int, Any]) -> Table:
        sizes.append(sum(map(len, table.items.values())))
        return table

    monkeypatch.setattr(Table, "__deepcopy__", note, raising=False)
    return sizes


def fill(dynamodb: DynamoDBClient) -> None:
    for number in range(20):
        dynamodb.put_item(TableName="data", Item={"pk": {"S": "x"}, "sk": {"S": str(number)}})


def touch(dynamodb: DynamoDBClient, *, balance: int = 1) -> None:
    """A charge: the balance goes down by one if it is what was said, and the ledger gets its line."""
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "data", "Item": OTHER}},
            {
                "Update": {
                    "TableName": "data",
                    "Key": KEY,
                    "UpdateExpression": "ADD balance :less",
                    "ConditionExpression": "balance = :balance",
                    "ExpressionAttributeValues": {":less": {"N": "-1"}, ":balance": {"N": str(balance)}},
                }
            },
        ]
    )


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", DynamoDBBackend.transact_write_items)
    mends.transactions_copy_only_their_items()


def test_moto_copies_the_whole_table_for_a_transaction(
    dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(dynamodb)
    sizes = copied(monkeypatch)
    touch(dynamodb)
    assert max(sizes) > 20


@pytest.mark.usefixtures("mended")
def test_a_mended_transaction_copies_its_items_alone(dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(dynamodb)
    sizes = copied(monkeypatch)
    touch(dynamodb)
    assert max(sizes) <= 2


@pytest.mark.usefixtures("mended")
def test_a_mended_transaction_does_all(dynamodb: DynamoDBClient) -> None:
    touch(dynamodb)
    assert dynamodb.get_item(TableName="data", Key=KEY)["Item"]["balance"] == {"N": "0"}
    assert "Item" in dynamodb.get_item(TableName="data", Key=OTHER)
    dynamodb.transact_write_items(TransactItems=[{"Delete": {"TableName": "data", "Key": OTHER}}])
    assert "Item" not in dynamodb.get_item(TableName="data", Key=OTHER)


@pytest.mark.usefixtures("mended")
def test_a_mended_transaction_does_nothing_when_one_part_is_refused(dynamodb: DynamoDBClient) -> None:
    with pytest.raises(ClientError) as refused:
        touch(dynamodb, balance=7)
    reasons = refused.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert dynamodb.get_item(TableName="data", Key=KEY)["Item"]["balance"] == {"N": "1"}
    assert "Item" not in dynamodb.get_item(TableName="data", Key=OTHER)


# -------------------------------------------------------------------- modules


def test_moto_lists_its_modules_for_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[str] = []

    def note(path: str) -> list[str]:
        listed.append(path)
        return ["dynamodb"]

    monkeypatch.setattr(os, "listdir", note)
    application = DomainDispatcherApplication(create_backend_app)
    for _ in range(2):
        application.get_backend_for_host("dynamodb.us-east-1.amazonaws.com")
    assert len(listed) > 1


def test_a_mended_moto_knows_its_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "list_of_moto_modules", backends.list_of_moto_modules)
    known = set(backends.list_of_moto_modules())
    mends.modules_are_listed_once()
    assert set(backends.list_of_moto_modules()) == set(backends.list_of_moto_modules()) == known


# ---------------------------------------------------------------- notifications


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What is sent to functions, mended."""
    found: list[tuple[str, bytes]] = []
    monkeypatch.setattr(notifications, "_invoke_awslambda", notifications._invoke_awslambda)
    mends.notifications_reach_functions(lambda arn, event: found.append((arn, event)))
    return found


def key_in(event: bytes) -> str:
    key: str = json.loads(event)["Records"][0]["s3"]["object"]["key"]
    return key


def test_moto_quotes_the_slashes_of_a_key(s3: S3Client, sent: list[tuple[str, bytes]]) -> None:
    s3.put_object(Bucket="bucket", Key="a/b c")
    assert key_in(sent[0][1]) == "a%2Fb+c"


def test_a_mended_key_keeps_its_slashes(
    s3: S3Client, sent: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "quote_plus", notifications.quote_plus)  # type: ignore[attr-defined]
    mends.object_keys_keep_their_slashes()
    s3.put_object(Bucket="bucket", Key="a/b c")
    assert key_in(sent[0][1]) == "a/b+c"


def test_a_mended_notification_reaches_its_function(s3: S3Client, sent: list[tuple[str, bytes]]) -> None:
    s3.put_object(Bucket="bucket", Key="a")
    ((arn, event),) = sent
    assert arn == "arn:aws:lambda:us-east-1:1:function:f"
    assert json.loads(event)["Records"][0]["eventName"] == "ObjectCreated:Put"


def test_moto_looks_for_functions_in_its_own_lambda(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.awslambda import utils

    asked: list[str] = []
    monkeypatch.setattr(utils, "get_backend", lambda account, region: asked.append(region))
    s3.put_object(Bucket="bucket", Key="a")
    assert asked == ["us-east-1"]
