"""Who is asked for what is tracked: a profile's posts page by page, a search's ads, a search's posts.

Profile         all posts of a profile, and which of its items are there no more
AdSearch        ads of the official ad library; of new ones each is asked for, since a page does not say what they
                lead to
PostSearch      posts of the official research API
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from tokstack.errors import Code, TokstackError
from tokstack.library.document import Document
from tokstack.library.documents import Documents
from tokstack.library.engines.protocol import Reader
from tokstack.library.entry import Keyword, Number
from tokstack.library.from_ads import item_of_ad
from tokstack.library.from_posts import item_of, profile_of
from tokstack.library.item import Item, ItemType, Status
from tokstack.library.query import Query
from tokstack.library.tracking import Walk
from tokstack.observability import logger
from tokstack.posts.ads import Ad
from tokstack.posts.models import Author, Post
from tokstack.posts.references import PostRef
from tokstack.providers.feed import Place
from tokstack.providers.official.ad_library import EVERYWHERE, AdQuery
from tokstack.providers.official.research import VideoQuery
from tokstack.providers.official.sources import Sources
from tokstack.providers.upstream import Upstream

T = TypeVar("T", Ad, Post)
M = TypeVar("M", bound=BaseModel)

_NEARLY_ALL = 0.9  # of the posts that a profile says it has: some are shown to nobody who asks
_AT_ONCE = 500  # items that are looked up together
_IDS = 2**63  # items have no greater ids


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of what is followed. `place` is where it goes on; `whole` says that all there was to it was told."""

    items: tuple[Item, ...]
    seen: frozenset[int]
    place: str | None = None
    whole: bool = True


class Followed(Protocol):
    @property
    def most(self) -> int:
        """How many are followed in one walk."""

    def sheet(self, place: str | None) -> Sheet:
        """Raises TokstackError, final or passing."""

    def gone(self, walk: Walk) -> Iterator[Item]:
        """What a walk that is at its end did not come by, though it was there."""


@dataclass(frozen=True, slots=True)
class Library:
    """What is known already; the index may lag a minute behind."""

    reader: Reader
    documents: Documents

    def found(self, query: Query) -> Iterator[Document]:
        """All that match, in the order of the query, which has to be one that stands still."""
        offset, total = 0, 1
        while offset < total:
            hits = self.reader.search(replace(query, offset=offset, limit=_AT_ONCE))
            versions = [(hit.id, hit.version) for hit in hits.page]
            yield from filter(None, self.documents.get(versions) if versions else ())
            offset, total = offset + _AT_ONCE, hits.total

    def known(self, ids: Iterable[int]) -> dict[int, Document]:
        versions = list(self.reader.find(ids).items())
        found = zip(versions, self.documents.get(versions) if versions else (), strict=True)
        return {item: document for (item, _), document in found if document}


@dataclass
class Profile:
    handle: str
    upstream: Upstream
    library: Callable[[], Library]
    now: Callable[[], float]
    most: int
    source = "profile"

    @cached_property
    def author(self) -> Author:
        author = self.upstream.user(self.handle)
        if author.private:
            raise TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")
        return author if author.handle else author.model_copy(update={"handle": self.handle})

    def sheet(self, place: str | None) -> Sheet:
        leaf = self.upstream.page(self.author, Place.model_validate_json(place) if place else None)
        posts = [member for member in leaf.members if isinstance(member, Post)]
        if leaf.members and not posts:
            raise TokstackError(Code.UPSTREAM_EMPTY, "Nobody tells more of this profile's posts than their ids.")
        moment = _moment(self.now())
        return Sheet(
            tuple(_items(posts, lambda post: item_of(_by(self.author, post), self.source, moment))),
            _ids(leaf.members),
            leaf.place.model_dump_json() if leaf.place else None,
            whole=len(posts) == len(leaf.members),
        )

    def gone(self, walk: Walk) -> Iterator[Item]:
        """Only where the walk came by nearly as many as there are said to be."""
        author, begun = self.author, _moment(walk.begun_at)
        expected = 1 if author.posts is None else author.posts * _NEARLY_ALL
        if author.id is None or not walk.whole or len(walk.seen) < expected:
            return
        query = Query(
            keywords={
                Keyword.PROFILE: frozenset({author.id}),
                Keyword.STATUS: frozenset({Status.ACTIVE}),
            },
            sort=Number.CREATED,
            descending=False,
        )
        told = {"status": Status.INACTIVE, "is_pinned": False, "updated_at": _moment(self.now())}
        for document in self.library().found(query):
            item = document.item
            of_feed = item.type is ItemType.ORGANIC or item.source.source_type == self.source
            observed = item.updated_at or begun
            if of_feed and observed < begun and int(item.tiktok_id) not in walk.seen:
                yield item.model_copy(update={**told, "profile": _updated(item.profile, profile_of(author))})


