"""tikwm.com, as a provider of posts, of a user's posts and of users."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.payloads import recorded
from tests.upstreams import Recorder, always
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Kind, Post
from tokstack.posts.references import PostRef
from tokstack.providers.tikwm import Tikwm

SOMEONE = Author(handle="someone")


def test_a_post() -> None:
    answer = recorded("tikwm/post-video-2022.json")
    answer["data"]["id"] = "6996522213113269510"
    upstream = Recorder(always(httpx.Response(200, json=answer)))
    post = Tikwm(upstream.session).post(PostRef("6996522213113269510"), 5)
    assert (post.id, post.plays, post.region) == ("6996522213113269510", answer["data"]["play_count"], "TR")
    assert str(upstream.requests[0].url) == "https://www.tikwm.com/api/?url=6996522213113269510&hd=1"


def test_the_last_page_of_a_user() -> None:
    upstream = Recorder(always(httpx.Response(200, json=recorded("tikwm/user-posts-with-photo-2026-08.json"))))
    page = Tikwm(upstream.session).posts(SOMEONE, None, 5)
    assert {post.kind for post in page.items if isinstance(post, Post)} == {Kind.VIDEO, Kind.SLIDES}
    assert page.cursor is None
    assert str(upstream.requests[0].url) == ("https://www.tikwm.com/api/user/posts?unique_id=someone&count=35&cursor=0")


def test_a_page_with_others_after_it() -> None:
    answer = recorded("tikwm/user-posts-with-photo-2026-08.json")
    answer["data"] |= {"hasMore": True, "cursor": 1778232132928}
    upstream = Recorder(always(httpx.Response(200, json=answer)))
    page = Tikwm(upstream.session).posts(SOMEONE, "1780000000000", 5)
    assert page.cursor == "1778232132928"
    assert upstream.requests[0].url.params["cursor"] == "1780000000000"


def test_a_user() -> None:
    upstream = Recorder(always(httpx.Response(200, json=recorded("tikwm/user-info-2022.json"))))
    assert Tikwm(upstream.session).user("mineodesu69", 5).handle == "mineodesu69"
    assert str(upstream.requests[0].url) == "https://www.tikwm.com/api/user/info?unique_id=mineodesu69"


QUESTIONS: dict[str, Callable[[Tikwm], Any]] = {
    "post": lambda tikwm: tikwm.post(PostRef("1"), 5),
    "posts": lambda tikwm: tikwm.posts(SOMEONE, None, 5),
    "user": lambda tikwm: tikwm.user("someone", 5),
}


@pytest.mark.parametrize(
    ("question", "missing"),
    [("post", Code.POST_NOT_FOUND), ("posts", Code.USER_NOT_FOUND), ("user", Code.USER_NOT_FOUND)],
)
def test_what_it_cannot_find_is_what_was_asked_for(question: str, missing: Code) -> None:
    answers = recorded("tikwm/errors.composed.json")
    for answer, code in zip(answers, (Code.UPSTREAM_RATE_LIMITED, missing), strict=True):
        with pytest.raises(TokstackError) as caught:
            QUESTIONS[question](Tikwm(Recorder(always(httpx.Response(200, json=answer))).session))
        assert caught.value.code is code
