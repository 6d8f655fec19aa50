"""From a file of submissions to messages of the jobs queue: read and checked as the queue's own reader does it.

A message's text is the same for every line that says the same, and so is the id that stands in for a missing one.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, Any

from cli.sending import BYTES_AT_ONCE
from tokstack.errors import Code, TokstackError

_ID_DIGITS = 32  # hexadecimal


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    text: str


@contextmanager
def read_twice(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file, or what came out of a pipe, on the disk: checked from the first line to the last, then sent."""
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers."""
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def message_of(line: bytes, account: str | None) -> Message:
    """The message that a line asks for, with what it lacks. Raises VALIDATION_ERROR where it is no JSON object."""
    fields = _fields(line)
    if fields.get("account") is None and account is not None:
        fields["account"] = account
    if fields.get("id") is None:
        fields.pop("id", None)
        fields["id"] = sha256(_text(fields).encode()).hexdigest()[:_ID_DIGITS]
    return Message(str(fields["id"]), _text(fields))


def check(message: Message) -> None:
    """Raises VALIDATION_ERROR where the queue's reader would."""
    from tokstack.accounts.credits import valid_name
    from tokstack.api.reading import model_of
    from tokstack.api.submissions import Submission

    valid_name(model_of(Submission, message.text.encode()).account)
    if len(message.text) > BYTES_AT_ONCE:
        raise TokstackError(Code.VALIDATION_ERROR, f"A message has at most {BYTES_AT_ONCE} bytes.")


def id_in(text: str) -> str | None:
    """The id that a message bears; any text may lie in a queue."""
    with suppress(TokstackError):
        name = _fields(text.encode()).get("id")
        return name if isinstance(name, str) else None
    return None


def _fields(text: bytes) -> dict[str, Any]:
    from pydantic import RootModel

    from tokstack.api.reading import model_of

    return model_of(RootModel[dict[str, Any]], text).root


def _text(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))
