"""Every format with every option, of every kind of source: what comes is what was asked for, to the frame."""

import struct
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import httpx
import pytest

from local.upstream.catalog import Post
from local.upstream.media import RATE, SOUNDS
from tests.films import Film, distance, film, nearest, packets, plays, subtitle_text, thumbs
from tests.front_door import FrontDoor
from tests.media_calls import FILES, convert, converted, post, sample, together, until

HLS, DASH = "https://hls.video.example/film", "https://dash.video.example/film.mpd"
LOCKED, MEMBERS = "https://hls.video.example/locked/index.m3u8", "https://members.example/watch"
SHOW_FPS, SHOW_SECONDS = 30, 2.5  # of a slideshow: frames per second, and of a slide at least
GIF_FPS = 15
SECONDS = 0.1  # that a result may be longer or shorter
ENCODED = 4000  # of 64 x 64 pixels: how much encoding changes a frame at most


class Case(NamedTuple):
    """`source` is a post's trait or a URL."""

    format: str
    source: str
    options: Mapping[str, Any] | None = None

    @property
    def url(self) -> str:
        return self.source if self.source.startswith("https:") else post(self.source).url


COPIES = {  # and which file of the sample media it is
    "the best there is": (Case("mp4", "full-hd"), "drift/h265-1080.mp4"),
    "the one there is": (Case("mp4", "h264-only"), "counter/h264-540.mp4"),
    "a smaller one": (Case("mp4", "full-hd", {"video_quality": "720"}), "drift/h264-720.mp4"),
    "never scaled up": (Case("mp4", "h264-only", {"video_quality": "1080"}), "counter/h264-540.mp4"),
    "H.264 already": (Case("mp4", f"{FILES}/clip.mp4", {"h264": True}), "counter/h264-540.mp4"),
    "H.265": (Case("mp4", f"{FILES}/hevc.mp4", {"h264": False}), "counter/h265-540.mp4"),
    "behind a cookie": (Case("mp4", MEMBERS), "counter/h264-540.mp4"),
}
FILMS = {
    "H.264 of H.265": Case("mp4", f"{FILES}/hevc.mp4", {"h264": True, "video_quality": "240"}),
    "wide and small": Case("mp4", "landscape", {"video_quality": "240"}),
    "silent": Case("mp4", "silent"),
    "HLS": Case("mp4", HLS),
    "HLS under AES-128": Case("mp4", LOCKED),
    "DASH": Case("mp4", DASH),
    "cut anew": Case("mp4", "h264-only", {"start_time": 1.2, "end_time": 2.4, "video_quality": "240"}),
    "its end cut off": Case("mp4", "h264-only", {"end_time": 1.4}),
    "from the middle to the end": Case("mp4", "h264-only", {"start_time": 2}),
    "an end beyond the end": Case("mp4", "h264-only", {"end_time": 60}),
    "another sound": Case("mp4", "h264-only", {"audio_quality": "320"}),
    "subtitles": Case("mp4", "long", {"subtitles": True, "video_quality": "240"}),
    "subtitles of a cut": Case(
        "mp4", "long", {"subtitles": True, "video_quality": "240", "start_time": 1, "end_time": 2.6}
    ),
    "no subtitles to embed": Case("mp4", f"{FILES}/clip.mp4", {"subtitles": True}),
    "a cut of ten hours": Case("mp4", f"{FILES}/ten-hours.mp4", {"end_time": 1200}),
}
SHOWS = {
    "slides": Case("mp4", "slides-2", {"video_quality": "240"}),
    "a cut of many": Case("mp4", "slides-34", {"video_quality": "240", "start_time": 1, "end_time": 8.5}),
    "live photos": Case("mp4", "live-photos", {"video_quality": "240"}),
    "without sound": Case("mp4", "slides-sound-removed", {"video_quality": "240"}),
    "as gif": Case("gif", "slides-2", {"video_quality": "240"}),
}
SOUNDS_OF = {
    "mp3": Case("mp3", "long"),
    "64 kbit/s": Case("mp3", "long", {"audio_quality": "64"}),
    "320 kbit/s, cut": Case("mp3", f"{FILES}/song.mp3", {"audio_quality": "320", "start_time": 2, "end_time": 5}),
    "mp3 of slides": Case("mp3", "slides-2"),
    "mp3 of HLS": Case("mp3", HLS),
    "wav": Case("wav", "h265-only"),
    "wav of a cut": Case("wav", "long", {"start_time": 3.2, "end_time": 5.7}),
    "wav of an mp3": Case("wav", f"{FILES}/song.mp3"),
}
GIFS = {
    "tall": Case("gif", f"{FILES}/clip.mp4"),
    "small": Case("gif", f"{FILES}/clip.mp4", {"video_quality": "240"}),
    "wide and cut": Case("gif", "landscape", {"start_time": 0.4, "end_time": 1.4}),
}
CASES = [*(case for case, _ in COPIES.values()), *(c for t in (FILMS, SHOWS, SOUNDS_OF, GIFS) for c in t.values())]

