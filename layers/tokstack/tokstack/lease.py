"""A lease: one worker of many does a piece of work, the others wait for what it leaves.

A lease that its holder never gives back ends by itself, so a killed worker blocks nobody for long.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from tokstack.errors import TokstackError
from tokstack.table import ConditionFailedError, Delete, Key, Put, Table


@contextmanager
def lease(table: Table, name: str, seconds: float) -> Iterator[bool]:
    """Whether this worker holds the lease `name`; it is given back at the end."""
    key, holder = Key(f"LEASE#{name}", "LEASE"), uuid4().hex
    now = table.now()
    try:
        table.put(
            Put(
                {"pk": key.pk, "sk": key.sk, "holder": holder, "expires_at": now + seconds},
                # Its own holder finds it when the SDK repeats a request whose answer was lost.
                condition="attribute_not_exists(pk) OR expires_at <= :now OR holder = :holder",
                values={":now": now, ":holder": holder},
            )
        )
    except ConditionFailedError:
        yield False
        return
    try:
        yield True
    finally:
        # Another holds it since it ran out, or the table cannot be reached and it will run out.
        with suppress(ConditionFailedError, TokstackError):
            table.delete(Delete(key, condition="holder = :holder", values={":holder": holder}))
