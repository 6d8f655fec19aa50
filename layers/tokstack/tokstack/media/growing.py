"""A file that goes into storage while it is still being written."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Self

from tokstack.media.storage import PART_BYTES, Storage

_LOOK_SECONDS = 0.01
_SECOND = 2  # the first part that goes


class Growing:
    """The way of one file into storage, under `key`.

    What is written under `follow` goes there as it grows, part by part, and nothing of it is seen before `finish`.
    Left without that, nothing is stored.
    """

    def __init__(self, storage: Storage, key: str, media_type: str) -> None:
        self._storage = storage
        self._key = key
        self._media_type = media_type
        self._follower: _Follower | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    @contextmanager
    def follow(self, path: Path) -> Iterator[None]:
        """While this lasts, a file grows there, from nothing to its end; what was followed before is no good."""
        self._drop()
        path.unlink(missing_ok=True)
        self._follower = follower = _Follower(self._storage, self._key, self._media_type, path)
        follower.start()
        try:
            yield
        except BaseException:
            self._drop()
            raise
        follower.written.set()

    def finish(self, path: Path) -> None:
        """The file is good: it is in storage when this returns. What is there already stays."""
        follower, self._follower = self._follower, None
        if follower and follower.end(good=True):
            return
        with path.open("rb") as file:
            self._storage.put(self._key, file, self._media_type)

    def _drop(self) -> None:
        follower, self._follower = self._follower, None
        if follower:
            follower.end(good=False)


class _Follower(threading.Thread):
    """Uploads one file. Its first part waits till it is written, for who writes it may come back to its head."""

    def __init__(self, storage: Storage, key: str, media_type: str, path: Path) -> None:
        super().__init__(daemon=True)
        self.written = threading.Event()
        self._judged = threading.Event()
        self._good = False
        self._stored = False
        self._failure: BaseException | None = None
        self._storage = storage
        self._key = key
        self._media_type = media_type
        self._path = path

    def run(self) -> None:
        parts = self._parts()
        try:
            first = next(parts, None)
            if first:
                self._storage.put_parts(self._key, chain([first], parts), self._media_type)
                self._stored = True
        except _DroppedError:
            pass
        except BaseException as failure:  # noqa: BLE001 - raised again by who waits for this thread
            self._failure = failure

    def end(self, *, good: bool) -> bool:
        """Whether it is stored: what is no good is not, and a file of less than two parts is left to the caller."""
        self._good = good
        self._judged.set()
        self.written.set()
        self.join()
        if good and self._failure:
            raise self._failure
        return self._stored

    def _parts(self) -> Iterator[tuple[int, bytes]]:
        number = _SECOND
        while not self.written.wait(_LOOK_SECONDS):
            while self._size() >= number * PART_BYTES and not self.written.is_set():
                yield number, self._part(number)
                number += 1
        if number == _SECOND and self._size() < _SECOND * PART_BYTES:
            return
        yield 1, self._part(1)
        while not self._dropped and (part := self._part(number)):
            yield number, part
            number += 1
        self._judged.wait()
        if self._dropped:
            raise _DroppedError

    @property
    def _dropped(self) -> bool:
        return self._judged.is_set() and not self._good

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def _part(self, number: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek((number - 1) * PART_BYTES)
            return file.read(PART_BYTES)


class _DroppedError(Exception):
    """What was written is no good."""
