"""The names of oEmbed, and what its HTML links to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payloads import recorded
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Kind, Post, Sound
from tokstack.posts.normalise import oembed


def test_a_video() -> None:
    answer = recorded("oembed/oembed-2026-09.json")
    assert oembed.post(answer) == Post(
        id="7609111825233251598",
        kind=Kind.VIDEO,
        caption=answer["title"],
        created_at=None,
        hashtags=("gemini3", "claudeai", "aiagents", "aiproductivity", "googlegemini"),
        mentions=(),
        author=Author(handle="tjrobertson52", name="TJ Robertson"),
        sound=Sound(id="7609111871815305998"),
        cover_url=answer["thumbnail_url"],
    )


def test_slides_are_told_by_the_quoted_link() -> None:
    html = '<blockquote cite="https://www.tiktok.com/@u/photo/1"><section></section></blockquote>'
    assert oembed.post({"embed_product_id": "1", "html": html}) == Post(id="1", kind=Kind.SLIDES)


def test_people_in_the_caption_are_mentioned_and_its_author_is_not() -> None:
    html = (
        '<blockquote><section><a href="https://www.tiktok.com/@author?refer=embed">@author</a>'
        '<p>with <a href="https://www.tiktok.com/@a.friend?refer=embed">@a.friend</a>'
        '<a href="https://www.tiktok.com/tag/%E4%B8%AD%E5%9B%BD?refer=embed">#中国</a></p>'
        '<a href="https://www.tiktok.com/tag/outside">#outside</a></section></blockquote>'
    )
    post = oembed.post({"embed_product_id": "1", "html": html})
    assert post.mentions == ("a.friend",)
    assert post.hashtags == ("中国",)
    assert post.sound is None


def test_without_html_the_caption_tells() -> None:
    post = oembed.post({"embed_product_id": "1", "title": "#one @two", "html": ""})
    assert (post.hashtags, post.mentions) == (("one",), ("two",))


def test_what_is_not_a_post_is_a_changed_shape() -> None:
    with pytest.raises(TokstackError) as raised:
        oembed.post({"embed_type": "profile", "embed_product_id": ""})
    assert raised.value.code is Code.UPSTREAM_CHANGED


MARKUP = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "<!",
            "<![",
            "<![CDATA[",
            "<!--",
            "-->",
            "<?",
            "</",
            "<p",
            "<a href=",
            '"',
            "'",
            "https://[",
            "/music/1",
        ]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)


@given(MARKUP)
def test_no_markup_breaks_the_reading(html: str) -> None:
    assert oembed.post({"embed_product_id": "1", "html": html}).id == "1"
