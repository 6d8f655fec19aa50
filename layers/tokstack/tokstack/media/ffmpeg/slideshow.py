"""A slideshow as a video: each slide is encoded once, at its final size, and then all are joined under the sound."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg import commands, recording, results
from tokstack.media.ffmpeg.check import Expected
from tokstack.media.ffmpeg.commands import CONCAT, Cut, Source
from tokstack.media.ffmpeg.cut import cut_of
from tokstack.media.ffmpeg.material import Converted, Recording, Slideshow, Unchanged
from tokstack.media.ffmpeg.probe import Kind, Stream
from tokstack.media.ffmpeg.process import FfmpegError
from tokstack.media.ffmpeg.reading import Opened, damaged, length, on_disk, opened, unsupported
from tokstack.media.ffmpeg.work import Share, Work
from tokstack.media.formats import DEFAULT_AUDIO_QUALITY, Format, Options
from tokstack.observability import logger

SLIDE_SECONDS = 2.5  # at least
FPS = 30
SHORT_SIDE = 1080
_ENCODING = 0.9  # of the progress


@dataclass(frozen=True, slots=True)
class _Sound:
    source: Source
    stream: Stream
    seconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What is seen of a slide: frames `first` to `first + count` of it."""

    slide: int
    first: int
    count: int


def convert(show: Slideshow, format: Format, options: Options, work: Work) -> Converted | Unchanged:
    if format.sound_only:
        if not show.sound:
            raise TokstackError(Code.NO_AUDIO_TRACK, "This slideshow has no sound.")
        return recording.convert(Recording(show.sound), format, options, work)
    if not show.slides:
        raise unsupported("This slideshow has no slides.")
    if sum(slide.size for slide in show.slides) > work.limits.max_bytes:
        raise TokstackError(Code.MEDIA_TOO_LARGE, f"Its slides have more than {work.limits.max_bytes} bytes.")
    sound = _sound(show, work)
    each = seconds_each(len(show.slides), sound.seconds if sound else 0.0)
    most = work.limits.gif_seconds if format is Format.GIF else work.limits.seconds
    cut = cut_of(options, each * len(show.slides), most, format)
    slides = [on_disk(opened(slide, f"slide-{n}", work), work) for n, slide in enumerate(show.slides)]
    pictures = [_picture(slide) for slide in slides]
    parts = partial(shown, len(slides), each, cut)
    if format is Format.MP4:
        size = canvas(pictures, min(SHORT_SIDE, options.video_quality or SHORT_SIDE))
        return _mp4(_encoded(slides, parts(FPS), size, FPS, work), sound, cut, options, work)
    fps = work.limits.gif_fps
    size = canvas(pictures, options.video_quality or work.limits.gif_width, work.limits.gif_width)
    joined = _encoded(slides, parts(fps), size, fps, work)
    video = Stream(0, Kind.VIDEO, "h264", width=size[0], height=size[1], fps=fps)
    return results.gif(joined, video, Cut(0.0, cut.seconds), options, work, done=_ENCODING)


def seconds_each(slides: int, sound: float) -> float:
    """Each slide is seen equally long, and the sound is heard to its end."""
    return max(SLIDE_SECONDS, sound / slides)


def shown(slides: int, each: float, cut: Cut, fps: int) -> Iterator[Shown]:
    """What a cut of the show has of each slide, counted in frames so that nothing adds up to too much."""
    begin = round(cut.start * fps)
    end = max(begin + 1, round((cut.start + cut.seconds) * fps))
    for slide in range(slides):
        first, last = round(slide * each * fps), round((slide + 1) * each * fps)
        count = min(last, end) - max(first, begin)
        if count > 0:
            yield Shown(slide, max(0, begin - first), count)


def canvas(pictures: Sequence[Stream], short_side: int, width: int | None = None) -> tuple[int, int]:
    """As large as the largest picture, within the bounds; both sides even."""
    sizes = [(each.height, each.width) if each.turned else (each.width, each.height) for each in pictures]
    wide, high = max(sizes, key=lambda size: size[0] * size[1])
    factor = min(1.0, short_side / min(wide, high), (width or wide) / wide)
    return _even(wide * factor), _even(high * factor)


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)


def _picture(slide: Opened) -> Stream:
    picture = slide.probe.video
    if not picture:
        raise unsupported("One of the slides is no picture.")
    return picture


def _sound(show: Slideshow, work: Work) -> _Sound | None:
    if not show.sound:
        return None
    this = on_disk(opened(show.sound, "sound", work), work)
    stream = this.probe.sound
    if not stream:
        raise unsupported("The slideshow's sound is none.")
    return _Sound(this.source, stream, length(this, stream, work))


def _encoded(slides: Sequence[Opened], parts: Iterable[Shown], size: tuple[int, int], fps: int, work: Work) -> Source:
    """The parts of the slides as one video, which is not written: a list of files that ffmpeg reads as one."""
    names = []
    every = list(parts)
    for done, part in enumerate(every, 1):
        name = f"part-{part.slide}.mp4"
        source = slides[part.slide].source
        words = commands.slide(source, _picture(slides[part.slide]), size, (part.first, part.count), fps)
        try:
            work.run([*words, str(work.folder / name)])
        except FfmpegError as failed:
            logger.info("conversion failed", extra={"format": "slide", "cause": str(failed)})
            raise damaged() from failed
        names.append(name)
        work.progress.at(_ENCODING * done / len(every))
    path = work.folder / "parts.ffconcat"
    path.write_text("\n".join(["ffconcat version 1.0", *(f"file {name}" for name in names)]) + "\n")
    return Source(CONCAT, path)


def _mp4(joined: Source, sound: _Sound | None, cut: Cut, options: Options, work: Work) -> Converted:
    kbits = options.audio_quality or DEFAULT_AUDIO_QUALITY

    def make(path: Path) -> None:
        heard = (sound.source, sound.stream, cut.start % sound.seconds) if sound else None
        share = Share(_ENCODING, 1.0, cut.seconds)
        work.run(commands.joined(joined, heard, kbits, cut.seconds, path), share=share)

    streams = dict.fromkeys([Kind.VIDEO, Kind.SOUND] if sound else [Kind.VIDEO], cut.seconds)
    return results.first_good(Format.MP4, (make,), Expected(cut.seconds, streams), work)
