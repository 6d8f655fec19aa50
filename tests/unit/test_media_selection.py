"""Which files a conversion is made of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError
from tokstack.media import renditions, selection
from tokstack.media.formats import VIDEO_QUALITIES, Format, Options
from tokstack.posts.models import Codec, Kind, Post, Rendition, Slide, Sound, Subtitle

GIF_WIDTH = 480
SOUND = Sound(url="https://sf16.example/s.mp3")


def video(side: int | None, codec: Codec | None = Codec.H264, **values: Any) -> Rendition:
    return Rendition(urls=("https://v16.example/v",), codec=codec, width=side, height=side, **values)


def post(*videos: Rendition, **values: Any) -> Post:
    return Post(**{"id": "1", "kind": Kind.VIDEO, "renditions": videos, **values})


def slides(*lives: bool, sound: Sound | None = SOUND) -> Post:
    shown = tuple(
        Slide(urls=(f"https://p16.example/{at}",), live_urls=(f"https://v16.example/{at}",) if live else ())
        for at, live in enumerate(lives)
    )
    return Post(id="1", kind=Kind.SLIDES, slides=shown, sound=sound)


def texts(count: int) -> tuple[Subtitle, ...]:
    return tuple(Subtitle(language=f"l{at}", url=f"https://v16.example/{at}", format="webvtt") for at in range(count))


def chosen(found: Post, format: Format = Format.MP4, **options: Any) -> tuple[str, ...]:
    return selection.of_post(found, format, Options(**options), GIF_WIDTH)


MANY = (video(360), video(576), video(720), video(720, Codec.H265), video(1080, Codec.H265))


@pytest.mark.parametrize(
    ("quality", "name"),
    [
        (None, "video-1080-h265"),
        (1080, "video-1080-h265"),
        (720, "video-720-h264"),
        (480, "video-576-h264"),
        (360, "video-360-h264"),
        (240, "video-360-h264"),
    ],
)
def test_a_video_is_made_of_the_nearest_that_is_large_enough(quality: int | None, name: str) -> None:
    assert chosen(post(*MANY), video_quality=quality) == (name,)
    assert chosen(post(*reversed(MANY)), video_quality=quality) == (name,)


def test_where_none_is_large_enough_the_largest_is_taken() -> None:
    assert chosen(post(video(360), video(576)), video_quality=1080) == ("video-576-h264",)


@pytest.mark.parametrize(
    ("videos", "name"),
    [
        ((video(720, Codec.H265), video(720)), "video-720-h264"),
        ((video(720, None), video(720)), "video-720-h264"),
        ((video(720, bitrate=900), video(720, bitrate=1200)), "video-720-h264"),
        ((video(720, Codec.H265, bitrate=1), video(720, Codec.H265, bitrate=2)), "video-720-h265"),
    ],
)
def test_of_the_same_size_what_plays_everywhere_and_looks_best(videos: tuple[Rendition, ...], name: str) -> None:
    found = post(*videos)
    assert chosen(found) == (name,)
    best = renditions.videos(found)[name]
    assert all((best.bitrate or 0) >= (each.bitrate or 0) for each in videos if each.codec is best.codec)


@pytest.mark.parametrize(
    ("quality", "name"), [(None, "video-576-h264"), (360, "video-360-h264"), (1080, "video-576-h264")]
)
def test_a_gif_needs_no_more_than_its_own_width(quality: int | None, name: str) -> None:
    assert chosen(post(*MANY), Format.GIF, video_quality=quality) == (name,)


@pytest.mark.parametrize("format", [Format.MP3, Format.WAV])
def test_sound_is_made_of_the_smallest_video(format: Format) -> None:
    assert chosen(post(*MANY), format) == ("video-360-h264",)
    named = post(video(360, bytes=900_000), video(720, Codec.H265, bytes=400_000))
    assert chosen(named, format) == ("video-720-h265",)


def test_files_without_a_size_are_taken_last_and_as_they_come() -> None:
    assert chosen(post(video(None, None), video(360)), video_quality=1080) == ("video-360-h264",)
    for format in Format:
        assert chosen(post(video(None, None)), format) == ("video",)
        assert chosen(post(video(720, watermark=True)), format) == ("watermark",)


def test_subtitles_come_along_where_they_are_asked_for() -> None:
    found = post(video(720), subtitles=texts(2))
    assert chosen(found, subtitles=True) == ("video-720-h264", "subtitle-1", "subtitle-2")
    assert chosen(found) == ("video-720-h264",)
    assert chosen(post(video(720)), subtitles=True) == ("video-720-h264",)
    assert chosen(found, Format.GIF, subtitles=True) == ("video-720-h264",)
    assert len(chosen(post(video(720), subtitles=texts(30)), subtitles=True)) == 1 + selection.MOST_SUBTITLES


@pytest.mark.parametrize("format", [Format.MP4, Format.GIF])
def test_a_slideshow_is_made_of_all_its_slides_moving_where_they_move(format: Format) -> None:
    assert chosen(slides(False, True, False), format) == ("image-1", "live-2", "image-3", "music")
    assert chosen(slides(True, sound=None), format) == ("live-1",)
    assert chosen(slides(False, sound=Sound(title="removed")), format) == ("image-1",)


@pytest.mark.parametrize("format", [Format.MP3, Format.WAV])
def test_the_sound_of_a_slideshow_is_its_music(format: Format) -> None:
    assert chosen(slides(False, True), format) == ("music",)
    with pytest.raises(TokstackError) as caught:
        chosen(slides(False, sound=None), format)
    assert caught.value.code is Code.NO_AUDIO_TRACK


videos = st.builds(
    video,
    st.none() | st.sampled_from([240, 360, 480, 576, 720, 1080]),
    st.none() | st.sampled_from(Codec),
    bitrate=st.none() | st.integers(0, 5_000_000),
    bytes=st.none() | st.integers(0, 10_000_000),
    watermark=st.booleans(),
)


@given(
    st.lists(videos, min_size=1, max_size=8),
    st.sampled_from(Format),
    st.none() | st.sampled_from(VIDEO_QUALITIES),
    st.booleans(),
)
def test_what_is_chosen_is_there(known: list[Rendition], format: Format, quality: int | None, subtitles: bool) -> None:
    found = post(*known, subtitles=texts(1))
    names = chosen(found, format, video_quality=quality, subtitles=subtitles)
    assert set(names) <= set(renditions.names(found))
    assert renditions.family(names[0]) == "video"