Made = Mapping[str, httpx.Response]


@pytest.fixture(scope="module")
def made(door: FrontDoor) -> Made:
    """All of them, asked for a few at a time."""
    until(lambda: any(live_images(door)))  # an upstream that may be asked once a second tells what moves
    answers = together([partial(converted, door, *case_of(case)) for case in CASES])
    return {str(case): answer for case, answer in zip(CASES, answers, strict=True)}


def live_images(door: FrontDoor) -> list[str | None]:
    links: list[str | None] = door.get("/api/tiktok/slides", url=post("live-photos").url).json()["data"]["live_images"]
    return links or []


def case_of(case: Case) -> tuple[str, str, Mapping[str, Any] | None]:
    return case.format, case.url, case.options


def file_of(made: Made, case: Case) -> bytes:
    answer = made[str(case)]
    assert answer.status_code == 200, answer.text
    return answer.content


def film_of(made: Made, name: str) -> tuple[bytes, Film]:
    content = file_of(made, FILMS[name])
    assert plays(content)
    return content, film(content)


@pytest.mark.parametrize("name", COPIES)
def test_a_copy(made: Made, name: str) -> None:
    case, source = COPIES[name]
    content, original = file_of(made, case), sample(source)
    for kind in ("v", "a"):
        assert packets(content, kind) == packets(original, kind)
    assert film(content).size == film(original).size
    assert film(content).seconds == pytest.approx(film(original).seconds, abs=SECONDS)
    assert content.index(b"moov") < content.index(b"mdat")  # it plays while it comes


def test_h264_is_forced(made: Made) -> None:
    _, found = film_of(made, "H.264 of H.265")
    assert (found.video, found.sound, found.short_side) == ("h264", "aac", 240)
    assert found.seconds == pytest.approx(3, abs=SECONDS)


def test_the_short_side_is_bounded(made: Made) -> None:
    _, found = film_of(made, "wide and small")
    assert found.size == (426, 240)


def test_a_silent_video_stays_silent(made: Made) -> None:
    content, found = film_of(made, "silent")
    assert (found.video, found.sound) == ("h264", None)
    assert packets(content, "v") == packets(sample("silent/h264-540.mp4"), "v")


@pytest.mark.parametrize(
    ("name", "seconds", "size"),
    [("HLS", 12, (1280, 720)), ("HLS under AES-128", 2, (160, 90)), ("DASH", 6, (1280, 720))],
)
def test_what_comes_in_parts_is_one_film(made: Made, name: str, seconds: int, size: tuple[int, int]) -> None:
    content, found = film_of(made, name)
    assert (found.video, found.sound, found.size) == ("h264", "aac", size)
    assert found.seconds == pytest.approx(seconds, abs=SECONDS)
    assert len(packets(content, "v")) == seconds * RATE


