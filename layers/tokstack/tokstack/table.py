"""The DynamoDB tables: plain Python values in and out, and AWS's errors turned into ours.

Every item has `pk` and `sk`. An item that is to vanish has `expires_at` (epoch seconds): DynamoDB
deletes it some time later, so reading checks it too.

    ConditionFailedError        the condition of a single write did not hold
    TransactionRefusedError     one or more conditions of a transaction did not hold
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, SupportsBytes, TypeVar, cast

import boto3
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tokstack.config import settings
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

Item = dict[str, Any]

# Another write had the item at that moment: nothing was written, and trying again is right. The SDK
# tries none of these again.
_COLLISIONS = frozenset({"TransactionConflict", "TransactionConflictException"})
_REFUSED = "ConditionalCheckFailed"
_ATTEMPTS = 12

# What DynamoDB takes in one call, and how many calls are under way at once where it takes several.
_READ_AT_ONCE, _WRITTEN_AT_ONCE = 100, 25
_CALLS_AT_ONCE = 8


class ConditionFailedError(Exception):
    """The condition of a write did not hold; `item` is what stands there, when DynamoDB said."""

    def __init__(self, item: Item | None = None) -> None:
        super().__init__("the condition did not hold")
        self.item = item


class TransactionRefusedError(Exception):
    """Conditions of a transaction did not hold.

    `refused` and `items` have one entry per write: whether its condition failed, and what stands there
    if it did (None where nothing stands).
    """

    def __init__(self, refused: Sequence[bool], items: Sequence[Item | None]) -> None:
        super().__init__(f"the conditions of writes {[at for at, failed in enumerate(refused) if failed]} did not hold")
        self.refused = tuple(refused)
        self.items = tuple(items)


class _CollisionError(Exception):
    """Another write had the item at that moment."""


@dataclass(frozen=True, slots=True)
class Key:
    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Put:
    """Writes `item` whole."""

    item: Item
    condition: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """Changes one item by DynamoDB's update expression."""

    key: Key
    expression: str
    condition: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    key: Key
    condition: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """Holds a transaction to a condition on an item that it does not write."""

    key: Key
    condition: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


Write = Put | Update | Delete | Check


