"""The names of the embedded player's item list: `items[]` of `/player/api/v1/items`."""

from collections.abc import Iterable, Mapping
from typing import Any

from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.normalise.captions import hashtags, mentions
from tokstack.posts.normalise.fields import dig, first_url, integer, mapping, mappings, post_id, seconds, text
from tokstack.posts.normalise.files import best_first, rendition, slide

_IMAGES = 150  # aweme_type of slides


def post(item: Mapping[str, Any]) -> Post:
    """A post from its item, which has neither a play count nor a time. Raises UPSTREAM_CHANGED where it has no id."""
    video, images = mapping(item.get("video_info")), mapping(item.get("image_post_info"))
    slides = bool(images) or item.get("aweme_type") == _IMAGES
    said = text(item.get("desc"))
    stats, meta = mapping(item.get("statistics_info")), mapping(video.get("meta"))
    title = text(dig(item, "music_info", "title"))
    return Post(
        id=post_id(item.get("id_str")),
        kind=Kind.SLIDES if slides else Kind.VIDEO,
        caption=said,
        duration=seconds(meta.get("duration"), unit=1000),
        region=text(item.get("region")),
        likes=integer(stats.get("digg_count")),
        comments=integer(stats.get("comment_count")),
        shares=integer(stats.get("share_count")),
        hashtags=hashtags((), said),
        mentions=mentions((), said),
        author=_author(mapping(item.get("author_info"))),
        sound=Sound(title=title) if title else None,
        renditions=() if slides else best_first(_renditions(video, meta)),
        slides=tuple(_slides(images)),
        cover_url=first_url(dig(video, "cover", "url_list"), dig(video, "origin_cover", "url_list")),
    )


def _author(described: Mapping[str, Any]) -> Author:
    return Author(
        sec_uid=text(described.get("secret_id")),
        handle=text(described.get("unique_id")),
        name=text(described.get("nickname")),
    )


def _renditions(video: Mapping[str, Any], meta: Mapping[str, Any]) -> Iterable[Rendition | None]:
    for profile in mappings(video.get("profiles")):
        file = mapping(profile.get("play_addr"))
        yield rendition(
            [file.get("url_list")],
            codec=profile.get("codec_type"),
            width=file.get("width"),
            height=file.get("height"),
            bitrate=profile.get("bitrate"),
            size=file.get("data_size"),
        )
    yield rendition([video.get("url_list")], width=meta.get("width"), height=meta.get("height"))


def _slides(image_post: Mapping[str, Any]) -> Iterable[Slide]:
    for image in mappings(image_post.get("images")):
        shown = mapping(image.get("display_image"))
        if found := slide(shown.get("url_list"), width=shown.get("width"), height=shown.get("height")):
            yield found
