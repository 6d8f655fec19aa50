"""The files of a post and their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.media import renditions
from tokstack.posts.models import Codec, Kind, Post, Rendition, Slide, Sound, Subtitle


def video(name: str, codec: Codec | None, side: int | None, bitrate: int | None = None, **more: bool) -> Rendition:
    urls = (f"https://v16.example/{name}", f"https://v19.example/{name}")
    height = side and side * 16 // 9
    return Rendition(urls=urls, codec=codec, width=side, height=height, bitrate=bitrate, **more)


def post(*videos: Rendition, slides: tuple[Slide, ...] = (), sound: Sound | None = None) -> Post:
    return Post(id="7300000000000000000", kind=Kind.VIDEO, renditions=videos, slides=slides, sound=sound)


def first(post: Post, name: str) -> str:
    return renditions.urls(post, name)[0].rpartition("/")[2]


@pytest.mark.parametrize(
    ("videos", "best"),
    [
        ([video("a", Codec.H264, 576), video("b", Codec.H264, 720)], "b"),
        ([video("a", Codec.H264, 720, 900), video("b", Codec.H264, 720, 1200)], "b"),
        ([video("a", Codec.H265, 1080), video("b", Codec.H264, 576)], "b"),
        ([video("a", Codec.H265, 720), video("b", Codec.H265, 1080)], "b"),
        ([video("a", Codec.H265, 1080), video("b", None, None)], "b"),
        ([video("a", None, None), video("b", Codec.H264, 360)], "b"),
        ([video("a", Codec.H264, 1080, watermark=True), video("b", Codec.H265, 360)], "b"),
    ],
)
def test_video_is_the_best_that_plays_everywhere_without_watermark(videos: list[Rendition], best: str) -> None:
    assert first(post(*videos), "video") == best
    assert first(post(*reversed(videos)), "video") == best


def test_behind_the_best_stand_its_mirrors_and_then_the_best_of_other_codecs() -> None:
    found = renditions.urls(
        post(video("a", Codec.H265, 1080), video("b", Codec.H264, 576), video("c", Codec.H264, 720)), "video"
    )
    assert found == tuple(f"https://{host}.example/{name}" for name in "ca" for host in ("v16", "v19"))


def test_the_watermark_has_its_own_name_and_no_other() -> None:
    marked = post(video("a", Codec.H264, 720, watermark=True))
    assert renditions.names(marked) == ("watermark",)
    assert first(marked, "watermark") == "a"


def test_each_rendition_has_a_name() -> None:
    found = renditions.videos(
        post(
            video("a", Codec.H264, 720, 900),
            video("b", Codec.H264, 720, 1200),
            video("c", Codec.H265, 1080),
            video("d", None, None),
            video("e", Codec.H264, 72),
        )
    )
    assert {name: rendition.urls[0][-1] for name, rendition in found.items()} == {
        "video-720-h264": "b",
        "video-720-h264-2": "a",
        "video-72-h264": "e",
        "video-0-unknown": "d",
        "video-1080-h265": "c",
    }


def test_slides_live_photos_and_the_sound_have_names() -> None:
    slides = (
        Slide(urls=("https://p16.example/1.jpeg",)),
        Slide(urls=("https://p16.example/2.jpeg", "https://p19.example/2.jpeg"), live_urls=("https://v16.example/2",)),
    )
    slideshow = post(slides=slides, sound=Sound(url="https://sf16.example/s.mp3"))
    assert renditions.names(slideshow) == ("music", "image-1", "image-2", "live-2")
    assert renditions.urls(slideshow, "image-2") == slides[1].urls
    assert renditions.urls(slideshow, "live-2") == slides[1].live_urls
    assert renditions.urls(slideshow, "music") == ("https://sf16.example/s.mp3",)


def test_subtitles_that_can_be_embedded_are_counted() -> None:
    texts = {"eng-US": "webvtt", "deu-DE": "srt", "fra-FR": "webvtt", "spa-ES": "creator_caption"}
    known = [
        Subtitle(language=language, url=f"https://v16.example/{language}", format=format)
        for language, format in texts.items()
    ]
    told = post(video("a", Codec.H264, 720)).model_copy(update={"subtitles": tuple(known)})
    assert renditions.subtitles(told) == (known[0], known[2])
    assert [name for name in renditions.names(told) if renditions.family(name) == "text"] == [
        "subtitle-1",
        "subtitle-2",
    ]
    assert renditions.urls(told, "subtitle-2") == (known[2].url,)
    assert renditions.urls(told, "subtitle-3") == ()


@pytest.mark.parametrize("name", ["video", "watermark", "music", "image-1", "image-0", "live-1", "video-720-h264", ""])
def test_a_file_that_the_post_has_not_is_nowhere(name: str) -> None:
    assert renditions.urls(post(sound=Sound(title="removed")), name) == ()


rendition = st.builds(
    Rendition,
    urls=st.lists(st.sampled_from(["https://a.example/1", "https://b.example/2"]), max_size=2).map(tuple),
    codec=st.none() | st.sampled_from(Codec),
    width=st.none() | st.sampled_from([576, 720, 1080]),
    height=st.none() | st.sampled_from([576, 1024, 1280]),
    bitrate=st.none() | st.integers(0, 5_000_000),
    watermark=st.booleans(),
)


@given(st.lists(rendition, max_size=8))
def test_every_name_leads_somewhere_and_fits_a_key(videos: list[Rendition]) -> None:
    found = post(*videos)
    assert len(renditions.videos(found)) == sum(not video.watermark for video in videos)
    for name in renditions.names(found):
        assert renditions.urls(found, name)
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert renditions.family(name) == "video"
