"""An item of the library as it is answered: every key is always there, and what nobody knows is null."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tokstack.api.dates import Moment
from tokstack.api.families import LibraryPage, LibrarySuccess, Pagination, Shape
from tokstack.api.library import PREFIX
from tokstack.library.document import days_running, engagement_rate
from tokstack.library.item import Content, Item, ItemMedia, ItemType, Shop, Source, Status
from tokstack.library.library import Found, FoundPage
from tokstack.library.standing import PageSnapshot
from tokstack.posts.references import PostRef


class _Part(Shape):
    model_config = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_camel))


def _won(days: int) -> Any:
    description = f"`rank` {days} days ago less `rank` now: above 0 it is better now. Null where it had none then."
    return Field(serialization_alias=f"deltaRank{days}d", description=description)


class MetricsData(_Part):
    views: int | None
    likes: int | None
    comments: int | None
    saves: int | None
    shares: int | None
    reposts: int | None
    engagement_rate: float | None = Field(
        description="(likes + comments + shares + saves) / views × 100, per cent. Null where views are unknown or 0."
    )
    rank: int | None = Field(
        description="The item's place by views among its profile's items of the library; 1 is most."
    )
    rank_percent: float | None = Field(description="`rank` / the profile's ranked items × 100.")
    relevance_score: float | None = Field(
        description="The search engine's score for this query; null without `search`."
    )
    delta_rank3d: int | None = _won(3)
    delta_rank7d: int | None = _won(7)
    delta_rank14d: int | None = _won(14)
    delta_rank30d: int | None = _won(30)

    @classmethod
    def of(cls, found: Found) -> "MetricsData":
        metrics, standing, profile = found.document.item.metrics, found.standing, found.profile
        rate = engagement_rate(metrics)
        won = standing.deltas if standing else (None,) * 4
        return cls(
            **dict(metrics),
            engagement_rate=None if rate is None else rate / 100,
            rank=standing.rank if standing else None,
            rank_percent=round(standing.rank * 100 / profile.ranked, 2) if standing and profile else None,
            relevance_score=found.score,
            delta_rank3d=won[0],
            delta_rank7d=won[1],
            delta_rank14d=won[2],
            delta_rank30d=won[3],
        )


class ProfileData(_Part):
    id: str | None
    handle: str | None
    name: str | None
    avatar_url: str | None
    bio: str | None
    bio_url: str | None
    account_type: str | None
    sec_uid: str | None
    followers: int | None
    following: int | None
    total_tik_toks: int | None
    new_tik_toks: int | None = Field(description="The profile's items that were first indexed in the last 7 days.")
    percent_ads: float | None = Field(description="Ads / (ads + organic posts) of the profile in the library × 100.")
    views: int | None
    likes: int | None
    page_creation: Moment | None

    @classmethod
    def of(cls, found: Found) -> "ProfileData":
        standing = found.profile
        return cls(
            **dict(found.document.item.profile),
            new_tik_toks=standing.new_tik_toks if standing else None,
            percent_ads=standing.percent_ads if standing else None,
        )


class PinData(_Part):
    is_current: bool | None
    first_pinned_at: Moment | None
    last_pinned_at: Moment | None
    last_unpinned_at: Moment | None


class SnapshotData(_Part):
    """The profile's newest daily snapshot; `daily…` is the change since the one before it."""

    recorded_at: Moment | None = None
    ads_count: int | None = None
    organic_count: int | None = None
    total_tik_toks: int | None = None
    daily_views: int | None = None
    daily_likes: int | None = None
    daily_followers: int | None = None

    @classmethod
    def of(cls, snapshot: PageSnapshot | None) -> "SnapshotData":
        return cls(**dict(snapshot)) if snapshot else cls()


class ItemData(_Part):
    id: str
    tiktok_id: str
    type: ItemType
    status: Status
    is_pinned: bool | None
    published_at: Moment | None
    created_at: Moment = Field(description="When it was first indexed.")
    updated_at: Moment | None = Field(description="When it was last observed.")
    days_running: int | None = Field(
        description="Whole days from first seen (an ad: first shown) to last seen active, at least 1."
    )
    indexed_at: Moment = Field(description="When the last observation was indexed.")
    media: ItemMedia
    content: Content
    metrics: MetricsData
    profile: ProfileData
    shop: Shop | None = Field(description="Null where none is known.")
    pin: PinData
    page_snapshot: SnapshotData

    @classmethod
    def of(cls, found: Found) -> "ItemData":
        return cls(**_fields(found))


class LinksData(_Part):
    tiktok_url: str
    profile_url: str | None

    @classmethod
    def of(cls, item: Item) -> "LinksData":
        handle = quote(item.profile.handle or "", safe="")
        return cls(
            tiktok_url=PostRef(item.tiktok_id, handle).url,
            profile_url=f"https://www.tiktok.com/@{handle}" if handle else None,
        )


class ItemDetail(ItemData):
    links: LinksData
    source: Source

    @classmethod
    def of(cls, found: Found) -> "ItemDetail":
        item = found.document.item
        return cls(**_fields(found), links=LinksData.of(item), source=item.source)


def page_of(found: FoundPage, page: int, limit: int, request_id: str) -> LibraryPage[ItemData]:
    return LibraryPage[ItemData](
        request_id=request_id,
        data=tuple(map(ItemData.of, found.rows)),
        pagination=Pagination(page=page, limit=limit, total=found.total, total_pages=-(-found.total // limit)),
    )


def detail_of(found: Found, request_id: str) -> LibrarySuccess[ItemDetail]:
    return LibrarySuccess[ItemDetail](request_id=request_id, data=ItemDetail.of(found))


def _fields(found: Found) -> dict[str, Any]:
    document, item = found.document, found.document.item
    pin: dict[str, datetime | None] = {
        name: getattr(document, name) for name in ("first_pinned_at", "last_pinned_at", "last_unpinned_at")
    }
    return {
        "id": f"{PREFIX}{item.tiktok_id}",
        "tiktok_id": item.tiktok_id,
        "type": item.type,
        "status": item.status,
        "is_pinned": item.is_pinned,
        "published_at": item.published_at,
        "created_at": document.created_at,
        "updated_at": item.updated_at,
        "days_running": days_running(document),
        "indexed_at": document.indexed_at,
        "media": item.media,
        "content": item.content,
        "metrics": MetricsData.of(found),
        "profile": ProfileData.of(found),
        "shop": found.shop,
        "pin": PinData(is_current=item.is_pinned, **pin),
        "page_snapshot": SnapshotData.of(found.profile.snapshot if found.profile else None),
    }
