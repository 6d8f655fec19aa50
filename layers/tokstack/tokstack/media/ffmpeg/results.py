"""Making a result, and looking at it before it is called one."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg import check, commands
from tokstack.media.ffmpeg.check import Expected
from tokstack.media.ffmpeg.commands import Cut, Source
from tokstack.media.ffmpeg.material import Converted
from tokstack.media.ffmpeg.probe import Kind, Stream
from tokstack.media.ffmpeg.process import FfmpegError
from tokstack.media.ffmpeg.reading import damaged, probed
from tokstack.media.ffmpeg.work import Share, Work
from tokstack.media.formats import Format, Options
from tokstack.observability import logger

_SHORT = 0.1  # seconds: so short a part may lie between two frames
_IN_ONE_GO = (Format.MP3, Format.WAV, Format.GIF)  # an MP4's index comes before all the rest at the end
_DEMUXERS = {Format.MP3: "mp3", Format.MP4: "mov", Format.WAV: "wav", Format.GIF: "gif"}


def first_good(
    format: Format,
    ways: Iterable[Callable[[Path], None]],
    expected: Expected,
    work: Work,
) -> Converted:
    """Of the first way that gives what is expected."""
    path = work.folder / f"result.{format}"
    for way in ways:
        try:
            with work.writing(path) if format in _IN_ONE_GO else nullcontext():
                way(path)
            found = probed(Source(_DEMUXERS[format], path), work, ours=True)
            wrong = check.problem(found, expected)
        except FfmpegError as failed:
            wrong = str(failed)
        if wrong is None:
            work.progress.at(1.0)
            return Converted(path, format.media_type, expected.seconds if found.seconds is None else found.seconds)
        logger.info("conversion failed", extra={"format": format, "cause": wrong})
    if expected.seconds < _SHORT:
        raise TokstackError(Code.VALIDATION_ERROR, "end_time: there is nothing between start_time and it.")
    raise damaged()


def gif(source: Source, video: Stream, cut: Cut, options: Options, work: Work, *, done: float = 0.0) -> Converted:
    """In two passes, which needs a file and little memory; `done` of the whole is there already."""
    colours, middle = work.folder / "palette.png", done + (1 - done) * 0.4
    fps = commands.gif_fps(video, work.limits.gif_fps)
    scale = commands.gif_scale(fps, work.limits.gif_width, options.video_quality)

    def make(path: Path) -> None:
        work.run(commands.palette(source, video, cut, scale, colours))
        work.progress.at(middle)
        share = Share(middle, 1.0, cut.seconds)
        work.run(commands.gif(source, video, cut, scale, colours, path), share=share)

    expected = Expected(cut.seconds, {Kind.VIDEO: None}, check.slack(fps))
    return first_good(Format.GIF, (make,), expected, work)
