"""A user's newest posts, gathered page by page from the first feed provider that gets to the end.

A walk through all of them is done by whoever keeps the place: page by page, and perhaps by several workers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel, ConfigDict

from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Post
from tokstack.providers.asking import Asking, Causes
from tokstack.providers.deadline import Deadline
from tokstack.providers.protocol import FeedProvider, Listed, Page

_TRIES = 3  # of a page: a walk of many pages would seldom end if one lost answer ended it


class Pool(BaseModel):
    """A user's posts, newest first; `whole` if there are no others among the newest ones asked for."""

    model_config = ConfigDict(frozen=True)

    members: tuple[Listed, ...]
    whole: bool


class Place(BaseModel):
    """Where a walk has come to: a cursor means something to the provider that gave it, and to no other."""

    model_config = ConfigDict(frozen=True)

    provider: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a walk; `place` is where it goes on, None at the end."""

    members: tuple[Listed, ...]
    place: Place | None = None


class Feed:
    def __init__(self, asking: Asking, providers: Sequence[FeedProvider]) -> None:
        self._asking = asking
        self._providers = providers

    def newest(self, author: Author, limit: int, deadline: Deadline) -> Pool:
        """The newest `limit`; put together from what several listed where none got to the end.

        Raises NO_POSTS, or why nobody could tell.
        """
        found: dict[str, Listed] = {}
        causes, failed, empty = Causes(), False, False
        for provider in self._providers:
            if not provider.serves(author):
                continue
            try:
                self._walk(provider, author, limit, deadline, found)
            except TokstackError as error:
                if not error.passing:
                    raise
                causes.add(provider, error)
                failed = True
                continue
            if found:
                return _pool(found, limit, whole=all(isinstance(member, Post) for member in found.values()))
            empty = True
            if not author.posts:
                break
        if found:
            return _pool(found, limit, whole=False)
        if empty and not (failed and author.posts):
            raise TokstackError(Code.NO_POSTS, "This user has no public posts.")
        raise causes.error()

    def page(self, author: Author, place: Place | None, deadline: Deadline) -> Leaf:
        """The page at a place, or the first one of whoever has any; an empty one where there are no posts at all.

        Raises why nobody could tell.
        """
        causes, empty = Causes(), False
        for provider in self._providers:
            if place.provider != provider.name if place else not provider.serves(author):
                continue
            try:
                page = self._asking.ask(
                    provider, partial(_page, author, place.cursor if place else None), deadline, tries=_TRIES
                )
            except TokstackError as error:
                if not error.passing:
                    raise
                causes.add(provider, error)
                continue
            if page.items or page.cursor or place:
                return Leaf(page.items, Place(provider=provider.name, cursor=page.cursor) if page.cursor else None)
            empty = True
        if empty and not author.posts:
            return Leaf(())
        raise causes.error()

    def _walk(
        self, provider: FeedProvider, author: Author, limit: int, deadline: Deadline, found: dict[str, Listed]
    ) -> None:
        """Adds to `found` until `limit` are there that are not pinned: pinned ones may be old."""
        cursor: str | None = None
        while True:
            page = self._asking.ask(provider, partial(_page, author, cursor), deadline, tries=_TRIES)
            for member in page.items:
                if isinstance(member, Post) or member.id not in found:
                    found[member.id] = member
            cursor = page.cursor
            if cursor is None or sum(not _pinned(member) for member in found.values()) >= limit:
                return


def _page(author: Author, cursor: str | None, provider: FeedProvider, seconds: float) -> Page[Listed]:
    return provider.posts(author, cursor, seconds)


def _pool(found: Mapping[str, Listed], limit: int, *, whole: bool) -> Pool:
    newest_first = sorted(found.values(), key=_published, reverse=True)
    return Pool(members=tuple(newest_first[:limit]), whole=whole)


def _published(member: Listed) -> float:
    """Epoch seconds. The id of a post begins with about the time of its making."""
    if isinstance(member, Post) and member.created_at:
        return member.created_at.timestamp()
    return int(member.id) >> 32


def _pinned(member: Listed) -> bool:
    return isinstance(member, Post) and bool(member.pinned)
