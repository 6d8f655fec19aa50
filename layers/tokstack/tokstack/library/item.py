"""An item as somebody observed it: an ad or an organic post, with who made it and what it sells.

This is what a line of a file says, what the log keeps and what a document holds. Names are the contract's; what is
derived (ranks, rates, days) is not in it. What nobody said is None or an empty tuple, never zero and never "".

What others say comes as Python's objects, and is cleaned. JSON (`model_validate_json`) is what we wrote ourselves: it
is clean, and read as it stands, which is much sooner.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

_MOST = 10**15  # of anything that is counted
_IDS = 2**63  # engines keep ids as signed integers of 64 bits
_TEXT = 10_000  # characters: TikTok's longest caption has 4,000
_LIST = 500


class ItemType(StrEnum):
    AD = "ad"
    ORGANIC = "organic"


class Status(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


class MediaType(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    CAROUSEL = "carousel"
    UNKNOWN = "unknown"


def _clean(value: Any) -> Any:
    """Without NUL, which databases refuse; None for what is empty."""
    if not isinstance(value, str):
        return value
    clean = value.replace("\0", "") if "\0" in value else value
    return clean if clean and not clean.isspace() else None


def _in_utc(moment: datetime) -> datetime:
    """To the millisecond; what names no zone is UTC."""
    zoned = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    beyond = zoned.microsecond % 1000
    return zoned.replace(microsecond=zoned.microsecond - beyond) if beyond else zoned


def _identifier(value: Any) -> Any:
    """An id, which may come as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _clean(value)


def _tiktok_id(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) <= 19 and 0 < int(value) < _IDS):  # noqa: PLR2004
        raise ValueError("is to be TikTok's id: digits, below 2^63")
    return str(int(value))


@dataclass(frozen=True, slots=True)
class _OfOthers:
    """A validator of what others say. It is not asked of JSON."""

    validator: BeforeValidator | AfterValidator

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        theirs = self.validator.__get_pydantic_core_schema__(source, handler)
        return core_schema.json_or_python_schema(handler(source), theirs)


Text = Annotated[Annotated[str, Field(max_length=_TEXT)] | None, _OfOthers(BeforeValidator(_clean))]
Id = Annotated[Annotated[str, Field(max_length=128)] | None, _OfOthers(BeforeValidator(_identifier))]
Count = Annotated[int, Field(ge=0, le=_MOST)] | None
Moment = Annotated[datetime, AfterValidator(_in_utc)]
Texts = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=_TEXT)], ...], Field(max_length=_LIST)]


class Part(BaseModel):
    """Unknown names are passed over: files bring along what their makers derived."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        defer_build=True,
        alias_generator=to_camel,
        validate_by_name=True,
        json_schema_serialization_defaults_required=True,  # an answer has every name
    )


class Media(Part):
    """One of the files of an item."""

    type: MediaType = MediaType.UNKNOWN
    url: Text = None
    order: Count = None


class ItemMedia(Part):
    type: MediaType = MediaType.UNKNOWN
    thumbnail_url: Text = None
    media_url: Text = None
    video_url: Text = None
    image_urls: Texts = ()
    medias: Annotated[tuple[Media, ...], Field(max_length=_LIST)] = ()
    duration_sec: Annotated[float, Field(ge=0, le=_MOST, allow_inf_nan=False)] | None = None
    media_count: Count = None
    image_count: Count = None


class Music(Part):
    id: Id = None
    title: Text = None
    author: Text = None


class Content(Part):
    description: Text = None
    language: Text = None
    category: Text = None
    hashtags: Texts = ()  # without the #
    music: Music = Music()


class Metrics(Part):
    views: Count = None
    likes: Count = None
    comments: Count = None
    saves: Count = None
    shares: Count = None
    reposts: Count = None


class Profile(Part):
    id: Id = None
    handle: Text = None  # without the @
    name: Text = None
    avatar_url: Text = None
    bio: Text = None
    bio_url: Text = None
    account_type: Text = None
    sec_uid: Text = None
    followers: Count = None
    following: Count = None
    total_tik_toks: Count = None
    views: Count = None
    likes: Count = None
    page_creation: Moment | None = None


class Shop(Part):
    """What an item sells at; `domain` is where its links land."""

    id: Id = None
    domain: Text = None
    name: Text = None
    logo_url: Text = None
    favicon_url: Text = None
    country_code: Text = None
    monthly_visits: Count = None
    traffic_growth30d: Annotated[float | None, Field(allow_inf_nan=False, alias="trafficGrowth30d")] = None
    products_count: Count = None
    google_category_ids: Annotated[tuple[int | str, ...], Field(max_length=_LIST)] = ()


class Source(Part):
    """Where the observation comes from."""

    network: Text = None
    source_type: Text = None
    tiktok_page_id: Id = None
    website_id: Id = None
    domain: Text = None


class Item(Part):
    """`tiktok_id` is all that is needed; `updated_at` is when it was observed, None where that was not said."""

    tiktok_id: Annotated[str, _OfOthers(BeforeValidator(_identifier)), _OfOthers(AfterValidator(_tiktok_id))]
    type: ItemType = ItemType.ORGANIC
    status: Status = Status.UNKNOWN
    is_pinned: bool | None = None
    published_at: Moment | None = None
    updated_at: Moment | None = None
    first_seen_at: Moment | None = None  # an ad: first shown
    last_active_at: Moment | None = None  # an ad: last shown
    countries: Texts = ()  # where it was posted or shown
    landing_url: Text = None
    media: ItemMedia = ItemMedia()
    content: Content = Content()
    metrics: Metrics = Metrics()
    profile: Profile = Profile()
    shop: Shop | None = None
    source: Source = Source()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _OfOthers(BeforeValidator(_said)).__get_pydantic_core_schema__(source, handler)

    def moved_to(self, observed_at: datetime) -> Self:
        """The same, observed at that moment where it does not say itself when it was."""
        return self if self.updated_at else self.model_copy(update={"updated_at": observed_at})


def _said(given: Any) -> Any:
    """What is null was not said; and `tiktok_123` under `id` names an item as well."""
    said = _without_nulls(given)
    if isinstance(said, dict) and "tiktokId" not in said and isinstance(said.get("id"), str):
        said["tiktokId"] = said["id"].removeprefix("tiktok_")
    return said


def _without_nulls(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _without_nulls(value) for name, value in given.items() if value is not None}
    return given
