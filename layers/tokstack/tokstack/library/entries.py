"""An entry, made of a document; and the one form in which a value stands in it and is asked for.

entry           what an engine is to know of a document
sold_in         with the country of its shop
normalised      a keyword's value as it is compared
shop_domain     where an item's links land, as far as anybody said
shop_id         the shop that it leads to: the id that it was given, or else one made of its domain
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from tokstack.library.document import Document, days_running, engagement_rate
from tokstack.library.entry import NO, YES, Area, Entry, Keyword, Number, milliseconds
from tokstack.library.item import Item
from tokstack.library.shops import domain_of, id_of
from tokstack.library.text import folded, words

_HIGHEST = 10**17  # of a rate: engines keep 64 bits, and one view with 10^15 likes is more than those
_SHORT = 100  # characters
_KEPT = 32_768  # of what many items have; some megabytes
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//")


def entry(document: Document, version: int) -> Entry:
    item = document.item
    return Entry(
        id=int(item.tiktok_id),
        version=version,
        texts={area: texts for area, said in _texts(item) if (texts := tuple(filter(None, map(_searched, said))))},
        keywords=_facts(item) | {keyword: forms for keyword, said in _said(item) if (forms := _forms(keyword, said))},
        numbers={number: value for number, value in _numbers(document) if value is not None},
    )


def sold_in(made: Entry, country: str) -> Entry:
    """The same, found by the country of its shop as well, which an item need not tell."""
    countries = _forms(Keyword.COUNTRY, (*made.keywords.get(Keyword.COUNTRY, ()), country))
    return replace(made, keywords={**made.keywords, Keyword.COUNTRY: countries}) if countries else made


def normalised(keyword: Keyword, value: str) -> str:
    """Empty where nothing is left of it, which is no value."""
    return _FORM.get(keyword, str.strip)(value)


def shop_domain(item: Item) -> str | None:
    domain = (item.shop and item.shop.domain) or item.source.domain
    return normalised(Keyword.DOMAIN, domain) or None if domain else None


def shop_id(item: Item) -> str | None:
    return _shop(item, shop_domain(item))


def _shop(item: Item, domain: str | None) -> str | None:
    return (item.shop and item.shop.id) or (id_of(domain) if domain else None)


@lru_cache(_KEPT)
def _hashtag(value: str) -> str:
    return folded(value).strip().lstrip("# ")


def _handle(value: str) -> str:
    return value.strip().lstrip("@ ").lower()


@lru_cache(_KEPT)
def _domain(value: str) -> str:
    """The host of whatever names it: an address, or the host alone."""
    return domain_of(value) or _host(value.strip().lower())


def _host(address: str) -> str:
    """Of an address that nobody could go to; it may still stand in an item, and be asked for."""
    authority = re.split(r"[/?#\s]", _SCHEME.sub("", address), maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0].strip(".").removeprefix("www.")


_FORM: Mapping[Keyword, Callable[[str], str]] = {
    Keyword.LANGUAGE: lambda value: value.strip().lower(),
    Keyword.CATEGORY: lambda value: value.strip().casefold(),
    Keyword.COUNTRY: lambda value: value.strip().upper(),
    Keyword.HASHTAG: _hashtag,
    Keyword.HANDLE: _handle,
    Keyword.DOMAIN: _domain,
}


def _texts(item: Item) -> Iterable[tuple[Area, Iterable[str | None]]]:
    profile, music = item.profile, item.content.music
    return (
        (Area.CAPTION, (item.content.description,)),
        (Area.PROFILE, (profile.handle, profile.name, profile.bio)),
        (Area.HASHTAG, item.content.hashtags),
        (Area.MUSIC, (music.title, music.author)),
    )


def _searched(text: str | None) -> str:
    if not text:
        return ""
    return _joined_before(text) if len(text) <= _SHORT else _joined(text)


def _joined(text: str) -> str:
    return " ".join(words(text))


_joined_before = lru_cache(_KEPT)(_joined)  # of profiles, hashtags and music, which many items have


def _facts(item: Item) -> dict[Keyword, tuple[str]]:
    """What every item has, in the form that it is compared in."""
    return {
        Keyword.TYPE: (str(item.type),),
        Keyword.STATUS: (str(item.status),),
        Keyword.MEDIA: (str(item.media.type),),
    }


def _said(item: Item) -> Iterable[tuple[Keyword, Iterable[str | None]]]:
    content, profile, source = item.content, item.profile, item.source
    domain = shop_domain(item)
    shop = _shop(item, domain)
    return (
        (Keyword.LANGUAGE, (content.language,)),
        (Keyword.CATEGORY, (content.category,)),
        (Keyword.COUNTRY, (*item.countries, item.shop.country_code if item.shop else None)),
        (Keyword.HASHTAG, content.hashtags),
        (Keyword.PROFILE, (profile.id,)),
        (Keyword.HANDLE, (profile.handle,)),
        (Keyword.PAGE, (source.tiktok_page_id or profile.id,)),
        (Keyword.WEBSITE, (source.website_id or shop,)),
        (Keyword.DOMAIN, (domain,)),
        (Keyword.SHOP, (shop, domain)),  # both: facts that come later may give the shop another id
        (Keyword.SHOP_LINKED, (YES if shop else NO,)),
        (Keyword.PINNED, (None if item.is_pinned is None else YES if item.is_pinned else NO,)),
    )


def _forms(keyword: Keyword, said: Iterable[str | None]) -> tuple[str, ...]:
    """Each once."""
    return tuple(dict.fromkeys([form for value in said if value and (form := normalised(keyword, value))]))


def _numbers(document: Document) -> Iterable[tuple[Number, int | None]]:
    item = document.item
    metrics, profile = item.metrics, item.profile
    rate = engagement_rate(metrics)
    return (
        (Number.PUBLISHED, milliseconds(item.published_at) if item.published_at else None),
        (Number.UPDATED, milliseconds(item.updated_at) if item.updated_at else None),
        (Number.VIEWS, metrics.views),
        (Number.LIKES, metrics.likes),
        (Number.COMMENTS, metrics.comments),
        (Number.SHARES, metrics.shares),
        (Number.SAVES, metrics.saves),
        (Number.ENGAGEMENT_RATE, None if rate is None else min(rate, _HIGHEST)),
        (Number.DAYS_RUNNING, days_running(document)),
        (Number.FOLLOWERS, profile.followers),
        (Number.PROFILE_VIEWS, profile.views),
        (Number.CREATED, milliseconds(document.created_at)),
    )
