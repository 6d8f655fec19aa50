"""The names of the app, which relays and old recordings pass on: `aweme` and `music_info`."""

from collections.abc import Iterable, Mapping
from typing import Any

from tokstack.posts.models import Author, Codec, Kind, Post, Rendition, Slide, Sound
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

_IMAGES = 150  # aweme_type of slides
_CODECS = {True: Codec.H265, False: Codec.H264, None: None}  # of `is_h265`


def post(aweme: Mapping[str, Any]) -> Post:
    """A post from its `aweme`. Raises UPSTREAM_CHANGED where it has no id."""
    video, images = mapping(aweme.get("video")), mapping(aweme.get("image_post_info"))
    slides = bool(images) or aweme.get("aweme_type") == _IMAGES
    said = text(aweme.get("desc"))
    stats = mapping(aweme.get("statistics"))
    extras = list(mappings(aweme.get("text_extra")))
    return Post(
        id=post_id(aweme.get("aweme_id")),
        kind=Kind.SLIDES if slides else Kind.VIDEO,
        caption=said,
        created_at=moment(aweme.get("create_time")),
        duration=seconds(video.get("duration"), unit=1000),
        region=text(aweme.get("region")),
        plays=integer(stats.get("play_count")),
        likes=integer(stats.get("digg_count")),
        comments=integer(stats.get("comment_count")),
        shares=integer(stats.get("share_count")),
        saves=integer(stats.get("collect_count")),
        downloads=integer(stats.get("download_count")),
        reposts=integer(stats.get("repost_count")),
        hashtags=hashtags((text(extra.get("hashtag_name")) for extra in extras), said),
        mentions=mentions((), said),
        author=_author(mapping(aweme.get("author"))),
        # the play_addr of slides is their sound
        sound=sound(mapping(aweme.get("music")), fallback=dig(video, "play_addr", "uri") if slides else None),
        renditions=() if slides else best_first(_renditions(video)),
        slides=tuple(_slides(images)),
        cover_url=first_url(
            dig(images, "image_post_cover", "display_image", "url_list"),
            dig(video, "cover", "url_list"),
            dig(video, "origin_cover", "url_list"),
        ),
    )


def sound(music: Mapping[str, Any], *, fallback: Any = None) -> Sound | None:
    """A sound from a post's `music` or from the `music_info` of its own answer."""
    found = Sound(
        id=identifier(music.get("id_str")) or identifier(music.get("mid")) or identifier(music.get("id")),
        title=text(music.get("title")),
        author=text(music.get("author")),
        artists=tuple(_artists(music)),
        album=text(music.get("album")),
        duration=seconds(music.get("duration")),
        original=flag(music.get("is_original")),
        cover_url=first_url(dig(music, "cover_large", "url_list")),
        url=first_url(dig(music, "play_url", "url_list"), dig(music, "play_url", "uri"), fallback),
        uses=integer(music.get("user_count")),
    )
    return None if found == Sound() else found


def _artists(music: Mapping[str, Any]) -> Iterable[Author]:
    """The artists of a song; else who made the sound for a post, where it is told."""
    for artist in mappings(music.get("artists")):
        yield Author(
            id=identifier(artist.get("uid")),
            sec_uid=text(artist.get("sec_uid")),
            handle=text(artist.get("handle")),
            name=text(artist.get("nick_name")),
            avatar_url=first_url(dig(artist, "avatar", "url_list")),
            verified=flag(artist.get("is_verified")),
        )
    if not music.get("artists") and (handle := text(music.get("owner_handle"))):
        yield Author(
            id=identifier(music.get("owner_id")),
            sec_uid=text(music.get("sec_uid")),
            handle=handle,
            name=text(music.get("owner_nickname")),
        )


def _author(described: Mapping[str, Any]) -> Author:
    return Author(
        id=identifier(described.get("uid")),
        sec_uid=text(described.get("sec_uid")),
        handle=text(described.get("unique_id")),
        name=text(described.get("nickname")),
        avatar_url=first_url(dig(described, "avatar_thumb", "url_list")),
    )


def _renditions(video: Mapping[str, Any]) -> Iterable[Rendition | None]:
    for entry in mappings(video.get("bit_rate")):
        yield _rendition(
            mapping(entry.get("play_addr")),
            codec=_CODECS.get(flag(entry.get("is_h265"))),
            bitrate=entry.get("bit_rate"),
        )
    yield _rendition(mapping(video.get("play_addr")))
    yield _rendition(mapping(video.get("download_addr")), watermark=True)


def _rendition(file: Mapping[str, Any], **known: Any) -> Rendition | None:
    return rendition(
        [file.get("url_list")],
        width=file.get("width"),
        height=file.get("height"),
        size=file.get("data_size"),
        **known,
    )


def _slides(image_post: Mapping[str, Any]) -> Iterable[Slide]:
    for image in mappings(image_post.get("images")):
        shown = mapping(image.get("display_image"))
        if found := slide(shown.get("url_list"), width=shown.get("width"), height=shown.get("height")):
            yield found
