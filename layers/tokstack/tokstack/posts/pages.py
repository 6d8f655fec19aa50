"""What a page of any site holds: its files, as far as can be told without fetching one of them.

What the site did not say is None, never zero and never "". Durations are seconds.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

MAX_ITEMS = 50  # a playlist gives its first ones


class _Model(BaseModel):
    # Built at their first use: not every function that imports them has one, and INIT is billed.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class MediaKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"


class PageItem(_Model):
    """One file of a page. `media_type` is what it is expected to be; its bytes are not known yet."""

    kind: MediaKind
    media_type: str
    title: str | None = None
    thumbnail: str | None = None
    duration: float | None = None


class Page(_Model):
    """`site` names who knows the page: a site that is known ("vimeo"), or the host without www."""

    site: str
    title: str | None = None
    items: tuple[PageItem, ...]
