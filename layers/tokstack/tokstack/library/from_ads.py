"""An item, as the official ad library tells of it: no counters, and neither a post's id nor its caption."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tokstack.library.item import (
    Content,
    Item,
    ItemMedia,
    ItemType,
    Media,
    MediaType,
    Profile,
    Source,
    Status,
)
from tokstack.posts.ads import Ad, Advertiser
from tokstack.posts.normalise import ad_library

_STATUS = {True: Status.ACTIVE, False: Status.INACTIVE, None: Status.UNKNOWN}
_SOURCE = Source(network="tiktok", source_type="ad_library")


def item_of_ad(ad: Ad, observed_at: datetime | None = None) -> Item:
    """Raises pydantic's ValidationError where the ad has what no item can have."""
    return Item(
        tiktok_id=ad.id,
        type=ItemType.AD,
        status=_STATUS[ad.active],
        updated_at=observed_at,
        first_seen_at=ad.first_shown,
        last_active_at=ad.last_shown,
        countries=ad.countries,
        landing_url=ad.landing_url,
        media=_media(ad),
        content=Content(description=ad.title),
        profile=_profile(ad.advertiser),
        source=_SOURCE.model_copy(update={"tiktok_page_id": ad.advertiser.id}),
    )


def read(row: Mapping[str, Any]) -> Item:
    """One row of its answer."""
    return item_of_ad(ad_library.ad(row))


def _profile(advertiser: Advertiser) -> Profile:
    return Profile(
        id=advertiser.id,
        handle=advertiser.handle,
        name=advertiser.name or advertiser.paid_by,
        avatar_url=advertiser.avatar_url,
        followers=advertiser.followers,
    )


def _media(ad: Ad) -> ItemMedia:
    files = tuple(_files(ad))
    return ItemMedia(
        type=_type(ad),
        thumbnail_url=next(iter(ad.image_urls), None),
        media_url=files[0].url if files else None,
        video_url=next(iter(ad.video_urls), None),
        image_urls=ad.image_urls,
        medias=files,
        media_count=len(files) or None,
        image_count=len(ad.image_urls) or None,
    )


def _type(ad: Ad) -> MediaType:
    if ad.video_urls:
        return MediaType.VIDEO
    if not ad.image_urls:
        return MediaType.UNKNOWN
    return MediaType.IMAGE if len(ad.image_urls) == 1 else MediaType.CAROUSEL


def _files(ad: Ad) -> Iterator[Media]:
    typed = [(MediaType.VIDEO, url) for url in ad.video_urls] or [(MediaType.IMAGE, url) for url in ad.image_urls]
    for order, (kind, url) in enumerate(typed):
        yield Media(type=kind, url=url, order=order)
