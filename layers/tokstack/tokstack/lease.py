"""A lease: one worker of many does a piece of work, the others wait for what it leaves.

lease           for work whose length is known
kept_lease      for work of any length: renewed while its holder lives

A lease that its holder never gives back ends by itself, so a killed worker blocks nobody for long.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from tokstack.errors import TokstackError
from tokstack.table import ConditionFailedError, Delete, Key, Put, Table, Update

_KEPT = 12.0  # seconds that a lease outlives its holder; it is renewed three times as often


@contextmanager
def lease(table: Table, name: str, seconds: float) -> Iterator[bool]:
    """Whether this worker holds the lease `name`; it is given back at the end."""
    with _held(table, name, uuid4().hex, seconds) as mine:
        yield mine


@contextmanager
def kept_lease(table: Table, name: str) -> Iterator[bool]:
    """The same, for as long as the work takes."""
    holder, done = uuid4().hex, threading.Event()
    with _held(table, name, holder, _KEPT) as mine:
        if not mine:
            yield False
            return
        renewal = threading.Thread(target=_renew, args=(table, name, holder, done), daemon=True)
        renewal.start()
        try:
            yield True
        finally:
            done.set()
            renewal.join()


@contextmanager
def _held(table: Table, name: str, holder: str, seconds: float) -> Iterator[bool]:
    key, now = _key(name), table.now()
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


def _renew(table: Table, name: str, holder: str, done: threading.Event) -> None:
    while not done.wait(_KEPT / 3):
        longer = Update(
            _key(name),
            "SET expires_at = :until",
            condition="holder = :holder",
            values={":until": table.now() + _KEPT, ":holder": holder},
        )
        try:
            table.update(longer)
        except ConditionFailedError:
            return  # it ran out, and another worker has it
        except TokstackError:
            continue  # the table cannot be reached: next time, perhaps


def _key(name: str) -> Key:
    return Key(f"LEASE#{name}", "LEASE")
