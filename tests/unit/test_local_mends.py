"""Each mend of moto, and the shortfall that it mends: where the latter's test fails, the mend can go."""

import json
import os
import re
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
from moto.events.models import Rule
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.models import StateMachine
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_events import EventBridgeClient

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


def test_moto_starts_executions_without_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two starts of one name meet between the check and the start: both run."""
    meeting = threading.Barrier(2, timeout=5)
    check = StateMachine._handle_name_input_idempotency

    def check_and_meet(*arguments: Any) -> Any:
        found = check(*arguments)
        meeting.wait()
        return found

    monkeypatch.setattr(StateMachine, "_handle_name_input_idempotency", check_and_meet)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        definition, role = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', "arn:aws:iam::123456789012:role/r"
        arn = client.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: client.start_execution(stateMachineArn=arn, name="same"), range(2)))
        assert len(client.list_executions(stateMachineArn=arn)["executions"]) == 2
        client.close()


@pytest.mark.parametrize("target", ["DynamoDB_20120810.PutItem", "AWSStepFunctions.StartExecution"])
def test_some_requests_come_one_at_a_time_and_others_do_not_wait(target: str) -> None:
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
        list(pool.map(lambda _: mended({"HTTP_X_AMZ_TARGET": target}, print), range(16)))
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


# ---------------------------------------------------------------------- queries


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notes how many items moto sorts."""
    sizes: list[int] = []
    every = Table.all_items

    def note(table: Table) -> list[Any]:
        sizes.append(len(every(table)))
        return every(table)

    monkeypatch.setattr(Table, "all_items", note)
    return sizes


def asked(dynamodb: DynamoDBClient) -> list[str]:
    """The last two that begin with 1."""
    answer = dynamodb.query(
        TableName="data",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": "x"}, ":sk": {"S": "1"}},
        ScanIndexForward=False,
        Limit=2,
    )
    return [item["sk"]["S"] for item in answer["Items"]]


def test_moto_sorts_the_whole_table_for_a_query(dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(dynamodb)
    sizes = looked_at(monkeypatch)
    assert asked(dynamodb) == ["19", "18"]
    assert max(sizes) > 20


def test_a_mended_query_looks_at_its_items_alone(dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(dynamodb)
    sizes = looked_at(monkeypatch)
    monkeypatch.setattr(Table, "query", Table.query)
    mends.queries_look_at_their_items()
    assert asked(dynamodb) == ["19", "18"]
    assert not sizes
    dynamodb.delete_item(TableName="data", Key={"pk": {"S": "x"}, "sk": {"S": "19"}})
    assert asked(dynamodb) == ["18", "17"]


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


# ----------------------------------------------------------------------- events


@pytest.fixture
def events() -> Iterator[EventBridgeClient]:
    with mock_aws():
        client = boto3.client("events", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.put_rule(Name="rule", EventPattern='{"source": ["test"]}')
        client.put_targets(Rule="rule", Targets=[{"Id": "f", "Arn": "arn:aws:lambda:us-east-1:1:function:f"}])
        yield client
        client.close()


def put_event(events: EventBridgeClient, source: str) -> None:
    events.put_events(Entries=[{"Source": source, "DetailType": "kind", "Detail": '{"a": "\u00e9"}'}])


def test_moto_refuses_an_event_for_a_function(events: EventBridgeClient) -> None:
    with pytest.raises(NotImplementedError):
        put_event(events, "test")


def test_a_mended_rule_sends_what_it_matches_to_its_function(
    events: EventBridgeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rule, "send_to_targets", Rule.send_to_targets)
    found: list[tuple[str, bytes]] = []
    mends.rules_reach_functions(lambda arn, event: found.append((arn, event)))
    put_event(events, "other")
    put_event(events, "test")
    ((arn, sent),) = found
    assert arn == "arn:aws:lambda:us-east-1:1:function:f"
    event = json.loads(sent)
    assert event.pop("id")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event.pop("time"))
    assert event == {
        "version": "0",
        "detail-type": "kind",
        "source": "test",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [],
        "detail": {"a": "é"},
    }
