"""The official research API, for those who may use it: posts of the last 30 days by region and keyword.

Its counters are up to ten days old, and new posts come to it within two.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tokstack.posts.models import Post
from tokstack.posts.normalise import research
from tokstack.providers.official.client import Client
from tokstack.providers.official.quota import Allowance
from tokstack.providers.protocol import Page

EVERYWHERE = "ALL"
PAGE = 100  # rows, of which far fewer may come
_MONTH = timedelta(days=29)  # both ends belong to it, and it looks over 30 days at most

_FIELDS = (
    *("id", "video_description", "create_time", "region_code", "username", "music_id", "hashtag_names"),
    *("share_count", "view_count", "like_count", "comment_count", "favorites_count"),
    *("video_duration", "video_mention_list"),
)


@dataclass(frozen=True, slots=True)
class VideoQuery:
    """`region` is two letters, or EVERYWHERE."""

    region: str
    keyword: str


class Research:
    """A cursor is the search's id and the place in it, joined by a colon."""

    name = "research"
    pause = 1.0
    allowance = Allowance(requests=1000, records=100_000)

    def __init__(self, client: Client, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._now = now

    def videos(self, query: VideoQuery, cursor: str | None, seconds: float) -> Page[Post]:
        today = datetime.fromtimestamp(self._now(), UTC)
        conditions = [_is("keyword", query.keyword)]
        if query.region != EVERYWHERE:
            conditions.append(_is("region_code", query.region))
        body = {
            "query": {"and": conditions},
            "start_date": f"{today - _MONTH:%Y%m%d}",
            "end_date": f"{today:%Y%m%d}",
            "max_count": PAGE,
            **_place(cursor),
        }
        data = self._client.ask("research/video/query", _FIELDS, body, seconds)
        return Page(research.posts(data), research.more(data))


def _is(name: str, value: str) -> dict[str, Any]:
    return {"operation": "EQ", "field_name": name, "field_values": [value]}


def _place(cursor: str | None) -> dict[str, Any]:
    search, _, place = (cursor or "").rpartition(":")
    return {"search_id": search, "cursor": int(place)} if search else {}
