"""A video or a sound in another format. What may be copied is copied, and encoded anew only if that went wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg import check, commands, containers, keyframes, results, subtitles
from tokstack.media.ffmpeg.check import Expected
from tokstack.media.ffmpeg.commands import Cut, Subtitles, Track
from tokstack.media.ffmpeg.cut import cut_of, past_end
from tokstack.media.ffmpeg.material import Converted, Input, Recording, SubtitleTrack, Unchanged
from tokstack.media.ffmpeg.merge import merged
from tokstack.media.ffmpeg.probe import Kind, Probe, Stream
from tokstack.media.ffmpeg.process import FfmpegError
from tokstack.media.ffmpeg.reading import Opened, length, local, on_disk, opened, unsupported
from tokstack.media.ffmpeg.work import Share, Work
from tokstack.media.formats import DEFAULT_AUDIO_QUALITY, Format, Options

_COPIED_SOUND = ("aac", "mp3")
_PLAIN_PIXELS = ("yuv420p", "yuvj420p")  # what every player of H.264 shows
_TAGS = ("avc1", "hvc1", "mp4a")  # of streams that are copied
_AROUND = 0.1  # seconds in which a keyframe is looked for
_ASSUMED_FPS = 30.0

Tracks = tuple[Track | None, Track | None]  # the video's and the sound's


def convert(recording: Recording, format: Format, options: Options, work: Work) -> Converted | Unchanged:
    this = opened(recording.file, "input", work, sound_only=format.sound_only)
    if this.source.demuxer == containers.TS and this.source.path:
        this = local(merged([this.source.path], work), work)  # it cannot be sought in exactly
    if format.sound_only:
        return _sound(this, format, options, work)
    video = this.probe.video
    if not video:
        raise unsupported("There is no picture in this media: it can become mp3 or wav.")
    if format is Format.GIF:
        cut = cut_of(options, length(this, video, work), work.limits.gif_seconds, format)
        return results.gif(on_disk(this, work).source, video, cut, options, work)
    return _mp4(this, video, recording.subtitles if options.subtitles else (), options, work)


def _sound(this: Opened, format: Format, options: Options, work: Work) -> Converted:
    stream = this.probe.sound
    if not stream:
        raise TokstackError(Code.NO_AUDIO_TRACK, "This media has no sound.")
    cut = cut_of(options, length(this, stream, work), work.limits.seconds, format)
    codec = commands.mp3(stream, options.audio_quality) if format is Format.MP3 else commands.wav()

    def make(of: Opened) -> Callable[[Path], None]:
        def run(path: Path) -> None:
            words = commands.sound(of.source, stream, cut, codec, path)
            work.run(words, feed=_feed(of), share=Share(0.0, 1.0, cut.seconds))

        return run

    ways = (make(of) for of in _readings(this, cut, work))
    return results.first_good(format, ways, Expected(cut.seconds, {Kind.SOUND: cut.seconds}), work)


def _mp4(
    this: Opened, video: Stream, tracks: tuple[SubtitleTrack, ...], options: Options, work: Work
) -> Converted | Unchanged:
    ends = this.probe.seconds
    cut = cut_of(options, length(this, video, work) if ends is None else ends, work.limits.seconds, Format.MP4)
    if video.seconds is not None and cut.start >= video.seconds:
        raise past_end(video.seconds)
    sound = this.probe.sound
    if sound and sound.seconds is not None and cut.start >= sound.seconds:
        sound = None  # it ended before the part that is asked for
    streams = {stream.kind: _part(stream, cut) for stream in (video, sound) if stream}
    expected = Expected(cut.seconds, streams, check.slack(video.fps))
    written = _written(tracks, cut, work)
    if this.plain and not written and unchanged(this.probe, cut, options) and not check.problem(this.probe, expected):
        work.progress.at(1.0)
        return Unchanged(this.file, Format.MP4.media_type, cut.seconds)

    def make(of: Opened, these: Tracks, start: float) -> Callable[[Path], None]:
        def run(path: Path) -> None:
            words = commands.mp4(of.source, these, written, replace(cut, start=start), path)
            work.run(words, feed=_feed(of), share=Share(0.0, 1.0, cut.seconds))

        return run

    def ways() -> Iterator[Callable[[Path], None]]:
        of = on_disk(this, work) if cut.start else this
        anew, start = encoded(video, sound, options), _copied_from(of, video, cut, options, work)
        cheap = cheapest(anew, video if start is not None else None, sound, cut, options)
        yield make(of, cheap, cut.start if start is None else start)
        if cheap != anew or not of.source.path:
            yield make(on_disk(this, work), anew, cut.start)

    return results.first_good(Format.MP4, ways(), expected, work)


def copyable(video: Stream, options: Options) -> bool:
    """Whether the video's own encoding will do, wherever it is to begin."""
    if options.video_quality and min(video.width, video.height) > options.video_quality:
        return False
    if video.codec == "hevc":
        return not options.h264
    return video.codec == "h264" and video.pixels in _PLAIN_PIXELS