@pytest.mark.parametrize(
    ("name", "first", "count"),
    [
        ("cut anew", 18, 18),
        ("its end cut off", 0, 21),
        ("from the middle to the end", 30, 15),
        ("an end beyond the end", 0, 45),
    ],
)
def test_a_cut_is_right_to_the_frame(made: Made, name: str, first: int, count: int) -> None:
    content, found = film_of(made, name)
    shown, original = thumbs(content), thumbs(sample("counter/h264-540.mp4"))
    assert len(shown) == count
    assert [nearest(shown[at], original) for at in (0, count // 2, count - 1)] == [
        first,
        first + count // 2,
        first + count - 1,
    ]
    assert found.seconds == pytest.approx(count / RATE, abs=SECONDS)


def test_an_end_alone_encodes_nothing(made: Made) -> None:
    content, _ = film_of(made, "its end cut off")
    assert packets(content, "v") == packets(sample("counter/h264-540.mp4"), "v")[:21]


def test_the_sound_alone_is_encoded(made: Made) -> None:
    content, _ = film_of(made, "another sound")
    original = sample("counter/h264-540.mp4")
    assert packets(content, "v") == packets(original, "v")
    assert film(content).kbits > 1.5 * film(original).kbits


def test_subtitles_are_a_track_of_their_own(made: Made) -> None:
    content, found = film_of(made, "subtitles")
    assert found.subtitles == ("eng", "ind")
    text = subtitle_text(content)
    assert "00:00.000 --> 00:01.500\nA sample caption." in text
    assert "00:01.500 --> 00:02.900\nAnd another." in text


def test_subtitles_are_cut_with_the_film(made: Made) -> None:
    content, found = film_of(made, "subtitles of a cut")
    assert found.seconds == pytest.approx(1.6, abs=SECONDS)
    assert len(thumbs(content)) == 24
    text = subtitle_text(content)
    assert "00:00.000 --> 00:00.500\nA sample caption." in text
    assert "00:00.500 --> 00:01.600\nAnd another." in text


def test_a_film_without_subtitles_is_no_failure(made: Made) -> None:
    _, found = film_of(made, "no subtitles to embed")
    assert found.subtitles == ()


def test_a_part_of_what_is_too_long(made: Made) -> None:
    _, found = film_of(made, "a cut of ten hours")
    assert found.seconds == pytest.approx(1200, abs=SECONDS)


# ---------------------------------------------------------------- Slideshows
def each(show: Post) -> float:
    """The seconds of one slide."""
    sound = SOUNDS[show.sound.file][0] if show.sound.file else 0
    return max(SHOW_SECONDS, sound / len(show.images))


def changes(content: bytes) -> list[int]:
    """The frames at which another picture begins."""
    shown = thumbs(content)
    return [at for at in range(1, len(shown)) if distance(shown[at - 1], shown[at]) > 10 * ENCODED]


@pytest.mark.parametrize("name", ["slides", "without sound"])
def test_a_slideshow_is_a_film(made: Made, name: str) -> None:
    case = SHOWS[name]
    show, content = post(case.source), file_of(made, case)
    count, found = len(show.images), film(content)
    assert plays(content)
    assert found.seconds == pytest.approx(each(show) * count, abs=SECONDS)
    assert (found.video, found.short_side, found.fps) == ("h264", 240, SHOW_FPS)
    assert found.sound == ("aac" if show.sound.file else None)
    # To a frame: an mp3 plays a little longer than the sound in it.
    assert changes(content) == pytest.approx([each(show) * SHOW_FPS * slide for slide in range(1, count)], abs=1)


def test_a_cut_of_a_slideshow(made: Made) -> None:
    content = file_of(made, SHOWS["a cut of many"])
    assert film(content).seconds == pytest.approx(7.5, abs=SECONDS)
    assert changes(content) == [45, 120, 195]  # 1.5, 4 and 6.5 s: the first slide was seen for a second before
    assert len(packets(content, "v")) == 225


def test_live_photos_move(made: Made) -> None:
    show, content = post("live-photos"), file_of(made, SHOWS["live photos"])
    shown, frames = thumbs(content), round(each(post("live-photos")) * SHOW_FPS)
    assert len(shown) == pytest.approx(frames * len(show.images), abs=1)
    moving, still = shown[2 * frames], shown[frames]
    assert distance(moving, shown[2 * frames + SHOW_FPS]) > ENCODED
    assert distance(still, shown[frames + SHOW_FPS]) < ENCODED
    end = 3 * frames - 2  # what has moved for two seconds stands
    assert distance(shown[end - 5], shown[end]) < ENCODED


def test_a_slideshow_as_gif(made: Made) -> None:
    show, content = post("slides-2"), file_of(made, SHOWS["as gif"])
    found = film(content)
    assert (found.video, found.sound, found.short_side) == ("gif", None, 240)
    assert found.seconds == pytest.approx(each(show) * 2, abs=SECONDS)
    assert plays(content)


# -------------------------------------------------------------------- Sounds
@pytest.mark.parametrize(
    ("name", "kbits", "seconds"),
    [("mp3", 192, 12), ("64 kbit/s", 64, 12), ("320 kbit/s, cut", 320, 3), ("mp3 of HLS", 192, 12)],
)
def test_mp3(made: Made, name: str, kbits: int, seconds: int) -> None:
    content = file_of(made, SOUNDS_OF[name])
    found = film(content)
    assert (found.sound, found.video, found.kbits) == ("mp3", None, kbits)
    assert found.seconds == pytest.approx(seconds, abs=SECONDS)
    assert plays(content)


def test_the_sound_of_slides(made: Made) -> None:
    sound = post("slides-2").sound.file
    assert sound
    content = file_of(made, SOUNDS_OF["mp3 of slides"])
    assert film(content).seconds == pytest.approx(SOUNDS[sound][0], abs=SECONDS)


@pytest.mark.parametrize(("name", "seconds"), [("wav", 4), ("wav of a cut", 2.5), ("wav of an mp3", 12)])
def test_wav(made: Made, name: str, seconds: float) -> None:
    content = file_of(made, SOUNDS_OF[name])
    assert (content[:4], content[8:12]) == (b"RIFF", b"WAVE")
    assert struct.unpack_from("<I", content, 4) == (len(content) - 8,)
    at = content.index(b"data")
    assert struct.unpack_from("<I", content, at + 4) == (len(content) - at - 8,)
    found = film(content)
    assert (found.sound, found.video) == ("pcm_s16le", None)
    assert found.seconds == pytest.approx(seconds, abs=SECONDS)


# ---------------------------------------------------------------------- GIFs
@pytest.mark.parametrize(
    ("name", "size", "seconds"), [("tall", (480, 853), 3), ("small", (240, 427), 3), ("wide and cut", (480, 270), 1)]
)
def test_gif(made: Made, name: str, size: tuple[int, int], seconds: int) -> None:
    content = file_of(made, GIFS[name])
    found = film(content)
    assert (found.video, found.sound, found.size) == ("gif", None, size)
    assert found.seconds == pytest.approx(seconds, abs=SECONDS)
    assert len(thumbs(content)) == seconds * GIF_FPS
    assert b"NETSCAPE2.0" in content  # it begins again at its end


# ------------------------------------------------------------------- At once
@pytest.mark.parametrize(
    ("asked", "same"),
    [
        (Case("wav", "h265-only", {"h264": True, "subtitles": True, "audio_quality": "64"}), SOUNDS_OF["wav"]),
        (Case("mp3", "long", {"video_quality": "240", "h264": True}), SOUNDS_OF["mp3"]),
        (Case("mp4", "full-hd", {}), COPIES["the best there is"][0]),
        (Case("mp4", "full-hd", {"start_time": 0, "h264": False}), COPIES["the best there is"][0]),
        (Case("mp4", "h264-only", {"start_time": 2.0}), FILMS["from the middle to the end"]),
    ],
)
def test_the_same_by_other_words_is_there_already(door: FrontDoor, made: Made, asked: Case, same: Case) -> None:
    before = door.upstream_requests()
    answer = convert(door, *case_of(asked))
    assert (answer.status_code, answer.headers["x-credits-used"]) == (200, "0")
    assert answer.content == file_of(made, same)
    assert door.upstream_requests() == before


def test_the_best_file_may_lead_nowhere(door: FrontDoor) -> None:
    assert converted(door, "mp4", post("broken-rendition").url).status_code == 200
