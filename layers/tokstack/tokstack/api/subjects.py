"""The URLs that the media family takes: of TikTok's posts and profiles, and of pages of any other site.

one                     a URL → the one post or page that it leads to
any_of                  the same, or the profile whose posts are meant
subject                 what `one` found → what a job is about
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tokstack.api.backends import upstream
from tokstack.errors import TokstackError
from tokstack.media import pages
from tokstack.posts.addresses import parse_address
from tokstack.posts.references import PostRef, ShortLink, parse, parse_handle, web_path
from tokstack.table import Table

if TYPE_CHECKING:
    from tokstack.jobs.work import Subject

_TIKTOK = re.compile(r"(?:.+\.)?tiktokv?\.com")
_PROFILE = re.compile(r"/(?:@|%40)([^/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A page of another site; `url` is canonical."""

    url: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A TikTok user's own page."""

    handle: str


One = PostRef | ShortLink | Address


def one(url: str) -> One:
    """Raises TokstackError(VALIDATION_ERROR) and nothing else."""
    try:
        return parse(url)
    except TokstackError as refused:
        if url.strip().isdecimal():
            raise
        address = parse_address(url)
        if _TIKTOK.fullmatch(urlsplit(address).hostname or ""):
            raise refused from None
    return Address(address)


def any_of(url: str) -> One | Profile:
    """Raises TokstackError(VALIDATION_ERROR) and nothing else."""
    try:
        return one(url)
    except TokstackError:
        profile = _PROFILE.fullmatch(web_path(url) or "")
        if not profile:
            raise
    return Profile(parse_handle(profile[1]))


def subject(found: One, table: Table) -> "Subject":
    """A short link is followed. Raises what the upstream says of it."""
    from tokstack.jobs.work import Site, Subject

    if isinstance(found, Address):
        return Subject(Site.WEB, pages.remember(table, found.url), found.url)
    post = upstream().resolve(found) if isinstance(found, ShortLink) else found
    return Subject(Site.TIKTOK, post.id)
