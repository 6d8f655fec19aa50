"""The canonical ad. As with posts: what nobody said is None or an empty tuple."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Advertiser(_Model):
    id: str | None = None
    name: str | None = None
    paid_by: str | None = None
    country: str | None = None
    handle: str | None = None  # of its account, without the @
    avatar_url: str | None = None
    followers: int | None = None


class Ad(_Model):
    """An ad has no post's id and no counters; `reach` is how many saw it at least."""

    id: str
    active: bool | None = None
    first_shown: datetime | None = None
    last_shown: datetime | None = None
    title: str | None = None
    landing_url: str | None = None
    video_urls: tuple[str, ...] = ()
    image_urls: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()  # where it was shown
    reach: int | None = None
    advertiser: Advertiser = Advertiser()
