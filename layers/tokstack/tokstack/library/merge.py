"""One more observation of an item, into what is known of it.

In whichever order observations come, and however often, the same document comes of them: the newest one is kept whole,
and of the moments the least and the greatest.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

from tokstack.library.document import Document
from tokstack.library.item import Item, ItemType, Status

_FIRST_ID = datetime(2016, 1, 1, tzinfo=UTC)  # TikTok began then
_ID_SHIFT = 32  # of the seconds in an id


def merged(known: Document | None, item: Item, received: datetime) -> Document:
    """`received` is when the library had this observation."""
    seen = _alone(item, received)
    return seen if known is None else joined(known, seen)


def joined(one: Document, other: Document) -> Document:
    """What is known by two that know of different observations, or of the same."""
    newest, indexed_at = _newest(one, other)
    return Document(
        item=newest,
        created_at=min(one.created_at, other.created_at),
        indexed_at=indexed_at,
        first_seen_at=min(one.first_seen_at, other.first_seen_at),
        last_active_at=_greatest(one.last_active_at, other.last_active_at),
        first_pinned_at=_least(one.first_pinned_at, other.first_pinned_at),
        last_pinned_at=_greatest(one.last_pinned_at, other.last_pinned_at),
        last_seen_unpinned_at=_greatest(one.last_seen_unpinned_at, other.last_seen_unpinned_at),
    )


def canonical(item: Item) -> str:
    """The same for items that say the same."""
    return item.model_dump_json(by_alias=True, exclude_none=True)


def _alone(item: Item, received: datetime) -> Document:
    """What is known where there is this one observation."""
    item = _dated(item.moved_to(received), received)
    observed = cast("datetime", item.updated_at)
    active = item.last_active_at or (observed if item.status is Status.ACTIVE else None)
    pinned = observed if item.is_pinned else None
    unpinned = observed if item.is_pinned is False else None
    return Document(
        item=item,
        created_at=received,
        indexed_at=received,
        first_seen_at=min(_first_seen(item, observed)),
        last_active_at=active,
        first_pinned_at=pinned,
        last_pinned_at=pinned,
        last_seen_unpinned_at=unpinned,
    )


def _newest(one: Document, other: Document) -> tuple[Item, datetime]:
    """With when the library first had it. Of two of one moment either would do, but always the same."""
    moments = [cast("datetime", document.item.updated_at) for document in (one, other)]
    if moments[0] == moments[1] and one.item == other.item:
        return one.item, min(one.indexed_at, other.indexed_at)
    if moments[0] == moments[1]:
        newest = max(one, other, key=lambda document: canonical(document.item))
    else:
        newest = one if moments[0] > moments[1] else other
    return newest.item, newest.indexed_at


def _first_seen(item: Item, observed: datetime) -> Iterable[datetime]:
    yield observed
    if item.first_seen_at:
        yield item.first_seen_at
    if item.type is ItemType.ORGANIC and item.published_at:
        yield item.published_at


def _dated(item: Item, received: datetime) -> Item:
    """With the moment that the id tells, where nobody said when it was published."""
    if item.published_at is None:
        told = datetime.fromtimestamp(int(item.tiktok_id) >> _ID_SHIFT, UTC)
        if _FIRST_ID <= told <= received + timedelta(days=1):
            return item.model_copy(update={"published_at": told})
    return item


def _least(*moments: datetime | None) -> datetime | None:
    return min(filter(None, moments), default=None)


def _greatest(*moments: datetime | None) -> datetime | None:
    return max(filter(None, moments), default=None)
