"""tikwm.com's lists, as they were recorded: what is asked for, what is read, and where each goes on."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payloads import altered, recorded
from tests.upstreams import Recorder, always
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author
from tokstack.providers.protocol import Page, Part, Search
from tokstack.providers.tikwm_lists import TikwmLists

SOMEONE = Author(id="6943972350728700930", handle="mineodesu69")
TEN = Part(10)
LATER = Part(10, "20")

Question = Callable[[TikwmLists], Any]


def answering(payload: Any) -> Recorder:
    return Recorder(always(httpx.Response(200, json=payload)))


def asked(question: Question, file: str) -> tuple[Any, str, dict[str, str]]:
    """What it makes of a recorded answer, and the path and the query that it asked for."""
    recorder = answering(recorded(f"tikwm/{file}-2022.json"))
    found = question(TikwmLists(recorder.session))
    (request,) = recorder.requests
    return found, request.url.path, dict(request.url.params)


def test_a_sound() -> None:
    sound, path, query = asked(lambda tikwm: tikwm.sound("6788770563495185158", 5), "music-info")
    assert (path, query) == ("/api/music/info", {"url": "6788770563495185158"})
    assert (sound.id, sound.title, sound.author) == ("6788770563495185158", "originalljud", "𝚛𝚘𝚋𝚕𝚘𝚡<33")
    assert (sound.duration, sound.original, sound.album, sound.uses) == (9, True, None, None)
    assert sound.url.endswith("1657416601829430.mp3")


def test_a_sound_of_which_nothing_is_told() -> None:
    nothing = {"id": "", "title": "", "play": "", "cover": "", "author": "", "original": False, "duration": 0}
    sound = TikwmLists(answering({"code": 0, "data": nothing}).session).sound("7", 5)
    assert sound.model_dump(exclude_none=True) == {"id": "7", "artists": ()}


def test_another_sound_is_no_answer() -> None:
    recorder = answering(recorded("tikwm/music-info-2022.json"))
    with pytest.raises(TokstackError, match="another sound"):
        TikwmLists(recorder.session).sound("7", 5)


def test_the_posts_with_a_sound() -> None:
    page, path, query = asked(lambda tikwm: tikwm.posts_with("6788770563495185158", LATER, 5), "music-posts")
    assert path == "/api/music/posts"
    assert query == {"music_id": "6788770563495185158", "count": "10", "cursor": "20"}
    assert ([post.id for post in page.items][:1], page.cursor, page.total) == (["6788814073657167110"], "3", None)
    assert {post.sound.id for post in page.items} == {"6788770563495185158"}
    assert all(post.created_at and post.plays and post.author.handle for post in page.items)


def test_the_posts_with_a_tag() -> None:
    number, path, query = asked(lambda tikwm: tikwm.tag("girl", 5), "challenge-info")
    assert (number, path, query) == ("5932", "/api/challenge/info", {"challenge_name": "girl"})
    page, path, query = asked(lambda tikwm: tikwm.tagged("5932", TEN, 5), "challenge-posts")
    assert (path, query) == ("/api/challenge/posts", {"challenge_id": "5932", "count": "10", "cursor": "0"})
    assert (len(page.items), page.cursor, page.total) == (3, "3", None)
    assert page.items[0].hashtags[-1] == "paravocê"


@pytest.mark.parametrize(
    ("search", "publish_time", "sort_type"),
    [
        (Search("踊ってみた"), "0", "0"),
        (Search("a b", "most-liked", "this-week"), "7", "1"),
        (Search("a b", "date-posted", "last-6-months"), "180", "3"),
        (Search("a b", published="yesterday"), "1", "0"),
        (Search("a b", published="this-month"), "30", "0"),
        (Search("a b", published="last-3-months"), "90", "0"),
    ],
)
def test_a_search(search: Search, publish_time: str, sort_type: str) -> None:
    page, path, query = asked(lambda tikwm: tikwm.search(search, TEN, 5), "feed-search")
    assert path == "/api/feed/search"
    assert (query["keywords"], query["count"], query["cursor"]) == (search.words, "10", "0")
    assert (query["publish_time"], query["sort_type"]) == (publish_time, sort_type)
    assert (page.items[0].author.name, page.cursor) == ("めざまし8", "1")
    assert page.items[0].sound.title == "The Feels"


def test_comments() -> None:
    page, path, query = asked(lambda tikwm: tikwm.comments("7044600000000000000", TEN, 5), "comments")
    assert (path, query) == ("/api/comment/list", {"url": "7044600000000000000", "count": "10", "cursor": "0"})
    (comment,) = page.items
    assert (comment.id, comment.likes, comment.replies, page.total) == ("7044622953448211247", 3688, 106, 4111)
    assert comment.text == "yall pierce your kids ears and get them circumcised at birth bye😭"
    assert (comment.author.handle, comment.author.name, comment.author.bio) == ("ogscarlettt", "scarlett🦦", "7teen👺")
    assert (comment.author.followers, comment.author.posts) == (None, None), "nobody counted them"


def test_replies() -> None:
    page, path, query = asked(lambda tikwm: tikwm.replies("7044622953448211247", TEN, 5), "comment-replies")
    assert (path, query) == (
        "/api/comment/reply",
        {"comment_id": "7044622953448211247", "count": "10", "cursor": "0"},
    )
    assert (page.items[0].likes, page.items[0].replies, page.total) == (123, None, 107)


def test_followers() -> None:
    page, path, query = asked(lambda tikwm: tikwm.followers(SOMEONE, TEN, 5), "user-followers")
    assert (path, query) == ("/api/user/followers", {"user_id": SOMEONE.id, "count": "10", "time": "0"})
    assert (len(page.items), page.cursor, page.total) == (3, "1639657693", 208468)
    assert page.items[2].name == "មនុស្សឈឺចាប់ជាងគេ គឺបង"
    assert (page.items[0].followers, page.items[0].posts, page.items[1].followers) == (251, 0, None)


def test_following() -> None:
    page, path, query = asked(lambda tikwm: tikwm.following(SOMEONE, Part(10, "1636154866"), 5), "user-following")
    assert (path, query["time"]) == ("/api/user/following", "1636154866")
    first = page.items[0]
    assert (first.handle, first.posts, first.followers) == ("yuuna_1210", 206, 1172117)
    assert (first.likes_given, first.likes_received) == (1430, 6490676)
    assert (page.cursor, page.total) == ("1636154865", 262)


def test_what_is_liked() -> None:
    page, path, query = asked(lambda tikwm: tikwm.liked(SOMEONE, TEN, 5), "user-favorite")
    assert (path, query) == ("/api/user/favorite", {"unique_id": "@mineodesu69", "count": "10", "cursor": "0"})
    assert (page.items[0].id, page.cursor) == ("7038583619568389377", "1638823002000")


QUESTIONS: dict[str, tuple[Question, Code]] = {
    "music-info": (lambda tikwm: tikwm.sound("6788770563495185158", 5), Code.AUDIO_NOT_FOUND),
    "music-posts": (lambda tikwm: tikwm.posts_with("7", TEN, 5), Code.AUDIO_NOT_FOUND),
    "challenge-info": (lambda tikwm: tikwm.tag("girl", 5), Code.ITEM_NOT_FOUND),
    "challenge-posts": (lambda tikwm: tikwm.tagged("5932", TEN, 5), Code.ITEM_NOT_FOUND),
    "feed-search": (lambda tikwm: tikwm.search(Search("x"), TEN, 5), Code.ITEM_NOT_FOUND),
    "comments": (lambda tikwm: tikwm.comments("7", TEN, 5), Code.POST_NOT_FOUND),
    "comment-replies": (lambda tikwm: tikwm.replies("7", TEN, 5), Code.ITEM_NOT_FOUND),
    "user-followers": (lambda tikwm: tikwm.followers(SOMEONE, TEN, 5), Code.USER_NOT_FOUND),
    "user-following": (lambda tikwm: tikwm.following(SOMEONE, TEN, 5), Code.USER_NOT_FOUND),
    "user-favorite": (lambda tikwm: tikwm.liked(SOMEONE, TEN, 5), Code.USER_NOT_FOUND),
}


@pytest.mark.parametrize("file", QUESTIONS)
def test_what_it_cannot_find_is_what_was_asked_for(file: str) -> None:
    question, missing = QUESTIONS[file]
    limited, unknown = recorded("tikwm/errors.composed.json")
    told = {**unknown, "msg": "challenge_name is invalid"}
    for answer, code in ((limited, Code.UPSTREAM_RATE_LIMITED), (unknown, missing), (told, missing)):
        with pytest.raises(TokstackError) as caught:
            question(TikwmLists(answering(answer).session))
        assert caught.value.code is code


@pytest.mark.parametrize("file", [file for file in QUESTIONS if not file.endswith("-info")])
@pytest.mark.parametrize(
    ("change", "cursor"),
    [({"hasMore": False}, None), ({"hasMore": 0}, None), ({"cursor": "0", "time": 0}, "0"), ({"hasMore": True}, ...)],
)
def test_where_a_list_goes_on(file: str, change: dict[str, Any], cursor: Any) -> None:
    payload = recorded(f"tikwm/{file}-2022.json")
    payload["data"] |= change
    page = QUESTIONS[file][0](TikwmLists(answering(payload).session))
    assert isinstance(page, Page)
    assert page.cursor == (str(payload["data"].get("time", payload["data"].get("cursor"))) if cursor is ... else cursor)


def test_a_list_that_stays_where_it_is_has_ended() -> None:
    payload = recorded("tikwm/music-posts-2022.json")
    page = TikwmLists(answering(payload).session).posts_with("7", Part(10, payload["data"]["cursor"]), 5)
    assert page.cursor is None


@pytest.mark.parametrize("file", QUESTIONS)
@settings(max_examples=40)
@given(data=st.data())
def test_drift_fails_for_the_moment_or_says_less(file: str, data: st.DataObject) -> None:
    payload = {"code": 0, "data": data.draw(altered(recorded(f"tikwm/{file}-2022.json")["data"]))}
    body = json.dumps(payload).encode("utf-8", "surrogatepass")
    recorder = Recorder(always(httpx.Response(200, content=body)))
    failure = None
    try:
        QUESTIONS[file][0](TikwmLists(recorder.session))
    except TokstackError as error:
        failure = error
    assert failure is None or failure.passing
