"""Slideshows as videos, and files of other sites as plain MP4, with the real ffmpeg."""

from pathlib import Path
from typing import Any

import pytest

from tests.conversions import FromDisk, Seen, ffmpeg, sample, seen
from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg import convert as converting
from tokstack.media.ffmpeg.material import Converted, Limits, Slideshow
from tokstack.media.ffmpeg.merge import merge
from tokstack.media.formats import Format, Options

PORTRAIT, LANDSCAPE, LIVE = "picture-1.jpeg", "picture-3.jpeg", "live-1/h264-720.mp4"
HUES = {"red": (254, 0, 0), "lime": (0, 255, 1), "blue": (0, 0, 254)}


def show(*slides: str, sound: str | None = None) -> Slideshow:
    return Slideshow(tuple(map(sample, slides)), sample(sound) if sound else None)


def convert(this: Slideshow, to: Format, options: Options, folder: Path) -> Converted:
    result = converting.convert(this, to, options, Limits(), folder, seconds=120)
    assert isinstance(result, Converted), "pictures are never a film as they are"
    return result


def run(this: Slideshow, to: str, folder: Path, **options: Any) -> Seen:
    return seen(convert(this, Format(to), Options(**options), folder).path)


@pytest.mark.parametrize(
    ("slides", "sound", "to", "options", "size", "frames", "seconds"),
    [
        # Three slides under 12.04 s of sound
        ((PORTRAIT, LANDSCAPE, LIVE), "song-1.mp3", "mp4", {}, (1080, 1440), 361, 12.04),
        ((PORTRAIT, LANDSCAPE, LIVE), "song-1.mp3", "mp4", {"start_time": 3, "end_time": 9.5, "video_quality": 480},
         (480, 640), 195, 6.5),
        ((PORTRAIT, LANDSCAPE), None, "mp4", {"video_quality": 240}, (240, 320), 150, 5.0),
        # 10 s, so that 8 s of sound begin again
        ((LANDSCAPE,) * 4, "song-2.mp3", "mp4", {"start_time": 7, "video_quality": 240}, (320, 240), 90, 3.0),
        ((LIVE, PORTRAIT), None, "gif", {}, (480, 640), 75, 5.0),
    ],
)  # fmt: skip
def test_a_slideshow_is_a_video(
    slides: tuple[str, ...], sound: str | None, to: str, options: dict[str, Any],
    size: tuple[int, int], frames: int, seconds: float, tmp_path: Path,
) -> None:  # fmt: skip
    looked = run(show(*slides, sound=sound), to, tmp_path, **options)
    assert (looked.size, looked.frames) == (size, frames)
    assert looked.seconds == pytest.approx(seconds, abs=0.1)
    assert looked.codecs == (("gif",) if to == "gif" else ("aac", "h264") if sound else ("h264",))


@pytest.mark.parametrize(("encoder", "frames"), [("libwebp", 1), ("libwebp_anim", 4)])
def test_a_webp_is_a_slide(encoder: str, frames: int, tmp_path: Path) -> None:
    """Of one that is animated, the first frame."""
    picture, folder = tmp_path / "picture.webp", tmp_path / "work"
    folder.mkdir()
    source = ("-f", "lavfi", "-i", "testsrc2=size=540x480:rate=4", "-frames:v", str(frames))
    ffmpeg("-v", "error", *source, "-c:v", encoder, picture)
    assert (b"ANIM" in picture.read_bytes()) == (frames > 1)
    shown = Slideshow((FromDisk(picture), sample(PORTRAIT)))
    looked = seen(convert(shown, Format.MP4, Options(video_quality=240), folder).path)
    assert looked.frames == 150
    assert looked.seconds == pytest.approx(5, abs=0.1)


def test_each_slide_is_seen_in_its_time(tmp_path: Path) -> None:
    slides = []
    for hue in HUES:
        slides.append(FromDisk(tmp_path / f"{hue}.png"))
        ffmpeg("-f", "lavfi", "-i", f"color={hue}:size=64x64", "-frames:v", "1", slides[-1].path)
    result = convert(Slideshow(tuple(slides)), Format.MP4, Options(start_time=2), tmp_path)
    ffmpeg("-i", result.path, "-vf", "scale=1:1", "-pix_fmt", "rgb24", "-f", "rawvideo", tmp_path / "colours")
    colours = (tmp_path / "colours").read_bytes()
    seen_hues = [
        min(HUES, key=lambda hue: sum(abs(a - b) for a, b in zip(HUES[hue], colours[at : at + 3], strict=True)))
        for at in range(0, len(colours), 3)
    ]
    assert seen_hues == ["red"] * 15 + ["lime"] * 75 + ["blue"] * 75


