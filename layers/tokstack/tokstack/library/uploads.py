"""Files that are put into the bucket to be taken into the library: `uploads/library/{name}`.

A JSON beside an upload says what came of it, `….result.json`; the lines that were not taken stand in
`….rejected.jsonl`, with their numbers and why. Where time is over before the end of a file, a message to the library's
queue says where to go on.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

from pydantic import BaseModel, ConfigDict

from tokstack.errors import Code, TokstackError
from tokstack.library.bucket import Bucket, ChangedError, Found, media_bucket
from tokstack.library.ingest import AT_ONCE, BYTES_AT_ONCE, Ingest, ingest
from tokstack.library.item import Item
from tokstack.library.lines import Line, Place, Rejection, is_gzip, lines, unzipped_lines
from tokstack.library.queues import library_queue
from tokstack.library.reading import read
from tokstack.observability import logger

PREFIX = "uploads/library/"
RESULT, REJECTED = ".result.json", ".rejected.jsonl"

_MARGIN = 60.0  # seconds that are left for what was begun
_TOLD = 100_000  # rejections that are written down; all are counted


class Progress(BaseModel):
    """How far the file of that etag was taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    etag: str
    gzip: bool
    lines: int = 0
    offset: int = 0
    taken: int = 0
    rejected: int = 0

    @property
    def place(self) -> Place:
        return Place(self.lines, self.offset)


@dataclass(frozen=True, slots=True)
class Uploads:
    """`go_on` sends a message to the library's queue."""

    bucket: Bucket
    ingest: Ingest
    go_on: Callable[[Mapping[str, Any]], None]

    def take(self, key: str, seconds_left: Callable[[], float], progress: Progress | None = None) -> None:
        """Safe to repeat. Raises SERVICE_UNAVAILABLE, and INTERNAL_ERROR where it does not get on.

        What we wrote ourselves, what is gone or another file by now, and what a folder is made of is passed over.
        """
        if not key.startswith(PREFIX) or key.endswith((RESULT, REJECTED)):
            return
        found = self.bucket.find(key)
        if found is None or key.endswith("/") or (progress and progress.etag != found.etag):
            logger.info("there is nothing to take", extra={"upload": key})
            return
        if seconds_left() < _MARGIN:
            self._interrupt(key, progress)
            return
        try:
            self._take(found, progress, seconds_left)
        except ChangedError:  # another upload, with an event of its own
            logger.info("replaced while it was read", extra={"upload": key})

    def _take(self, found: Found, progress: Progress | None, seconds_left: Callable[[], float]) -> None:
        if progress is None:
            self.bucket.delete([found.key + RESULT, found.key + REJECTED])
        with self._opened(found, progress) as (begun, text):
            part = _Part(self.ingest, datetime.fromtimestamp(found.modified_at, UTC), begun)
            ended = part.take(text, lambda: seconds_left() < _MARGIN)
        if part.rejections:
            self._set_aside(found.key, begun, part.rejections)
        if ended:
            self._tell(found, part.progress)
        elif part.progress.place == begun.place:
            raise TokstackError(Code.INTERNAL_ERROR, "There was not time enough for a part of this file.")
        else:
            self._interrupt(found.key, part.progress)

    @contextmanager
    def _opened(self, found: Found, progress: Progress | None) -> Iterator[tuple[Progress, Iterable[Line | Rejection]]]:
        """From where it is to go on. Of a gzip file what was taken before is unzipped again."""
        if progress and not progress.gzip:
            with self.bucket.pieces(found, progress.offset) as pieces:
                yield progress, lines(pieces, progress.place)
            return
        with self.bucket.pieces(found) as pieces:
            first = next(pieces, b"")
            begun = progress or Progress(etag=found.etag, gzip=is_gzip(first))
            text = chain([first], pieces)
            yield begun, unzipped_lines(text, begun.place) if begun.gzip else lines(text)

    def _set_aside(self, key: str, begun: Progress, rejections: Iterable[Rejection]) -> None:
        """After those of before; not after those of this part, where it was cut short and is read again."""
        written = (self.bucket.read(key + REJECTED) or b"").splitlines() if begun.rejected else []
        before = [line for line in written if json.loads(line)["line"] <= begun.lines]
        told = (
            json.dumps({"line": each.number, "reason": each.reason, "text": each.excerpt}, ensure_ascii=False).encode()
            for each in rejections
        )
        text = b"\n".join([*before, *told][:_TOLD])
        self.bucket.write(key + REJECTED, text + b"\n", "application/x-ndjson")

    def _tell(self, found: Found, progress: Progress) -> None:
        told = {
            "key": found.key,
            "receivedAt": datetime.fromtimestamp(found.modified_at, UTC).isoformat(),
            "lines": progress.lines,
            "taken": progress.taken,
            "rejected": progress.rejected,
            "rejectedKey": found.key + REJECTED if progress.rejected else None,
        }
        self.bucket.write(found.key + RESULT, json.dumps(told).encode(), "application/json")
        logger.info("upload taken", extra={"upload": found.key, "items": progress.taken})

    def _interrupt(self, key: str, progress: Progress | None) -> None:
        self.go_on({"key": key, **({"progress": progress.model_dump()} if progress else {})})


class _Part:
    """What one call takes of a file; `progress` is how far it came, `rejections` are of this part."""

    def __init__(self, ingest: Ingest, received: datetime, begun: Progress) -> None:
        self._ingest, self._received = ingest, received
        self._items: list[Item] = []
        self._rejected = 0
        self.rejections: list[Rejection] = []
        self.progress = begun

    def take(self, text: Iterable[Line | Rejection], over: Callable[[], bool]) -> bool:
        """Whether it came to the end of the file before time was over."""
        for portion in _portions(text):
            for found in read(portion):
                if isinstance(found, Item):
                    self._items.append(found)
                else:
                    self._reject(found)
            self._flush(portion[-1])
            if over():
                return False
        return True

    def _reject(self, rejection: Rejection) -> None:
        self._rejected += 1
        if len(self.rejections) < _TOLD:
            self.rejections.append(rejection)

    def _flush(self, last: Line | Rejection) -> None:
        self._ingest.take(self._items, self._received)
        before = self.progress
        more = {
            "lines": last.number,
            "offset": last.end,
            "taken": before.taken + len(self._items),
            "rejected": before.rejected + self._rejected,
        }
        self.progress = before.model_copy(update=more)
        self._items, self._rejected = [], 0


def _portions(text: Iterable[Line | Rejection]) -> Iterator[list[Line | Rejection]]:
    """So many lines as are held at once."""
    portion: list[Line | Rejection] = []
    size = 0
    for line in text:
        portion.append(line)
        size += len(line.text) if isinstance(line, Line) else 0
        if len(portion) == AT_ONCE or size > BYTES_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


@cache
def uploads() -> Uploads:
    """This function's."""
    return Uploads(media_bucket(), ingest(), library_queue().send)
