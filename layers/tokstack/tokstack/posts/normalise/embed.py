"""The names of the embed pages: `videoData` of a post, `videoList` of an account."""

from collections.abc import Iterable, Mapping
from typing import Any

from tokstack.posts.models import Author, Kind, Post, Slide, Sound
from tokstack.posts.normalise.captions import hashtags, mentions
from tokstack.posts.normalise.fields import (
    dig,
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


def post(video_data: Mapping[str, Any]) -> Post:
    """A post from its `videoData`. Raises UPSTREAM_CHANGED where it has no id."""
    item, images = mapping(video_data.get("itemInfos")), mapping(video_data.get("imagePostInfo"))
    said = text(item.get("text"))
    video = mapping(item.get("video"))
    meta = mapping(video.get("videoMeta"))
    challenges = mappings(video_data.get("challengeInfoList"))
    file = rendition([video.get("urls")], width=meta.get("width"), height=meta.get("height"))
    return Post(
        id=post_id(item.get("id")),
        kind=Kind.SLIDES if images else Kind.VIDEO,
        caption=said,
        created_at=moment(item.get("createTime")),
        duration=seconds(meta.get("duration")),
        is_ad=flag(item.get("isAd")),
        plays=integer(item.get("playCount")),
        likes=integer(item.get("diggCount")),
        comments=integer(item.get("commentCount")),
        shares=integer(item.get("shareCount")),
        hashtags=hashtags((text(challenge.get("challengeName")) for challenge in challenges), said),
        mentions=mentions((), said),
        author=_author(mapping(video_data.get("authorInfos")), mapping(video_data.get("authorStats"))),
        sound=_sound(mapping(video_data.get("musicInfos"))),
        renditions=() if images else best_first([file]),
        slides=tuple(_slides(images)),
        cover_url=first_url(item.get("covers")),
    )


def newest(user_data: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of an account's newest posts, about ten, as its embed page lists them."""
    found = (identifier(row.get("id")) for row in mappings(user_data.get("videoList")))
    return tuple(post_id for post_id in found if post_id)


def _author(described: Mapping[str, Any], stats: Mapping[str, Any]) -> Author:
    return Author(
        id=identifier(described.get("userId")),
        handle=text(described.get("uniqueId")),
        name=text(described.get("nickName")),
        avatar_url=first_url(described.get("covers")),
        followers=integer(stats.get("followerCount")),
    )


def _sound(music: Mapping[str, Any]) -> Sound | None:
    found = Sound(
        id=identifier(music.get("musicId")),
        title=text(music.get("musicName")),
        url=first_url(music.get("playUrl")),
    )
    return None if found == Sound() else found


def _slides(image_post: Mapping[str, Any]) -> Iterable[Slide]:
    for image in mappings(image_post.get("images")):
        if found := slide(dig(image, "displayImage", "urlList")):
            yield found
