"""The one place that runs ffmpeg: without environment, within bounds, and never longer than its caller's interest."""

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import IO

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg.material import Input, pour

_ENVIRONMENT = {"GCONV_PATH": "/nonexistent"}  # the static binary crashes in the machine's own gconv modules
_MESSAGE_BYTES = 64 << 10
_OPEN_FILES = 64
_PIPE_BYTES = 256 << 10  # for a file goes in by one; Linux has 64 KB


@dataclass(frozen=True, slots=True)
class Bounds:
    """`ends` on the monotonic clock; `file_bytes` of any one file that is written."""

    ends: float
    file_bytes: int


class FfmpegError(Exception):
    """It gave up; `messages` is what it said."""

    def __init__(self, code: int, messages: str) -> None:
        super().__init__(f"ffmpeg ended with {code}: {messages[:500]}")
        self.messages = messages


def run(
    arguments: Sequence[str],
    bounds: Bounds,
    *,
    feed: Input | None = None,
    hear: Callable[[str], object] = str,
) -> None:
    """Runs it to its end; `feed` goes to its stdin, `hear` gets each line of its stdout.

    Raises FfmpegError where it fails, TokstackError where it would take too long or write too much.
    """
    remaining = bounds.ends - time.monotonic()
    if remaining <= 0:
        raise _too_long()
    with subprocess.Popen(  # noqa: S603 - no shell; the words are our own
        [_binary(), *arguments],
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
        pipesize=_PIPE_BYTES,
    ) as process:
        _bind(process.pid, remaining, bounds.file_bytes)
        killer, listener = _Killer(process, remaining), _Listener(process.stderr)
        feeder = _Feeder(process, feed) if feed else None
        threads = [thread for thread in (killer, listener, feeder) if thread]
        try:
            for thread in threads:
                thread.start()
            for line in process.stdout or ():
                hear(line.decode(errors="replace").rstrip())
            process.wait()
        finally:
            process.kill()  # of no effect on one that has ended
            killer.ended.set()
            for thread in threads:
                thread.join()
    if feeder and feeder.failure:
        raise feeder.failure  # which is why it was killed
    if killer.killed or -process.returncode in (signal.SIGKILL, signal.SIGXCPU):
        raise _too_long()
    if process.returncode == -signal.SIGXFSZ:
        raise too_large(bounds.file_bytes)
    if process.returncode:
        raise FfmpegError(process.returncode, listener.heard.decode(errors="replace"))


def too_large(file_bytes: int) -> TokstackError:
    return TokstackError(
        Code.MEDIA_TOO_LARGE,
        f"The result would have more than {file_bytes} bytes; start_time and end_time ask for a part of it.",
    )


class _Killer(threading.Thread):
    """Ends a process at its time, unless told before that it has ended."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.killed = False
        self._process = process
        self._seconds = seconds

    def run(self) -> None:
        if not self.ended.wait(self._seconds):
            self.killed = True
            self._process.kill()


class _Listener(threading.Thread):
    """Reads all that is said, and keeps the beginning."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        self.heard = b""
        self._pipe = pipe

    def run(self) -> None:
        while self._pipe and (chunk := self._pipe.read(4096)):
            self.heard += chunk[: _MESSAGE_BYTES - len(self.heard)]


class _Feeder(threading.Thread):
    """Pours a file into a process. One that reads no further has had enough: only its exit code tells."""

    def __init__(self, process: subprocess.Popen[bytes], source: Input) -> None:
        super().__init__(daemon=True)
        self.failure: BaseException | None = None
        self._process = process
        self._source = source

    def run(self) -> None:
        pipe = self._process.stdin
        if not pipe:
            return
        try:
            with suppress(BrokenPipeError), pipe:
                pour(self._source, pipe.write)
        except BaseException as failure:  # noqa: BLE001 - raised again by who waits for this thread
            self.failure = failure
            self._process.kill()


@cache
def _binary() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _bind(pid: int, seconds: float, file_bytes: int) -> None:
    """Not its address space: it deadlocks there. CPU time is for one that outlives its killer."""
    cpu = int(seconds * (os.cpu_count() or 1)) + 5
    with suppress(ProcessLookupError):  # it has ended already
        for limit, most in (
            (resource.RLIMIT_CPU, cpu),
            (resource.RLIMIT_FSIZE, file_bytes),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.prlimit(pid, limit, (most, most))


def _too_long() -> TokstackError:
    return TokstackError(
        Code.MEDIA_TOO_LARGE, "This takes too long to convert; start_time and end_time ask for a part of it."
    )
