"""From a file of items to uploads that the library takes: cut into pieces, and what came of each.

A piece holds so many lines as are taken in a moment, zipped, under a key that is made of what it says.
"""

import gzip
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import PurePath
from typing import IO, Any

from tokstack.library.bucket import Bucket
from tokstack.library.lines import Line, Rejection, is_gzip, lines, unzipped_lines
from tokstack.library.uploads import PREFIX, REJECTED, RESULT

AT_ONCE = 50_000  # lines of a piece
_BYTES_AT_ONCE = 64 << 20
_READ_AT_ONCE = 1 << 20
_DIGEST_DIGITS = 16
_PATIENCE = 1800.0  # seconds for a piece
_PAUSE = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Piece:
    """`numbers` are those of its lines in the file; `rejections` are of lines that are in no piece."""

    content: bytes
    numbers: list[int]
    rejections: list[Rejection]


@dataclass(frozen=True, slots=True)
class Taken:
    """`rejections` are told by the numbers of the file."""

    lines: int
    items: int
    rejected: int
    rejections: list[Rejection]


class NotTakenError(Exception):
    """Nobody said what came of an upload."""


def pieces(file: IO[bytes]) -> Iterator[Piece]:
    read = iter(lambda: file.read(_READ_AT_ONCE), b"")
    first = next(read, b"")
    text = chain([first], read)
    portion: list[Line] = []
    rejections: list[Rejection] = []
    size = 0
    for line in unzipped_lines(text) if is_gzip(first) else lines(text):
        if isinstance(line, Rejection):
            rejections.append(line)
            continue
        portion.append(line)
        size += len(line.text)
        if len(portion) == AT_ONCE or size > _BYTES_AT_ONCE:
            yield _piece(portion, rejections)
            portion, rejections, size = [], [], 0
    if portion or rejections:
        yield _piece(portion, rejections)


def upload(media: Bucket, name: str, piece: Piece) -> str:
    """The key. What came of an earlier upload of the same is forgotten."""
    digest = sha256(piece.content).hexdigest()[:_DIGEST_DIGITS]
    key = f"{PREFIX}{digest}-{PurePath(name).name}"
    media.delete([key + RESULT, key + REJECTED])
    media.write(key, piece.content, "application/gzip")
    return key


def outcome(media: Bucket, key: str, piece: Piece, sleep: Callable[[float], None] = time.sleep) -> Taken:
    """What the library says of an upload, as soon as it does. Raises NotTakenError."""
    waited = 0.0
    while (told := media.read(key + RESULT)) is None:
        if waited >= _PATIENCE:
            raise NotTakenError
        sleep(_PAUSE)
        waited += _PAUSE
    result = json.loads(told)
    rejections = list(_rejections(media, key, piece.numbers)) if result["rejected"] else []
    unread = len(piece.rejections)
    return Taken(
        len(piece.numbers) + unread, result["taken"], result["rejected"] + unread, [*piece.rejections, *rejections]
    )


def _piece(portion: Iterable[Line], rejections: list[Rejection]) -> Piece:
    numbers, text = [], io.BytesIO()
    for line in portion:
        numbers.append(line.number)
        text.write(line.text.strip() + b"\n")
    return Piece(gzip.compress(text.getvalue(), 6, mtime=0), numbers, rejections)


def _rejections(media: Bucket, key: str, numbers: list[int]) -> Iterator[Rejection]:
    for line in (media.read(key + REJECTED) or b"").splitlines():
        told: dict[str, Any] = json.loads(line)
        yield Rejection(numbers[told["line"] - 1], told["reason"], told["text"])
