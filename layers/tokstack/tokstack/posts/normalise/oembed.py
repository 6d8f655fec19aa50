"""The names of oEmbed: no counters and no media, but whether a post is there, what it says and what it sounds like."""

import re
from collections.abc import Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

from tokstack.posts.models import Author, Kind, Post, Sound
from tokstack.posts.normalise.captions import hashtags, mentions
from tokstack.posts.normalise.fields import first_url, post_id, text

_MUSIC_ID = re.compile(r"[0-9]{1,21}\Z")


def post(answer: Mapping[str, Any]) -> Post:
    """A post from its oEmbed answer. Raises UPSTREAM_CHANGED where it has no id."""
    said = text(answer.get("title"))
    quote = _read(text(answer.get("html")) or "")
    return Post(
        id=post_id(answer.get("embed_product_id")),
        kind=Kind.SLIDES if "/photo/" in quote.cite else Kind.VIDEO,
        caption=said,
        hashtags=hashtags(quote.hashtags, said),
        mentions=mentions(quote.mentions, said),
        author=Author(handle=text(answer.get("author_unique_id")), name=text(answer.get("author_name"))),
        sound=Sound(id=quote.music_id) if quote.music_id else None,
        cover_url=first_url(answer.get("thumbnail_url")),
    )


class _Quote(HTMLParser):
    """What the quoted post links to: tags and people from within its paragraph, the sound from after it."""

    def __init__(self) -> None:
        super().__init__()
        self.cite = ""
        self.hashtags: list[str] = []
        self.mentions: list[str] = []
        self.music_id: str | None = None
        self._in_caption = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "blockquote":
            self.cite = attributes.get("cite") or ""
        elif tag == "p":
            self._in_caption = True
        elif tag == "a":
            self._follow(attributes.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._in_caption = False

    def _follow(self, address: str) -> None:
        with suppress(ValueError):  # an address that is none
            path = unquote(urlsplit(address).path)
            if path.startswith("/music/") and (number := _MUSIC_ID.search(path)):
                self.music_id = number[0]
            elif self._in_caption and path.startswith("/tag/"):
                self.hashtags.append(path.removeprefix("/tag/"))
            elif self._in_caption and path.startswith("/@"):
                self.mentions.append(path.removeprefix("/@"))


def _read(html: str) -> _Quote:
    quote = _Quote()
    with suppress(AssertionError):  # a malformed declaration ends the reading
        quote.feed(html)
        quote.close()
    return quote
