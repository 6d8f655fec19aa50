"""What yt-dlp tells of a page, as our models. Pure: nothing is asked any more."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from yt_dlp.utils import MEDIA_EXTENSIONS, determine_ext, unsmuggle_url

from tokstack.errors import Code, TokstackError
from tokstack.posts.pages import MAX_ITEMS, MediaKind, PageItem
from tokstack.providers.extractor import heads, verdicts

Info = dict[str, Any]

_TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "png": "image/png",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}
_USUAL = {MediaKind.VIDEO: "video/mp4", MediaKind.AUDIO: "audio/mp4", MediaKind.IMAGE: "image/jpeg"}
_GENERIC, _MEDIA_TAG = "Generic", "HTML5MediaEmbed"  # what yt-dlp calls pages of no site that it knows
_LIVE = frozenset({"is_live", "is_upcoming", "post_live"})


def listed(result: Info) -> Iterator[Info]:
    """The videos of a page, and its links to videos, in order; lists in lists are opened."""
    if "entries" not in result:
        yield result
        return
    for entry in result["entries"] or ():
        if entry:
            yield from listed(entry)


def first(result: Info) -> list[Info]:
    """As many as a page gives. What is known not to be for us does not count."""
    kept = [entry for entry in listed(result) if not is_live(entry) and (entry.get("url") or entry.get("formats"))]
    return kept[:MAX_ITEMS]


def is_live(info: Mapping[str, Any]) -> bool:
    return bool(info.get("is_live")) or info.get("live_status") in _LIVE


def is_direct(info: Mapping[str, Any]) -> bool:
    """Whether the address itself is the file, which yt-dlp has not looked into."""
    return bool(info.get("direct")) and info.get("extractor_key") == _GENERIC


def site(result: Mapping[str, Any], address: str) -> str:
    """The name of a site that yt-dlp knows, or the host."""
    key = result.get("extractor_key") or _GENERIC
    unknown = key in (_GENERIC, _MEDIA_TAG)
    return (urlsplit(address).hostname or "").removeprefix("www.") if unknown else str(key).lower()


def title(info: Mapping[str, Any]) -> str | None:
    """Of a page or a file. The only one of its page is not called its first."""
    found = _text(info.get("title"))
    alone = info.get("extractor_key") == _MEDIA_TAG and info.get("playlist_index") is None
    return found.removesuffix(" (1)") if found and alone else found


def item(info: Info, *, head: bytes | None = None) -> PageItem:
    """One file. `head` are the first bytes of a direct link. Raises TokstackError where they are no media."""
    known = direct_type(info, head) if is_direct(info) else None
    kind = MediaKind(known.partition("/")[0]) if known else _kind(info)
    return PageItem(
        kind=kind,
        media_type=known or _media_type(info, kind),
        title=title(info),
        thumbnail=_link(info.get("thumbnail")),
        duration=_seconds(info.get("duration")),
    )


def direct_type(info: Info, head: bytes | None) -> str | None:
    """What a direct link leads to, by its first bytes; None where only its name can tell."""
    if head is None:
        return None
    if not head:
        raise TokstackError(Code.UPSTREAM_EMPTY, "This link leads to an empty file.")
    found = heads.media_type(head)
    if found:
        return found
    if heads.is_text(head) or not any(_extension(one) in _TYPES for one in _formats(info)):
        raise TokstackError(*verdicts.NO_MEDIA)
    return None


def _kind(info: Info) -> MediaKind:
    extensions = [_extension(one) for one in _formats(info)]
    named = {_TYPES.get(extension, "video/").partition("/")[0] for extension in extensions}
    if named == {"image"}:
        return MediaKind.IMAGE
    silent = all(one.get("vcodec") == "none" for one in _formats(info))
    only_sound = all(extension in MEDIA_EXTENSIONS.audio for extension in extensions)
    return MediaKind.AUDIO if silent or only_sound else MediaKind.VIDEO


def _media_type(info: Info, kind: MediaKind) -> str:
    """One format tells by its name; two are put together, and many are chosen from, for an MP4."""
    extensions = {_extension(one) for one in _formats(info)}
    named = _TYPES.get(next(iter(extensions)), "") if len(extensions) == 1 else ""
    if kind is MediaKind.AUDIO and named == "video/webm":
        return "audio/webm"
    return named if named.startswith(f"{kind}/") else _USUAL[kind]


def _formats(info: Info) -> list[Info]:
    """What was chosen; before that, all that there is to choose from."""
    return info.get("requested_formats") or ([info] if info.get("url") else info.get("formats") or [info])


def _extension(info: Info) -> str:
    if info.get("ext"):
        return str(info["ext"]).lower()
    link, _ = unsmuggle_url(info.get("url") or "")
    return str(determine_ext(link, default_ext="")).lower()


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _link(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
