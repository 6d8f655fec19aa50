"""The official ad library (Commercial Content API): ads shown in the EU, the EEA, the UK and Switzerland.

It tells neither a post's id nor counters. A page of ads lacks what they lead to; asked for one by one, they have it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tokstack.posts.ads import Ad
from tokstack.posts.normalise import ad_library
from tokstack.providers.official.client import Client
from tokstack.providers.official.quota import Allowance
from tokstack.providers.protocol import Page

EVERYWHERE = "ALL"
PAGE = 10  # ads: as many as its newest text allows
_YEAR = timedelta(days=364)  # it looks no further back

_AD = ("id", "first_shown_date", "last_shown_date", "status", "videos", "image_urls", "reach")
_ADVERTISER = ("business_id", "business_name", "paid_for_by")
_LISTED = (*(f"ad.{name}" for name in _AD), *(f"advertiser.{name}" for name in _ADVERTISER))
_WHOLE = (
    *_LISTED,
    "ad.title",
    "ad.external_url",
    *(f"advertiser.{name}" for name in ("country_code", "follower_count", "avatar_url", "profile_url")),
    "ad_group.targeting_info",
)


@dataclass(frozen=True, slots=True)
class AdQuery:
    """`country` is two letters, or EVERYWHERE."""

    country: str
    search: str


class AdLibrary:
    name = "ad_library"
    pause = 1.0
    # What it allows is not documented; 600 requests a day are what its users report.
    allowance = Allowance(requests=600, records=600 * PAGE)

    def __init__(self, client: Client, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._now = now

    def ads(self, query: AdQuery, cursor: str | None, seconds: float) -> Page[Ad]:
        today = datetime.fromtimestamp(self._now(), UTC)
        body = {
            "filters": {
                "ad_published_date_range": {"min": f"{today - _YEAR:%Y%m%d}", "max": f"{today:%Y%m%d}"},
                "country_code": query.country,
            },
            "search_term": query.search,
            "max_count": PAGE,
            **({"search_id": cursor} if cursor else {}),
        }
        data = self._client.ask("research/adlib/ad/query", _LISTED, body, seconds)
        return Page(ad_library.ads(data), ad_library.more(data))

    def ad(self, ad_id: str, seconds: float) -> Ad:
        """With what it leads to."""
        return ad_library.ad(self._client.ask("research/adlib/ad/detail", _WHOLE, {"ad_id": int(ad_id)}, seconds))
