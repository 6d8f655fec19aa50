"""The web's own names: `itemStruct` of a post page, the rows of an item list, `userInfo` of a profile page."""

from collections.abc import Iterable, Mapping
from typing import Any

from tokstack.posts.models import Author, Kind, Post, Rendition, Slide, Sound, Subtitle
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
    url,
)
from tokstack.posts.normalise.files import best_first, rendition, slide

_UNDETERMINED = "un"  # textLanguage of a caption that is too short to tell


def post(item: Mapping[str, Any]) -> Post:
    """A post from its `itemStruct`. Raises UPSTREAM_CHANGED where it has no id."""
    video, image_post = mapping(item.get("video")), mapping(item.get("imagePost"))
    slides = bool(image_post)
    said = _caption(item)
    stats = _Stats(item.get("statsV2"), item.get("stats"))
    extras = list(mappings(item.get("textExtra")))
    language = text(item.get("textLanguage"))
    return Post(
        id=post_id(item.get("id")),
        kind=Kind.SLIDES if slides else Kind.VIDEO,
        caption=said,
        created_at=moment(item.get("createTime")),
        duration=seconds(video.get("duration")),
        language=None if language == _UNDETERMINED else language,
        region=text(item.get("locationCreated")),
        is_ad=flag(item.get("isAd")),
        pinned=flag(item.get("isPinnedItem")),
        plays=stats.count("playCount"),
        likes=stats.count("diggCount"),
        comments=stats.count("commentCount"),
        shares=stats.count("shareCount"),
        saves=stats.count("collectCount"),
        reposts=stats.count("repostCount"),
        hashtags=hashtags(_hashtags(extras, item.get("challenges")), said),
        hashtag_ids=dict(_hashtag_ids(extras, item.get("challenges"))),
        mentions=mentions((text(extra.get("userUniqueId")) for extra in extras), said),
        author=_author_of(item),
        # the playAddr of slides is their sound
        sound=sound(mapping(item.get("music")), fallback=video.get("playAddr") if slides else None),
        renditions=() if slides else best_first(_renditions(video)),
        slides=tuple(_slides(image_post)),
        cover_url=first_url(
            *_addresses(dig(image_post, "cover", "imageURL")), video.get("cover"), video.get("originCover")
        ),
        subtitles=tuple(_subtitles(video)),
    )


def posts(envelope: Mapping[str, Any]) -> tuple[Post, ...]:
    """The posts of an item list, in its order: pinned ones stand first and out of date order."""
    return tuple(post(item) for item in mappings(envelope.get("itemList")))


def user(user_info: Mapping[str, Any]) -> Author:
    """An account from the `userInfo` of its profile page."""
    return author(mapping(user_info.get("user")), user_info.get("statsV2"), user_info.get("stats"))


def author(described: Mapping[str, Any], exact: Any = None, rounded: Any = None) -> Author:
    """An account from its description and its two sets of counters; the second is rounded on profile pages."""
    stats = _Stats(exact, rounded)
    return Author(
        id=identifier(described.get("id")),
        sec_uid=text(described.get("secUid")),
        handle=text(described.get("uniqueId")),
        name=text(described.get("nickname")),
        avatar_url=first_url(
            described.get("avatarLarger"), described.get("avatarMedium"), described.get("avatarThumb")
        ),
        bio=text(described.get("signature")),
        bio_url=text(dig(described, "bioLink", "link")),
        verified=flag(described.get("verified")),
        private=flag(described.get("privateAccount")),
        live=_live(described.get("roomId")),
        shows_likes=flag(described.get("openFavorite")),
        shows_playlists=flag(dig(described, "profileTab", "showPlayListTab")),
        language=text(described.get("language")),
        created_at=moment(described.get("createTime")),
        followers=stats.count("followerCount"),
        following=stats.count("followingCount"),
        likes_received=stats.count("heartCount"),
        likes_given=stats.count("diggCount"),
        posts=stats.count("videoCount"),
    )


def music_detail(detail: Mapping[str, Any]) -> Sound | None:
    """A sound from the `musicInfo` of its own answer, which counts the posts that use it."""
    found = sound(mapping(detail.get("music")))
    if found is None:
        return None
    whose = author(mapping(detail.get("author")))
    uses = _Stats(detail.get("statsV2"), detail.get("stats")).count("videoCount")
    return found.model_copy(update={"artists": () if whose == Author() else (whose,), "uses": uses})


