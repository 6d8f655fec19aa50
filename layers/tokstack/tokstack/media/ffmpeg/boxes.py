"""What ffmpeg does not tell of an ISO media file: whether it can be read front to back, and how long each track is.

ISO/IEC 14496-12. Everything here works on bytes or a mapped file and raises nothing on a damaged one.
"""

import sys
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from typing import Literal

Buffer = bytes | mmap

_BRANDS = (b"iso", b"mp4", b"avc1")  # what an MP4 calls itself, and QuickTime does not
_OFFSETS: Mapping[bytes, Literal["I", "Q"]] = {b"stco": "I", b"co64": "Q"}
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


@dataclass(frozen=True, slots=True)
class _Table:
    """A track's media: how many bytes, and where each chunk of them begins."""

    samples: int
    chunks: "array[int]"


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


def plain_mp4(head: bytes, size: int) -> bool:
    """Whether a file of `size` bytes is an MP4 of one index, then all the media that it tells of, and nothing else.

    `head` is its beginning, with the index.
    """
    found = [box for box in _boxes(head, 0, None) if box.kind != b"free"]
    if [box.kind for box in found] != [b"ftyp", b"moov", b"mdat"] or not head[8:12].startswith(_BRANDS):
        return False
    _, index, media = found
    tables = [_table(head, box) for box in _boxes(head, index.start, index.end) if box.kind == b"trak"]
    return (
        media.end == size
        and all(table.samples and table.chunks for table in tables)
        and all(media.start <= min(table.chunks) <= max(table.chunks) < media.end for table in tables)
        and sum(table.samples for table in tables) <= media.end - media.start
    )


def _table(buffer: Buffer, track: Box) -> _Table:
    boxes = [track]
    for kind in (b"mdia", b"minf", b"stbl"):
        boxes = [box for outer in boxes for box in _boxes(buffer, outer.start, outer.end) if box.kind == kind]
    samples, chunks = 0, array("I")
    for box in (box for outer in boxes for box in _boxes(buffer, outer.start, outer.end)):
        if box.kind == b"stsz":
            each, count = _number(buffer, box, 4, 4, 4, 4), _number(buffer, box, 8, 8, 4, 4)
            samples = each * count or sum(_entries(buffer, box, 8, "I"))
        elif box.kind in _OFFSETS:
            chunks = _entries(buffer, box, 4, _OFFSETS[box.kind])
    return _Table(samples, chunks)


def _entries(buffer: Buffer, box: Box, at: int, letter: Literal["I", "Q"]) -> "array[int]":
    """What follows the count at `at`, by `array`'s letter; nothing where not all of it is there."""
    content = buffer[box.start + at : box.end]
    count = int.from_bytes(content[:4], "big")
    entries = array(letter)
    size = count * entries.itemsize
    if len(content) - 4 >= size:
        entries.frombytes(content[4 : 4 + size])
    if sys.byteorder == "little":
        entries.byteswap()
    return entries


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
