"""Where moto 5.2.5 falls short of AWS. Each mend has a test that fails when moto no longer needs it."""

import copy
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import quote_plus

from local.iam.guard import Application, Environ, StartResponse

Notify = Callable[[str, bytes], None]  # function ARN, event


def one_at_a_time(application: Application) -> Application:
    """DynamoDB's requests, one after another: moto checks a condition and writes without holding a lock.

    The body has been read before, so that a slow caller holds nobody up.
    """
    lock = threading.Lock()

    def locked(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_"):
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


def modules_are_listed_once() -> None:
    """Moto lists the folder of its modules for every request, a quarter of a small one's time."""
    from moto import backends

    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules


def object_keys_keep_their_slashes() -> None:
    """S3's events quote a key but for its slashes; moto quotes those too."""
    from moto.s3 import notifications

    notifications.quote_plus = partial(quote_plus, safe="/")  # type: ignore[attr-defined] # the mend


def notifications_reach_functions(notify: Notify) -> None:
    """S3's notifications go to our functions: moto looks for them in its own Lambda, which needs Docker."""
    from moto.s3 import notifications

    def invoke(_account: str, event: dict[str, Any], function_arn: str, _region: str) -> None:
        notify(function_arn, json.dumps(event).encode())

    notifications._invoke_awslambda = invoke  # type: ignore[assignment] # noqa: SLF001 - moto's one place for it
