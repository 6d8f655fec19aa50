"""The media files of a post: which are worth keeping, and in what order."""

from collections.abc import Iterable
from typing import Any

from tokstack.posts.models import Codec, Rendition, Slide
from tokstack.posts.normalise.fields import positive, urls

_CODECS = {"h264": Codec.H264, "avc1": Codec.H264, "h265": Codec.H265, "hevc": Codec.H265, "bytevc1": Codec.H265}
_UNPLAYABLE = ("bytevc2", "h266")  # no player and no ffmpeg opens them
_FORMAT_RANKS = {"jpeg": 0, "jpg": 0, "webp": 2, "heic": 3}


def rendition(
    addresses: Iterable[Any],
    *,
    codec: Any = None,
    width: Any = None,
    height: Any = None,
    bitrate: Any = None,
    size: Any = None,
    watermark: bool = False,
) -> Rendition | None:
    """One file from a payload's raw values, None where nobody could fetch or play it."""
    name = codec.lower() if isinstance(codec, str) else ""
    mirrors = sorted(urls(*addresses), key=_is_api)
    if not mirrors or name.startswith(_UNPLAYABLE):
        return None
    return Rendition(
        urls=tuple(mirrors),
        codec=next((known for prefix, known in _CODECS.items() if name.startswith(prefix)), None),
        width=positive(width),
        height=positive(height),
        bitrate=positive(bitrate),
        bytes=positive(size),
        watermark=watermark,
    )


def best_first(candidates: Iterable[Rendition | None]) -> tuple[Rendition, ...]:
    """Each file once, the clean ones before the watermarked, the large before the small.

    Upstreams name the same file twice; the earlier candidate, which says more about it, stays.
    """
    kept: list[Rendition] = []
    seen: set[str] = set()
    for candidate in candidates:
        if candidate and seen.isdisjoint(candidate.urls):
            kept.append(candidate)
            seen.update(candidate.urls)
    return tuple(sorted(kept, key=lambda file: (file.watermark, -file.short_side, -(file.bitrate or 0))))


def slide(*addresses: Any, width: Any = None, height: Any = None, live: Any = None) -> Slide | None:
    """One image; JPEG, which everything opens, before the newer formats. None where no address is left."""
    images = sorted(urls(*addresses), key=_format_rank)
    if not images:
        return None
    return Slide(urls=tuple(images), width=positive(width), height=positive(height), live_urls=urls(live))


def _is_api(address: str) -> bool:
    """Whether the address leads through TikTok's own play endpoint, which often refuses."""
    return "/aweme/v1/" in address


def _format_rank(address: str) -> int:
    path = address.partition("?")[0]
    return _FORMAT_RANKS.get(path.rpartition(".")[2].lower(), 1)
