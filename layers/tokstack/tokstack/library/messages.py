"""A message of the library's queue: items themselves, or where a file of them is.

Items are a JSON array, or one a line. A file is `{"key": "uploads/library/…"}` in our own bucket, whose name may stand
as `bucket`; `progress` says from where it is to be taken on.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tokstack.errors import Code, TokstackError
from tokstack.library.ingest import Ingest, ingest
from tokstack.library.item import Item
from tokstack.library.lines import Line, Rejection, lines
from tokstack.library.reading import UnreadableError, parsed, read
from tokstack.library.recognise import sentence
from tokstack.library.uploads import PREFIX, Progress, Uploads, uploads


class Pointer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    key: str
    bucket: str | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Messages:
    uploads: Uploads
    ingest: Ingest

    def take(self, body: str, received: datetime, seconds_left: Callable[[], float]) -> None:
        """Safe to repeat. Raises VALIDATION_ERROR for what makes no sense; what makes sense beside it is taken."""
        try:
            payload = parsed(body.encode(errors="replace"))
        except UnreadableError:
            payload = None
        if isinstance(payload, dict) and payload.keys() & {"key", "bucket"}:
            self._take_file(payload, seconds_left)
        else:
            text = body.encode(errors="replace")
            self._take_items([Line(1, text)] if payload is not None else lines([text]), received)

    def _take_file(self, payload: dict[str, Any], seconds_left: Callable[[], float]) -> None:
        try:
            pointer = Pointer.model_validate(payload)
        except ValidationError as error:
            raise TokstackError(Code.VALIDATION_ERROR, sentence(error)) from None
        if pointer.bucket not in (None, self.uploads.bucket.name) or not pointer.key.startswith(PREFIX):
            raise TokstackError(Code.VALIDATION_ERROR, f"Files are taken from {PREFIX} in the media bucket alone.")
        self.uploads.take(pointer.key, seconds_left, pointer.progress)

    def _take_items(self, text: Iterable[Line | Rejection], received: datetime) -> None:
        found = list(read(text))
        self.ingest.take((each for each in found if isinstance(each, Item)), received)
        if rejected := [each for each in found if isinstance(each, Rejection)]:
            first, more = rejected[0], len(rejected) - 1
            also = f" So it is with {more} more." if more else ""
            raise TokstackError(Code.VALIDATION_ERROR, f"Line {first.number}: {first.reason}{also}")


@cache
def messages() -> Messages:
    """This function's."""
    return Messages(uploads(), ingest())
