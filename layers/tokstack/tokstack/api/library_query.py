"""What the library's routes ask for, as the query that an engine answers.

LibraryQuery        in a query string
LibraryBody         as JSON: all of that, and more
query_of            the query
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from tokstack.api.library_parameters import Choice, Flag, Moment, Numeric, Several, Term, Terms, Text, Whole, wrong
from tokstack.library.entry import NO, YES, Area, Keyword, Number
from tokstack.library.query import Query, Range

MOST = 50  # items on a page
FARTHEST = 10**9  # page

_ALL = "all"
_RELEVANCE = "relevance"
_SORTS: Mapping[str, Number | None] = {
    _RELEVANCE: None,
    "newest": Number.PUBLISHED,
    "updatedAt": Number.UPDATED,
    "views": Number.VIEWS,
    "likes": Number.LIKES,
    "comments": Number.COMMENTS,
    "shares": Number.SHARES,
    "saves": Number.SAVES,
    "engagementRate": Number.ENGAGEMENT_RATE,
    "daysRunning": Number.DAYS_RUNNING,
    "followers": Number.FOLLOWERS,
}
# Of each number the fields that say its range, both of which belong to it.
_RANGES: Mapping[Number, tuple[str, str]] = {
    Number.PUBLISHED: ("published_after", "published_before"),
    Number.UPDATED: ("updated_after", "updated_before"),
    Number.DAYS_RUNNING: ("min_days_running", "max_days_running"),
    Number.VIEWS: ("min_views", "max_views"),
    Number.ENGAGEMENT_RATE: ("min_engagement_rate", "max_engagement_rate"),
    Number.LIKES: ("min_likes", "max_likes"),
    Number.SHARES: ("min_shares", "max_shares"),
    Number.FOLLOWERS: ("min_followers", "max_followers"),
    Number.PROFILE_VIEWS: ("min_profile_views", "max_profile_views"),
}
_LOWS = {high: low for low, high in _RANGES.values()}
# Of each keyword the fields that say its values: an item is to have one of those of each field.
_KEYWORDS: Mapping[Keyword, tuple[str, ...]] = {
    Keyword.TYPE: ("type",),
    Keyword.STATUS: ("status",),
    Keyword.MEDIA: ("media_types",),
    Keyword.LANGUAGE: ("languages",),
    Keyword.COUNTRY: ("countries",),
    Keyword.HASHTAG: ("hashtags",),
    Keyword.CATEGORY: ("categories",),
    Keyword.PAGE: ("tiktok_page_id", "tiktok_page_ids"),
    Keyword.DOMAIN: ("domain",),
    Keyword.HANDLE: ("handle",),
    Keyword.WEBSITE: ("website_id",),
    Keyword.SHOP_LINKED: ("has_shop_linked",),
    Keyword.PINNED: ("is_pinned",),
}
_SCALE = {Number.ENGAGEMENT_RATE: 100}  # hundredths of a per cent


def _optional(description: str, *examples: Any) -> Any:
    return Field(default_factory=_nothing, description=description, examples=[*examples] or None)


def _nothing() -> None:
    return None


class LibraryQuery(BaseModel):
    """A field has no value where nothing was given: no text, no list, nothing but blanks."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", alias_generator=to_camel)

    search: Annotated[tuple[str, ...] | None, Term()] = _optional(
        "Free text in any script; case and accents do not count. Several words are found side by side. "
        "No character is syntax.",
        "skin care",
    )
    search_area: Annotated[str, Choice((_ALL, *Area))] = Field(_ALL, description="Where `search` is looked for.")
    type: Annotated[str, Choice((_ALL, "ad", "organic"))] = Field(_ALL, description="Ads, organic posts, or both.")
    status: Annotated[str, Choice((_ALL, "active", "inactive"))] = Field(
        _ALL, description="Whether the item is still shown. One whose status is unknown is neither."
    )
    media_types: Annotated[tuple[str, ...] | None, Several(Choice(("image", "video", "carousel")))] = _optional(
        "Any of these kinds of media."
    )
    languages: Annotated[tuple[str, ...] | None, Several(Text())] = _optional(
        "Any of these languages, as codes; case does not count.", ["en", "de"]
    )
    countries: Annotated[tuple[str, ...] | None, Several(Text())] = _optional(
        "Posted, shown or sold in any of these countries, as codes; case does not count.", ["DE", "US"]
    )
    hashtags: Annotated[tuple[str, ...] | None, Several(Text())] = _optional(
        "Any of these hashtags, each as a whole, with or without #; case and accents do not count.", ["skincare"]
    )
    tiktok_page_id: Annotated[str | None, Text()] = _optional("The advertiser's page, or else the profile's id.")
    domain: Annotated[str | None, Text()] = _optional(
        "Where the item's links land; scheme, `www.` and path do not count.", "glow.example"
    )
    handle: Annotated[str | None, Text()] = _optional("The profile's handle, with or without @.", "lakeside.bakes")
    published_after: Annotated[int | None, Moment(last=False)] = _optional(
        "Published then or later. A date is its whole day of UTC; a moment without a zone is UTC.", "2026-01-01"
    )
    published_before: Annotated[int | None, Moment(last=True)] = _optional(
        "Published then or earlier; of a date, by the end of its day.", "2026-01-31T12:00:00Z"
    )
    min_views: Annotated[float | None, Numeric()] = _optional("At least so many views.")
    max_views: Annotated[float | None, Numeric()] = _optional("At most so many views.")
    min_engagement_rate: Annotated[float | None, Numeric()] = _optional("At least this engagement rate, in per cent.")
    max_engagement_rate: Annotated[float | None, Numeric()] = _optional("At most this engagement rate, in per cent.")
    sort_by: Annotated[str, Choice(tuple(_SORTS))] = Field(
        "newest",
        description="What is unknown comes last, and ties are broken by id. `relevance` without `search` is `newest`.",
    )
    order: Annotated[str, Choice(("asc", "desc"))] = Field("desc", description="The direction of `sortBy`.")
    page: Annotated[int, Whole(1, FARTHEST)] = Field(1, description="One past the end is empty.")
    limit: Annotated[int, Whole(1, MOST)] = Field(25, description="Items on a page.")

    @field_validator(*_LOWS, mode="after", check_fields=False)
    @classmethod
    def _not_below(cls, high: float | None, info: ValidationInfo) -> float | None:
        name = str(info.field_name)
        low = info.data.get(_LOWS[name])
        if low is not None and high is not None and low > high:
            greater = "later" if name.endswith("before") else "greater"
            raise wrong(f"must not be {greater} than {to_camel(name)}", to_camel(_LOWS[name]))
        return high


