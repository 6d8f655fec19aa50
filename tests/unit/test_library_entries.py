"""What an engine is to know of a document, and the one form of a value, in an entry as in a query."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.library.document import Document
from tokstack.library.entries import entry, normalised, shop_domain, shop_id
from tokstack.library.entry import Area, Entry, Keyword, Number, milliseconds
from tokstack.library.item import Item
from tokstack.library.shops import id_of

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ID = 7_318_517_321_748_022_531


def item(**fields: Any) -> Item:
    return Item.model_validate({"tiktokId": str(ID), **fields})


def entry_of(**fields: Any) -> Entry:
    return entry(Document(item=item(**fields), created_at=NOON, indexed_at=NOON, first_seen_at=NOON), 7)


def test_what_nobody_knows_is_not_there() -> None:
    assert entry_of() == Entry(
        id=ID,
        version=7,
        texts={},
        keywords={
            Keyword.TYPE: ("organic",),
            Keyword.STATUS: ("unknown",),
            Keyword.MEDIA: ("unknown",),
            Keyword.SHOP_LINKED: ("no",),
        },
        numbers={Number.CREATED: milliseconds(NOON)},
    )


def test_a_rate_beyond_all_sense_still_fits_into_an_index() -> None:
    counts = dict.fromkeys(("likes", "comments", "shares", "saves"), 10**15)
    rate = entry_of(metrics={"views": 1, **counts}).numbers[Number.ENGAGEMENT_RATE]
    assert 10**16 < rate < 2**63


def test_all_that_is_known() -> None:
    known = item(
        type="ad",
        status="active",
        isPinned=True,
        publishedAt="1969-12-31T23:59:59.999Z",
        updatedAt="2026-01-31T12:00:00.5+01:00",
        countries=["de", "US", "DE"],
        media={"type": "carousel"},
        content={
            "description": "Our NEW serum, 減肥 #Glow",
            "language": "EN",
            "category": "Beauty & Care",
            "hashtags": ["Glow", "#Café", "glow"],
            "music": {"title": "Original Sound", "author": "Glow!"},
        },
        metrics={"views": 300, "likes": 1, "comments": 2, "shares": 3, "saves": 4, "reposts": 5},
        profile={"id": "12", "handle": "Lake.Side", "name": "Lake", "bio": "...", "followers": 8, "views": 9},
        shop={"id": "shop_1", "domain": "www.Glow.Example", "countryCode": "fr"},
        source={"tiktokPageId": "55", "websiteId": "w-1", "domain": "other.example"},
    )
    document = Document(
        item=known,
        created_at=NOON,
        indexed_at=NOON,
        first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        last_active_at=datetime(2026, 1, 4, 23, tzinfo=UTC),
    )
    assert entry(document, 0) == Entry(
        id=ID,
        version=0,
        texts={
            Area.CAPTION: ("our new serum 減 肥 glow",),
            Area.PROFILE: ("lake side", "lake"),
            Area.HASHTAG: ("glow", "cafe", "glow"),
            Area.MUSIC: ("original sound", "glow"),
        },
        keywords={
            Keyword.TYPE: ("ad",),
            Keyword.STATUS: ("active",),
            Keyword.MEDIA: ("carousel",),
            Keyword.LANGUAGE: ("en",),
            Keyword.CATEGORY: ("beauty & care",),
            Keyword.COUNTRY: ("DE", "US", "FR"),
            Keyword.HASHTAG: ("glow", "cafe"),
            Keyword.PROFILE: ("12",),
            Keyword.HANDLE: ("lake.side",),
            Keyword.PAGE: ("55",),
            Keyword.WEBSITE: ("w-1",),
            Keyword.DOMAIN: ("glow.example",),
            Keyword.SHOP: ("shop_1", "glow.example"),
            Keyword.SHOP_LINKED: ("yes",),
            Keyword.PINNED: ("yes",),
        },
        numbers={
            Number.PUBLISHED: -1,
            Number.UPDATED: milliseconds(NOON) - 3_600_000 + 500,
            Number.VIEWS: 300,
            Number.LIKES: 1,
            Number.COMMENTS: 2,
            Number.SHARES: 3,
            Number.SAVES: 4,
            Number.ENGAGEMENT_RATE: 333,
            Number.DAYS_RUNNING: 3,
            Number.FOLLOWERS: 8,
            Number.PROFILE_VIEWS: 9,
            Number.CREATED: milliseconds(NOON),
        },
    )


def test_what_stands_in_for_what_is_missing() -> None:
    page = entry_of(profile={"id": "12"}, shop={"id": "s"}).keywords
    assert (page[Keyword.PAGE], page[Keyword.WEBSITE], page[Keyword.SHOP]) == (("12",), ("s",), ("s",))
    assert Keyword.DOMAIN not in page
    sold = entry_of(source={"domain": "https://Glow.Example/a"}).keywords
    assert sold[Keyword.DOMAIN] == ("glow.example",)
    assert sold[Keyword.SHOP] == (id_of("glow.example"), "glow.example")
    assert sold[Keyword.WEBSITE] == (id_of("glow.example"),)


@pytest.mark.parametrize(
    ("fields", "domain", "shop", "linked"),
    [
        ({}, None, None, "no"),
        ({"shop": {}}, None, None, "no"),
        ({"shop": {"name": "Glow"}}, None, None, "no"),
        ({"shop": {"domain": "."}}, None, None, "no"),
        ({"shop": {"id": "a"}}, None, "a", "yes"),
        ({"shop": {"domain": "Glow.example"}}, "glow.example", id_of("glow.example"), "yes"),
        ({"shop": {"id": "a", "domain": "glow.example"}}, "glow.example", "a", "yes"),
        ({"shop": {"id": "a"}, "source": {"domain": "glow.example"}}, "glow.example", "a", "yes"),
        ({"source": {"domain": "glow.example"}}, "glow.example", id_of("glow.example"), "yes"),
    ],
)
def test_the_shop_that_an_item_leads_to(
    fields: dict[str, Any], domain: str | None, shop: str | None, linked: str
) -> None:
    assert (shop_domain(item(**fields)), shop_id(item(**fields))) == (domain, shop)
    assert entry_of(**fields).keywords[Keyword.SHOP_LINKED] == (linked,)


@pytest.mark.parametrize(
    ("keyword", "value", "form"),
    [
        (Keyword.HASHTAG, "#SkinCare", "skincare"),
        (Keyword.HASHTAG, " ＃Ｃａｆé ", "cafe"),
        (Keyword.HASHTAG, "##a#b", "a#b"),
        (Keyword.HASHTAG, "#", ""),
        (Keyword.HANDLE, "@Lake.Side_1 ", "lake.side_1"),
        (Keyword.HANDLE, "@", ""),
        (Keyword.LANGUAGE, " zh-Hant", "zh-hant"),
        (Keyword.COUNTRY, "de ", "DE"),
        (Keyword.CATEGORY, "STRASSE Straße", "strasse strasse"),
        (Keyword.PAGE, " 12 ", "12"),
        (Keyword.SHOP, "Shop_1", "Shop_1"),
        (Keyword.DOMAIN, "Glow.Example", "glow.example"),
        (Keyword.DOMAIN, "https://www.glow.example/a?b=://c#d", "glow.example"),
        (Keyword.DOMAIN, "HTTP://user@glow.example:8080/", "glow.example"),
        (Keyword.DOMAIN, "//glow.example/x", "glow.example"),
        (Keyword.DOMAIN, "glow.example.", "glow.example"),
        (Keyword.DOMAIN, "münchen.de", "xn--mnchen-3ya.de"),
        (Keyword.DOMAIN, "XN--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        (Keyword.DOMAIN, "localhost", "localhost"),
        (Keyword.DOMAIN, "https://", ""),
    ],
)
def test_the_form_of_a_value(keyword: Keyword, value: str, form: str) -> None:
    assert normalised(keyword, value) == form


@given(st.sampled_from([*set(Keyword) - {Keyword.DOMAIN}]), st.text())
def test_a_form_is_its_own_form(keyword: Keyword, value: str) -> None:
    form = normalised(keyword, value)
    assert normalised(keyword, form) == form


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=12))
def test_what_is_in_an_entry_is_found_by_what_was_written(hashtags: list[str], category: str) -> None:
    made = item(content={"hashtags": [tag for tag in hashtags if tag], "category": category})
    keywords = entry(Document(item=made, created_at=NOON, indexed_at=NOON, first_seen_at=NOON), 1).keywords
    for keyword, values in ((Keyword.HASHTAG, made.content.hashtags), (Keyword.CATEGORY, (made.content.category,))):
        for value in values:
            form = normalised(keyword, value or "")
            assert form in keywords.get(keyword, ()) if form else True
        assert "" not in keywords.get(keyword, ())
