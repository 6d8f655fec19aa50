"""Which files are kept, and in what order."""

import pytest

from tokstack.posts.models import Codec, Rendition
from tokstack.posts.normalise.files import best_first, rendition, slide


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("h264", Codec.H264),
        ("h265_hvc1", Codec.H265),
        ("h265", Codec.H265),
        ("bytevc1", Codec.H265),
        ("H264", Codec.H264),
        ("", None),
        (None, None),
        ("vp9", None),
    ],
)
def test_codecs(name: str | None, codec: Codec | None) -> None:
    found = rendition(["https://a/1"], codec=name)
    assert found is not None
    assert found.codec is codec


@pytest.mark.parametrize("name", ["bytevc2", "h266", "h266_vvc1"])
def test_what_nobody_can_play_is_dropped(name: str) -> None:
    assert rendition(["https://a/1"], codec=name) is None


def test_a_file_without_an_address_is_none() -> None:
    assert rendition(["", None, []], codec="h264") is None


def test_tiktoks_own_play_address_is_the_last_mirror() -> None:
    found = rendition([["https://www.tiktok.com/aweme/v1/play/?x=1", "https://v16/1"], "https://v19/1"])
    assert found is not None
    assert found.urls == ("https://v16/1", "https://v19/1", "https://www.tiktok.com/aweme/v1/play/?x=1")


def file(name: str, width: int, height: int, bitrate: int | None = None, *, watermark: bool = False) -> Rendition:
    return Rendition(urls=(f"https://a/{name}",), width=width, height=height, bitrate=bitrate, watermark=watermark)


def test_the_best_file_is_clean_then_large_then_rich() -> None:
    files = [
        file("marked", 1080, 1920, 900, watermark=True),
        file("small", 576, 1024, 1000),
        file("landscape", 1280, 720, 400),
        file("poor", 720, 1280, 300),
        file("large", 1080, 1920, 200),
        file("silent", 576, 1024),
        None,
    ]
    names = [kept.urls[0].rpartition("/")[2] for kept in best_first(files)]
    assert names == ["large", "landscape", "poor", "small", "silent", "marked"]


def test_a_file_that_is_named_twice_is_kept_as_first_described() -> None:
    described, again = file("one", 576, 1024, 500), Rendition(urls=("https://a/two", "https://a/one"))
    assert best_first([described, again]) == (described,)


def test_slides_prefer_jpeg_and_skip_what_is_empty() -> None:
    found = slide(
        ["", "//p16/a.heic?x=1", "https://p16/a.webp?x=.jpeg", "https://p16/a.image", None],
        "https://p16/a.JPEG?x=1",
        width=1080,
        height=0,
        live="//v16/a.mp4",
    )
    assert found is not None
    assert found.urls == (
        "https://p16/a.JPEG?x=1",
        "https://p16/a.image",
        "https://p16/a.webp?x=.jpeg",
        "https://p16/a.heic?x=1",
    )
    assert (found.width, found.height) == (1080, None)
    assert found.live_urls == ("https://v16/a.mp4",)


def test_a_slide_without_an_image_is_none() -> None:
    assert slide("", [], live="https://v16/a.mp4") is None
