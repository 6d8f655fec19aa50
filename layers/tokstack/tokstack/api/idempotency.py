"""`Idempotency-Key`: the same POST once more is answered as it was the first time, and costs nothing.

    IDEMPOTENCY#{account}#{sha256 of the key} / IDEMPOTENCY

        asked       the digest of path and body, which the second call must have too
        holder      the first call; while it is at work, the item ends soon after the longest call
        done        it was a success, and this is
        answer      what it was, where it can be given again: status, headers, body

An answer that is no JSON (a file, a redirect to one) is not kept. Whoever asks for it again asks for the same job,
which does no work twice. Of a failure nothing is kept: the call may be tried again.
"""

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from tokstack.accounts import keys
from tokstack.api.auth import api_key
from tokstack.api.http import Reply, Request
from tokstack.errors import Code, TokstackError
from tokstack.table import ConditionFailedError, Delete, Item, Key, Put, Table

HEADER = "idempotency-key"
LONGEST = 255  # characters

_KEY = re.compile(rf"[\x20-\x7e]{{1,{LONGEST}}}")
_AT_WORK = 30  # seconds; no call takes longer
_KEPT = 86_400  # seconds
_AGAIN = 1.0  # seconds until it is worth asking again for what is at work
_SUCCESS = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """One call's turn with its key. `first` is what the first call was answered, where this is a later one."""

    table: Table
    key: Key
    asked: str
    holder: str
    first: Reply | None = None
    later: bool = False

    def keep(self, reply: Reply) -> None:
        """Before the charge is settled, so that what cannot be kept costs nothing. Raises IDEMPOTENCY_CONFLICT."""
        if self.later:
            return
        done: Item = {"done": True, "answer": _packed(reply)} if _repeatable(reply) else {"done": True}
        try:
            self.table.put(Put({**self._item(_KEPT), **done}, "holder = :holder", values={":holder": self.holder}))
        except ConditionFailedError:
            raise _at_work() from None

    def take(self) -> Item | None:
        """What the first call left or is about to; None where this is the first."""
        try:
            self.table.put(
                Put(
                    self._item(_AT_WORK),
                    # Its own holder finds it when the SDK repeats a request whose answer was lost.
                    condition="attribute_not_exists(pk) OR expires_at <= :now OR holder = :holder",
                    values={":now": self.table.now(), ":holder": self.holder},
                )
            )
        except ConditionFailedError as taken:
            return taken.item or {}
        return None

    def give_up(self) -> None:
        """Frees the key for another try, unless something was kept."""
        mine = Delete(self.key, "holder = :holder AND attribute_not_exists(done)", values={":holder": self.holder})
        with suppress(ConditionFailedError, TokstackError):  # where the table cannot be reached it ends by itself
            self.table.delete(mine)

    def _item(self, seconds: float) -> Item:
        until = self.table.now() + seconds
        return {"pk": self.key.pk, "sk": self.key.sk, "asked": self.asked, "holder": self.holder, "expires_at": until}


@contextmanager
def turn(table: Table, request: Request) -> Iterator[Turn]:
    """Raises VALIDATION_ERROR for a bad key, IDEMPOTENCY_CONFLICT, and what `keys.find` raises."""
    account = keys.find(table, api_key(request.headers)).account
    place, asked = _place(account, request.headers[HEADER]), _digest(request)
    mine = Turn(table, place, asked, uuid4().hex)
    taken = mine.take()
    if taken is not None:
        yield Turn(table, place, asked, mine.holder, first=_first(taken, asked), later=True)
        return
    try:
        yield mine
    except BaseException:
        mine.give_up()
        raise


def _first(item: Item, asked: str) -> Reply | None:
    if item.get("asked") != asked:
        raise TokstackError(Code.IDEMPOTENCY_CONFLICT, "This idempotency key was used for another request.")
    if "done" not in item:
        raise _at_work()
    return _unpacked(item["answer"]) if "answer" in item else None


def _place(account: str, key: str) -> Key:
    if not _KEY.fullmatch(key):
        message = f"An Idempotency-Key has 1 to {LONGEST} printable ASCII characters."
        raise TokstackError(Code.VALIDATION_ERROR, message)
    return Key(f"IDEMPOTENCY#{account}#{sha256(key.encode()).hexdigest()}", "IDEMPOTENCY")


def _digest(request: Request) -> str:
    return sha256(json.dumps([request.method, request.path]).encode() + request.body).hexdigest()


def _repeatable(reply: Reply) -> bool:
    return reply.status == _SUCCESS and isinstance(reply.body, str)


def _packed(reply: Reply) -> dict[str, Any]:
    return {"status": reply.status, "headers": dict(reply.headers), "body": zlib.compress(str(reply.body).encode())}


def _unpacked(answer: Item) -> Reply:
    return Reply(answer["status"], zlib.decompress(bytes(answer["body"])).decode(), answer["headers"])


def _at_work() -> TokstackError:
    message = "Another call with this idempotency key is at work."
    return TokstackError(Code.IDEMPOTENCY_CONFLICT, message, retry_after=_AGAIN)
