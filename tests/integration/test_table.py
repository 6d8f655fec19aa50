"""The table and the lease, against moto and DynamoDB Local alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from mypy_boto3_dynamodb import DynamoDBClient

from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.table import (
    Check,
    ConditionFailedError,
    Delete,
    Key,
    Put,
    Table,
    TransactionRefusedError,
    Update,
)

HERE = Key("PLACE#1", "PLACE")
NEW = "attribute_not_exists(pk)"


def item(key: Key = HERE, **values: Any) -> dict[str, Any]:
    return {"pk": key.pk, "sk": key.sk, **values}


def test_values_come_back_as_they_went(table: Table) -> None:
    value = item(whole=2**60, part=0.1, text="é\u0000", yes=True, none=None, nested={"a": [1.5, "x", {"b": 2.25}]})
    table.put(Put(value))
    assert table.get(HERE) == value


def test_what_has_expired_is_not_there(table: Table, clock: Clock) -> None:
    table.put(Put(item(expires_at=clock.now + 10)))
    assert table.get(HERE)
    clock.now += 10
    assert table.get(HERE) is None
    assert list(table.query(HERE.pk)) == []


def test_a_query_reads_every_page_in_order(table: Table) -> None:
    keys = [Key("LIST", f"A#{at}") for at in range(5)]
    for key in [*keys, Key("LIST", "B#0"), Key("OTHER", "A#0")]:
        table.put(Put(item(key, filler="x" * 300_000)))
    assert [found["sk"] for found in table.query("LIST", "A#")] == [key.sk for key in keys]
    assert [found["sk"] for found in table.query("LIST", newest_first=True)] == ["B#0", *(key.sk for key in keys[::-1])]


def many(count: int) -> list[dict[str, Any]]:
    return [item(Key(f"MANY#{at}", "MANY"), n=at, body=bytes([at % 256, 0, 255])) for at in range(count)]


def keys_of(items: Iterable[Mapping[str, Any]]) -> list[Key]:
    return [Key(each["pk"], each["sk"]) for each in items]


def by_number(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda each: int(each["n"]))


@pytest.mark.parametrize("count", [0, 1, 25, 26, 230])
def test_many_are_written_read_and_deleted_at_once(table: Table, count: int) -> None:
    items = many(count)
    table.put_many(items)
    asked = [*keys_of(items), *keys_of(items)[:3], HERE]  # some twice, and one that is not there
    assert by_number(table.get_many(asked)) == items
    rest = keys_of(items)[5:]
    table.delete_many([*rest, *rest, HERE])
    assert by_number(table.get_many(asked)) == items[:5]


def test_of_many_those_that_have_expired_are_not_there(table: Table, clock: Clock) -> None:
    table.put_many([*many(2), item(expires_at=clock.now)])
    assert len(table.get_many([*keys_of(many(2)), HERE])) == 2


class Hesitant:
    """A client that gets to no more than `most` of what a batch asks for."""

    def __init__(self, client: DynamoDBClient, most: int) -> None:
        self._client, self._most = client, most
        self.calls = 0

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803 - boto3's
        self.calls += 1
        ((name, requests),) = RequestItems.items()
        done, left = requests[: self._most], requests[self._most :]
        if done:
            self._client.batch_write_item(RequestItems={name: done})
        return {"UnprocessedItems": {name: left} if left else {}}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> Any:  # noqa: N803 - boto3's
        self.calls += 1
        ((name, asked),) = RequestItems.items()
        left = asked["Keys"][self._most :]
        answer = self._client.batch_get_item(RequestItems={name: {"Keys": asked["Keys"][: self._most]}})
        return {**answer, "UnprocessedKeys": {name: {"Keys": left}} if left else {}}


def test_what_a_batch_does_not_get_to_is_asked_for_again(dynamodb: DynamoDBClient, table_name: str) -> None:
    hesitant: Any = Hesitant(dynamodb, 7)
    table = Table(hesitant, table_name)
    table.put_many(many(30))
    assert hesitant.calls == 5  # of 25 and of 5
    assert by_number(table.get_many(keys_of(many(30)))) == many(30)
    table.delete_many(keys_of(many(30)))
    assert table.get_many(keys_of(many(30))) == []


def test_a_batch_that_gets_nowhere_is_given_up(
    dynamodb: DynamoDBClient, table_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokstack.table._wait", lambda _: None)
    hesitant: Any = Hesitant(dynamodb, 0)
    with pytest.raises(TokstackError) as failed:
        Table(hesitant, table_name).put_many(many(2))
    assert (failed.value.code, hesitant.calls) == (Code.SERVICE_UNAVAILABLE, 12)


def test_an_index_holds_what_has_its_keys(table: Table) -> None:
    for at in range(3):
        table.put(Put(item(Key(f"CHARGE#{at}", "CHARGE"), pending="CHARGE", overdue_at=at)))
    table.put(Put(item(overdue_at=0)))
    found = table.query_index("pending", "pending = :charge AND overdue_at < :end", {":charge": "CHARGE", ":end": 2})
    assert [entry["overdue_at"] for entry in found] == [0, 1]


@pytest.mark.parametrize(
    "write",
    [
        lambda table: table.put(Put(item(n=2), NEW)),
        lambda table: table.update(Update(HERE, "SET n = :n", "n = :n", values={":n": 2})),
        lambda table: table.delete(Delete(HERE, "n = :n", values={":n": 2})),
    ],
    ids=["put", "update", "delete"],
)
def test_a_condition_that_fails_tells_what_is_there(table: Table, write: Callable[[Table], None]) -> None:
    table.put(Put(item(n=1)))
    with pytest.raises(ConditionFailedError) as failed:
        write(table)
    assert failed.value.item == item(n=1)
    assert table.get(HERE) == item(n=1)


def test_an_update_gives_the_item_as_it_is_then(table: Table) -> None:
    assert table.update(Update(HERE, "ADD n :one", values={":one": 1})) == item(n=1)


def test_a_transaction_is_all_or_nothing(table: Table) -> None:
    there, gone = Key("PLACE#2", "PLACE"), Key("PLACE#3", "PLACE")
    table.put(Put(item(n=1)))
    with pytest.raises(TransactionRefusedError) as refused:
        table.transact(
            Put(item(there)),
            Check(gone, "attribute_exists(pk)"),
            Update(HERE, "SET n = :n", "n = :n", values={":n": 2}),
        )
    assert refused.value.refused == (False, True, True)
    assert refused.value.items == (None, None, item(n=1))
    assert table.get(there) is None
    table.transact(Put(item(there)), Delete(HERE, "n = :n", values={":n": 1}))
    assert table.get(there) == item(there)
    assert table.get(HERE) is None


def test_writers_at_once_lose_nothing(table: Table) -> None:
    """Single writes and transactions on one item collide; each is tried until it stands."""
    other = Key("PLACE#2", "PLACE")

    def write(at: int) -> None:
        add = Update(HERE, "ADD n :one", values={":one": 1})
        if at % 2:
            table.update(add)
        else:
            table.transact(add, Update(other, "ADD n :one", values={":one": 1}))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(200)))
    assert table.get(HERE) == item(n=200)
    assert table.get(other) == item(other, n=100)


class Faulty:
    """A client that fails a number of times before it does its work."""

    def __init__(self, client: DynamoDBClient, fault: Exception, times: int) -> None:
        self._client, self._fault, self.left = client, fault, times

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            if self.left:
                self.left -= 1
                raise self._fault
            return getattr(self._client, operation)(**request)

        return call


def fault(code: str, **details: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}, **details}
    return ClientError(answer, "Operation")


COLLISIONS = {
    "single": fault("TransactionConflictException"),
    "transaction": fault(
        "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict"}]
    ),
}


@pytest.mark.parametrize("collision", COLLISIONS.values(), ids=COLLISIONS)
def test_a_collision_is_tried_again(
    dynamodb: DynamoDBClient, table_name: str, collision: ClientError, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("tokstack.table.time.sleep", waits.append)
    faulty: Any = Faulty(dynamodb, collision, 5)
    Table(faulty, table_name).put(Put(item()))
    assert len(waits) == 5
    assert len(set(waits)) == 5


FAULTS = {
    "endless collision": COLLISIONS["single"],
    "throttled": fault("ProvisionedThroughputExceededException"),
    "throttled transaction": fault("TransactionCanceledException", CancellationReasons=[{"Code": "ThrottlingError"}]),
    "refused": fault("AccessDeniedException"),
    "unreachable": EndpointConnectionError(endpoint_url="nowhere"),
}


@pytest.mark.parametrize("what", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_cloud_is_one_error(
    dynamodb: DynamoDBClient, table_name: str, what: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokstack.table.time.sleep", lambda _: None)
    faulty: Any = Faulty(dynamodb, what, 1_000)
    with pytest.raises(TokstackError) as failed:
        Table(faulty, table_name).get(HERE)
    assert failed.value.code is Code.SERVICE_UNAVAILABLE
    assert failed.value.retry_after


def test_one_of_many_holds_a_lease(table: Table) -> None:
    together = Barrier(16)

    def work(_: int) -> bool:
        together.wait()
        with lease(table, "work", 30) as held:
            together.wait()
            return held

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(work, range(16))) == {True: 1, False: 15}
    with lease(table, "work", 30) as held:
        assert held


def test_a_lease_ends_by_itself_and_its_late_holder_takes_nothing_back(table: Table, clock: Clock) -> None:
    with lease(table, "work", 30) as first:
        clock.now += 30
        with lease(table, "work", 30) as second:
            assert (first, second) == (True, True)
            with lease(table, "other", 30) as other:
                assert other
            with lease(table, "work", 30) as third:
                assert not third


def test_a_lease_is_given_back_when_the_work_fails(table: Table) -> None:
    with pytest.raises(ZeroDivisionError), lease(table, "work", 30):
        _ = 1 / 0
    with lease(table, "work", 30) as held:
        assert held


def test_a_lease_whose_answer_was_lost_is_held(dynamodb: DynamoDBClient, table_name: str, clock: Clock) -> None:
    """The SDK repeats a request whose answer was lost, and finds the item that the first one wrote."""

    class Repeating:
        def __getattr__(self, operation: str) -> Any:
            def call(**request: Any) -> Any:
                answer = getattr(dynamodb, operation)(**request)
                return getattr(dynamodb, operation)(**request) if operation == "put_item" else answer

            return call

    repeating: Any = Repeating()
    with lease(Table(repeating, table_name, clock), "work", 30) as held:
        assert held


def test_a_lease_that_cannot_be_given_back_does_not_undo_the_work(dynamodb: DynamoDBClient, table_name: str) -> None:
    faulty: Any = Faulty(dynamodb, fault("AccessDeniedException"), 0)
    with lease(Table(faulty, table_name), "work", 30) as held:
        assert held
        faulty.left = 1
    assert not faulty.left