def sound(music: Mapping[str, Any], *, fallback: Any = None) -> Sound | None:
    """A sound from a post's `music`; a removed one has no url. None where nothing is said about it."""
    found = Sound(
        id=identifier(music.get("id")),
        title=text(music.get("title")),
        author=text(music.get("authorName")),
        album=text(music.get("album")),
        duration=seconds(music.get("duration")),
        original=flag(music.get("original")),
        copyrighted=flag(music.get("isCopyrighted")),
        cover_url=first_url(music.get("coverLarge"), music.get("coverMedium"), music.get("coverThumb")),
        url=first_url(music.get("playUrl"), fallback),
    )
    return None if found == Sound() else found


def _live(room: Any) -> bool | None:
    """Whoever is on the air is in a room; "" and 0 are none, and lists say nothing of it."""
    return None if room is None else bool(integer(room))


class _Stats:
    """Counters that come twice: exact ones, as digits, before rounded ones."""

    def __init__(self, exact: Any, rounded: Any) -> None:
        self._exact, self._rounded = mapping(exact), mapping(rounded)

    def count(self, name: str) -> int | None:
        exact = integer(self._exact.get(name))
        return integer(self._rounded.get(name)) if exact is None else exact


def _caption(item: Mapping[str, Any]) -> str | None:
    """Long captions and those of slides may stand in parts only."""
    parts = (text(content.get("desc")) for content in mappings(item.get("contents")))
    return text(item.get("desc")) or "\n".join(part for part in parts if part) or None


def _hashtags(extras: Iterable[Mapping[str, Any]], challenges: Any) -> Iterable[str | None]:
    yield from (text(extra.get("hashtagName")) for extra in extras)
    yield from (text(challenge.get("title")) for challenge in mappings(challenges))


def _hashtag_ids(extras: Iterable[Mapping[str, Any]], challenges: Any) -> Iterable[tuple[str, str]]:
    named = [(extra.get("hashtagName"), extra.get("hashtagId")) for extra in extras]
    named += [(challenge.get("title"), challenge.get("id")) for challenge in mappings(challenges)]
    for name, number in named:
        if (title := text(name)) and (known := identifier(number)):
            yield title, known


def _author_of(item: Mapping[str, Any]) -> Author:
    """The author of a post; old pages have a bare handle, with the rest beside it."""
    described = item.get("author")
    if isinstance(described, str):
        described = {
            "uniqueId": described,
            "id": item.get("authorId"),
            "secUid": item.get("authorSecId"),
            "nickname": item.get("nickname"),
        }
    return author(mapping(described), item.get("authorStatsV2"), item.get("authorStats"))


def _renditions(video: Mapping[str, Any]) -> Iterable[Rendition | None]:
    for entry in mappings(video.get("bitrateInfo")):
        file = mapping(entry.get("PlayAddr"))
        yield rendition(
            _addresses(file, "UrlList"),
            codec=entry.get("CodecType"),
            width=file.get("Width"),
            height=file.get("Height"),
            bitrate=entry.get("Bitrate"),
            size=file.get("DataSize"),
        )
    yield rendition(
        [video.get("playAddr"), *_addresses(video.get("PlayAddrStruct"), "UrlList")],
        codec=video.get("codecType"),
        width=video.get("width"),
        height=video.get("height"),
        bitrate=video.get("bitrate"),
        size=video.get("size"),
    )
    yield rendition([video.get("downloadAddr")], watermark=True)


def _slides(image_post: Mapping[str, Any]) -> Iterable[Slide]:
    for image in mappings(image_post.get("images")):
        scaled = mapping(image.get("imageAdvancedUrls"))
        by_size = sorted(scaled, key=lambda size: integer(size) or 0, reverse=True)
        found = slide(
            *_addresses(image.get("imageURL")),
            *(address for size in by_size for address in _addresses(scaled[size])),
            width=image.get("imageWidth"),
            height=image.get("imageHeight"),
        )
        if found:
            yield found


def _subtitles(video: Mapping[str, Any]) -> Iterable[Subtitle]:
    for entry in mappings(video.get("subtitleInfos")):
        language, address, written = (
            text(entry.get("LanguageCodeName")),
            url(entry.get("Url")),
            text(entry.get("Format")),
        )
        if language and address and written:
            yield Subtitle(language=language, url=address, format=written, source=text(entry.get("Source")))


def _addresses(addressed: Any, key: str = "urlList") -> tuple[Any, ...]:
    found = dig(addressed, key)
    return tuple(found) if isinstance(found, list) else ()
