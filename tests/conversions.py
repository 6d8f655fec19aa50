"""Converting sample media, and looking at what comes of it with an ffmpeg of one's own."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import imageio_ffmpeg

from local.upstream.media import library

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@dataclass
class FromDisk:
    """A file as material; counts how often it is opened."""

    path: Path
    opened: int = 0
    promised: int | None = None

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.promised is None else self.promised

    def open(self) -> BinaryIO:
        self.opened += 1
        return self.path.open("rb")


@dataclass(frozen=True)
class Seen:
    """`frames` are counted by decoding all of them; `said` is what ffmpeg tells of the file."""

    seconds: float
    codecs: tuple[str, ...]
    size: tuple[int, int] | None
    frames: int
    said: str = field(repr=False)


def sample(name: str) -> FromDisk:
    return FromDisk(library()[name].path)


def ffmpeg(*words: str | Path) -> str:
    done = subprocess.run(
        [FFMPEG, "-hide_banner", "-nostdin", "-y", *map(str, words)], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def seen(path: Path) -> Seen:
    said = ffmpeg("-i", path)
    duration = re.search(r"Duration: \d\d:(\d\d):(\d\d\.\d\d)", said)
    size = re.search(r"Video: .*?, (\d{2,})x(\d{2,})", said)
    counting = ("-map", "0:v", "-f", "null", "-progress", "pipe:1", "-")
    counted = re.findall(r"^frame=(\d+)", ffmpeg("-v", "error", "-i", path, *counting), re.MULTILINE) if size else ["0"]
    return Seen(
        seconds=int(duration[1]) * 60 + float(duration[2]) if duration else 0.0,
        codecs=tuple(sorted(re.findall(r"Stream #.*?(?:Video|Audio|Subtitle): (\w+)", said))),
        size=(int(size[1]), int(size[2])) if size else None,
        frames=int(counted[-1]),
        said=said,
    )
