"""When links die, by every form in which they say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payloads import recorded
from tokstack.posts.expiry import media_expiry, post_expiry
from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound, Subtitle
from tokstack.posts.normalise import tikwm, web


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://v16-webapp-prime.tiktok.com/video/x/?a=1&expire=1767265200&tk=tt_chain_token", 1767265200.0),
        ("https://v16-webapp-prime.tiktok.com/video/x/?expire=1767265200", 1767265200.0),
        ("https://p16.tiktokcdn.com/a~b.jpeg?x-expires=1676498400&x-signature=c", 1676498400.0),
        ("https://v16m.tiktokcdn.com/dfeaea0950a7858daef2f359dc72df3f/69550ab8/video/tos/x/?a=1", 1767180984.0),
        ("https://v16/dfeaea0950a7858daef2f359dc72df3f/69550ab8/video/x/?expire=1767180000", 1767180000.0),
        ("https://sf16-ies-music-va.tiktokcdn.com/obj/musically-maliva-obj/1657416601829430.mp3", None),
        ("https://v16/DFEAEA0950A7858DAEF2F359DC72DF3F/69550AB8/video/x", None),
        ("https://v16/dfeaea0950a7858daef2f359dc72df3f/69550ab8/image/x", None),
        ("https://p16/a.jpeg?x-expires=", None),
        ("https://p16/a.jpeg?x-expires=176726520012345", None),
        ("https://p16/a.jpeg?unexpire=1767265200", None),
        ("", None),
    ],
)
def test_a_link_says_when_it_dies(url: str, expected: float | None) -> None:
    assert media_expiry(url) == expected


@given(st.text())
def test_no_link_breaks_the_reading(url: str) -> None:
    media_expiry(url)


def link(moment: int) -> str:
    return f"https://a/?expire={moment}"


EVERY_LINK = Post(
    id="1",
    kind=Kind.VIDEO,
    author=Author(avatar_url=link(1_700_000_001)),
    sound=Sound(url=link(1_700_000_002), cover_url=link(1_700_000_003)),
    renditions=(Rendition(urls=(link(1_700_000_004), link(1_700_000_005))),),
    slides=(Slide(urls=(link(1_700_000_006),), live_urls=(link(1_700_000_007),)),),
    cover_url=link(1_700_000_008),
    subtitles=(Subtitle(language="en", url=link(1_700_000_009), format="webvtt"),),
)


@pytest.mark.parametrize("soonest", range(1_700_000_001, 1_700_000_010))
def test_a_post_dies_with_the_first_of_its_links(soonest: int) -> None:
    written = EVERY_LINK.model_dump_json().replace(str(soonest), "1600000000")
    assert post_expiry(Post.model_validate_json(written)) == 1_600_000_000.0


def test_a_post_whose_links_say_nothing() -> None:
    assert post_expiry(Post(id="1", kind=Kind.VIDEO, cover_url="https://a/b.jpeg")) is None


def test_recorded_posts() -> None:
    (listed,) = web.posts(recorded("item_list/post-item-list-2025-10.json"))
    assert post_expiry(listed) == 0x68F624DE  # its sound's, six hours after it was asked for
    videos = tikwm.posts(recorded("tikwm/user-posts-with-photo-2026-08.json")["data"])
    assert post_expiry(videos[0]) == 1787634000  # its avatar's
