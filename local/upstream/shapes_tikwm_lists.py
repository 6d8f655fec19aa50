"""tikwm.com: sounds, tags, searches, comments, and whom and what an account likes."""

from collections.abc import Sequence

from local.upstream.catalog import Post, tag_id
from local.upstream.conversations import Comment
from local.upstream.links import Mint
from local.upstream.people import Person
from local.upstream.shapes_item import JSON
from local.upstream.shapes_tikwm import row

NO_SOUND = "music_id is invalid"
NO_TAG = "challenge_name is invalid"
_UNCOUNTED = dict.fromkeys(("aweme_count", "follower_count", "favoriting_count", "total_favorited"), 0)
_ELSEWHERE = dict.fromkeys(("youtube_channel_title", "youtube_channel_id", "twitter_name", "twitter_id"), "")


def posts(some: Sequence[Post], cursor: int | str, mint: Mint, *, more: bool) -> JSON:
    return {"videos": [row(post, mint) for post in some], "cursor": cursor, "hasMore": more}


def sounding(some: Sequence[Post], cursor: int, mint: Mint, *, more: bool) -> JSON:
    """The posts with one sound, which is described in none of them."""
    found = posts(some, str(cursor), mint, more=more)
    for video in found["videos"]:
        del video["music_info"]
    return found


def tag(name: str, some: Sequence[Post]) -> JSON:
    return {
        "id": tag_id(name),
        "cha_name": name,
        "desc": "",
        "user_count": len(some),
        "view_count": sum(post.counters.plays for post in some),
        **dict.fromkeys(("is_pgcshow", "is_commerce", "is_challenge", "is_strong_music"), False),
        "type": 1,
        "cover": "",
    }


def comments(some: Sequence[Comment], total: int, cursor: int, mint: Mint, *, more: bool) -> JSON:
    rows = [{**_comment(comment, mint), "reply_total": comment.replies} for comment in some]
    return {"comments": rows, "total": total, "cursor": cursor, "hasMore": more}


def replies(some: Sequence[Comment], total: int, cursor: int, mint: Mint, *, more: bool) -> JSON:
    return {"comments": [_comment(reply, mint) for reply in some], "total": total, "cursor": cursor, "hasMore": more}


def people(key: str, some: Sequence[Person], total: int, time: int, mint: Mint, *, more: bool) -> JSON:
    return {key: [_counted(person, mint) for person in some], "total": total, "time": time, "hasMore": more}


def _comment(comment: Comment, mint: Mint) -> JSON:
    return {
        "id": comment.id,
        "text": comment.text,
        "create_time": comment.created,
        "digg_count": comment.likes,
        "user": {**_person(comment.author, mint), **_UNCOUNTED, **_ELSEWHERE},
        "status": 1,
    }


def _counted(person: Person, mint: Mint) -> JSON:
    counts = {
        "aweme_count": person.posts,
        "follower_count": person.followers,
        "favoriting_count": person.likes_given,
        "total_favorited": person.likes,
    }
    return {**_person(person, mint), **counts, **_ELSEWHERE}


def _person(person: Person, mint: Mint) -> JSON:
    return {
        "id": person.id,
        "region": person.region,
        "sec_uid": person.sec_uid,
        "unique_id": person.handle,
        "nickname": person.name,
        "signature": person.bio,
        "avatar": mint.image(person.id, person.avatar, "tplv-tiktokx-cropcenter-q:300:300:q70"),
    }
