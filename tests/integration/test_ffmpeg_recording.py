"""Videos and sounds in other formats, with the real ffmpeg: what comes out is looked at independently."""

from pathlib import Path
from typing import Any

import pytest

from local.upstream.media import SUBTITLES
from tests.conversions import FromDisk, Seen, ffmpeg, sample, seen
from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg.convert import convert
from tokstack.media.ffmpeg.material import Converted, Limits, Recording, SubtitleTrack, Unchanged
from tokstack.media.formats import Format, Options

PHONE = "phone.mp4"
TOLD = 0.02


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small files that the samples lack."""
    folder = tmp_path_factory.mktemp("made")
    counter, song = sample("counter/h264-540.mp4").path, sample("song-1.mp3").path
    small = ("-vf", "scale=161:121", "-t", "2")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-f", "lavfi", "-i", "sine=sample_rate=48000",
           "-t", "6", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60", "-sc_threshold", "0",
           "-c:a", "aac", "-movflags", "+faststart", folder / "keys.mp4")  # fmt: skip
    ffmpeg("-display_rotation", "90", "-i", counter, "-c", "copy", "-movflags", "+faststart", folder / PHONE)
    ffmpeg("-i", counter, "-c", "copy", folder / "index-last.mp4")
    ffmpeg("-i", counter, "-c", "copy", "-movflags", "frag_keyframe+empty_moov", folder / "fragments.mp4")
    ffmpeg("-i", counter, "-c", "copy", "-f", "mpegts", folder / "transport.mp4")
    ffmpeg("-i", counter, *small, "-c:v", "libvpx-vp9", "-speed", "8", "-c:a", "libopus", folder / "odd.webm")
    ffmpeg("-i", counter, *small, "-c:v", "libx264", "-pix_fmt", "yuv444p", "-an", folder / "odd.mp4")
    ffmpeg("-i", song, "-i", sample("picture-1.jpeg").path, "-map", "0", "-map", "1", "-c", "copy",
           "-disposition:v", "attached_pic", folder / "cover.mp3")  # fmt: skip
    ffmpeg("-i", song, "-t", "3", "-c", "copy", "-write_xing", "0", folder / "bare.mp3")
    ffmpeg("-i", song, "-t", "3", "-f", "adts", folder / "bare.aac")
    ffmpeg("-i", counter, "-c", "copy", "-movflags", "+faststart", "-metadata", "location=+48.1371+011.5754/",
           folder / "located.mp4")  # fmt: skip
    ffmpeg("-i", counter, "-map", "0", "-map", "0:a", "-c", "copy", "-movflags", "+faststart", folder / "three.mp4")
    ffmpeg("-i", sample("counter/h265-540.mp4").path, "-c", "copy", "-tag:v", "hev1", "-movflags", "+faststart",
           folder / "hev1.mp4")  # fmt: skip
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=1/60", "-t", "180", "-c:v", "libx264", folder / "slow.mp4")
    ffmpeg("-f", "lavfi", "-i", "color=size=16000x16000:rate=1", "-frames:v", "1", folder / "bomb.png")
    return folder


def file(name: str, made: Path) -> FromDisk:
    return FromDisk(made / name) if (made / name).exists() else sample(name)


def run(source: FromDisk, to: str, folder: Path, *subtitles: SubtitleTrack, **options: Any) -> tuple[Converted, Seen]:
    recording = Recording(source, subtitles)
    result = convert(recording, Format(to), Options(**options), Limits(), folder, seconds=120)
    if isinstance(result, Unchanged):
        assert result.file is source
        result = Converted(source.path, result.media_type, result.seconds)
    looked = seen(result.path)
    assert result.seconds == pytest.approx(looked.seconds, abs=TOLD)
    assert result.media_type == Format(to).media_type
    return result, looked


def refusal(source: FromDisk, to: str, folder: Path, limits: Limits | None = None, **options: Any) -> TokstackError:
    with pytest.raises(TokstackError) as refused:
        convert(Recording(source), Format(to), Options(**options), limits or Limits(), folder, seconds=60)
    return refused.value


@pytest.mark.parametrize(
    ("name", "options", "codecs", "size", "frames"),
    [
        # Copied
        ("counter/h264-540.mp4", {}, ("aac", "h264"), (576, 1024), 45),
        ("counter/h264-540.mp4", {"h264": True, "video_quality": 720}, ("aac", "h264"), (576, 1024), 45),
        ("counter/h265-540.mp4", {}, ("aac", "hevc"), (576, 1024), 45),
        ("silent/h264-540.mp4", {}, ("h264",), (576, 1024), 60),
        ("index-last.mp4", {}, ("aac", "h264"), (576, 1024), 45),
        ("fragments.mp4", {}, ("aac", "h264"), (576, 1024), 45),
        ("keys.mp4", {"start_time": 2.01}, ("aac", "h264"), (320, 240), 120),
        # Encoded
        ("counter/h265-540.mp4", {"h264": True}, ("aac", "h264"), (576, 1024), 45),
        ("counter/h264-540.mp4", {"video_quality": 240}, ("aac", "h264"), (240, 426), 45),
        ("harbour/h264-540.mp4", {"video_quality": 360}, ("aac", "h264"), (640, 360), 45),
        ("counter/h264-540.mp4", {"start_time": 1, "end_time": 2}, ("aac", "h264"), (576, 1024), 15),
        ("counter/h265-540.mp4", {"start_time": 2.4, "end_time": 99}, ("aac", "h264"), (576, 1024), 9),
        ("keys.mp4", {"start_time": 2.5, "end_time": 3.5}, ("aac", "h264"), (320, 240), 30),
        ("transport.mp4", {"start_time": 1}, ("aac", "h264"), (576, 1024), 30),
        ("odd.webm", {}, ("aac", "h264"), (160, 120), 30),
        ("odd.mp4", {}, ("h264",), (160, 120), 30),
        (PHONE, {"video_quality": 240}, ("aac", "h264"), (426, 240), 45),
    ],
)
def test_a_video_becomes_a_plain_mp4(
    name: str, options: dict[str, Any], codecs: tuple[str, ...], size: tuple[int, int],
    frames: int, made: Path, tmp_path: Path,
) -> None:  # fmt: skip
    result, looked = run(file(name, made), "mp4", tmp_path, **options)
    assert (looked.codecs, looked.size, looked.frames) == (codecs, size, frames)
    assert result.path.read_bytes()[4:8] == b"ftyp"
    assert b"moov" in result.path.read_bytes()[:64]  # it plays while it comes in


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("counter/h264-540.mp4", {}),
        ("counter/h264-540.mp4", {"end_time": 9, "h264": True, "video_quality": 720, "subtitles": True}),
        ("counter/h265-540.mp4", {}),
        ("silent/h264-540.mp4", {}),
        (PHONE, {}),
    ],
)
def test_what_is_as_it_is_asked_for_is_not_made_again(
    name: str, options: dict[str, Any], made: Path, tmp_path: Path
) -> None:
    source, told = file(name, made), list[float]()
    recording = Recording(source, (SubtitleTrack("en", "no subtitles"),))
    result = convert(recording, Format.MP4, Options(**options), Limits(), tmp_path, progress=told.append, seconds=60)
    assert result == Unchanged(source, "video/mp4", result.seconds)
    assert result.seconds == pytest.approx(seen(source.path).seconds, abs=TOLD)
    assert (told, source.opened, list(tmp_path.iterdir())) == ([1.0], 1, [])


@pytest.mark.parametrize("name", ["index-last.mp4", "located.mp4", "three.mp4", "hev1.mp4", "fragments.mp4"])
def test_what_a_result_would_not_have_is_taken_out(name: str, made: Path, tmp_path: Path) -> None:
    result, looked = run(file(name, made), "mp4", tmp_path)
    assert result.path.parent == tmp_path
    assert len(looked.codecs) == 2
    assert "location" not in looked.said
    assert "hev1" not in looked.said


def test_what_may_be_copied_keeps_its_very_bytes_and_touches_no_disk(made: Path, tmp_path: Path) -> None:
    source = file("located.mp4", made)
    result, _ = run(source, "mp4", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [result.path.name]
    copied = ("-map", "0", "-c", "copy", "-f", "streamhash", "-")
    assert ffmpeg("-v", "error", "-i", result.path, *copied) == ffmpeg("-v", "error", "-i", source.path, *copied)


def test_an_end_alone_encodes_nothing(tmp_path: Path) -> None:
    _, looked = run(sample("counter/h264-540.mp4"), "mp4", tmp_path, end_time=1.5)
    assert looked.frames == 23
    assert "Constrained Baseline" in looked.said  # as the source; x264 would have made High


def test_a_turned_picture_stays_turned_when_copied(made: Path, tmp_path: Path) -> None:
    _, looked = run(file(PHONE, made), "mp4", tmp_path)
    assert "rotation of 90.00 degrees" in looked.said


def test_subtitles_are_cut_along(tmp_path: Path) -> None:
    tracks = (SubtitleTrack("eng-US", SUBTITLES), SubtitleTrack("de", SUBTITLES), SubtitleTrack("en", "no subtitles"))
    options = {"subtitles": True, "start_time": 1, "end_time": 2}
    result, looked = run(sample("counter/h264-540.mp4"), "mp4", tmp_path, *tracks, **options)
    assert looked.codecs == ("aac", "h264", "mov_text", "mov_text")
    assert "(eng): Subtitle" in looked.said
    assert "(deu): Subtitle" in looked.said
    cues = ffmpeg("-v", "error", "-i", result.path, "-map", "0:s:0", "-f", "webvtt", "-")
    assert cues.split("\n\n") == [
        "WEBVTT",
        "00:00.000 --> 00:00.500\nA sample caption.",
        "00:00.500 --> 00:01.000\nAnd another.\n",
    ]


def test_subtitles_that_were_not_asked_for_are_left_out(tmp_path: Path) -> None:
    _, looked = run(sample("counter/h264-540.mp4"), "mp4", tmp_path, SubtitleTrack("en", SUBTITLES))
    assert looked.codecs == ("aac", "h264")


@pytest.mark.parametrize(
    ("name", "to", "options", "seconds"),
    [
        ("counter/h264-540.mp4", "mp3", {}, 3.0),
        ("counter/h265-540.mp4", "mp3", {"start_time": 1, "end_time": 2.5}, 1.5),
        ("counter/h264-540.mp4", "wav", {}, 3.0),
        ("keys.mp4", "mp3", {"end_time": 5}, 5.0),
        ("song-1.mp3", "wav", {"start_time": 4}, 8.0),
        ("song-3.m4a", "mp3", {}, 10.0),
        ("cover.mp3", "mp3", {}, 12.0),
        ("bare.mp3", "wav", {}, 3.0),
        ("bare.aac", "mp3", {"start_time": 1}, 2.0),
        ("odd.webm", "mp3", {}, 2.0),
        ("fragments.mp4", "wav", {}, 3.0),
        ("transport.mp4", "mp3", {}, 3.0),
    ],
)
def test_a_sound_is_taken_out(
    name: str, to: str, options: dict[str, Any], seconds: float, made: Path, tmp_path: Path
) -> None:
    _, looked = run(file(name, made), to, tmp_path, **options)
    assert looked.codecs == ({"mp3": "mp3", "wav": "pcm_s16le"}[to],)
    assert looked.seconds == pytest.approx(seconds, abs=0.1)


def test_a_wav_tells_its_true_size(tmp_path: Path) -> None:
    content = run(sample("counter/h264-540.mp4"), "wav", tmp_path)[0].path.read_bytes()
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


@pytest.mark.parametrize(("given", "kbits"), [(None, 192), (64, 64), (320, 320)])
def test_mp3_has_the_quality_that_is_asked_for(given: int | None, kbits: int, made: Path, tmp_path: Path) -> None:
    _, looked = run(file("keys.mp4", made), "mp3", tmp_path, audio_quality=given)
    assert f"48000 Hz, mono, fltp, {kbits} kb/s" in looked.said


@pytest.mark.parametrize(
    ("name", "options", "size", "frames"),
    [
        ("counter/h264-720.mp4", {}, (480, 853), 45),
        ("harbour/h264-540.mp4", {"video_quality": 240, "start_time": 1}, (426, 240), 30),
        ("keys.mp4", {"end_time": 2}, (320, 240), 30),  # of 30 per second
    ],
)
def test_a_gif_moves_at_most_so_fast_and_is_at_most_so_wide(
    name: str, options: dict[str, Any], size: tuple[int, int], frames: int, made: Path, tmp_path: Path
) -> None:
    result, looked = run(file(name, made), "gif", tmp_path, **options)
    assert (looked.codecs, looked.size, looked.frames) == (("gif",), size, frames)
    assert b"NETSCAPE2.0\x03\x01\x00\x00" in result.path.read_bytes()  # for ever


@pytest.mark.parametrize(
    "options", [{"end_time": 5}, {"start_time": 50, "end_time": 70}, {"start_time": 119, "end_time": 130}]
)
def test_a_gif_of_a_film_that_stands_still_ends_in_time(options: dict[str, Any], made: Path, tmp_path: Path) -> None:
    _, looked = run(file("slow.mp4", made), "gif", tmp_path, **options)
    assert looked.seconds == pytest.approx(options.get("end_time", 180) - options.get("start_time", 0), abs=0.26)


@pytest.mark.parametrize(
    ("name", "to", "options", "code", "words"),
    [
        ("silent/h264-540.mp4", "mp3", {}, Code.NO_AUDIO_TRACK, "no sound"),
        ("song-1.mp3", "gif", {}, Code.UNSUPPORTED_MEDIA, "no picture"),
        ("cover.mp3", "mp4", {}, Code.UNSUPPORTED_MEDIA, "no picture"),
        ("counter/h264-540.mp4", "mp3", {"start_time": 3}, Code.VALIDATION_ERROR, "ends after 3.0 s"),
        ("counter/h264-540.mp4", "mp4", {"start_time": 9}, Code.VALIDATION_ERROR, "ends after 3.0 s"),
        ("bomb.png", "gif", {}, Code.UNSUPPORTED_MEDIA, "damaged"),
        ("captions.vtt", "mp4", {}, Code.UNSUPPORTED_MEDIA, "no media file"),
    ],
)
def test_what_cannot_be_is_refused(
    name: str, to: str, options: dict[str, Any], code: Code, words: str, made: Path, tmp_path: Path
) -> None:
    refused = refusal(file(name, made), to, tmp_path, **options)
    assert refused.code is code
    assert words in refused.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><title>Gone</title>",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x00\x00\x00\x18ftypisom" + b"\x00" * 400,
        b"\x00\x00\x00\x08moov" + b"#EXTM3U\n" * 40,
        b"GIF89a" + b"\xff" * 400,
    ],
)
@pytest.mark.parametrize("to", ["mp3", "mp4"])
def test_what_only_looks_like_media_is_refused(content: bytes, to: str, tmp_path: Path) -> None:
    (tmp_path / "false.mp4").write_bytes(content)
    assert refusal(FromDisk(tmp_path / "false.mp4"), to, tmp_path).code is Code.UNSUPPORTED_MEDIA


@pytest.mark.parametrize("to", ["mp3", "wav", "mp4", "gif"])
@pytest.mark.parametrize("name", ["counter/h264-540.mp4", "counter/h265-540.mp4", "index-last.mp4", "odd.webm"])
def test_half_a_file_is_no_result(name: str, to: str, made: Path, tmp_path: Path) -> None:
    content = file(name, made).path.read_bytes()
    (tmp_path / "half.mp4").write_bytes(content[: len(content) // 2])
    assert refusal(FromDisk(tmp_path / "half.mp4"), to, tmp_path).code is Code.UNSUPPORTED_MEDIA


def test_a_file_that_storage_does_not_give_whole_is_not_converted(tmp_path: Path) -> None:
    for name in ("counter/h264-540.mp4", "song-1.mp3"):  # one goes through a pipe, one over the disk
        source = sample(name)
        source.promised = source.size + 1
        assert refusal(source, "wav", tmp_path).code is Code.SERVICE_UNAVAILABLE


@pytest.mark.parametrize(
    ("to", "limits", "options", "words"),
    [
        ("mp4", Limits(max_bytes=1000), {}, "more than 1000 bytes"),
        ("wav", Limits(max_bytes=480_000), {}, "more than 480000 bytes"),
        ("mp3", Limits(seconds=2), {}, "2 s are the most"),
        ("mp4", Limits(seconds=2), {"end_time": 2.5}, "2 s are the most"),
        ("gif", Limits(gif_seconds=1), {"start_time": 1}, "start_time and end_time"),
    ],
)
def test_what_is_too_large_is_not_cut_silently(
    to: str, limits: Limits, options: dict[str, Any], words: str, made: Path, tmp_path: Path
) -> None:
    source = sample("counter/h264-540.mp4") if to != "wav" else file("keys.mp4", made)
    refused = refusal(source, to, tmp_path, limits, **options)
    assert refused.code is Code.MEDIA_TOO_LARGE
    assert words in refused.message


def test_the_clock_ends_it(tmp_path: Path) -> None:
    with pytest.raises(TokstackError) as refused:
        convert(
            Recording(sample("drift/h265-1080.mp4")),
            Format.MP4,
            Options(h264=True),
            Limits(),
            tmp_path,
            seconds=0.2,
        )
    assert refused.value.code is Code.MEDIA_TOO_LARGE
    assert "too long" in refused.value.message


def test_progress_goes_up_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    recording = Recording(sample("counter/h264-720.mp4"))
    convert(recording, Format.GIF, Options(), Limits(), tmp_path, progress=told.append, seconds=120)
    assert told == sorted(set(told))
    assert told[-1] == 1.0


def test_a_caller_that_gives_up_leaves_no_process(tmp_path: Path) -> None:
    def give_up(_: float) -> None:
        assert children()
        raise KeyboardInterrupt

    recording = Recording(sample("drift/h265-1080.mp4"))
    with pytest.raises(KeyboardInterrupt):
        convert(recording, Format.MP4, Options(h264=True), Limits(), tmp_path, progress=give_up, seconds=60)
    assert not children()


def children() -> list[str]:
    """Of this process: those that run ffmpeg, and those that have ended and were not waited for."""
    return [
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
        if "ffmpeg" in Path(f"/proc/{child}/comm").read_text()
    ]
