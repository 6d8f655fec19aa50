"""A user's page, and the list behind it."""

import time
from typing import Any

import httpx
import pytest

from tests.payloads import recorded, recorded_bytes
from tests.upstreams import Recorder, always, web_page
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Post
from tokstack.providers.creator_list import CreatorList
from tokstack.providers.profile import ProfilePage

WEEK = 7 * 86_400_000
SOMEONE = Author(handle="someone", sec_uid="MS4wLjABsomeone")


def test_a_recorded_profile() -> None:
    page = recorded_bytes("profile_page_html/profile-2025-12.trimmed.html")
    upstream = Recorder(always(httpx.Response(200, content=page)))
    author = ProfilePage(upstream.session).user("illojuan", 5)
    assert (author.handle, author.id, author.private) == ("illojuan", "6781206617314018309", False)
    assert author.sec_uid
    assert upstream.asked == ["www.tiktok.com/@illojuan"]


@pytest.mark.parametrize(("status", "code"), [(10221, Code.USER_NOT_FOUND), (10222, Code.ACCOUNT_PRIVATE)])
def test_a_profile_that_is_none(status: int, code: Code) -> None:
    page = web_page(user_detail={"statusCode": status, "statusMsg": "", "userInfo": {}})
    with pytest.raises(TokstackError) as caught:
        ProfilePage(Recorder(always(httpx.Response(200, text=page))).session).user("someone", 5)
    assert caught.value.code is code


def ask(envelope: dict[str, Any], cursor: str | None, **headers: str) -> tuple[tuple[str, ...], str | None, Recorder]:
    upstream = Recorder(always(httpx.Response(200, json={"statusCode": 0, **envelope}, headers=headers)))
    page = CreatorList(upstream.session).posts(SOMEONE, cursor, 5)
    return tuple(item.id for item in page.items), page.cursor, upstream


def item(created: int) -> dict[str, Any]:
    return {"id": str((created << 32) + 1), "createTime": created}


def test_a_recorded_list() -> None:
    answer = recorded("item_list/post-item-list-2025-10.json")
    upstream = Recorder(
        always(httpx.Response(200, json=answer, headers={"set-cookie": "tt_chain_token=abc; Domain=.tiktok.com"}))
    )
    (post,) = CreatorList(upstream.session).posts(SOMEONE, None, 5).items
    assert isinstance(post, Post)
    assert (post.id, post.pinned, post.cookies) == ("7513039993741397256", True, {"tt_chain_token": "abc"})
    query = dict(upstream.requests[0].url.params)
    assert (query["secUid"], query["type"], query["aid"]) == ("MS4wLjABsomeone", "1", "1988")
    assert abs(int(query["cursor"]) - time.time() * 1000) < 60_000
    assert len(query["device_id"]) == 19
    assert not {"msToken", "verifyFp", "X-Bogus"} & set(query)


def test_every_request_is_of_a_new_device() -> None:
    devices = {ask({}, None)[2].requests[0].url.params["device_id"] for _ in range(3)}
    assert len(devices) == 3


@pytest.mark.parametrize(
    ("envelope", "after"),
    [
        ({"itemList": [item(1_700_000_100), item(1_700_000_000)], "hasMorePrevious": True}, 1_700_000_000_000),
        ({"itemList": [], "hasMorePrevious": True}, 1_750_000_000_000 - WEEK),
        ({"hasMorePrevious": True}, 1_750_000_000_000 - WEEK),
        ({"itemList": [item(1_750_000_000)], "hasMorePrevious": True}, 1_750_000_000_000 - WEEK),
        ({"itemList": [{"id": "7513039993741397256"}], "hasMorePrevious": True}, 1_750_000_000_000 - WEEK),
        ({"itemList": [item(1_700_000_000)], "hasMorePrevious": False}, None),
        ({"itemList": [item(1_700_000_000)]}, None),
        ({"itemList": [item(1_400_000_000)], "hasMorePrevious": True}, None),
    ],
    ids=["last", "empty", "absent", "unchanged", "undated", "end", "unsaid", "before-tiktok"],
)
def test_the_next_cursor(envelope: dict[str, Any], after: int | None) -> None:
    assert ask(envelope, "1750000000000")[1] == (None if after is None else str(after))


def test_whom_it_can_list() -> None:
    creator_list = CreatorList(Recorder(always(httpx.Response(200))).session)
    assert creator_list.serves(SOMEONE)
    assert not creator_list.serves(Author(handle="someone"))
