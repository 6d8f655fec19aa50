"""What an engine knows of an item: what is searched, filtered and sorted by, and where its document is.

Keyword     a fact that is asked for as a whole, and can have several values
Number      a fact that is asked for by range, or sorted by
Area        texts that are searched
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000  # milliseconds


class Keyword(StrEnum):
    TYPE = "type"
    STATUS = "status"
    MEDIA = "media"
    LANGUAGE = "language"
    CATEGORY = "category"
    COUNTRY = "country"
    HASHTAG = "hashtag"
    PROFILE = "profile"  # the id
    HANDLE = "handle"
    PAGE = "page"  # tiktokPageId
    WEBSITE = "website"  # websiteId
    DOMAIN = "domain"
    SHOP = "shop"  # the id
    SHOP_LINKED = "shop_linked"  # YES or NO
    PINNED = "pinned"  # YES or NO


YES, NO = "yes", "no"


class Number(StrEnum):
    """Whole numbers all: moments in milliseconds since 1970, rates in hundredths of a per cent."""

    PUBLISHED = "published"
    UPDATED = "updated"
    VIEWS = "views"
    LIKES = "likes"
    COMMENTS = "comments"
    SHARES = "shares"
    SAVES = "saves"
    ENGAGEMENT_RATE = "engagement_rate"
    DAYS_RUNNING = "days_running"
    FOLLOWERS = "followers"
    PROFILE_VIEWS = "profile_views"
    CREATED = "created"  # when it was first indexed


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    since = moment - _EPOCH
    return since.days * _DAY + since.seconds * 1000 + since.microseconds // 1000


class Area(StrEnum):
    CAPTION = "caption"
    PROFILE = "profile"
    HASHTAG = "hashtag"
    MUSIC = "music"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. Each text is `words` joined by spaces; a phrase never crosses from one text to the next.

    `id` is TikTok's, below 2^63. `version` names the document, below 2^63. A number or keyword that nobody knows is
    not there.
    """

    id: int
    version: int
    texts: Mapping[Area, tuple[str, ...]]
    keywords: Mapping[Keyword, tuple[str, ...]]
    numbers: Mapping[Number, int]
