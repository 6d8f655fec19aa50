"""What ffmpeg does not tell of an ISO media file: whether it can be read front to back, and how long each track is.

ISO/IEC 14496-12. Everything here works on bytes or a mapped file and raises nothing on a damaged one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

Buffer = bytes | mmap

_LARGE, _TO_THE_END = 1, 0
_UNKNOWN = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Box:
    """`start` and `end` are of what stands in it."""

    kind: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Movie:
    """A file's index: the seconds of each track in ffmpeg's order, None where it does not say."""

    tracks: tuple[float | None, ...]
    fragmented: bool


def leading_index(head: bytes) -> int | None:
    """Where the index ends, if it stands before the media and begins within `head`; None if it does not."""
    for box in _boxes(head, 0, None):
        if box.kind == b"moov":
            return box.end
        if box.kind in (b"mdat", b"moof"):
            return None
    return None


def movie(buffer: Buffer) -> Movie | None:
    """The index that `buffer` holds; None if it holds none."""
    index = next((box for box in _boxes(buffer, 0, len(buffer)) if box.kind == b"moov"), None)
    if index is None:
        return None
    inside = list(_boxes(buffer, index.start, index.end))
    scale = next((_number(buffer, box, 12, 20, 4, 4) for box in inside if box.kind == b"mvhd"), 0)
    return Movie(
        tracks=tuple(_seconds(buffer, box, scale) for box in inside if box.kind == b"trak"),
        fragmented=any(box.kind == b"mvex" for box in inside),
    )


def _seconds(buffer: Buffer, track: Box, movie_scale: int) -> float | None:
    """As presented (edits applied); else as stored."""
    duration = scale = 0
    for box in _boxes(buffer, track.start, track.end):
        if box.kind == b"tkhd":
            duration, scale = _number(buffer, box, 20, 28, 4, 8), movie_scale
            break
    if duration not in _UNKNOWN and scale:
        return duration / scale
    for media in _boxes(buffer, track.start, track.end):
        for box in _boxes(buffer, media.start, media.end) if media.kind == b"mdia" else ():
            if box.kind == b"mdhd":
                duration, scale = _number(buffer, box, 16, 24, 4, 8), _number(buffer, box, 12, 20, 4, 4)
    return duration / scale if duration not in _UNKNOWN and scale else None


def _number(buffer: Buffer, box: Box, at: int, at_in_version_1: int, size: int, size_in_version_1: int) -> int:
    if buffer[box.start : box.start + 1] == b"\x01":
        at, size = at_in_version_1, size_in_version_1
    return int.from_bytes(buffer[box.start + at : min(box.start + at + size, box.end)], "big")


def _boxes(buffer: Buffer, start: int, end: int | None) -> Iterator[Box]:
    """One after another; without `end`, the last may reach beyond the buffer."""
    while start + 8 <= len(buffer) and (end is None or start + 8 <= end):
        size, kind, header = int.from_bytes(buffer[start : start + 4], "big"), buffer[start + 4 : start + 8], 8
        if size == _LARGE:
            size, header = int.from_bytes(buffer[start + 8 : start + 16], "big"), 16
        elif size == _TO_THE_END:
            size = len(buffer) - start
        if size < header or (end is not None and start + size > end):
            return
        yield Box(kind, start + header, start + size)
        start += size
