"""The names of the official ad library, whose tables and examples contradict each other: each name that is written
anywhere is read, and whatever is neither of them is a value that nobody said.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tokstack.errors import Code, TokstackError
from tokstack.posts.ads import Ad, Advertiser
from tokstack.posts.normalise.fields import (
    dig,
    first_url,
    identifier,
    integer,
    mapping,
    mappings,
    moment,
    text,
    url,
    urls,
)

_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:\D.*)?", re.ASCII)
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([KMB]?)", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "K": 1000, "M": 1_000_000, "B": 1_000_000_000}
_HANDLE = re.compile(r"tiktok\.com/@([\w.]{1,32})")
_COUNTRY = re.compile("[A-Z]{2}")


def ads(data: Mapping[str, Any]) -> tuple[Ad, ...]:
    """The ads of a page, without what has no id."""
    return tuple(ad(row) for row in mappings(data.get("ads")) if identifier(dig(row, "ad", "id")))


def ad(row: Mapping[str, Any]) -> Ad:
    """One ad, of a page or by itself. Raises UPSTREAM_CHANGED where it has no id."""
    said = mapping(row.get("ad"))
    if (ad_id := identifier(said.get("id"))) is None:
        raise TokstackError(Code.UPSTREAM_CHANGED, "The upstream described an ad without an id.")
    reach = mapping(said.get("reach"))
    return Ad(
        id=ad_id,
        active=_active(text(said.get("status"))),
        first_shown=day(said.get("first_shown_date")),
        last_shown=day(said.get("last_shown_date")),
        title=text(said.get("title")),
        landing_url=url(said.get("external_url")),
        video_urls=urls(*(video.get("url") for video in mappings(said.get("videos")))),
        image_urls=urls(said.get("image_urls")),
        countries=tuple(dict.fromkeys(_countries(row, reach))),
        reach=amount(_either(reach, "unique_users_seen", "unique_user_seen")),
        advertiser=_advertiser(mapping(row.get("advertiser"))),
    )


def more(data: Mapping[str, Any]) -> str | None:
    """What asks for the next page; a flag may be written as a word."""
    return identifier(data.get("search_id")) if data.get("has_more") in (True, 1, "true", "True", "1") else None


def day(value: Any) -> datetime | None:
    """20240131, "20240131" and "2024-01-31", and moments in seconds."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)
    if written is None or not (found := _DAY.fullmatch(written.strip())):
        return moment(value if isinstance(value, int) else integer(written))
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return None


def amount(value: Any) -> int | None:
    """At least 11,000 where it says "11K"."""
    if (exact := integer(value)) is not None:
        return exact
    found = _AMOUNT.match((text(value) or "").strip())
    return int(float(found[1]) * _UNITS[found[2].upper()]) if found else None


def _advertiser(said: Mapping[str, Any]) -> Advertiser:
    account = {**said, **mapping(said.get("tiktok_account"))}
    found = _HANDLE.search(text(account.get("profile_url")) or "")
    return Advertiser(
        id=identifier(_either(said, "business_id", "buisness_id")),
        name=text(said.get("business_name")),
        paid_by=text(_either(said, "paid_for_by", "paid_by")),
        country=text(said.get("country_code")),
        handle=found[1] if found else None,
        avatar_url=first_url(account.get("avatar_url")),
        followers=amount(account.get("follower_count")),
    )


def _countries(row: Mapping[str, Any], reach: Mapping[str, Any]) -> Iterator[str]:
    group = mapping(row.get("ad_group"))
    targeted = mapping(_either(group, "targeting_info", "target")).get("country")
    named = [*mapping(reach.get("unique_users_seen_by_country")), *(targeted if isinstance(targeted, list) else ())]
    return (country for country in named if isinstance(country, str) and _COUNTRY.fullmatch(country))


def _active(status: str | None) -> bool | None:
    return None if status is None else status.lower() == "active"


def _either(said: Mapping[str, Any], *names: str) -> Any:
    return next((said[name] for name in names if said.get(name) is not None), None)
