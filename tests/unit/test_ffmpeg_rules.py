"""The rules of conversion that need no process: what files are, what is cut, copied, shown and checked."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError
from tokstack.media.ffmpeg import boxes, check, containers, keyframes, probe, slideshow, subtitles, webp
from tokstack.media.ffmpeg.check import Expected
from tokstack.media.ffmpeg.commands import Cut
from tokstack.media.ffmpeg.cut import cut_of
from tokstack.media.ffmpeg.material import SubtitleTrack
from tokstack.media.ffmpeg.probe import Kind, Probe, Stream
from tokstack.media.ffmpeg.recording import copyable, unchanged
from tokstack.media.ffmpeg.work import Progress, Share, out_time
from tokstack.media.formats import Format, Options

VIDEO = Stream(0, Kind.VIDEO, "h264", 10.0, "yuv420p", 576, 1024, 30.0, tag="avc1")
SOUND = Stream(1, Kind.SOUND, "aac", 9.9, rate=44100, channels=2, tag="mp4a")
SAID = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'x':
  Metadata:
    major_brand     : isom
    location-eng    : +48.1371+011.5754/
  Duration: 01:02:03.45, start: 0.000000, bitrate: 1221 kb/s
  Stream #0:0[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt709), 576x1024 [SAR 1:1 DAR 9:16]\
, 1149 kb/s, 29.97 fps, 29.97 tbr, 15360 tbn (default)
      Metadata:
        comment         : a line of its own
                        :   Stream #0:7: Video: h264, yuv420p, 1x1, 1 fps
      Side data:
        displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, 5.1, fltp, 64 kb/s (default)
  Stream #0:2: Video: mjpeg (Baseline), yuvj444p(pc), 600x600 [SAR 1:1 DAR 1:1], 90k tbr, 90k tbn (attached pic)
  Stream #0:3: Video: webp, none, 25 fps, 25 tbr, 25 tbn
At least one output file must be specified
"""
CUES = "WEBVTT\n\n00:01.250 --> 00:02.500\nOne.\n\n00:00:03.000 --> 00:00:04.000 align:start\n<v Ann>Two\nlines.\n"


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"\x00\x00\x00\x18ftypisom", "mov"),
        (b"\x00\x00\x00\x18ftypM4A ", "mov"),
        (b"\x00\x00\x00\x18ftypavif", None),
        (b"\x00\x00\x10\x00moov", "mov"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp_pipe"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"\xff\xd8\xff\xe0", "jpeg_pipe"),
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"G" + b"\x00" * 187 + b"G", "mpegts"),
        (b"G" + b"o" * 300, None),
        (b"ID3\x04\x00\x00\x00\x00\x00\x02xx\xff\xf1", "aac"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x02xx\xff\xfb", "mp3"),
        (b"ID3\x04\x00\x00\x00\x7f\x7f\x7f", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"#EXTM3U\n", None),
        (b"ffconcat version 1.0\n", None),
        (b"", None),
    ],
)
def test_a_demuxer_is_chosen_by_the_first_bytes(head: bytes, named: str | None) -> None:
    assert containers.demuxer(head) == named


def test_what_ffmpeg_says_is_read() -> None:
    found = probe.parse(SAID)
    assert found.seconds == pytest.approx(3723.45)
    assert found.streams == (
        Stream(0, Kind.VIDEO, "hevc", None, "yuv420p10le", 576, 1024, 29.97, turned=True, tag="hvc1"),
        Stream(1, Kind.SOUND, "aac", None, rate=48000, channels=6, tag="mp4a"),
    )
    assert found.names == {"major_brand", "location-eng"}


def test_the_only_stream_is_as_long_as_its_file() -> None:
    said = "  Duration: 00:00:12.04, start: 0.02\n  Stream #0:0: Audio: mp3 (mp3float), 44100 Hz, mono, fltp, 64 kb/s\n"
    assert probe.parse(said).streams[0].seconds == pytest.approx(12.04)
    assert probe.parse(f"[mp3 @ 0x1] Estimating duration from bitrate, this may be inaccurate\n{said}").seconds is None


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in numbers)


def movie(*tracks: bytes, more: bytes = b"") -> bytes:
    return box(b"moov", box(b"mvhd", words(0, 0, 0, 1000, 9000)) + b"".join(box(b"trak", t) for t in tracks) + more)


PRESENTED = box(b"tkhd", words(0, 0, 0, 1, 0, 2500))
STORED = box(b"tkhd", words(0, 0, 0, 1, 0, 0)) + box(b"mdia", box(b"mdhd", words(0, 0, 0, 44100, 88200)))


