"""Where moto 5.2.5 falls short of AWS. Each mend has a test that fails when moto no longer needs it."""

import copy
import inspect
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import FileIO
from typing import Any
from urllib.parse import quote_plus

from local.iam.guard import Application, Environ, StartResponse

Notify = Callable[[str, bytes], None]  # function ARN, event

_ONE_AT_A_TIME = ("DynamoDB_", "AWSStepFunctions.StartExecution")
_FUNCTION = ":function:"  # in an ARN
_BLOCK = 1024 * 1024  # bytes of an object that are in memory at once


def one_at_a_time(application: Application) -> Application:
    """DynamoDB's requests and the starts of executions, one after another: moto checks and writes without a lock.

    The body has been read before, so that a slow caller holds nobody up.
    """
    lock = threading.Lock()

    def locked(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith(_ONE_AT_A_TIME):
            with lock:
                return application(environ, start_response)
        return application(environ, start_response)

    return locked


def transactions_copy_only_their_items() -> None:
    """A DynamoDB transaction on copies of the items that it names: moto copies the whole table, each time."""
    from moto.dynamodb.models import DynamoDBBackend

    whole = DynamoDBBackend.transact_write_items

    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        touched = [(part["TableName"], *_key(backend, part)) for item in transact_items for part in item.values()]
        scratch = copy.copy(backend)
        scratch.tables = {name: _empty_like(backend.get_table(name)) for name, _, _ in touched}
        for name, hash_key, range_key in touched:
            if item := backend.get_table(name).items.get(hash_key, {}).get(range_key):
                scratch.tables[name].items[hash_key][range_key] = copy.deepcopy(item)
        whole(scratch, transact_items)
        for name, hash_key, range_key in touched:
            after = scratch.tables[name].items.get(hash_key, {}).get(range_key)
            if after is None:
                backend.get_table(name).items[hash_key].pop(range_key, None)
            else:
                backend.get_table(name).items[hash_key][range_key] = after

    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[assignment, method-assign] # the mend


def _key(backend: Any, part: dict[str, Any]) -> tuple[Any, Any]:
    from moto.dynamodb.models.dynamo_type import DynamoType

    table = backend.get_table(part["TableName"])
    attributes = part.get("Item") or part["Key"]
    return DynamoType(attributes[table.hash_key_attr]), DynamoType(attributes[table.range_key_attr])


def _empty_like(table: Any) -> Any:
    empty = copy.copy(table)
    empty.items = defaultdict(dict)
    return empty


def queries_look_at_their_items() -> None:
    """A query of a table looks at the items of its key: moto sorts those of the whole table first, each time.

    One of an index looks at all of them, and sorts what it finds.
    """
    from moto.dynamodb.models.table import Table

    whole = Table.query
    said = inspect.signature(whole)

    def query(table: Any, *arguments: Any, **named: Any) -> Any:
        given = said.bind(table, *arguments, **named).arguments
        parts = table.items.values() if given.get("index_name") else [table.items.get(given["hash_key"], {})]
        narrowed = copy.copy(table)
        if table.range_key_attr:
            narrowed.all_items = lambda: [item for part in parts for item in part.values()]
        return whole(narrowed, *arguments, **named)

    Table.query = query  # type: ignore[assignment, method-assign] # the mend


def modules_are_listed_once() -> None:
    """Moto lists the folder of its modules for every request, a quarter of a small one's time."""
    from moto import backends

    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules


def object_keys_keep_their_slashes() -> None:
    """S3's events quote a key but for its slashes; moto quotes those too."""
    from moto.s3 import notifications

    notifications.quote_plus = partial(quote_plus, safe="/")  # type: ignore[attr-defined] # the mend


def objects_are_read_in_pieces() -> None:
    """A large object is sent as it is read: moto has the whole of it in memory, even for a range of a few bytes."""
    from moto.s3.responses import S3Response

    whole = S3Response.get_object

    def get_object(response: Any) -> Any:
        key, not_modified = response._get_key()  # noqa: SLF001 - what the method itself begins with
        if key._value_buffer._rolled:  # noqa: SLF001 - on the disk
            key = _Opened(key)
        response._get_key = lambda: (key, not_modified)  # noqa: SLF001
        return whole(response)

    S3Response.get_object = get_object  # type: ignore[assignment, method-assign] # the mend


class _Opened:
    """One of moto's objects whose value is its file."""

    def __init__(self, key: Any) -> None:
        self._key = key
        key._value_buffer.flush()  # noqa: SLF001 - moto's own
        # A file of its own, which outlives the object's deletion.
        file = os.fdopen(os.dup(key._value_buffer.fileno()), "rb", buffering=0)  # noqa: SLF001
        self.value = _Part(file, 0, key.contentsize)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._key, name)


@dataclass(frozen=True, slots=True)
class _Part:
    """The bytes of a file from one place to another, as far as an answer's body asks for them."""

    file: FileIO
    begin: int
    end: int

    def __len__(self) -> int:
        return self.end - self.begin

    def __getitem__(self, part: slice) -> "_Part":
        begin, end, _ = part.indices(len(self))
        return _Part(self.file, self.begin + begin, self.begin + end)

    def __iter__(self) -> Iterator[bytes]:
        for begin in range(self.begin, self.end, _BLOCK):
            yield os.pread(self.file.fileno(), min(_BLOCK, self.end - begin), begin)

    def close(self) -> None:
        """Called by the server when the answer is out."""
        self.file.close()


def notifications_reach_functions(notify: Notify) -> None:
    """S3's notifications go to our functions: moto looks for them in its own Lambda, which needs Docker."""
    from moto.s3 import notifications

    def invoke(_account: str, event: dict[str, Any], function_arn: str, _region: str) -> None:
        notify(function_arn, json.dumps(event).encode())

    notifications._invoke_awslambda = invoke  # type: ignore[assignment] # noqa: SLF001 - moto's one place for it


def rules_reach_functions(notify: Notify) -> None:
    """EventBridge's rules send to our functions too: moto refuses an event that has one for a target."""
    from moto.events.models import Rule

    whole = Rule.send_to_targets

    def send_to_targets(rule: Any, event: Any, transform_input: bool = True) -> None:
        others = copy.copy(rule)
        others.targets = [target for target in rule.targets if _FUNCTION not in target["Arn"]]
        whole(others, event, transform_input)
        if rule.event_pattern.matches_event(event):
            for target in rule.targets:
                if _FUNCTION in target["Arn"]:
                    notify(target["Arn"], json.dumps(_as_sent(event)).encode())

    Rule.send_to_targets = send_to_targets  # type: ignore[assignment, method-assign] # the mend


def _as_sent(event: dict[str, Any]) -> dict[str, Any]:
    """Without what moto notes for itself, and with the time as text."""
    time = datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {name: value for name, value in event.items() if name != "ingestion-time"} | {"time": time}
