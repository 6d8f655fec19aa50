"""The sample's lists have the keys that were recorded, and no others but for those that came later."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.upstream import conversations, site_tikwm_lists
from local.upstream.answers import Answer, Request
from local.upstream.catalog import tag_id
from local.upstream.world import Turns, World
from tests.payloads import recorded
from tests.sample_upstream import CATALOG, first, world

SONG = next(posts[0].sound for posts in CATALOG.by_sound.values() if len(posts) > 60)
TAG = max(CATALOG.by_tag, key=lambda tag: len(CATALOG.by_tag[tag]))
POST = first(lambda post: len(conversations.comments(post)) > 20)
COMMENT = max(conversations.comments(POST), key=lambda comment: comment.replies)
KITCHEN = CATALOG.by_handle["maple.kitchen"]

# Of a row of posts: recordings of 2022 are shorter than those of 2026, whose keys the sample's rows have.
ROW = "tikwm/user-posts-with-photo-2026-08.json"
LISTS: dict[str, tuple[Callable[[World, Request], Answer], dict[str, str]]] = {
    "music-info": (site_tikwm_lists.music_info, {"url": SONG.id}),
    "music-posts": (site_tikwm_lists.music_posts, {"music_id": SONG.id}),
    "challenge-info": (site_tikwm_lists.tag_info, {"challenge_name": TAG}),
    "challenge-posts": (site_tikwm_lists.tag_posts, {"challenge_id": tag_id(TAG)}),
    "feed-search": (site_tikwm_lists.search, {"keywords": "the"}),
    "comments": (site_tikwm_lists.comments, {"url": POST.id}),
    "comment-replies": (site_tikwm_lists.replies, {"comment_id": COMMENT.id}),
    "user-followers": (site_tikwm_lists.followers, {"user_id": KITCHEN.id}),
    "user-following": (site_tikwm_lists.following, {"user_id": KITCHEN.id}),
    "user-favorite": (site_tikwm_lists.favorite, {"unique_id": "@maple.kitchen"}),
}


def answered(file: str, **query: str) -> Any:
    here = world()
    here.tikwm_turns = Turns(pause=0.0)
    endpoint, asked = LISTS[file]
    return json.loads(endpoint(here, Request("www.tikwm.com", "/api/", {**asked, **query})).body)


def kinds(value: Any) -> Any:
    """The keys and the types of what stands under them; of a list, those of its first item."""
    if isinstance(value, dict):
        return {key: kinds(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [kinds(value[0])] if value else []
    return type(value).__name__


@pytest.mark.parametrize("file", LISTS)
def test_a_list_has_the_shape_that_was_recorded(file: str) -> None:
    sample, real = kinds(answered(file)["data"]), kinds(recorded(f"tikwm/{file}-2022.json")["data"])
    if "videos" in real:
        (row,), (old,) = sample.pop("videos"), real.pop("videos")
        new = {key for late in recorded(ROW)["data"]["videos"] for key in late}
        assert old.keys() <= row.keys() <= new
    assert sample == real


@pytest.mark.parametrize("file", [file for file in LISTS if not file.endswith("-info")])
def test_a_list_is_cut_and_goes_on(file: str) -> None:
    name = "time" if "follow" in file else "cursor"
    part = answered(file, count="3")["data"]
    (rows,) = (value for value in part.values() if isinstance(value, list))
    rest = answered(file, count="3", **{name: str(part[name])})["data"]
    (others,) = (value for value in rest.values() if isinstance(value, list))
    assert len(rows) == 3
    ids = [row.get("video_id", row.get("id")) for row in (*rows, *others)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("file", LISTS)
def test_what_is_not_there_is_told(file: str) -> None:
    (name,) = LISTS[file][1]
    answer = answered(file, **{name: "1"})
    if file in ("feed-search", "comment-replies"):
        assert answer["data"]["hasMore"] in (0, False)
    else:
        assert answer["code"] == -1


def test_comments_are_found_by_their_ids_alone() -> None:
    assert conversations.comment(CATALOG, COMMENT.id) == COMMENT
    assert conversations.comment(CATALOG, "7400000000000000001") is None
