"""The log: what the library was told, batch by batch. It is the truth; documents and index are made of it.

    log/{day}/{time}-{digest}.jsonl.gz      a batch: items, one a line, as they came. Written once, never changed
    pending/{day}/{time}-{digest}.jsonl.gz  an empty mark: that batch is not yet in the index

A batch's name is made of what it says and when it was received, so the same one twice is one.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

from tokstack.errors import Code, TokstackError
from tokstack.library.bucket import Bucket, library_bucket
from tokstack.library.item import Item
from tokstack.library.merge import canonical

_LOG, _PENDING = "log/", "pending/"
_TIME = "%Y/%m/%d/%H%M%S%f"
_TIME_LENGTH = len("2026/01/31/235959000000")
_DIGEST_DIGITS = 16
_LEVEL = 3  # of gzip: half the time of 6, and a tenth larger


@dataclass(frozen=True, slots=True)
class Batch:
    received: datetime
    items: Sequence[Item]


class Log:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def append(self, lines: Sequence[bytes], received: datetime) -> str:
        """A batch of lines (`line_of`); answers its name. Safe to repeat: it stands in the log once, and is pending."""
        text = b"".join(lines)
        digest = sha256(text).hexdigest()[:_DIGEST_DIGITS]
        name = f"{received.astimezone(UTC).strftime(_TIME)}Z-{digest}.jsonl.gz"
        self._bucket.create(f"{_LOG}{name}", gzip.compress(text, _LEVEL, mtime=0))
        self._bucket.write(f"{_PENDING}{name}", b"")
        return name

    def pending(self, most: int | None = None) -> list[str]:
        """The names of those that are not yet in the index, the oldest first."""
        return [key.removeprefix(_PENDING) for key in self._bucket.keys(_PENDING, most)]

    def names(self) -> Iterator[str]:
        """Of all there are, the oldest first."""
        return (key.removeprefix(_LOG) for key in self._bucket.keys(_LOG))

    def read(self, name: str) -> Batch:
        return batch_of(name, self.content(name))

    def content(self, name: str) -> bytes:
        """A batch as it stands in the log (`batch_of`)."""
        body = self._bucket.read(f"{_LOG}{name}")
        if body is None:
            raise TokstackError(Code.INTERNAL_ERROR, f"The batch {name} is not in the log.")
        return body

    def done(self, names: Iterable[str]) -> None:
        """They are in the index."""
        self._bucket.delete(f"{_PENDING}{name}" for name in names)


@cache
def log() -> Log:
    """This function's."""
    return Log(library_bucket())


def batch_of(name: str, content: bytes) -> Batch:
    lines = gzip.decompress(content).splitlines()
    return Batch(received_at(name), [Item.model_validate_json(line) for line in lines])


def line_of(item: Item, received: datetime) -> bytes:
    """An item as it stands in the log: with when it was observed, which is when it was received if nobody said."""
    return f"{canonical(item.moved_to(received))}\n".encode()


def received_at(name: str) -> datetime:
    """When that batch was received."""
    return datetime.strptime(name[:_TIME_LENGTH], _TIME).replace(tzinfo=UTC)