def test_a_live_photo_moves_and_then_holds(tmp_path: Path) -> None:
    """Two seconds of 30, then the last picture for half a second."""
    result = convert(show("live-2/h264-720.mp4"), Format.MP4, Options(video_quality=240), tmp_path)
    frozen = ffmpeg("-i", result.path, "-vf", "freezedetect=noise=0.003:duration=0.3", "-f", "null", "-")
    starts = [float(line.split()[-1]) for line in frozen.splitlines() if "freeze_start" in line]
    assert starts == [pytest.approx(2.0, abs=0.15)]


def test_the_sound_alone_is_as_long_as_it_is(tmp_path: Path) -> None:
    assert run(show(PORTRAIT, sound="song-2.mp3"), "mp3", tmp_path).seconds == pytest.approx(8.0, abs=0.1)


@pytest.mark.parametrize(
    ("this", "to", "options", "code"),
    [
        (show(PORTRAIT), "mp3", {}, Code.NO_AUDIO_TRACK),
        (show(PORTRAIT), "mp4", {"start_time": 2.5}, Code.VALIDATION_ERROR),
        (show(), "mp4", {}, Code.UNSUPPORTED_MEDIA),
        (show("song-1.mp3"), "mp4", {}, Code.UNSUPPORTED_MEDIA),
        (show("captions.vtt"), "mp4", {}, Code.UNSUPPORTED_MEDIA),
        (show(PORTRAIT, sound="silent/h264-540.mp4"), "mp4", {}, Code.UNSUPPORTED_MEDIA),
        (show(*[PORTRAIT] * 25), "gif", {}, Code.MEDIA_TOO_LARGE),
    ],
)
def test_what_cannot_be_is_refused(
    this: Slideshow, to: str, options: dict[str, Any], code: Code, tmp_path: Path
) -> None:
    with pytest.raises(TokstackError) as refused:
        run(this, to, tmp_path, **options)
    assert refused.value.code is code


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """What a download of another site may leave."""
    folder, counter = tmp_path / "parts", sample("counter/h264-540.mp4").path
    folder.mkdir()
    small = ("-t", "2", "-vf", "scale=160:120")
    ffmpeg("-i", counter, "-map", "0:v", "-c", "copy", folder / "video.mp4")
    ffmpeg("-i", counter, "-map", "0:a", "-c", "copy", folder / "sound.m4a")
    ffmpeg("-i", counter, "-vn", "-c:a", "libopus", folder / "sound.webm")
    ffmpeg("-i", counter, "-c", "copy", "-f", "mpegts", folder / "transport.mp4")
    ffmpeg("-i", counter, "-c", "copy", "-movflags", "frag_keyframe+empty_moov", folder / "fragments.mp4")
    ffmpeg("-i", counter, *small, "-c:v", "libvpx", "-speed", "8", "-c:a", "libvorbis", folder / "old.webm")
    ffmpeg("-i", counter, *small, "-c:v", "libvpx-vp9", "-speed", "8", "-an", folder / "new.webm")
    return folder


@pytest.mark.parametrize(
    ("names", "merged", "codecs", "frames", "seconds"),
    [
        (("video.mp4", "sound.m4a"), "merged.mp4", ("aac", "h264"), 45, 3.0),
        (("sound.webm", "video.mp4"), "merged.mp4", ("h264", "opus"), 45, 3.0),
        (("transport.mp4",), "merged.mp4", ("aac", "h264"), 45, 3.0),
        (("fragments.mp4",), "merged.mp4", ("aac", "h264"), 45, 3.0),
        (("old.webm",), "merged.mp4", ("aac", "h264"), 30, 2.0),
        (("new.webm",), "merged.mp4", ("vp9",), 30, 2.0),
        (("sound.m4a",), "merged.m4a", ("aac",), 0, 3.0),
        (("sound.webm",), "merged.m4a", ("opus",), 0, 3.0),
    ],
)
def test_files_of_another_site_become_one(
    names: tuple[str, ...],
    merged: str,
    codecs: tuple[str, ...],
    frames: int,
    seconds: float,
    parts: Path,
    tmp_path: Path,
) -> None:
    path = merge([parts / name for name in names], tmp_path, Limits(), seconds=60)
    looked = seen(path)
    assert (path.name, looked.codecs, looked.frames) == (merged, codecs, frames)
    assert looked.seconds == pytest.approx(seconds, abs=0.1)
    assert b"moov" in path.read_bytes()[:64]
    assert path.read_bytes()[8:12] == (b"isom" if merged.endswith("4") else b"M4A ")


def test_half_a_download_is_refused(parts: Path, tmp_path: Path) -> None:
    content = (parts / "old.webm").read_bytes()
    (parts / "half.webm").write_bytes(content[: len(content) // 2])
    with pytest.raises(TokstackError) as refused:
        merge([parts / "half.webm"], tmp_path, Limits(), seconds=60)
    assert refused.value.code is Code.UNSUPPORTED_MEDIA
