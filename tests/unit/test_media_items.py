"""The files of posts and pages as they are told of, and which of them a conversion is made of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.media import items, pages
from tokstack.media.item import Item
from tokstack.posts.models import Codec, Kind, Post, Rendition, Slide, Sound, Subtitle
from tokstack.posts.pages import MAX_ITEMS, MediaKind, Page, PageItem
from tokstack.table import Table

COVER = "https://p16.example/cover.jpeg"


def post(**values: Any) -> Post:
    return Post(**{"id": "1", "kind": Kind.VIDEO, "caption": "A title", "cover_url": COVER, **values})


def video(side: int = 720, **values: Any) -> Rendition:
    return Rendition(urls=("https://v16.example/v",), **{"codec": Codec.H264, "width": side, "height": side, **values})


def slide(name: str, *live: str) -> Slide:
    return Slide(urls=(f"https://p16.example/{name}",), live_urls=live)


def sound(url: str = "https://sf16.example/s.mp3") -> Sound:
    return Sound(url=url)


def test_a_video_is_one_file() -> None:
    told = items.of_post(post(renditions=(video(), video(360)), sound=sound()))
    assert told == (Item("video", "video", "video/mp4", "tiktok", "A title", COVER),)


def test_a_slideshow_is_its_images_and_its_sound() -> None:
    told = items.of_post(
        post(kind=Kind.SLIDES, slides=(slide("1.jpeg"), slide("2.webp", "https://v16.example/live")), sound=sound())
    )
    assert told == (
        Item("image-1", "image", "image/jpeg", "tiktok", "A title", "https://p16.example/1.jpeg"),
        Item("image-2", "image", "image/webp", "tiktok", "A title", "https://p16.example/2.webp"),
        Item("music", "audio", "audio/mpeg", "tiktok", "A title", COVER),
    )


def test_a_silent_slideshow_is_its_images() -> None:
    told = items.of_post(post(kind=Kind.SLIDES, slides=(slide("1.jpeg"),), sound=Sound(title="removed")))
    assert [item.name for item in told] == ["image-1"]


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://p16.example/1.jpeg", "image/jpeg"),
        ("https://p16.example/1.JPG?x=.png", "image/jpeg"),
        ("https://p16.example/1~tplv-photomode.image?x-expires=1&format=.webp", "image/webp"),
        ("https://p16.example/1.png", "image/png"),
        ("https://p16.example/1", "image/jpeg"),
    ],
)
def test_the_link_of_an_image_says_its_type(url: str, media_type: str) -> None:
    told = items.of_rendition(post(kind=Kind.SLIDES, slides=(Slide(urls=(url,)),)), "image-1")
    assert (told.media_type, told.thumbnail) == (media_type, url)


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://sf16.example/s.mp3", "audio/mpeg"),
        ("https://sf16.example/s.m4a", "audio/mp4"),
        ("https://v16.example/s/?a=1&mime_type=audio_mpeg", "audio/mpeg"),
        ("https://v16.example/s/?a=1&mime_type=audio_mp4", "audio/mp4"),
        ("https://v16.example/s", "audio/mpeg"),
    ],
)
def test_the_link_of_a_sound_says_its_type(url: str, media_type: str) -> None:
    assert items.of_rendition(post(sound=sound(url)), "music").media_type == media_type


def test_a_subtitle_is_titled_by_its_language() -> None:
    texts = tuple(
        Subtitle(language=language, url=f"https://v16.example/{language}", format=format)
        for language, format in (("eng-US", "srt"), ("deu-DE", "webvtt"), ("fra-FR", "webvtt"))
    )
    told = items.of_rendition(post(renditions=(video(),), subtitles=texts), "subtitle-2")
    assert told == Item("subtitle-2", "text", "text/vtt", "tiktok", "fra-FR", COVER)


def test_a_page_is_its_files_in_order() -> None:
    page = Page(
        site="films.example",
        title="The page",
        items=(
            PageItem(kind=MediaKind.VIDEO, media_type="video/mp4", title="The film", thumbnail=COVER),
            PageItem(kind=MediaKind.AUDIO, media_type="audio/ogg"),
        ),
    )
    assert items.of_page(page) == (
        Item("item-1", "video", "video/mp4", "films.example", "The film", COVER),
        Item("item-2", "audio", "audio/ogg", "films.example", "The page"),
    )


@given(
    st.integers(1, MAX_ITEMS),
    st.just("") | st.just(items.SOUND) | st.integers(16, 1920).map(str),  # as narrow and as wide as a GIF may be
)
def test_the_name_of_a_page_s_file_is_read_as_it_was_made(number: int, choice: str) -> None:
    name = items.page_item(number, choice)
    assert items.read_page_item(name) == (number, choice)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "item",
            "item-",
            "item-0",
            "item-01",
            "item-100",
            "item-1-",
            "item-1-0720",
            "item-1-99999",
            "item-1-sound-2",
        ),
        *("item-1-Sound", "item-1\n", "item-1-720\n", "item-١", "item--1", "ITEM-1", "video", "item-1/../2"),
    ],
)
def test_no_other_name_is_one(name: str) -> None:
    with pytest.raises(ValueError, match="^" + name.partition("\n")[0]):
        items.read_page_item(name)


def test_a_page_is_remembered_under_one_id(table: Table, clock: Clock) -> None:
    first, second = "https://films.example/watch?v=1", "https://films.example/watch?v=2"
    page = pages.remember(table, first)
    clock.now += 29 * 86_400
    assert pages.remember(table, first) == page != pages.remember(table, second)
    clock.now += 29 * 86_400  # it was asked for again since
    assert pages.recall(table, page) == first
    assert len(page) == 32
    assert set(page) <= set("0123456789abcdef")


@pytest.mark.parametrize("days", [0, 30])
def test_a_page_is_forgotten_in_the_end(table: Table, clock: Clock, days: int) -> None:
    page = pages.remember(table, "https://films.example/") if days else "0" * 32
    clock.now += days * 86_400
    with pytest.raises(TokstackError) as caught:
        pages.recall(table, page)
    assert caught.value.code is Code.POST_NOT_FOUND
