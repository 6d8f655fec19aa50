"""What is converted, within which bounds, and what comes of it. The caller brings the bytes, wherever they are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.media.storage import Readable

CHUNK = 1 << 20


class Input(Protocol):
    """One file of the material."""

    @property
    def size(self) -> int:
        """In bytes."""

    def open(self) -> AbstractContextManager[Readable]:
        """The file from its beginning; each call anew, perhaps in another thread."""


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """`language` as an upstream names it ("eng-US", "en"), `text` in WebVTT."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A video or a sound."""

    file: Input
    subtitles: tuple[SubtitleTrack, ...] = ()


@dataclass(frozen=True, slots=True)
class Slideshow:
    """Each slide is an image, or the moving part of a live photo."""

    slides: tuple[Input, ...]
    sound: Input | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the material's bytes and of the result: its bytes, its seconds, and a GIF's own."""

    max_bytes: int = 500_000_000
    seconds: float = 1800
    gif_seconds: float = 60
    gif_fps: int = 15
    gif_width: int = 480


@dataclass(frozen=True, slots=True)
class Converted:
    path: Path
    media_type: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Unchanged:
    """`file` of the material is already what was asked for."""

    file: Input
    media_type: str
    seconds: float


def pour(source: Input, write: Callable[[bytes], object]) -> None:
    """All of `source`, a megabyte at a time; less or more than it promised is a fault of storage."""
    poured = 0
    with source.open() as reader:
        while chunk := reader.read(CHUNK):
            poured += len(chunk)
            if poured > source.size:
                break
            write(chunk)
    if poured != source.size:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "Storage did not give the whole file.", retry_after=1)


def limits() -> Limits:
    """This deployment's."""
    chosen = settings()
    return Limits(
        max_bytes=chosen.media_max_bytes,
        seconds=chosen.convert_max_seconds,
        gif_seconds=chosen.gif_max_seconds,
        gif_fps=chosen.gif_max_fps,
        gif_width=chosen.gif_max_width,
    )
