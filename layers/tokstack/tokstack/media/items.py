"""The files of a post or page as an answer tells of them, without a byte of them being fetched. Pure.

A post's files have the names of renditions.py. Those of another site's page are

    item-1, item-2 …    its videos, sounds and images, in order, each the best there is
    item-1-720          a video of at most 720 pixels on its short side, where the site has one
    item-1-sound        its sound alone, where the site has it apart
"""

import re
from urllib.parse import urlsplit

from tokstack.media import renditions
from tokstack.media.item import Item
from tokstack.media.source import TIKTOK
from tokstack.posts.models import Post
from tokstack.posts.pages import Page

SOUND = "sound"

_NAME = re.compile(rf"item-(?P<number>[1-9][0-9]?)(?:-(?P<choice>{SOUND}|[1-9][0-9]{{1,3}}))?")
# What the link of an image or sound says of its type; what it does not say is the first.
_IMAGES = {".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".webp": "image/webp", ".png": "image/png"}
_SOUNDS = {".mp3": "audio/mpeg", "audio_mpeg": "audio/mpeg", ".m4a": "audio/mp4", "audio_mp4": "audio/mp4"}


def of_post(post: Post) -> tuple[Item, ...]:
    """The video, with its watermark where nobody has it without; or the slides and their sound."""
    names = renditions.names(post)
    if post.slides:
        images = [name for name in names if name.startswith("image-")]
        shown = [*images, *(name for name in names if name == "music")]
    else:
        best: tuple[str, ...] = ("video", "watermark")
        shown = [name for name in best if name in names][:1]
    return tuple(of_rendition(post, name) for name in shown)


def of_rendition(post: Post, name: str) -> Item:
    """One file of a post, by its name."""
    family = renditions.family(name)
    url = renditions.urls(post, name)[0]
    media_type = {"video": "video/mp4", "text": "text/vtt"}.get(family) or _guess(
        url, _IMAGES if family == "image" else _SOUNDS
    )
    title = post.caption
    if family == "text":
        title = renditions.subtitles(post)[int(name.rpartition("-")[2]) - 1].language
    thumbnail = url if family == "image" else post.cover_url
    return Item(name, family, media_type, TIKTOK, title, thumbnail)


def of_page(page: Page) -> tuple[Item, ...]:
    return tuple(
        Item(f"item-{number}", item.kind, item.media_type, page.site, item.title or page.title, item.thumbnail)
        for number, item in enumerate(page.items, 1)
    )


def page_item(number: int, choice: str = "") -> str:
    """The name of a page's file."""
    return f"item-{number}-{choice}" if choice else f"item-{number}"


def read_page_item(name: str) -> tuple[int, str]:
    """The number and the choice in such a name. Raises ValueError."""
    match = _NAME.fullmatch(name)
    if not match:
        raise ValueError(name)
    return int(match["number"]), match["choice"] or ""


def _guess(url: str, types: dict[str, str]) -> str:
    parts = urlsplit(url)
    said = f"{parts.path.lower()} {parts.query}"
    return next((named for mark, named in types.items() if mark in said), next(iter(types.values())))