@dataclass
class AdSearch:
    query: AdQuery
    sources: Sources
    library: Callable[[], Library]
    now: Callable[[], float]
    most: int = 500

    def sheet(self, place: str | None) -> Sheet:
        page = self.sources.ads(self.query, place)
        ids, moment = _ids(page.items), _moment(self.now())
        known = self.library().known(ids)
        return Sheet(
            tuple(
                self._shown(item)
                for item in _items(page.items, lambda ad: self._item(ad, known.get(int(ad.id)), moment))
            ),
            ids,
            page.cursor,
        )

    def gone(self, walk: Walk) -> Iterator[Item]:  # noqa: ARG002 - a search tells of what it found, and of nothing else
        return iter(())

    def _shown(self, item: Item) -> Item:
        """It was found in the country that was asked for."""
        country = self.query.country
        if country == EVERYWHERE or country in item.countries:
            return item
        return item.model_copy(update={"countries": (*item.countries, country)})

    def _item(self, ad: Ad, known: Document | None, moment: datetime) -> Item:
        """What a page does not say is as it was when the ad was asked for."""
        if known is None:
            return item_of_ad(self.sources.ad(ad.id), moment)
        seen = item_of_ad(ad, moment)
        told = {
            "status": seen.status,
            "updated_at": moment,
            "first_seen_at": seen.first_seen_at or known.item.first_seen_at,
            "last_active_at": seen.last_active_at or known.item.last_active_at,
            "media": seen.media,
        }
        return known.item.model_copy(update=told)


@dataclass
class PostSearch:
    query: VideoQuery
    sources: Sources
    now: Callable[[], float]
    most: int = 5_000
    source = "research_api"

    def sheet(self, place: str | None) -> Sheet:
        page = self.sources.videos(self.query, place)
        moment = _moment(self.now())
        return Sheet(
            tuple(_items(page.items, lambda post: item_of(post, self.source, moment))), _ids(page.items), page.cursor
        )

    def gone(self, walk: Walk) -> Iterator[Item]:  # noqa: ARG002 - as above
        return iter(())


def _items(told: Iterable[T], make: Callable[[T], Item]) -> Iterator[Item]:
    """Without what no item can be."""
    for each in told:
        try:
            yield make(each)
        except ValidationError:
            logger.warning("an upstream told of what no item can be", extra={"id": each.id})


def _ids(told: Iterable[Post | PostRef | Ad]) -> frozenset[int]:
    return frozenset(number for each in told if (number := int(each.id)) < _IDS)


def _by(author: Author, post: Post) -> Post:
    """A list tells less of its author than the profile does."""
    return post.model_copy(update={"author": _updated(post.author, author)})


def _updated(known: M, told: M) -> M:
    """What is told, and where nothing is, what is known."""
    return known.model_copy(update={name: value for name, value in told if value is not None})


def _moment(at: float) -> datetime:
    """To the millisecond, as items have it."""
    return datetime.fromtimestamp(int(at * 1000) / 1000, UTC)
