"""Every command line that ffmpeg is given, as data. Nothing here touches a file or runs anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokstack.media.ffmpeg.containers import ISO
from tokstack.media.ffmpeg.probe import Kind, Stream
from tokstack.media.formats import DEFAULT_AUDIO_QUALITY

MAX_PIXELS = 20_000_000  # of one picture: five times what a phone's screen shows
CONCAT = "concat"
PIPE = "pipe:0"

# Decoders by ffmpeg's names (its own for MP3 and AV1 are not the codecs').
_DECODERS = (
    "h264,hevc,vp8,vp9,libdav1d,mpeg4,mpeg2video,mjpeg,png,webp,gif,"
    "aac,mp3float,mp3,opus,vorbis,flac,ac3,eac3,pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s32le,pcm_f32le"
)
_MAX_ALLOC = 500_000_000
_MP3_RATES = (32000, 44100, 48000)  # at the others MP3 has no more than 160 kbit/s
# At 1080p this takes 250 MB instead of 330, for two frames in a hundred more.
_X264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "2"),
    *("-x264-params", "rc-lookahead=5:sync-lookahead=0"),
)
_CRF = 23
_SLOWEST = 4.0  # frames per second of a GIF
# To learn all of a video, frames of it are decoded: as much work as half a minute of its sound.
_UNSEEN = ("-skip_frame:v", "all")
_TAKEN_AS_IT_IS = ("-max_probe_packets", "1")
_BARE = ("-map_metadata", "-1", "-map_chapters", "-1")
_PLAYABLE = ("-movflags", "+faststart", "-f", "mp4")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that ffmpeg reads: at `path`, or from its stdin where that is None."""

    demuxer: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Cut:
    """`seconds` from `start` on. With `to_the_end`, the media ends there by itself."""

    start: float
    seconds: float
    to_the_end: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """A stream of the source in an MP4: `copy`, or encoded anew as the options say."""

    index: int
    copy: bool
    codec: str = ""
    kbits: int = DEFAULT_AUDIO_QUALITY
    short_side: int | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A track, and which of the sources it is of."""

    source: int
    kind: Kind
    track: Track


@dataclass(frozen=True, slots=True)
class Subtitles:
    path: Path
    language: str


def look(source: Source, *, sound_only: bool = False, ours: bool = False) -> list[str]:
    """Says what the file holds, and fails for want of an output. Its messages are the answer.

    With `sound_only` a picture's pixels are not told. In one of `ours` plain samples are what they are called; in
    another's, ffmpeg looks whether they are frames of some codec.
    """
    spared = [*(_UNSEEN if sound_only else ()), *(_TAKEN_AS_IT_IS if ours else ())]
    return ["-hide_banner", *_nostdin(source), "-max_alloc", str(_MAX_ALLOC), *spared, *_input(source)]


def packets(source: Source, *streams: Stream) -> list[str]:
    """Reads streams to their end without decoding them; the progress tells the length of the longest."""
    chosen = [word for stream in streams for word in ("-map", f"0:{stream.index}")]
    return [*_head(source), *_input(source), *chosen, "-c", "copy", "-f", "null", "-"]


def packets_around(source: Source, stream: Stream, moment: float, margin: float) -> list[str]:
    """Lists the packets from the last keyframe before `moment` to a little after it, on stdout."""
    start = max(0.0, moment - margin)
    return [*_base(source), "-copyts", "-start_at_zero", *_input(source, start), "-map", f"0:{stream.index}",
            *("-c", "copy", "-to", _time(moment + margin), "-f", "framecrc", "pipe:1")]  # fmt: skip


def sound(source: Source, stream: Stream, cut: Cut, codec: Sequence[str], target: Path) -> list[str]:
    read = [*_head(source), *_UNSEEN, *_input(source, cut.start)]
    return [*read, "-map", f"0:{stream.index}", *_to(cut), *codec, str(target)]


def mp3(stream: Stream, kbits: int | None) -> list[str]:
    words = ["-c:a", "libmp3lame", "-b:a", f"{kbits or DEFAULT_AUDIO_QUALITY}k"]
    if stream.channels > 2:  # noqa: PLR2004 - MP3 has no more
        words += ["-ac", "2"]
    if stream.rate not in _MP3_RATES:
        words += ["-ar", "44100"]
    return [*words, "-f", "mp3"]


def wav() -> list[str]:
    return ["-c:a", "pcm_s16le", "-f", "wav"]


def mp4(
    source: Source, tracks: tuple[Track | None, Track | None], subtitles: Sequence[Subtitles], cut: Cut, target: Path
) -> list[str]:
    """`tracks`: the video's and the sound's."""
    video, audio = tracks
    words = [*_head(source), *_input(source, cut.start)]
    for each in subtitles:
        words += _input(Source("webvtt", each.path))
    if video:
        words += ["-map", f"0:{video.index}", *_video(video)]
    if audio:
        words += ["-map", f"0:{audio.index}", *_audio(audio)]
    for number, each in enumerate(subtitles):
        words += ["-map", f"{number + 1}:s:0", f"-metadata:s:s:{number}", f"language={each.language}"]
    if subtitles:
        words += ["-c:s", "mov_text"]
    return [*words, *_to(cut), *_PLAYABLE, str(target)]


def palette(source: Source, stream: Stream, cut: Cut, scale: str, target: Path) -> list[str]:
    chain = f"{scale},palettegen=stats_mode=diff"
    return [*_head(source), *_input(source, cut.start), "-map", f"0:{stream.index}", *_to(cut), "-vf", chain,
            *("-frames:v", "1", "-update", "1", "-c:v", "png", "-f", "image2", str(target))]  # fmt: skip


def gif(source: Source, stream: Stream, cut: Cut, scale: str, colours: Path, target: Path) -> list[str]:
    graph = f"[0:{stream.index}]{scale}[frames];[frames][1:v]paletteuse=dither=bayer:bayer_scale=5"
    return [*_head(source), *_input(source, cut.start), *_input(Source("png_pipe", colours)), *_to(cut),
            *("-filter_complex", graph, "-loop", "0", "-f", "gif", str(target))]  # fmt: skip


def gif_fps(stream: Stream, most: float) -> float:
    """No more than there are; but a frame that lasts long is shown in pieces, or a cut could not end within it."""
    return min(max(stream.fps or most, _SLOWEST), most)


def gif_scale(fps: float, width: int, short_side: int | None) -> str:
    """So many frames per second, at most so wide, and with such a short side; never larger than it is."""
    bounds = [str(width), "iw"]
    if short_side:
        bounds.append(f"if(lt(iw,ih),{short_side},{short_side}*iw/ih)")
    narrow = bounds[0]
    for bound in bounds[1:]:
        narrow = f"min({narrow},{bound})"
    return f"fps={fps:g}:start_time=0,scale=w='{narrow}':h=-1:flags=lanczos,setsar=1"


def slide(source: Source, picture: Stream, size: tuple[int, int], frames: tuple[int, int], fps: int) -> list[str]:
    """All but its target, for a picture, or a clip that holds its last frame: `frames` are from where, and how many.

    Every slide comes out with the same parameters, so that they can be joined without encoding them again.
    """
    width, height = size
    first, count = frames
    chain = (
        f"fps={fps},scale={width}:{height}:force_original_aspect_ratio=decrease:out_range=tv:out_color_matrix=bt709,"
        f"format=yuv420p,pad={width}:{height}:-1:-1,setsar=1,"
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,"
        f"tpad=stop_mode=clone:stop=-1,trim=start_frame={first},setpts=PTS-STARTPTS"
    )
    return [
        *(*_head(source), *_input(source), "-map", f"0:{picture.index}", "-vf", chain),
        *("-r", str(fps), "-frames:v", str(count), *_X264, "-crf", str(_CRF), "-bf", "0"),
        *("-video_track_timescale", "90000", "-f", "mp4"),
    ]


def joined(
    slides: Source, sound: tuple[Source, Stream, float] | None, kbits: int, seconds: float, target: Path
) -> list[str]:
    """The slides one after another under the sound, which begins at that second of it and is looped."""
    words = [*_head(slides), *_input(slides)]
    if sound:
        words += ["-stream_loop", "-1", *_input(sound[0])]
    words += ["-map", "0:v:0", "-c:v", "copy"]
    if sound:
        # Not by -ss: what is looped cannot be sought in.
        words += ["-map", f"1:{sound[1].index}", "-af", f"atrim=start={_time(sound[2])},asetpts=PTS-STARTPTS"]
        words += ["-c:a", "aac", "-b:a", f"{kbits}k"]
    return [*words, *_to(Cut(0, seconds)), *_PLAYABLE, str(target)]


def merged(sources: Sequence[Source], tracks: Sequence[Merged], target: Path) -> list[str]:
    words = _head(*sources)
    for source in sources:
        words += _input(source)
    for each in tracks:
        words += ["-map", f"{each.source}:{each.track.index}"]
        words += _video(each.track) if each.kind is Kind.VIDEO else _audio(each.track)
    if all(each.kind is Kind.SOUND for each in tracks):
        words += ["-brand", "M4A "]
    return [*words, *_BARE, *_PLAYABLE, str(target)]


def short_side_scale(short_side: int | None) -> str:
    """Both sides even, as 4:2:0 needs them; the short one at most `short_side`."""
    if short_side is None:
        return "scale=w=trunc(iw/2)*2:h=trunc(ih/2)*2"
    shorter, other = f"min({short_side},trunc({{}}/2)*2)", "-2"
    wide, high = shorter.format("iw"), shorter.format("ih")
    return f"scale=w='if(lt(iw,ih),{wide},{other})':h='if(lt(iw,ih),{other},{high})'"


def _video(track: Track) -> list[str]:
    if track.copy:
        # Apple plays HEVC under this name alone.
        return ["-c:v", "copy", *(["-tag:v", "hvc1"] if track.codec == "hevc" else [])]
    return [*_X264, "-crf", str(_CRF), "-vf", short_side_scale(track.short_side)]


def _audio(track: Track) -> list[str]:
    return ["-c:a", "copy"] if track.copy else ["-c:a", "aac", "-b:a", f"{track.kbits}k"]


def _base(*sources: Source) -> list[str]:
    return ["-hide_banner", "-nostats", "-y", "-v", "error", "-xerror", "-abort_on", "empty_output",
            *_nostdin(*sources), "-max_alloc", str(_MAX_ALLOC)]  # fmt: skip


def _head(*sources: Source) -> list[str]:
    return [*_base(*sources), "-progress", "pipe:1"]


def _nostdin(*sources: Source) -> list[str]:
    return ["-nostdin"] if all(source.path for source in sources) else []


def _input(source: Source, start: float = 0) -> list[str]:
    """`-ss` is before the input, where it seeks: a pipe is never read from elsewhere than its beginning."""
    demuxers = f"{CONCAT},{ISO}" if source.demuxer == CONCAT else source.demuxer
    return [
        *("-protocol_whitelist", "file" if source.path else "pipe", "-format_whitelist", demuxers),
        *("-codec_whitelist", f"{_DECODERS},webvtt", "-max_pixels", str(MAX_PIXELS), "-threads", "1"),
        *(("-ss", _time(start)) if start else ()),
        *("-f", source.demuxer, "-i", str(source.path or PIPE)),
    ]


def _to(cut: Cut) -> list[str]:
    # What says that it ends there is still not trusted: a second more is seen when the result is checked.
    return ["-t", _time(cut.seconds + 1 if cut.to_the_end else cut.seconds), *_BARE]


def _time(seconds: float) -> str:
    return f"{seconds:.6f}"
