"""The names of tikwm.com: `data` of a post, the rows of its lists, accounts, sounds and comments."""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from tokstack.posts.models import Author, Comment, Kind, Post, Slide, Sound
from tokstack.posts.normalise import web
from tokstack.posts.normalise.captions import hashtags, mentions
from tokstack.posts.normalise.fields import (
    first_url,
    flag,
    identifier,
    integer,
    mapping,
    mappings,
    moment,
    post_id,
    seconds,
    text,
)
from tokstack.posts.normalise.files import best_first, rendition, slide


def post(data: Mapping[str, Any]) -> Post:
    """A post from a detail's `data` or from one row of a list. Raises UPSTREAM_CHANGED where it has no id."""
    images = data.get("images")
    slides = bool(images)
    said = _caption(data)
    return Post(
        id=post_id(data.get("id") or data.get("video_id")),
        kind=Kind.SLIDES if slides else Kind.VIDEO,
        caption=said,
        created_at=moment(data.get("create_time")),
        duration=seconds(data.get("duration")),
        region=text(data.get("region")),
        is_ad=flag(data.get("is_ad")),
        pinned=flag(data.get("is_top")),
        plays=integer(data.get("play_count")),
        likes=integer(data.get("digg_count")),
        comments=integer(data.get("comment_count")),
        shares=integer(data.get("share_count")),
        saves=integer(data.get("collect_count")),
        downloads=integer(data.get("download_count")),
        hashtags=hashtags((), said),
        mentions=mentions((), said),
        author=_author(mapping(data.get("author"))),
        # `play` of slides is their sound
        sound=sound(mapping(data.get("music_info")), data.get("music"), data.get("play") if slides else None),
        renditions=() if slides else best_first(_renditions(data)),
        slides=tuple(_slides(images, data.get("live_images"))),
        cover_url=first_url(data.get("cover"), data.get("origin_cover")),
    )


def posts(data: Mapping[str, Any]) -> tuple[Post, ...]:
    """The posts of a list's `data`, in its order."""
    return tuple(post(row) for row in mappings(data.get("videos")))


def user(data: Mapping[str, Any]) -> Author:
    """An account from its `data`, which relays the web's own names."""
    return web.user(data)


def people(data: Mapping[str, Any], key: str) -> tuple[Author, ...]:
    """The accounts of a list, in its order."""
    return tuple(_listed_person(row) for row in mappings(data.get(key)))


def comments(data: Mapping[str, Any]) -> tuple[Comment, ...]:
    """The comments of a list's `data`, or the replies to one, in its order."""
    found = ((identifier(row.get("id")), row) for row in mappings(data.get("comments")))
    return tuple(_comment(number, row) for number, row in found if number)


def sound(music: Mapping[str, Any], *addresses: Any) -> Sound | None:
    """A sound from its `data` or from a post's `music_info`; a removed one has no url."""
    found = Sound(
        id=identifier(music.get("id")),
        title=text(music.get("title")),
        author=text(music.get("author")),
        album=text(music.get("album")),
        duration=seconds(music.get("duration")),
        original=flag(music.get("original")),
        cover_url=first_url(music.get("cover")),
        url=first_url(music.get("play"), *addresses),
    )
    return None if found == Sound() else found


def _caption(data: Mapping[str, Any]) -> str | None:
    lines = data.get("content_desc")
    parts = map(text, lines) if isinstance(lines, list) else ()
    return text(data.get("title")) or " ".join(part for part in parts if part) or None


def _author(described: Mapping[str, Any]) -> Author:
    return Author(
        id=identifier(described.get("id")),
        handle=text(described.get("unique_id")),
        name=text(described.get("nickname")),
        avatar_url=first_url(described.get("avatar")),
    )


def _listed_person(row: Mapping[str, Any]) -> Author:
    """Of comments' authors nothing is counted: then every counter is 0."""
    posts, followers = integer(row.get("aweme_count")), integer(row.get("follower_count"))
    given, received = integer(row.get("favoriting_count")), integer(row.get("total_favorited"))
    counted = any((posts, followers, given, received))
    return Author(
        id=identifier(row.get("id")),
        sec_uid=text(row.get("sec_uid")),
        handle=text(row.get("unique_id")),
        name=text(row.get("nickname")),
        avatar_url=first_url(row.get("avatar")),
        bio=text(row.get("signature")),
        posts=posts if counted else None,
        followers=followers if counted else None,
        likes_given=given if counted else None,
        likes_received=received if counted else None,
    )


def _comment(number: str, row: Mapping[str, Any]) -> Comment:
    return Comment(
        id=number,
        text=text(row.get("text")),
        created_at=moment(row.get("create_time")),
        likes=integer(row.get("digg_count")),
        replies=integer(row.get("reply_total")),
        author=_listed_person(mapping(row.get("user"))),
    )


def _renditions(data: Mapping[str, Any]) -> Iterable[Any]:
    """Without dimensions; the order says which is best. A row without a watermarked file repeats the clean one."""
    yield rendition([data.get("hdplay")], size=data.get("hd_size"))
    yield rendition([data.get("play")], size=data.get("size"))
    yield rendition([data.get("wmplay")], size=data.get("wm_size"), watermark=True)


def _slides(images: Any, live_images: Any) -> Iterable[Slide]:
    moving = live_images if isinstance(live_images, list) else []
    for image, live in zip_longest(images if isinstance(images, list) else [], moving):
        if found := slide(image, live=live):
            yield found
