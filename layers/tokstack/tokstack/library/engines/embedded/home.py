"""A directory of this process, for files that lie in the bucket as well.

What was left behind by processes that have ended is cleared away: a Lambda function whose process has died goes on
with the same disk.
"""

import fcntl
import os
import shutil
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import mkdtemp
from threading import RLock
from uuid import uuid4

from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded.publication import part
from tokstack.observability import logger

_LOCK = "lock"


class Home:
    """It is gone when this is. `files` holds what somebody has claimed, and no more than `most` bytes of it."""

    def __init__(self, root: Path, most: int) -> None:
        self.path = _made(root)
        self.files = self.path / "files"
        self.files.mkdir()
        self._most = most
        self._claims: Counter[str] = Counter()
        self._lock = RLock()  # a snapshot can come to its end wherever Python tidies up
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        weakref.finalize(self, os.close, _locked(self.path / _LOCK))

    def place(self) -> Path:
        """Where nothing is yet."""
        return self.path / uuid4().hex

    def claim(self, names: Iterable[str]) -> None:
        with self._lock:
            self._claims.update(names)

    def release(self, names: Iterable[str]) -> None:
        """What nobody claims any more is deleted."""
        with self._lock:
            self._claims.subtract(names)
            for name in [name for name, claims in self._claims.items() if claims <= 0]:
                del self._claims[name]
                for path in (self.files / name, part(self.files / name)):
                    path.unlink(missing_ok=True)

    def missing(self, sizes: Mapping[str, int]) -> dict[str, Path]:
        """Which of these files are not here, and where they are to lie. Raises where there is no room for them."""
        with self._lock:
            missing = {name: self.files / name for name in sizes if not (self.files / name).exists()}
            there = sum(path.stat().st_size for path in self.files.iterdir())
        wanted = sum(sizes[name] for name in missing)
        if there + wanted > self._most:
            logger.error("The library is larger than its disk", extra={"most": self._most, "bytes": there + wanted})
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "The library has no room here.")
        return missing


def _made(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for other in root.iterdir():
        _clear(other)
    return Path(mkdtemp(dir=root))


def _clear(directory: Path) -> None:
    """Unless its process still lives, or has not locked it yet."""
    try:
        lock = os.open(directory / _LOCK, os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(directory, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(lock)


def _locked(path: Path) -> int:
    """It has its name when it is locked, so that nobody takes it for one that is not."""
    new = path.with_suffix(".new")
    lock = os.open(new, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    new.rename(path)
    return lock
