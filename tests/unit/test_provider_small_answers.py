"""The providers that answer a post in a small page or JSON: player, embed, oEmbed."""

from typing import Any

import httpx
import pytest

from tests.payloads import recorded
from tests.upstreams import Recorder, always, embed_page
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author
from tokstack.posts.references import PostRef
from tokstack.providers.embed import Embed
from tokstack.providers.oembed import OEmbed
from tokstack.providers.player import Player


def json_answer(value: Any, status: int = 200) -> Recorder:
    return Recorder(always(httpx.Response(status, json=value)))


def test_player() -> None:
    upstream = json_answer(recorded("player_items/items-video.composed.json"))
    post = Player(upstream.session).post(PostRef("7670393762513718549"), 5)
    assert (post.id, post.likes, post.plays, post.region) == ("7670393762513718549", 10, None, "US")
    request = upstream.requests[0]
    assert request.url.path == "/player/api/v1/items"
    assert dict(request.url.params) == {"item_ids": "7670393762513718549", "language": "en"}
    assert request.headers["referer"] == "https://www.tiktok.com/player/v1/7670393762513718549"


def test_player_of_a_post_that_is_gone() -> None:
    upstream = json_answer(recorded("player_items/items-unavailable.composed.json"))
    with pytest.raises(TokstackError) as caught:
        Player(upstream.session).post(PostRef("5"), 5)
    assert caught.value.code is Code.POST_NOT_FOUND


def test_embed() -> None:
    ((path, data),) = recorded("embed_shape/embed-v2-state.composed.json")["source"]["data"].items()
    upstream = Recorder(always(httpx.Response(200, text=embed_page(path, data))))
    post = Embed(upstream.session).post(PostRef("7377599319744056584"), 5)
    assert (post.plays, post.author.handle, post.hashtags) == (1200, "someone", ("fyp",))
    assert upstream.asked == ["www.tiktok.com/embed/v2/7377599319744056584"]


def test_embed_of_a_post_that_is_gone() -> None:
    ((path, data),) = recorded("embed_shape/embed-v2-error.composed.json")["source"]["data"].items()
    upstream = Recorder(always(httpx.Response(200, text=embed_page(path, data))))
    with pytest.raises(TokstackError) as caught:
        Embed(upstream.session).post(PostRef("1"), 5)
    assert caught.value.code is Code.POST_NOT_FOUND


def test_embed_of_a_user_lists_ids() -> None:
    data = {"videoList": [{"id": "7571863205253778711"}, {"id": "7571863205253778710"}]}
    upstream = Recorder(always(httpx.Response(200, text=embed_page("/embed/@someone", data))))
    page = Embed(upstream.session).posts(Author(handle="someone"), None, 5)
    assert page.items == (PostRef("7571863205253778711", "someone"), PostRef("7571863205253778710", "someone"))
    assert page.cursor is None
    assert upstream.asked == ["www.tiktok.com/embed/@someone"]


def test_oembed() -> None:
    upstream = json_answer(recorded("oembed/oembed-2026-09.json"))
    post = OEmbed(upstream.session).post(PostRef("7609111825233251598", "tjrobertson52"), 5)
    assert (post.author.handle, post.likes, post.renditions) == ("tjrobertson52", None, ())
    assert upstream.requests[0].url.params["url"] == ("https://www.tiktok.com/@tjrobertson52/video/7609111825233251598")


def test_oembed_of_a_post_that_is_gone() -> None:
    upstream = json_answer(recorded("oembed/oembed-not-found.json"), status=400)
    with pytest.raises(TokstackError) as caught:
        OEmbed(upstream.session).post(PostRef("1"), 5)
    assert caught.value.code is Code.POST_NOT_FOUND
