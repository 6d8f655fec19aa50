"""What a post lacks, and one post made of two answers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound, Subtitle
from tokstack.providers.completeness import merge, missing

VIDEO = (Rendition(urls=("https://v/1.mp4",)),)
SLIDES = (Slide(urls=("https://p/1.jpeg",)),)
LIVES = (Slide(urls=("https://q/1.jpeg",), live_urls=("https://q/1.mp4",)),)

SUBTITLES = (Subtitle(language="eng-US", url="https://v/1.vtt", format="webvtt"),)


def post(**values: Any) -> Post:
    return Post(id="1", **{"kind": Kind.VIDEO, **values})


@pytest.mark.parametrize(
    ("found", "name", "lacking"),
    [
        (None, "plays", {"plays"}),
        (post(), "plays", {"plays"}),
        (post(plays=0), "plays", set()),
        (post(), "media", {"media"}),
        (post(renditions=VIDEO), "media", set()),
        (post(kind=Kind.SLIDES, slides=SLIDES), "media", set()),
        (post(renditions=VIDEO), "lives", set()),
        (post(kind=Kind.SLIDES, slides=SLIDES), "lives", {"lives"}),
        (post(kind=Kind.SLIDES, slides=LIVES), "lives", set()),
        (post(renditions=VIDEO), "subtitles", {"subtitles"}),
        (post(subtitles=SUBTITLES), "subtitles", set()),
        (post(kind=Kind.SLIDES, slides=SLIDES), "subtitles", set()),
        (post(), "author", {"author.handle"}),
        (post(author=Author(handle="a")), "author", set()),
        (post(author=Author(handle="a")), "author.avatar_url", {"author.avatar_url"}),
        (post(), "sound", {"sound.url"}),
        (post(sound=Sound(title="t")), "sound", {"sound.url"}),
        (post(sound=Sound(url="https://m/1.mp3")), "sound", set()),
        (post(), "sound.title", {"sound.title"}),
        (post(), "hashtags", set()),
    ],
)
def test_missing(found: Post | None, name: str, lacking: set[str]) -> None:
    assert missing(found, {name}) == lacking


def test_a_field_comes_from_the_first_who_has_it() -> None:
    first = post(plays=0, caption="first", author=Author(handle="a"), sound=Sound(title="t"))
    second = post(plays=7, downloads=3, hashtags=("x",), author=Author(handle="b", name="B"), sound=Sound(url="u"))
    merged = merge(first, second)
    assert (merged.plays, merged.downloads, merged.caption, merged.hashtags) == (0, 3, "first", ("x",))
    assert merged.author == Author(handle="a", name="B")
    assert merged.sound == Sound(title="t", url="u")
    assert merge(post(), second).sound == Sound(url="u")


def test_subtitles_come_from_whoever_knows_them() -> None:
    known, other = post(subtitles=SUBTITLES), post(renditions=VIDEO)
    for merged in (merge(known, other), merge(other, known)):
        assert (merged.subtitles, merged.renditions) == (SUBTITLES, VIDEO)


def test_media_come_whole_from_one_answer() -> None:
    """Links need the cookies that came with them, and slides are no video's."""
    page = post(renditions=VIDEO, cookies={"tt_chain_token": "page"})
    other = post(kind=Kind.SLIDES, slides=SLIDES, cookies={"tt_chain_token": "other"})
    assert merge(page, other).model_dump(include={"kind", "renditions", "slides", "cookies"}) == page.model_dump(
        include={"kind", "renditions", "slides", "cookies"}
    )
    merged = merge(post(cookies={"tt_chain_token": "page"}), other)
    assert (merged.kind, merged.slides, merged.cookies) == (Kind.SLIDES, SLIDES, {"tt_chain_token": "other"})


counts = st.none() | st.integers(0, 3)
posts = st.builds(
    post,
    plays=counts,
    downloads=counts,
    author=st.builds(Author, handle=st.none() | st.just("a"), followers=counts),
    sound=st.none() | st.builds(Sound, url=st.none() | st.just("u")),
    renditions=st.sampled_from([(), VIDEO]),
)
NAMES = ("plays", "downloads", "author", "author.followers", "sound", "media")


@given(posts, posts)
def test_a_merged_post_lacks_only_what_both_lack(first: Post, second: Post) -> None:
    assert missing(merge(first, second), NAMES) == missing(first, NAMES) & missing(second, NAMES)
    assert merge(first, first) == first


def test_slides_learn_their_moving_parts_and_stay_what_they_are() -> None:
    merged = merge(post(kind=Kind.SLIDES, slides=SLIDES), post(kind=Kind.SLIDES, slides=LIVES))
    assert merged.slides == (Slide(urls=SLIDES[0].urls, live_urls=LIVES[0].live_urls),)


def test_another_count_of_slides_teaches_nothing() -> None:
    merged = merge(post(kind=Kind.SLIDES, slides=SLIDES), post(kind=Kind.SLIDES, slides=LIVES * 2))
    assert merged.slides == SLIDES
