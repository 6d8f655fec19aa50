"""The names of the official research API: a video's row."""

from collections.abc import Mapping
from typing import Any

from tokstack.posts.models import Author, Kind, Post, Sound
from tokstack.posts.normalise.captions import hashtags, mentions
from tokstack.posts.normalise.fields import flag, identifier, integer, mappings, moment, post_id, seconds, text


def posts(data: Mapping[str, Any]) -> tuple[Post, ...]:
    """The posts of a page, without what has no id."""
    return tuple(post(row) for row in mappings(data.get("videos")) if identifier(row.get("id")))


def post(row: Mapping[str, Any]) -> Post:
    """Raises UPSTREAM_CHANGED where it has no id."""
    said = text(row.get("video_description"))
    sound = identifier(row.get("music_id"))
    return Post(
        id=post_id(row.get("id")),
        kind=Kind.VIDEO,
        caption=said,
        created_at=moment(row.get("create_time")),
        duration=seconds(row.get("video_duration")),
        region=text(row.get("region_code")),
        plays=integer(row.get("view_count")),
        likes=integer(row.get("like_count")),
        comments=integer(row.get("comment_count")),
        shares=integer(row.get("share_count")),
        saves=integer(row.get("favorites_count")),
        hashtags=hashtags(_names(row.get("hashtag_names")), said),
        mentions=mentions(_names(row.get("video_mention_list")), said),
        author=Author(handle=text(row.get("username"))),
        sound=Sound(id=sound) if sound else None,
    )


def more(data: Mapping[str, Any]) -> str | None:
    """What asks for the next page: a page may hold few of the rows that it was asked for, and is not the last one."""
    search, cursor = identifier(data.get("search_id")), integer(data.get("cursor"))
    return f"{search}:{cursor}" if flag(data.get("has_more")) and search and cursor is not None else None


def _names(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(text, value))) if isinstance(value, list) else ()
