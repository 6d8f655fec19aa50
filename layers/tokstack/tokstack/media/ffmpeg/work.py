"""The place of one conversion: its folder, its bounds, and ffmpeg at work in it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from tokstack.media.ffmpeg import process
from tokstack.media.ffmpeg.material import Input, Limits, pour

_GOING_ON = "progress=continue"


class Progress:
    """Tells a whole conversion's progress: from 0 to 1, never back, in steps worth telling."""

    _STEP = 0.01

    def __init__(self, tell: Callable[[float], None]) -> None:
        self._tell = tell
        self._told = 0.0

    def at(self, fraction: float) -> None:
        fraction = min(1.0, fraction)
        if fraction >= self._told + self._STEP or fraction == 1.0 > self._told:
            self._told = fraction
            self._tell(fraction)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a conversion's progress that one run of ffmpeg makes, and the seconds that it is to write."""

    start: float
    end: float
    seconds: float

    def at(self, written: float) -> float:
        return self.start + (self.end - self.start) * min(1.0, written / self.seconds if self.seconds else 1.0)


@dataclass(frozen=True, slots=True)
class Work:
    folder: Path
    limits: Limits
    ends: float  # on the monotonic clock
    progress: Progress = field(default_factory=lambda: Progress(lambda _: None))
    writing: Callable[[Path], AbstractContextManager[None]] = lambda _: nullcontext()  # (convert.py)

    def run(self, arguments: Sequence[str], *, feed: Input | None = None, share: Share | None = None) -> float:
        """Runs what reports its progress; the seconds that it wrote (or read, where it writes nothing)."""
        written = 0.0

        def hear(line: str) -> None:
            nonlocal written
            seconds = out_time(line)
            if seconds is not None:
                written = seconds
            elif share and line == _GOING_ON:  # the end is told by who looks at the result
                self.progress.at(share.at(written))

        process.run(arguments, self._bounds, feed=feed, hear=hear)
        return written

    def listing(self, arguments: Sequence[str]) -> list[str]:
        """Runs what lists something on its stdout."""
        lines: list[str] = []
        process.run(arguments, self._bounds, hear=lines.append)
        return lines

    def said(self, arguments: Sequence[str], *, feed: Input | None = None) -> str:
        """Runs what is asked for its messages alone, and is bound to fail."""
        try:
            process.run(arguments, self._bounds, feed=feed)
        except process.FfmpegError as ended:
            return ended.messages
        return ""

    def spooled(self, source: Input, name: str) -> Path:
        """The file on the disk, where it can be read from anywhere in it and more than once."""
        path = self.folder / name
        if not path.exists():
            with path.open("wb") as file:
                pour(source, file.write)
        return path

    @property
    def _bounds(self) -> process.Bounds:
        return process.Bounds(self.ends, self.limits.max_bytes)


def out_time(line: str) -> float | None:
    """The seconds that a line of `-progress` tells, if it tells any ("N/A" before the first frame)."""
    name, _, value = line.partition("=")
    if name != "out_time_us" or not value.lstrip("-").isdigit():
        return None
    return max(0.0, int(value) / 1_000_000)
