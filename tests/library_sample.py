"""The sample library as its catalogue tells it, day by day: what is there, what is found, and how each item stands.

What is told of an item is counted here one by one, out of what the catalogue says of each day, and not by the rules
that are tested.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from local.library.catalog import Entrant, entrants
from tests.library_model import ModelReader
from tokstack.library.document import Document
from tokstack.library.entries import entry
from tokstack.library.item import Item, ItemType, Status
from tokstack.library.merge import merged
from tokstack.library.shops import with_shop

DELTAS = (3, 7, 14, 30)  # days

_NEW = 7  # days
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sample:
    """`today` is the last day that it tells of."""

    today: date

    @cached_property
    def entrants(self) -> Mapping[str, Entrant]:
        """By id."""
        return {entrant.item.tiktok_id: entrant for entrant in entrants(self.today)}

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """As they were observed last."""
        return {name: entrant.on(self.today) for name, entrant in self.entrants.items()}

    @cached_property
    def model(self) -> ModelReader:
        return ModelReader({int(name): entry(self._document(each), 0) for name, each in self.entrants.items()})

    @cached_property
    def every(self) -> Mapping[str, Mapping[str, Any]]:
        """All, as they are told."""
        return {name: self.told(name) for name in self.entrants}

    def ids(self, fits: Callable[[Item], bool]) -> set[str]:
        """Of the items that are so."""
        return {name for name, item in self.items.items() if fits(item)}

    def told(self, name: str) -> dict[str, Any]:
        """What a list says of an item, but for its score."""
        entrant, item = self.entrants[name], self.items[name]
        parts = item.model_dump(mode="json", by_alias=True, include={"media", "content"})
        return {
            "id": f"tiktok_{name}",
            "tiktokId": name,
            "type": item.type.value,
            "status": item.status.value,
            "isPinned": item.is_pinned,
            "publishedAt": shown(item.published_at),
            "createdAt": shown(_evening(entrant.shown)),
            "updatedAt": shown(_noon(self.today)),
            "indexedAt": shown(self._indexed(entrant)),
            "daysRunning": self._days_running(entrant),
            "media": parts["media"],
            "content": parts["content"],
            "metrics": self._metrics(entrant),
            "profile": self._profile(entrant),
            "shop": item.shop and item.shop.model_dump(mode="json", by_alias=True),
            "pin": self._pin(entrant),
            "pageSnapshot": self._snapshot(entrant),
        }

    def _document(self, entrant: Entrant) -> Document:
        first = merged(None, with_shop(entrant.on(entrant.shown)), _evening(entrant.shown))
        return merged(first, with_shop(entrant.on(self.today)), _evening(self.today) + timedelta(minutes=1))

    def _indexed(self, entrant: Entrant) -> datetime:
        """What was observed in the evening was heard again a minute later, and is not news."""
        again = timedelta(minutes=1) if entrant.shown < self.today else timedelta()
        return _evening(self.today) + again

    def _days_running(self, entrant: Entrant) -> int | None:
        item = self.items[entrant.item.tiktok_id]
        first = [_noon(entrant.shown), item.first_seen_at if item.type is ItemType.AD else item.published_at]
        seen_active = [item.last_active_at, _noon(self.today) if item.status is Status.ACTIVE else None]
        last = max(filter(None, seen_active), default=None)
        return max(1, (last - min(filter(None, first))).days) if last else None

    def _metrics(self, entrant: Entrant) -> dict[str, Any]:
        metrics = self.items[entrant.item.tiktok_id].metrics
        counts = (metrics.likes, metrics.comments, metrics.shares, metrics.saves)
        rate = sum(count or 0 for count in counts) * 100 / Decimal(metrics.views) if metrics.views else None
        rank, ranked = self._rank(entrant, self.today), len(self._views(entrant, self.today))
        before = {days: self._rank(entrant, self.today - timedelta(days=days)) for days in DELTAS}
        return {
            **metrics.model_dump(by_alias=True),
            "engagementRate": None if rate is None else float(rate.quantize(_CENT, ROUND_HALF_UP)),
            "rank": rank,
            "rankPercent": None if rank is None else round(rank / ranked * 100, 2),
            **{
                f"deltaRank{days}d": None if rank is None or then is None else then - rank
                for days, then in before.items()
            },
        }

    def _profile(self, entrant: Entrant) -> dict[str, Any]:
        others = self._of_profile(entrant)
        types = Counter(each.item.type for each in others)
        return {
            **entrant.item.profile.model_dump(mode="json", by_alias=True, exclude={"page_creation"}),
            "pageCreation": shown(entrant.item.profile.page_creation),
            "newTikToks": sum((self.today - each.shown).days < _NEW for each in others),
            "percentAds": round(types[ItemType.AD] / len(others) * 100, 2),
        }

    def _snapshot(self, entrant: Entrant) -> dict[str, Any]:
        others, yesterday = self._of_profile(entrant), self.today - timedelta(days=1)
        profile = entrant.item.profile
        known = any(each.shown <= yesterday for each in others)
        views = sum(self._views(entrant, self.today).values()) - sum(self._views(entrant, yesterday).values())
        return {
            "recordedAt": shown(_evening(self.today)),
            "adsCount": sum(each.item.type is ItemType.AD for each in others),
            "organicCount": sum(each.item.type is ItemType.ORGANIC for each in others),
            "totalTikToks": profile.total_tik_toks,
            "dailyViews": views if known else None,
            "dailyLikes": 0 if known and profile.likes is not None else None,
            "dailyFollowers": 0 if known and profile.followers is not None else None,
        }

    def _pin(self, entrant: Entrant) -> dict[str, Any]:
        pinned = entrant.item.is_pinned
        return {
            "isCurrent": pinned,
            "firstPinnedAt": shown(_noon(entrant.shown)) if pinned else None,
            "lastPinnedAt": shown(_noon(self.today)) if pinned else None,
            "lastUnpinnedAt": None,
        }

    def _rank(self, entrant: Entrant, day: date) -> int | None:
        """One more than there are with more views."""
        views = self._views(entrant, day)
        own = views.get(entrant.item.tiktok_id)
        return None if own is None else 1 + sum(count > own for count in views.values())

    def _views(self, entrant: Entrant, day: date) -> dict[str, int]:
        """Of the items of its profile that were there then."""
        there = [each for each in self._of_profile(entrant) if each.shown <= day]
        return {each.item.tiktok_id: count for each in there if (count := each.views_on(day)) is not None}

    def _of_profile(self, entrant: Entrant) -> list[Entrant]:
        return self._by_profile[entrant.item.profile.id or ""]

    @cached_property
    def _by_profile(self) -> Mapping[str, list[Entrant]]:
        found: dict[str, list[Entrant]] = {}
        for each in self.entrants.values():
            found.setdefault(each.item.profile.id or "", []).append(each)
        return found


def shown(moment: datetime | None) -> str | None:
    """As answers write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def texts(item: Item) -> Iterator[str]:
    """All in it that is searched, as it was written."""
    profile, content = item.profile, item.content
    yield from filter(None, (content.description, profile.handle, profile.name, profile.bio, *content.hashtags))
    yield from filter(None, (content.music.title, content.music.author))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _evening(day: date) -> datetime:
    return datetime.combine(day, time(18), UTC)