def test_the_length_of_each_track_is_read() -> None:
    content = box(b"ftyp", b"isom") + movie(PRESENTED, STORED, b"") + box(b"mdat", b"....")
    assert boxes.movie(content) == boxes.Movie((2.5, 2.0, None), fragmented=False)
    assert boxes.movie(movie(PRESENTED, more=box(b"mvex", b""))) == boxes.Movie((2.5,), fragmented=True)
    assert boxes.movie(box(b"ftyp", b"isom")) is None


def track(*offsets: int, sizes: tuple[int, ...] = (3, 4), each: int = 0, wide: bool = False) -> bytes:
    """One whose chunks begin there."""
    kind, width = (b"co64", 8) if wide else (b"stco", 4)
    chunks = words(0, len(offsets)) + b"".join(at.to_bytes(width, "big") for at in offsets)
    samples = words(0, each, len(sizes), *(() if each else sizes))
    table = box(b"stbl", box(b"stsz", samples) + box(kind, chunks))
    return box(b"mdia", box(b"mdhd", b"") + box(b"minf", table))


def plain(*tracks: bytes, brand: bytes = b"isom", media: bytes = b"." * 20, after: bytes = b"") -> bytes:
    return box(b"ftyp", brand) + movie(*tracks) + box(b"free", b"") + box(b"mdat", media) + after


AT = len(plain(track(0), track(0), media=b""))  # where the media begin, behind two tracks of one chunk each


@pytest.mark.parametrize(
    ("content", "is_plain"),
    [
        (plain(track(AT), track(AT + 7)), True),
        (plain(track(AT - 8), track(AT, each=6)), True),  # eight bytes less of index
        (plain(track(AT), track(AT + 7), brand=b"mp42"), True),
        (plain(track(AT + 8, wide=True), track(AT + 8 + 7)), True),
        (plain(track(AT), track(AT + 7), brand=b"qt  "), False),
        (plain(track(AT), track(AT + 7), brand=b"3gp4"), False),
        (plain(track(AT), track(AT + 7), after=box(b"free", b"")), False),
        (plain(track(AT), track(AT + 7), after=box(b"moof", b"")), False),
        (plain(track(AT - 1), track(AT + 7)), False),
        (plain(track(AT), track(AT + 20)), False),
        (plain(track(AT, sizes=(10, 4)), track(AT + 7)), False),  # more than there is
        (plain(track(AT - 8), track(AT, sizes=())), False),
        (plain(track(AT - 8), track(AT, each=7)), False),
        (plain(track(AT), STORED), False),
        (plain(track(AT), track()), False),
        (plain(track(AT), track(AT), media=b""), False),
        (box(b"ftyp", b"isom") + box(b"mdat", b"." * 900) + movie(track(30)), False),
        (box(b"ftyp", b"isom") + movie(track(AT)), False),
        (b"", False),
    ],
)
def test_an_mp4_is_plain_if_it_is_its_index_and_all_the_media_of_it(content: bytes, is_plain: bool) -> None:
    assert boxes.plain_mp4(content, len(content)) is is_plain
    assert not boxes.plain_mp4(content[:-1], len(content) - 1)


def test_a_plain_mp4_is_known_by_its_beginning() -> None:
    content = plain(track(AT), track(AT + 7))
    assert boxes.plain_mp4(content[:AT], len(content))
    assert not boxes.plain_mp4(content[:AT], len(content) - 1)


def test_an_index_before_the_media_is_found() -> None:
    first = box(b"ftyp", b"isom") + movie(PRESENTED)
    assert boxes.leading_index(first + box(b"mdat", b"")) == len(first)
    assert boxes.leading_index(first[:30]) == len(first)  # it begins there
    assert boxes.leading_index(box(b"mdat", b"") + movie(PRESENTED)) is None


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damaged_bytes_raise_nothing(noise: bytes, at: int) -> None:
    content = plain(track(AT), track(AT + 7))
    for damaged in (noise, content[:at] + noise, content[:at] + noise + content[at:], b"RIFF0000WEBPANMF" + noise):
        boxes.leading_index(damaged)
        boxes.movie(damaged)
        boxes.plain_mp4(damaged, len(damaged))
        containers.demuxer(damaged)
        webp.still(damaged)


def test_an_animations_first_picture_is_taken_out() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)

    frame = bytes(16) + chunk(b"ALPH", b"a") + chunk(b"VP8 ", b"one")
    animated = b"RIFF....WEBP" + chunk(b"VP8X", bytes(10)) + chunk(b"ANMF", frame) + chunk(b"ANMF", frame)
    assert webp.still(animated) == b"RIFF\x10\0\0\0WEBP" + chunk(b"VP8 ", b"one")
    assert webp.still(b"RIFF....WEBP" + chunk(b"VP8 ", b"one")) is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(), Cut(0.0, 10.0, to_the_end=True)),
        (Options(start_time=4), Cut(4, 6.0, to_the_end=True)),
        (Options(start_time=4, end_time=4.5), Cut(4, 0.5)),
        (Options(end_time=99), Cut(0.0, 10.0, to_the_end=True)),
        (Options(start_time=10), "start_time: the media ends after 10.0 s."),
        (Options(start_time=4, end_time=4), "end_time: it must be after start_time."),
    ],
)
def test_a_cut_lies_inside_the_media(options: Options, expected: Cut | str) -> None:
    if isinstance(expected, Cut):
        assert cut_of(options, 10.0, 60, Format.GIF) == expected
        return
    with pytest.raises(TokstackError, match=expected) as refused:
        cut_of(options, 10.0, 60, Format.GIF)
    assert refused.value.code is Code.VALIDATION_ERROR


