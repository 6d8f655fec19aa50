"""Whatever goes wrong on the way to an upstream is one of its errors, for every provider alike."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.upstreams import Answer, always, session, web_page
from tokstack.errors import Code, TokstackError
from tokstack.outbound import Reason, RefusedError
from tokstack.posts.models import Author
from tokstack.posts.references import PostRef
from tokstack.providers.creator_list import CreatorList
from tokstack.providers.embed import Embed
from tokstack.providers.oembed import OEmbed
from tokstack.providers.page import PostPage
from tokstack.providers.player import Player
from tokstack.providers.profile import ProfilePage
from tokstack.providers.session import Session
from tokstack.providers.tikwm import Tikwm

REFERENCE = PostRef("7571863205253778710")
SOMEONE = Author(handle="someone", sec_uid="MS4wLjABsomeone")

QUESTIONS: dict[str, Callable[[Session], Any]] = {
    "page": lambda session: PostPage(session).post(REFERENCE, 5),
    "player": lambda session: Player(session).post(REFERENCE, 5),
    "embed": lambda session: Embed(session).post(REFERENCE, 5),
    "embed-user": lambda session: Embed(session).posts(SOMEONE, None, 5),
    "oembed": lambda session: OEmbed(session).post(REFERENCE, 5),
    "tikwm": lambda session: Tikwm(session).post(REFERENCE, 5),
    "tikwm-posts": lambda session: Tikwm(session).posts(SOMEONE, None, 5),
    "tikwm-user": lambda session: Tikwm(session).user("someone", 5),
    "creator-list": lambda session: CreatorList(session).posts(SOMEONE, None, 5),
    "profile": lambda session: ProfilePage(session).user("someone", 5),
}


def raising(error: Exception) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


def looping(request: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"location": str(request.url)})


CHALLENGE = '<html><p>Please wait...</p><p id="cs" class="x"></p></html>'
FAULTS: dict[str, tuple[Answer, Code]] = {
    "timeout": (raising(httpx.ReadTimeout("slow")), Code.UPSTREAM_TIMEOUT),
    "time-spent": (raising(RefusedError(Reason.TIME, "the job's time is up")), Code.UPSTREAM_TIMEOUT),
    "too-large": (raising(RefusedError(Reason.BYTES, "the answer is larger")), Code.UPSTREAM_UNAVAILABLE),
    "reset": (raising(httpx.ReadError("reset")), Code.UPSTREAM_UNAVAILABLE),
    "no-connection": (raising(httpx.ConnectError("refused")), Code.UPSTREAM_UNAVAILABLE),
    "broken-off": (raising(httpx.RemoteProtocolError("closed early")), Code.UPSTREAM_UNAVAILABLE),
    "broken-gzip": (raising(httpx.DecodingError("ends early")), Code.UPSTREAM_UNAVAILABLE),
    "loop": (looping, Code.UPSTREAM_UNAVAILABLE),
    "403": (always(httpx.Response(403)), Code.UPSTREAM_CHALLENGE),
    "429": (always(httpx.Response(429)), Code.UPSTREAM_RATE_LIMITED),
    "503": (always(httpx.Response(503)), Code.UPSTREAM_UNAVAILABLE),
    "empty": (always(httpx.Response(200)), Code.UPSTREAM_EMPTY),
    "challenge": (always(httpx.Response(200, text=CHALLENGE)), Code.UPSTREAM_CHALLENGE),
    "half-json": (always(httpx.Response(200, text='{"code": 0, "data": {"id"')), Code.UPSTREAM_CHANGED),
    "changed": (always(httpx.Response(200, json={"hello": "world"})), Code.UPSTREAM_CHANGED),
    "changed-page": (always(httpx.Response(200, text=web_page(hello={}))), Code.UPSTREAM_CHANGED),
    "half-page": (always(httpx.Response(200, text=web_page(hello={})[:-40])), Code.UPSTREAM_CHANGED),
    "bytes": (always(httpx.Response(200, content=b"\xff\xfe\x00" * 9)), Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_fault_is_a_passing_error(question: str, fault: str) -> None:
    answer, code = FAULTS[fault]
    with pytest.raises(TokstackError) as caught:
        QUESTIONS[question](session(answer))
    assert caught.value.code is code
    assert caught.value.passing