class LibraryBody(LibraryQuery):
    search: Annotated[tuple[str, ...] | None, Terms()] = _optional(
        "Free texts in any script; case and accents do not count. The words of one text are found side by side. "
        "No character is syntax.",
        ["serum", "glow"],
    )
    keyword_mode: Annotated[str, Choice(("any", "all"))] = Field(
        "any", description="Whether one of several texts is enough, or all are to be found."
    )
    categories: Annotated[tuple[str, ...] | None, Several(Text())] = _optional(
        "Any of these categories; case does not count.", ["Beauty"]
    )
    tiktok_page_ids: Annotated[tuple[str, ...] | None, Several(Text())] = _optional(
        "Any of these pages. Beside `tiktokPageId`, both are to hold."
    )
    website_id: Annotated[str | None, Text()] = _optional("The website that the item leads to, or else the shop's id.")
    has_shop_linked: Annotated[str | None, Choice((YES, NO))] = _optional("Whether a shop is known that it leads to.")
    updated_after: Annotated[int | None, Moment(last=False)] = _optional("Observed last then or later.")
    updated_before: Annotated[int | None, Moment(last=True)] = _optional("Observed last then or earlier.")
    min_days_running: Annotated[float | None, Numeric()] = _optional("Running for at least so many days.")
    max_days_running: Annotated[float | None, Numeric()] = _optional("Running for at most so many days.")
    min_likes: Annotated[float | None, Numeric()] = _optional("At least so many likes.")
    max_likes: Annotated[float | None, Numeric()] = _optional("At most so many likes.")
    min_shares: Annotated[float | None, Numeric()] = _optional("Shared at least so often.")
    max_shares: Annotated[float | None, Numeric()] = _optional("Shared at most so often.")
    min_followers: Annotated[float | None, Numeric()] = _optional("By a profile with at least so many followers.")
    max_followers: Annotated[float | None, Numeric()] = _optional("By a profile with at most so many followers.")
    min_profile_views: Annotated[float | None, Numeric()] = _optional("By a profile with at least so many views.")
    max_profile_views: Annotated[float | None, Numeric()] = _optional("By a profile with at most so many views.")
    is_pinned: Annotated[bool | None, Flag()] = _optional("Whether it is pinned to its profile.")


def query_of(asked: LibraryQuery) -> Query:
    sort = _SORTS[asked.sort_by]
    return Query(
        terms=asked.search or (),
        every=isinstance(asked, LibraryBody) and asked.keyword_mode == "all",
        areas=tuple(Area) if asked.search_area == _ALL else (Area(asked.search_area),),
        keywords=_keywords(asked),
        ranges=_ranges(asked),
        sort=Number.PUBLISHED if sort is None and not asked.search else sort,
        descending=asked.order == "desc",
        offset=(asked.page - 1) * asked.limit,
        limit=asked.limit,
    )


def _keywords(asked: LibraryQuery) -> dict[Keyword, frozenset[str]]:
    from tokstack.library.entries import normalised

    found: dict[Keyword, frozenset[str]] = {}
    for keyword, names in _KEYWORDS.items():
        for name in names:
            if values := _values(getattr(asked, name, None)):
                forms = frozenset(form for value in values if (form := normalised(keyword, value)))
                found[keyword] = found.get(keyword, forms) & forms
    return found


def _values(given: Any) -> tuple[str, ...]:
    """Of one field; none where it says nothing of the items."""
    if isinstance(given, bool):
        return (YES if given else NO,)
    if isinstance(given, str):
        return () if given == _ALL else (given,)
    return given or ()


def _ranges(asked: LibraryQuery) -> dict[Number, Range]:
    found = {}
    for number, (least, greatest) in _RANGES.items():
        low, high, scale = getattr(asked, least, None), getattr(asked, greatest, None), _SCALE.get(number, 1)
        if low is not None or high is not None:
            found[number] = Range(
                None if low is None else math.ceil(_decimal(low) * scale),
                None if high is None else math.floor(_decimal(high) * scale),
            )
    return found


def _decimal(value: float) -> Decimal:
    """As it was written: 2.3 × 100 is 230."""
    return Decimal(str(value))