def test_a_cut_is_as_long_as_it_may_be() -> None:
    assert cut_of(Options(), 60.04, 60, Format.GIF).seconds == pytest.approx(60.04)
    with pytest.raises(TokstackError, match="This gif would have 61 s, and 60 s are the most") as refused:
        cut_of(Options(start_time=2), 63.0, 60, Format.GIF)
    assert refused.value.code is Code.MEDIA_TOO_LARGE


@pytest.mark.parametrize(
    ("codec", "pixels", "options", "yes"),
    [
        ("h264", "yuv420p", Options(), True),
        ("h264", "yuv420p", Options(h264=True, video_quality=720), True),
        ("h264", "yuv420p", Options(video_quality=480), False),
        ("h264", "yuv444p", Options(), False),
        ("hevc", "yuv420p10le", Options(), True),
        ("hevc", "yuv420p", Options(h264=True), False),
        ("vp9", "yuv420p", Options(), False),
    ],
)
def test_what_may_be_copied(codec: str, pixels: str, options: Options, yes: bool) -> None:
    assert copyable(Stream(0, Kind.VIDEO, codec, 10.0, pixels, 576, 1024, 30.0), options) is yes


WHOLE = Cut(0.0, 10.0, to_the_end=True)


@pytest.mark.parametrize(
    ("found", "cut", "options", "yes"),
    [
        (Probe(10.0, (VIDEO, SOUND)), WHOLE, Options(), True),
        (Probe(10.0, (VIDEO,)), WHOLE, Options(h264=True, video_quality=720), True),
        (Probe(10.0, (replace(VIDEO, codec="hevc", tag="hvc1"), SOUND)), WHOLE, Options(), True),
        (Probe(10.0, (VIDEO, SOUND), frozenset({"major_brand", "comment"})), WHOLE, Options(), True),
        (Probe(10.0, (VIDEO, SOUND), frozenset({"location-eng"})), WHOLE, Options(), False),
        (Probe(10.0, (replace(VIDEO, codec="hevc", tag="hev1"), SOUND)), WHOLE, Options(), False),
        (Probe(10.0, (VIDEO, replace(SOUND, codec="opus", tag="Opus"))), WHOLE, Options(), False),
        (Probe(10.0, (VIDEO, SOUND, replace(SOUND, index=2))), WHOLE, Options(), False),
        (Probe(10.0, (SOUND,)), WHOLE, Options(), False),
        (Probe(10.0, (VIDEO, SOUND)), WHOLE, Options(video_quality=480), False),
        (Probe(10.0, (VIDEO, SOUND)), WHOLE, Options(audio_quality=128), False),
        (Probe(10.0, (VIDEO, SOUND)), Cut(0.0, 9.0), Options(end_time=9), False),
        (Probe(10.0, (VIDEO, SOUND)), Cut(1.0, 9.0, to_the_end=True), Options(start_time=1), False),
    ],
)
def test_what_need_not_be_made_again(found: Probe, cut: Cut, options: Options, yes: bool) -> None:
    assert unchanged(found, cut, options) is yes


PACKETS = (
    "#tb 0: 1001/30000",
    "0,  -2,   0, 1, 900, 0xab",
    "0,  -1,   3, 1,  10, 0xab, F=0x0, S=1",
    "0,  57,  60, 1, 900, 0xab",
    "0,  87,  90, 1, 900, 0xab, F=0x5",
    "0, 117, 120, 1, 900, 0xab, F=0x1",
)


@pytest.mark.parametrize(
    ("moment", "found"),
    [(2.0, 2.002), (2.01, 2.002), (2.03, None), (3.003, None), (4.0, 4.004), (0.1, None), (0.0, 0.0)],
)
def test_a_cut_may_begin_on_a_keyframe(moment: float, found: float | None) -> None:
    assert keyframes.at(moment, 0.0166, PACKETS) == found


