"""What a file of the material is, before anything is done with it. What is no media is refused here."""

import io
import mmap
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg import boxes, commands, containers, probe, webp
from tokstack.media.ffmpeg.commands import Source
from tokstack.media.ffmpeg.material import Input
from tokstack.media.ffmpeg.probe import Probe, Stream
from tokstack.media.ffmpeg.process import FfmpegError
from tokstack.media.ffmpeg.work import Work

_WEBP_BYTES = 16 << 20  # of one picture: what is larger is left as it is
_INDEX_BYTES = 16 << 20  # of half an hour it has less than one megabyte
_PACKETS_LACK = 0.5  # seconds of the end, which packets do not tell: the last one's length, and what it is ahead
_AFTER_INDEX = 256 << 10  # of the media, so that ffmpeg sees what the streams are


@dataclass(frozen=True, slots=True)
class _Bytes:
    """A file's beginning as a file."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def open(self) -> AbstractContextManager[io.BytesIO]:
        return nullcontext(io.BytesIO(self.content))


@dataclass(frozen=True, slots=True)
class _Local:
    """A file that the caller has on the disk."""

    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def open(self) -> AbstractContextManager[io.BufferedReader]:
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file of the material, and what it holds. Without a path it can be read front to back only.

    `plain`: it is an MP4 of its streams and nothing else, whole, that can be played while it comes in.
    """

    file: Input
    name: str
    source: Source
    probe: Probe
    plain: bool = False


def opened(file: Input, name: str, work: Work, *, sound_only: bool = False) -> Opened:
    """`name` is for the disk, where it goes unless it can be read front to back.

    With `sound_only` a video's pixels may be unknown.
    """
    if file.size > work.limits.max_bytes:
        raise TokstackError(Code.MEDIA_TOO_LARGE, f"This file has more than {work.limits.max_bytes} bytes.")
    head = _head(file)
    demuxer = _demuxer(head)
    movie = boxes.movie(head) if demuxer == containers.ISO and boxes.leading_index(head) else None
    if movie is None or movie.fragmented:
        source = Source(demuxer, work.spooled(file, name))
        if demuxer == containers.WEBP:
            _still(work.folder / name)
        return Opened(file, name, source, _checked(probed(source, work)))
    look = commands.look(Source(demuxer, None), sound_only=sound_only)
    found = probe.parse(work.said(look, feed=_Bytes(head)))
    plain = boxes.plain_mp4(head, file.size) and len(movie.tracks) == len(found.streams)
    return Opened(file, name, Source(demuxer, None), _checked(probe.with_lengths(found, movie.tracks)), plain)


def local(path: Path, work: Work) -> Opened:
    """A file that is on the disk already."""
    file = _Local(path)
    source = Source(_demuxer(_head(file)), path)
    return Opened(file, path.name, source, _checked(probed(source, work)))


def on_disk(this: Opened, work: Work) -> Opened:
    """The same file, where it can be sought in and read again."""
    if this.source.path:
        return this
    return replace(this, source=replace(this.source, path=work.spooled(this.file, this.name)))


def length(this: Opened, stream: Stream, work: Work) -> float:
    """A stream's seconds; where the file does not tell them, all of it is read, which decodes nothing."""
    if stream.seconds is not None:
        return stream.seconds
    source = on_disk(this, work).source
    try:
        whole = work.run(commands.packets(source, *this.probe.streams))
        if this.probe.seconds is not None and whole < this.probe.seconds - _PACKETS_LACK:
            raise damaged()
        return work.run(commands.packets(source, stream))
    except FfmpegError as failed:
        raise damaged() from failed


def unsupported(sentence: str) -> TokstackError:
    return TokstackError(Code.UNSUPPORTED_MEDIA, sentence)


def damaged() -> TokstackError:
    return unsupported("This media is damaged, incomplete, or in a codec that cannot be converted.")


def probed(source: Source, work: Work, *, ours: bool = False) -> Probe:
    """What a file on the disk holds, the length of each stream included where it tells them; `ours`: we made it."""
    found = probe.parse(work.said(commands.look(source, ours=ours)))
    if source.demuxer != containers.ISO or not source.path:
        return found
    with source.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        movie = boxes.movie(mapped)
    return probe.with_lengths(found, movie.tracks) if movie and not movie.fragmented else found


def _still(path: Path) -> None:
    if path.stat().st_size <= _WEBP_BYTES and (still := webp.still(path.read_bytes())):
        path.write_bytes(still)


def _demuxer(head: bytes) -> str:
    if not head:
        raise unsupported("This file is empty.")
    demuxer = containers.demuxer(head)
    if demuxer is None:
        raise unsupported("This is no media file, or of a kind that cannot be converted.")
    return demuxer


def _checked(found: Probe) -> Probe:
    if not found.streams:
        raise damaged()
    if any(stream.width * stream.height > commands.MAX_PIXELS for stream in found.streams):
        raise unsupported(f"Its picture has more than {commands.MAX_PIXELS // 1_000_000} million pixels.")
    return found


def _head(file: Input) -> bytes:
    """The first bytes, with the index and a little after it where that comes first."""
    with file.open() as reader:
        head = reader.read(containers.HEAD_BYTES)
        end = boxes.leading_index(head) if containers.demuxer(head) == containers.ISO else None
        if end is None or end > _INDEX_BYTES:
            return head
        return head + reader.read(max(0, end + _AFTER_INDEX - len(head)))
