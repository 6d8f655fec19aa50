"""How the items of one profile stand by their views, today and against earlier days: rules alone.

A day is one of UTC. What a day was like is what its snapshot says; of a day without one, the newest snapshot before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from tokstack.library.engines.protocol import Standing
from tokstack.library.item import ItemType
from tokstack.library.snapshots import Counters, Snapshot
from tokstack.library.standing import ItemStanding, PageSnapshot, ProfileStanding

_NEW = 7 * 86_400_000  # milliseconds since an item was first indexed


def places(views: Mapping[int, int]) -> dict[int, int]:
    """1 is the most viewed. Equal views share a place and leave as many free behind it: 1, 1, 3."""
    found: dict[int, int] = {}
    shared, before = 0, None
    for place, item in enumerate(sorted(views, key=lambda item: -views[item]), start=1):
        if views[item] != before:
            shared, before = place, views[item]
        found[item] = shared
    return found


def snapshot_of(rows: Iterable[Standing], counters: Counters, at: float) -> Snapshot:
    """A profile's day, of what stands of it now."""
    rows = list(rows)
    ads = sum(row.type == ItemType.AD for row in rows)
    views = {row.id: row.views for row in rows if row.views is not None}
    return Snapshot(at, views, ads, len(rows) - ads, counters)


def new_items(rows: Iterable[Standing], at: float) -> int:
    """How many were first indexed in the last seven days."""
    return sum(row.created > at * 1000 - _NEW for row in rows)


def standing_of(
    today: Snapshot, earlier: Sequence[Snapshot | None], before: Snapshot | None, new: int
) -> ProfileStanding:
    """`earlier` are the snapshots as of so many days ago, in the order of DELTAS; `before` is that before today's."""
    now = places(today.views)
    then = [places(snapshot.views) if snapshot else {} for snapshot in earlier]
    return ProfileStanding(
        ranked=len(now),
        percent_ads=_per_cent(today.ads, today.ads + today.organic),
        new_tik_toks=new,
        snapshot=_page(today, before),
        items={str(item): _item(item, rank, then) for item, rank in now.items()},
    )


def _item(item: int, rank: int, then: Sequence[Mapping[int, int]]) -> ItemStanding:
    deltas = [places[item] - rank if item in places else None for places in then]
    three, seven, fourteen, thirty = deltas
    return ItemStanding(rank=rank, deltas=(three, seven, fourteen, thirty))


def _page(today: Snapshot, before: Snapshot | None) -> PageSnapshot:
    now, then = today.counters, before.counters if before else Counters()
    return PageSnapshot(
        recorded_at=datetime.fromtimestamp(today.at, UTC),
        ads_count=today.ads,
        organic_count=today.organic,
        total_tik_toks=now.total_tik_toks,
        daily_views=_change(now.views, then.views),
        daily_likes=_change(now.likes, then.likes),
        daily_followers=_change(now.followers, then.followers),
    )


def _change(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then


def _per_cent(part: int, whole: int) -> float | None:
    return round(part / whole * 100, 2) if whole else None
