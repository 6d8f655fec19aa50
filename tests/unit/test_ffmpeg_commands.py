"""What ffmpeg is told to do, as data."""

from pathlib import Path

import pytest

from tokstack.media.ffmpeg import commands
from tokstack.media.ffmpeg.commands import Cut, Source, Subtitles, Track
from tokstack.media.ffmpeg.probe import Kind, Stream
from tokstack.media.ffmpeg.recording import cheapest, encoded
from tokstack.media.formats import Options

FILE, PIPE = Source("mov", Path("/w/input")), Source("mov", None)
TARGET = Path("/w/result")
VIDEO = Stream(0, Kind.VIDEO, "h264", 10.0, "yuv420p", 576, 1024, 30.0)
SOUND = Stream(1, Kind.SOUND, "aac", 10.0, rate=44100, channels=2)
CUT, WHOLE = Cut(2.5, 4.0), Cut(0.0, 10.0, to_the_end=True)

EVERY = {
    "packets": commands.packets(FILE, SOUND),
    "packets_around": commands.packets_around(FILE, VIDEO, 4, 0.1),
    "sound": commands.sound(PIPE, SOUND, WHOLE, commands.mp3(SOUND, None), TARGET),
    "mp4": commands.mp4(FILE, (Track(0, copy=True), None), [Subtitles(Path("/w/s.vtt"), "eng")], CUT, TARGET),
    "palette": commands.palette(FILE, VIDEO, CUT, "scale", TARGET),
    "gif": commands.gif(FILE, VIDEO, CUT, "scale", Path("/w/palette"), TARGET),
    "slide": commands.slide(Source("webp_pipe", Path("/w/slide")), VIDEO, (2, 2), (0, 1), 30),
    "joined": commands.joined(Source("concat", Path("/w/list")), (FILE, SOUND, 1.0), 192, 5, TARGET),
    "merged": commands.merged([FILE, FILE], [commands.Merged(1, Kind.SOUND, Track(0, copy=True))], TARGET),
}


def after(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


@pytest.mark.parametrize("words", EVERY.values(), ids=EVERY)
def test_every_input_is_fenced_in(words: list[str]) -> None:
    start = 0
    for at in [n for n, word in enumerate(words) if word == "-i"]:
        inputs = words[start:at]
        assert after(inputs, "-protocol_whitelist") == ("pipe" if words[at + 1] == "pipe:0" else "file")
        assert after(inputs, "-f") in after(inputs, "-format_whitelist").split(",")
        assert "h264" in after(inputs, "-codec_whitelist").split(",")
        assert after(inputs, "-max_pixels") == "20000000"
        start = at + 2
    assert start
    assert {"-xerror", "-abort_on", "-max_alloc"} <= set(words)


@pytest.mark.parametrize("words", EVERY.values(), ids=EVERY)
def test_stdin_is_closed_to_what_reads_files(words: list[str]) -> None:
    assert ("-nostdin" in words) is ("pipe:0" not in words)


def test_no_picture_is_decoded_for_a_sound() -> None:
    for words in (commands.look(PIPE, sound_only=True), EVERY["sound"]):
        assert after(words[: words.index("-i")], "-skip_frame:v") == "all"
    assert "-skip_frame:v" not in commands.look(PIPE)


def test_plain_samples_are_searched_for_a_codec_in_what_others_made() -> None:
    ours = commands.look(FILE, ours=True)
    assert after(ours[: ours.index("-i")], "-max_probe_packets") == "1"
    assert "-max_probe_packets" not in commands.look(FILE)


def test_a_file_is_sought_in_before_it_is_read() -> None:
    words = commands.sound(FILE, SOUND, CUT, commands.wav(), TARGET)
    assert words.index("-ss") < words.index("-i") < words.index("-t")
    assert (after(words, "-ss"), after(words, "-t")) == ("2.500000", "4.000000")


def test_what_runs_to_the_end_is_bounded_just_beyond_it() -> None:
    words = commands.sound(PIPE, SOUND, WHOLE, commands.wav(), TARGET)
    assert "-ss" not in words
    assert after(words, "-t") == "11.000000"


@pytest.mark.parametrize(
    ("channels", "rate", "kbits", "words"),
    [
        (2, 44100, None, "-c:a libmp3lame -b:a 192k -f mp3"),
        (1, 48000, 64, "-c:a libmp3lame -b:a 64k -f mp3"),
        (6, 22050, 320, "-c:a libmp3lame -b:a 320k -ac 2 -ar 44100 -f mp3"),
    ],
)
def test_mp3_has_what_mp3_can(channels: int, rate: int, kbits: int | None, words: str) -> None:
    sound = Stream(1, Kind.SOUND, "aac", rate=rate, channels=channels)
    assert " ".join(commands.mp3(sound, kbits)) == words


@pytest.mark.parametrize(
    ("copied", "sound", "start", "options", "which"),
    [
        (True, "aac", 0, Options(), (True, True)),
        (True, "mp3", 2, Options(), (True, True)),
        (True, "aac", 0, Options(audio_quality=64), (True, False)),
        (True, "opus", 0, Options(), (True, False)),
        (False, "aac", 0, Options(video_quality=240), (False, True)),
        (False, "aac", 2, Options(), (False, False)),  # its packets do not begin where the picture does
    ],
)
def test_each_track_is_copied_if_it_may(
    copied: bool, sound: str, start: float, options: Options, which: tuple[bool, bool]
) -> None:
    stream = Stream(1, Kind.SOUND, sound)
    anew = encoded(VIDEO, stream, options)
    tracks = cheapest(anew, VIDEO if copied else None, stream, Cut(start, 4), options)
    assert tuple(track.copy for track in tracks if track) == which


def test_hevc_is_named_as_apple_plays_it() -> None:
    words = commands.mp4(FILE, (Track(0, copy=True, codec="hevc"), None), [], CUT, TARGET)
    assert after(words, "-tag:v") == "hvc1"


def test_nothing_of_the_source_is_told_on() -> None:
    words = commands.mp4(FILE, (Track(0, copy=False), Track(1, copy=False, kbits=64)), [], CUT, TARGET)
    assert after(words, "-map_metadata") == after(words, "-map_chapters") == "-1"
    assert (after(words, "-b:a"), after(words, "-movflags")) == ("64k", "+faststart")


@pytest.mark.parametrize(("fps", "written"), [(30.0, 15.0), (None, 15.0), (10.0, 10.0), (0.01, 4.0)])
def test_a_gif_moves_no_faster_than_its_film_and_never_stands_still_for_long(fps: float | None, written: float) -> None:
    assert commands.gif_fps(Stream(0, Kind.VIDEO, "h264", fps=fps), 15) == written


@pytest.mark.parametrize(
    ("fps", "short_side", "scale"),
    [
        (15.0, None, "fps=15:start_time=0,scale=w='min(480,iw)'"),
        (12.5, 240, "fps=12.5:start_time=0,scale=w='min(min(480,iw),if(lt(iw,ih),240,240*iw/ih))'"),
    ],
)
def test_a_gif_is_scaled_down_only(fps: float, short_side: int | None, scale: str) -> None:
    assert commands.gif_scale(fps, 480, short_side).startswith(scale)