class Table:
    """Reads are strongly consistent. Any fault of AWS is `service_unavailable`."""

    def __init__(self, client: "DynamoDBClient", name: str, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._name = name
        self.now = now

    def get(self, key: Key) -> Item | None:
        answer = self._call("get_item", TableName=self._name, Key=_encode_key(key), ConsistentRead=True)
        return self._live(answer.get("Item"))

    def get_many(self, keys: Iterable[Key]) -> list[Item]:
        """The live ones of those that are there, in any order."""
        wanted = [_encode_key(key) for key in dict.fromkeys(keys)]
        return [item for part in self._in_parts(self._get_part, wanted, _READ_AT_ONCE) for item in part]

    def query(self, pk: str, prefix: str = "", *, newest_first: bool = False) -> Iterator[Item]:
        """Every live item under `pk` whose `sk` begins with `prefix`, in the order of `sk`."""
        condition, values = "pk = :pk", {":pk": pk}
        if prefix:
            condition, values = "pk = :pk AND begins_with(sk, :prefix)", {":pk": pk, ":prefix": prefix}
        return self._pages(
            KeyConditionExpression=condition,
            ExpressionAttributeValues=_encode(values),
            ScanIndexForward=not newest_first,
            ConsistentRead=True,
        )

    def between(self, pk: str, first: str, last: str) -> Iterator[Item]:
        """Every live item under `pk` with an `sk` from `first` to `last`, both included, in the order of `sk`."""
        return self._range(pk, first, last)

    def last(self, pk: str, first: str, last: str) -> Item | None:
        """The last of those."""
        return next(self._range(pk, first, last, ScanIndexForward=False, Limit=1), None)

    def query_index(self, index: str, condition: str, values: Mapping[str, Any]) -> Iterator[Item]:
        """Every live item of an index that meets a key condition. An index lags behind the table by moments."""
        return self._pages(IndexName=index, KeyConditionExpression=condition, ExpressionAttributeValues=_encode(values))

    def put(self, write: Put) -> None:
        self._call("put_item", **self._request(write))

    def update(self, write: Update) -> Item:
        """The item as it is after the update."""
        answer = self._call("update_item", ReturnValues="ALL_NEW", **self._request(write))
        return _decode(answer["Attributes"])

    def delete(self, write: Delete) -> None:
        self._call("delete_item", **self._request(write))

    def put_many(self, items: Iterable[Item]) -> None:
        """Each whole, and all or some of them where this raises. No two are to have the same key."""
        self._write_many({"PutRequest": {"Item": _encode(item)}} for item in items)

    def delete_many(self, keys: Iterable[Key]) -> None:
        """All or some of them where this raises."""
        self._write_many({"DeleteRequest": {"Key": _encode_key(key)}} for key in dict.fromkeys(keys))

    def transact(self, *writes: Write) -> None:
        """All of the writes or none."""
        items = [{_TRANSACTION_NAMES[type(write)]: self._request(write)} for write in writes]
        self._call("transact_write_items", TransactItems=items)

    def _get_part(self, keys: list[dict[str, Any]]) -> list[Item]:
        found: list[Item] = []

        def get(keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
            answer = self._call("batch_get_item", RequestItems={self._name: {"Keys": keys, "ConsistentRead": True}})
            found.extend(filter(None, map(self._live, answer["Responses"].get(self._name, ()))))
            left: list[dict[str, Any]] = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            return left

        _until_none_is_left(get, keys)
        return found

    def _write_many(self, requests: Iterable[dict[str, Any]]) -> None:
        self._in_parts(self._write_part, list(requests), _WRITTEN_AT_ONCE)

    def _write_part(self, requests: list[dict[str, Any]]) -> None:
        def write(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
            answer = self._call("batch_write_item", RequestItems={self._name: requests})
            left: list[dict[str, Any]] = answer.get("UnprocessedItems", {}).get(self._name, [])
            return left

        _until_none_is_left(write, requests)

    def _in_parts(self, call: Callable[[list[dict[str, Any]]], T], things: list[dict[str, Any]], most: int) -> list[T]:
        """Several at once: most of a call's time is the way to the table and back."""
        parts = [things[start : start + most] for start in range(0, len(things), most)]
        if len(parts) <= 1:
            return [call(part) for part in parts]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
            return list(pool.map(call, parts))

    def _range(self, pk: str, first: str, last: str, **options: Any) -> Iterator[Item]:
        return self._pages(
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=_encode({":pk": pk, ":first": first, ":last": last}),
            ConsistentRead=True,
            **options,
        )

    def _pages(self, **request: Any) -> Iterator[Item]:
        request["TableName"] = self._name
        while True:
            answer = self._call("query", **request)
            yield from filter(None, map(self._live, answer["Items"]))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _request(self, write: Write) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self._name}
        if isinstance(write, Put):
            request["Item"] = _encode(write.item)
        else:
            request["Key"] = _encode_key(write.key)
        if isinstance(write, Update):
            request["UpdateExpression"] = write.expression
        if write.condition:
            request["ConditionExpression"] = write.condition
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if write.names:
            request["ExpressionAttributeNames"] = dict(write.names)
        if write.values:
            request["ExpressionAttributeValues"] = _encode(write.values)
        return request

    def _live(self, encoded: Mapping[str, Any] | None) -> Item | None:
        if not encoded:
            return None
        item = _decode(encoded)
        return None if item.get("expires_at", float("inf")) <= self.now() else item

    def _call(self, operation: str, **request: Any) -> Any:
        for attempt in range(_ATTEMPTS):
            try:
                return getattr(self._client, operation)(**request)
            except ClientError as error:
                failure = _ours(error)
                if not isinstance(failure, _CollisionError):
                    raise failure from error
            except BotoCoreError as error:
                raise TokstackError(Code.SERVICE_UNAVAILABLE, "The table cannot be reached.", retry_after=1) from error
            _wait(attempt)
        raise _busy()


_TRANSACTION_NAMES = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}


@cache
def table() -> Table:
    """This function's table."""
    return Table(_client(), settings().table_name)


@cache
def library_table() -> Table:
    """The library's own."""
    return Table(_client(), settings().library_table)


@cache
def _client() -> "DynamoDBClient":
    config = Config(
        retries={"total_max_attempts": 4, "mode": "standard"},
        connect_timeout=2,
        read_timeout=5,
        parameter_validation=False,  # DynamoDB validates them itself; here it is a third of a call's work
    )
    return boto3.client("dynamodb", config=config)


def _until_none_is_left(call: Callable[[list[T]], list[T]], things: list[T]) -> None:
    """`call` answers what it did not get to: DynamoDB takes what it has the means for at the moment."""
    attempt = 0
    while left := call(things):
        # Only calls that got nowhere count.
        attempt = attempt + 1 if len(left) == len(things) else 0
        if attempt == _ATTEMPTS:
            raise _busy()
        _wait(attempt)
        things = left


def _wait(attempt: int) -> None:
    time.sleep(random.random() * min(0.5, 0.01 * 2**attempt))  # noqa: S311 - full jitter, not a secret


def _busy() -> TokstackError:
    return TokstackError(Code.SERVICE_UNAVAILABLE, "The table is too busy.", retry_after=1)


def _ours(error: ClientError) -> Exception:
    answer: Mapping[str, Any] = error.response
    code = answer.get("Error", {}).get("Code")
    if code == "ConditionalCheckFailedException":
        item = answer.get("Item")
        return ConditionFailedError(_decode(item) if item else None)
    if code in _COLLISIONS:
        return _CollisionError()
    if code == "TransactionCanceledException":
        return _cancelled(answer["CancellationReasons"])
    return TokstackError(Code.SERVICE_UNAVAILABLE, "The table refused the request.", retry_after=1)


def _cancelled(reasons: Sequence[Mapping[str, Any]]) -> Exception:
    codes = [reason.get("Code", "None") for reason in reasons]
    if _REFUSED in codes:
        return TransactionRefusedError(
            [code == _REFUSED for code in codes],
            [_decode(reason["Item"]) if reason.get("Item") else None for reason in reasons],
        )
    if _COLLISIONS.intersection(codes):
        return _CollisionError()
    return TokstackError(Code.SERVICE_UNAVAILABLE, "The table refused the request.", retry_after=1)


_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def _encode_key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _encode(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serializer.serialize(_decimal(value)) for name, value in values.items()}


def _decimal(value: Any) -> Any:
    """DynamoDB knows decimals, not floats; `str` keeps every digit that Python would print."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {name: _decimal(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_decimal(inner) for inner in value]
    return value


def _decode(item: Mapping[str, Any]) -> Item:
    return {name: _plain(_deserializer.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes(cast("SupportsBytes", value))
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