def unchanged(probe: Probe, cut: Cut, options: Options) -> bool:
    """Whether an MP4 would hold the same streams, as they are, from beginning to end.

    One that tells where it was taken is made anew, for a result tells nothing of the kind.
    """
    video, sound = probe.video, probe.sound
    if not video or cut.start or not cut.to_the_end or any("location" in name for name in probe.names):
        return False
    kept = video if copyable(video, options) else None
    tracks = cheapest(encoded(video, sound, options), kept, sound, cut, options)
    copied = [track for track in tracks if track and track.copy]
    return len(copied) == len(probe.streams) and all(stream.tag in _TAGS for stream in probe.streams)


def encoded(video: Stream, sound: Stream | None, options: Options) -> Tracks:
    kbits = options.audio_quality or DEFAULT_AUDIO_QUALITY
    return (
        Track(video.index, copy=False, short_side=options.video_quality),
        Track(sound.index, copy=False, kbits=kbits) if sound else None,
    )


def cheapest(anew: Tracks, copied: Stream | None, sound: Stream | None, cut: Cut, options: Options) -> Tracks:
    """What of `anew` need not be encoded: the video if it is `copied`, and a sound that need not be cut within it."""
    video, audio = anew
    if copied:
        video = Track(copied.index, copy=True, codec=copied.codec)
    if sound and sound.codec in _COPIED_SOUND and options.audio_quality is None and (copied or not cut.start):
        audio = Track(sound.index, copy=True)
    return video, audio


def _copied_from(this: Opened, video: Stream, cut: Cut, options: Options, work: Work) -> float | None:
    """Where a copy of the video begins, if it may be copied at all: at its start, or on a keyframe."""
    if not copyable(video, options):
        return None
    if not cut.start:
        return 0.0
    try:
        lines = work.listing(commands.packets_around(this.source, video, cut.start, _AROUND))
    except FfmpegError:
        return None  # there is no packet, or none that it can read
    return keyframes.at(cut.start, 0.5 / (video.fps or _ASSUMED_FPS), lines)


def _readings(this: Opened, cut: Cut, work: Work) -> Iterator[Opened]:
    """As it comes in, where nothing before the start is to be skipped; else, or if that fails, from the disk."""
    if this.source.path or cut.start:
        yield on_disk(this, work)
        return
    yield this
    yield on_disk(this, work)


def _feed(this: Opened) -> Input | None:
    return None if this.source.path else this.file


def _part(stream: Stream, cut: Cut) -> float | None:
    """A stream's seconds within the cut, if it tells its own."""
    return None if stream.seconds is None else min(stream.seconds - cut.start, cut.seconds)


def _written(tracks: tuple[SubtitleTrack, ...], cut: Cut, work: Work) -> list[Subtitles]:
    written: list[Subtitles] = []
    for track in tracks:
        text = subtitles.cut(track, cut.start, cut.seconds)
        if text:
            path = work.folder / f"subtitles-{len(written)}.vtt"
            path.write_text(text)
            written.append(Subtitles(path, subtitles.language(track.language)))
    return written
