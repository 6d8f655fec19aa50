"""The post's own page, as a provider."""

import httpx
import pytest

from tests.payloads import recorded, recorded_bytes
from tests.upstreams import Recorder, always, web_page
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Kind
from tokstack.posts.references import PostRef
from tokstack.providers.page import PostPage

ID = "7571863205253778710"


def test_a_recorded_page_is_a_post_with_the_cookie_that_its_media_want() -> None:
    page = httpx.Response(
        200,
        content=recorded_bytes("item_page_html/video-2025-12.trimmed.html"),
        headers=[("set-cookie", "tt_chain_token=abc; Path=/; Domain=.tiktok.com"), ("set-cookie", "msToken=x")],
    )
    upstream = Recorder(always(page))
    post = PostPage(upstream.session).post(PostRef(ID, "illojuan"), 5)
    assert (post.id, post.kind, post.author.handle, post.region) == (ID, Kind.VIDEO, "illojuan", "ES")
    assert post.renditions
    assert post.cookies == {"tt_chain_token": "abc"}
    assert [str(request.url) for request in upstream.requests] == [f"https://www.tiktok.com/@illojuan/video/{ID}"]
    assert upstream.requests[0].headers["user-agent"].startswith("Mozilla/5.0")
    assert upstream.requests[0].headers["accept-language"] == "en-US,en;q=0.9"


def test_a_post_is_asked_for_by_its_id_alone() -> None:
    upstream = Recorder(always(httpx.Response(404)))
    with pytest.raises(TokstackError):
        PostPage(upstream.session).post(PostRef(ID), 5)
    assert upstream.asked == [f"www.tiktok.com/@_/video/{ID}"]


def test_a_redirect_to_the_login_page_is_a_wall() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/login":
            return httpx.Response(200, text="<html>Log in</html>")
        return httpx.Response(302, headers={"location": "https://www.tiktok.com/login?redirect_url=x"})

    with pytest.raises(TokstackError) as caught:
        PostPage(Recorder(answer).session).post(PostRef(ID), 5)
    assert caught.value.code is Code.UPSTREAM_CHALLENGE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("item_page_html/challenge.composed.html", Code.UPSTREAM_CHALLENGE),
        ("item_error/10204-cross-border.json", Code.REGION_BLOCKED),
    ],
)
def test_recorded_refusals(content: str, code: Code) -> None:
    if content.endswith(".html"):
        text = recorded_bytes(content).decode()
    else:
        text = web_page(video_detail=recorded(content)["__DEFAULT_SCOPE__"]["webapp.video-detail"])
    with pytest.raises(TokstackError) as caught:
        PostPage(Recorder(always(httpx.Response(200, text=text))).session).post(PostRef(ID), 5)
    assert caught.value.code is code