@pytest.mark.parametrize(
    ("streams", "seconds", "wrong"),
    [
        ((VIDEO, SOUND), 10.0, None),
        ((VIDEO, SOUND), 10.1, None),
        ((VIDEO, SOUND), 9.8, "it has 9.8 s instead of 10.00"),
        ((VIDEO, SOUND), None, "it has None s instead of 10.00"),
        ((VIDEO,), 10.0, "Audio is missing"),
        ((SOUND,), 10.0, "Video is missing"),
        ((VIDEO, Stream(1, Kind.SOUND, "aac", 4.0)), 10.0, "Audio has 4.00 s instead of 9.90"),
    ],
)
def test_a_result_is_what_was_asked_for(streams: tuple[Stream, ...], seconds: float | None, wrong: str | None) -> None:
    expected = Expected(10.0, {Kind.VIDEO: 10.0, Kind.SOUND: 9.9}, check.slack(VIDEO.fps))
    assert check.problem(Probe(seconds, streams), expected) == wrong


def test_no_stream_is_there_unasked() -> None:
    assert check.problem(Probe(10.0, (VIDEO, SOUND)), Expected(10.0, {Kind.SOUND: 9.9})) == "Video is not asked for"


@pytest.mark.parametrize(
    ("start", "seconds", "text"),
    [
        (0, 9, "00:00:01.250 --> 00:00:02.500\nOne.\n\n00:00:03.000 --> 00:00:04.000\n<v Ann>Two\nlines."),
        (2, 1.5, "00:00:00.000 --> 00:00:00.500\nOne.\n\n00:00:01.000 --> 00:00:01.500\n<v Ann>Two\nlines."),
        (2.5, 0.5, None),
        (9, 9, None),
    ],
)
def test_subtitles_are_shifted_and_clipped(start: float, seconds: float, text: str | None) -> None:
    cut = subtitles.cut(SubtitleTrack("en", CUES), start, seconds)
    assert (cut.strip() if cut else cut) == (f"WEBVTT\n\n{text}" if text else None)


def test_what_is_no_webvtt_is_no_subtitle() -> None:
    assert subtitles.cut(SubtitleTrack("en", "1\n00:00:01,000 --> 00:00:02,000\nSubRip\n"), 0, 9) is None


@pytest.mark.parametrize(
    ("name", "code"), [("eng-US", "eng"), ("en", "eng"), ("zh_Hans", "zho"), ("cmn-Hans-CN", "cmn"), ("", "und")]
)
def test_languages_have_three_letters(name: str, code: str) -> None:
    assert subtitles.language(name) == code


@given(st.integers(1, 40), st.floats(0, 200), st.floats(0, 0.99), st.floats(0.01, 1), st.sampled_from([15, 30]))
def test_a_cut_of_a_slideshow_has_each_of_its_frames_once(
    count: int, sound: float, start: float, part: float, fps: int
) -> None:
    each = slideshow.seconds_each(count, sound)
    total = each * count
    cut = Cut(start * total, part * (1 - start) * total)
    parts = list(slideshow.shown(count, each, cut, fps))
    assert abs(sum(part.count for part in parts) - cut.seconds * fps) <= 1
    assert [part.slide for part in parts] == sorted({part.slide for part in parts})
    assert all(part.first == 0 for part in parts[1:])


@pytest.mark.parametrize(
    ("sizes", "bounds", "expected"),
    [
        ([(1080, 1920), (100, 100)], (1080, None), (1080, 1920)),
        ([(2160, 2880)], (1080, None), (1080, 1440)),
        ([(1399, 1080)], (1080, None), (1400, 1080)),
        ([(1440, 1080)], (480, 480), (480, 360)),
        ([(1080, 1920)], (240, 480), (240, 426)),
        ([(1, 1)], (1080, None), (2, 2)),
    ],
)
def test_a_canvas_holds_the_largest_slide(
    sizes: list[tuple[int, int]], bounds: tuple[int, int | None], expected: tuple[int, int]
) -> None:
    pictures = [Stream(0, Kind.VIDEO, "webp", width=width, height=height) for width, height in sizes]
    assert slideshow.canvas(pictures, *bounds) == expected


def test_a_live_photo_on_its_side_is_as_large_as_it_is_seen() -> None:
    assert slideshow.canvas([Stream(0, Kind.VIDEO, "h264", width=1280, height=720, turned=True)], 1080) == (720, 1280)


@pytest.mark.parametrize(
    ("line", "seconds"), [("out_time_us=1500000", 1.5), ("out_time_us=N/A", None), ("out_time_us=-3", 0), ("x", None)]
)
def test_progress_is_read(line: str, seconds: float | None) -> None:
    assert out_time(line) == seconds


def test_progress_never_goes_back() -> None:
    told: list[float] = []
    progress = Progress(told.append)
    for written in (0, 1, 1.001, 9, 2, 12):
        progress.at(Share(0.5, 1.0, 10).at(written))
    assert told == [0.5, 0.55, 0.95, 1.0]
