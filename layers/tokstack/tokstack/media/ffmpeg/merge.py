"""What another site's download left (video and sound apart, or in some other container) as one plain MP4 or M4A."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokstack.media.ffmpeg import check, commands, containers
from tokstack.media.ffmpeg.check import Expected
from tokstack.media.ffmpeg.commands import Merged, Source, Track
from tokstack.media.ffmpeg.material import Limits
from tokstack.media.ffmpeg.probe import Kind, Stream
from tokstack.media.ffmpeg.process import FfmpegError
from tokstack.media.ffmpeg.reading import Opened, damaged, length, local, probed, unsupported
from tokstack.media.ffmpeg.work import Work
from tokstack.observability import logger

_HELD = {  # by MP4, as players take it
    Kind.VIDEO: ("h264", "hevc", "av1", "vp9", "mpeg4"),
    Kind.SOUND: ("aac", "mp3", "opus", "ac3", "eac3"),
}


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A stream, and which of the files it is of."""

    number: int
    file: Opened
    stream: Stream


def merge(files: Sequence[Path], folder: Path, limits: Limits, *, seconds: float) -> Path:
    """A video with its sound as MP4, a sound alone as M4A, in `folder`; `seconds` bound all of it."""
    return merged(files, Work(folder, limits, time.monotonic() + seconds))


def merged(files: Sequence[Path], work: Work) -> Path:
    opened = [local(path, work) for path in files]
    chosen = [each for kind in Kind if (each := _first(opened, kind))]
    if not chosen:
        raise unsupported("There is neither picture nor sound in this media.")
    target = work.folder / ("merged.mp4" if chosen[0].stream.kind is Kind.VIDEO else "merged.m4a")
    lengths = {each.stream.kind: length(each.file, each.stream, work) for each in chosen}
    expected = Expected(max(lengths.values()), lengths, check.slack(chosen[0].stream.fps))
    for tracks in _ways(chosen):
        wrong = _wrong(commands.merged([this.source for this in opened], tracks, target), target, expected, work)
        if wrong is None:
            return target
        logger.info("merging failed", extra={"cause": wrong})
    raise damaged()


def _first(opened: Sequence[Opened], kind: Kind) -> _Chosen | None:
    """Of that kind; where a file holds nothing else, it is the one that was meant."""
    found = [_Chosen(number, this, stream) for number, this in enumerate(opened) if (stream := this.probe.first(kind))]
    return min(found, key=lambda each: len(each.file.probe.streams), default=None)


def _ways(chosen: Sequence[_Chosen]) -> Iterator[list[Merged]]:
    held = [each.stream.codec in _HELD[each.stream.kind] for each in chosen]
    yield [_merged(each, copy=copy) for each, copy in zip(chosen, held, strict=True)]
    if any(held):
        yield [_merged(each, copy=False) for each in chosen]


def _merged(each: _Chosen, *, copy: bool) -> Merged:
    return Merged(each.number, each.stream.kind, Track(each.stream.index, copy, each.stream.codec))


def _wrong(words: Sequence[str], target: Path, expected: Expected, work: Work) -> str | None:
    try:
        work.run(words)
        return check.problem(probed(Source(containers.ISO, target), work, ours=True), expected)
    except FfmpegError as failed:
        return str(failed)
