"""What was asked of an upstream is kept in the table, so that it is asked once for all workers.

A shelf holds values of one type. `once` gives what stands there; where nothing (good) does, one worker
of all fetches it and the others wait for what it leaves: a value, or the failure, which is kept for a
short while too.
"""

import time
import zlib
from collections.abc import Callable, Iterator
from random import uniform
from typing import Any, Generic, TypeVar
from uuid import uuid4

from pydantic import TypeAdapter

from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.providers.deadline import Deadline
from tokstack.table import Key, Put, Table

T = TypeVar("T")

FINAL_FAILURE = 60.0  # seconds that a failure is kept
PASSING_FAILURE = 2.0  # longer than the longest pause between two looks, so that all who wait see it
_FIRST_LOOK, _LONGEST_PAUSE = 0.1, 1.0
_CHUNK = 350_000  # bytes; an item of the table holds 400 KB
_LEASE_MARGIN = 2.0  # seconds to put away what was fetched in the last moment
_NOT_OURS = frozenset({Code.SERVICE_UNAVAILABLE, Code.INTERNAL_ERROR})  # says nothing about what was asked for


class Shelf(Generic[T]):
    """Values of type `of`, each until the epoch second that `until` gives for it."""

    def __init__(
        self,
        table: Table,
        kind: str,
        of: Any,
        until: Callable[[T], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table = table
        self._kind = kind
        self._adapter: TypeAdapter[T] = TypeAdapter(of)
        self._until = until
        self._sleep = sleep

    def once(
        self,
        name: str,
        fetch: Callable[[T | None], T],
        deadline: Deadline,
        good: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """The good value called `name`; `fetch` makes one, given what stands there if that is not good."""
        pauses = _pauses()
        while True:
            value = self._look(name)
            if value is not None and good(value):
                return value
            self._raise_kept(name)
            with lease(self._table, f"{self._kind}/{name}", deadline.left + _LEASE_MARGIN) as mine:
                if mine:
                    return self._fetch(name, fetch, good)
            if not deadline.left:
                raise TokstackError(Code.UPSTREAM_TIMEOUT, "Another call asks for the same and has no answer yet.")
            self._sleep(next(pauses))

    def keep(self, name: str, value: T) -> None:
        body = zlib.compress(self._adapter.dump_json(value))
        parts = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]
        shared = {"stamp": uuid4().hex, "parts": len(parts), "expires_at": self._until(value)}
        for number, part in reversed(list(enumerate(parts))):  # the first one last: it is what a look begins with
            self._put(name, f"VALUE#{number}", {"body": part, **shared})

    def _look(self, name: str) -> T | None:
        first = self._get(name, "VALUE#0")
        if first is None:
            return None
        rest = [self._get(name, f"VALUE#{number}") for number in range(1, first["parts"])]
        parts = [part for part in (first, *rest) if part is not None and part["stamp"] == first["stamp"]]
        if len(parts) != first["parts"]:
            return None  # it is being replaced at this moment
        return self._adapter.validate_json(zlib.decompress(b"".join(bytes(part["body"]) for part in parts)))

    def _fetch(self, name: str, fetch: Callable[[T | None], T], good: Callable[[T], bool]) -> T:
        """By the holder of the lease, who looks again: another may have fetched it since."""
        value = self._look(name)
        if value is not None and good(value):
            return value
        self._raise_kept(name)
        try:
            value = fetch(value)
        except TokstackError as error:
            if error.code not in _NOT_OURS:
                self._keep_failure(name, error)
            raise
        self.keep(name, value)
        return value

    def _keep_failure(self, name: str, error: TokstackError) -> None:
        seconds = PASSING_FAILURE if error.passing else FINAL_FAILURE
        failure = {"code": error.code.value, "message": error.message, "expires_at": self._table.now() + seconds}
        self._put(name, "FAILURE", failure)

    def _raise_kept(self, name: str) -> None:
        failure = self._get(name, "FAILURE")
        if failure is not None:
            raise TokstackError(Code(failure["code"]), failure["message"])

    def _get(self, name: str, part: str) -> dict[str, Any] | None:
        return self._table.get(Key(self._pk(name), part))

    def _put(self, name: str, part: str, values: dict[str, Any]) -> None:
        self._table.put(Put({"pk": self._pk(name), "sk": part, **values}))

    def _pk(self, name: str) -> str:
        return f"CACHE#{self._kind}#{name}"


def _pauses() -> Iterator[float]:
    """Growing, and each a little different, so that those who wait do not all look at once."""
    pause = _FIRST_LOOK
    while True:
        yield pause * uniform(0.7, 1.0)  # noqa: S311 - jitter, not a secret
        pause = min(_LONGEST_PAUSE, pause * 1.5)
