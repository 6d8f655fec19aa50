"""The library's routes over the embedded engine, the documents, the standings and the shops as they are kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

import tokstack.table
from tests import buckets
from tests.exchanges import ENVIRONMENT, Answer, ask, event, post
from tests.tables import client, create
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.api import access, library
from tokstack.api.library import LIBRARY, LIBRARY_ITEM, LIBRARY_QUERY, SHOP_LIBRARY
from tokstack.config import settings
from tokstack.library.document import Document
from tokstack.library.documents import Documents
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.entries import entry
from tokstack.library.item import Item, Shop
from tokstack.library.library import Library
from tokstack.library.shops import Shops, known, with_shop
from tokstack.library.standing import ItemStanding, ProfileStanding
from tokstack.library.standings import Standings
from tokstack.table import Table

PATH = "/v1/tiktok/library"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
CAPTIONS = ("Our new serum", "Café in the morning", "减肥茶 for all", "A serum that glows", "Nothing to sell")
GLOW = Shop(id="given", domain="glow.example", name="Glow", country_code="DE", products_count=12)


def document(number: int) -> Document:
    item = Item.model_validate(
        {
            "tiktokId": str(number),
            "type": "ad" if number % 2 else "organic",
            "publishedAt": NOON - timedelta(days=number),
            "updatedAt": NOON,
            "landingUrl": "https://www.glow.example/buy" if number in (1, 4) else None,
            "content": {"description": CAPTIONS[number - 1], "hashtags": ["SkinCare"] if number == 4 else []},
            "metrics": {"views": 100 * number, "likes": 7},
            "profile": {"id": "p"},
        }
    )
    return Document(item=with_shop(item), created_at=NOON, indexed_at=NOON, first_seen_at=NOON)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        settings.cache_clear()
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        dynamodb, s3 = client(), buckets.client()
        table, own = Table(dynamodb, create(dynamodb)), Table(dynamodb, create(dynamodb))
        made = filled(own, Embedded(s3, buckets.emptied(s3), tmp_path_factory.mktemp("index")))
        patch.setattr(access, "table", lambda: table)
        patch.setattr(tokstack.table, "table", lambda: table)
        patch.setattr(library, "library", lambda: made)
        accounts.grant(table, "acme", 1000)
        yield keys.create(table, "acme")
        settings.cache_clear()


def filled(table: Table, engine: Embedded) -> Library:
    documents, standings, shops = Documents(table), Standings(table), Shops(table)
    all_of_them = [document(number) for number in range(1, 6)]
    versions = documents.put(all_of_them)
    with engine.writing() as writer:
        writer.write([entry(each, version) for each, version in zip(all_of_them, versions, strict=True)])
        writer.publish()
    standings.put("p", ProfileStanding(ranked=5, percent_ads=60.0, items={"4": ItemStanding(rank=2)}))
    shops.put(filter(None, [known(GLOW)]))
    return Library(engine.reader(), documents, standings, shops)


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    found = [row["tiktokId"] for row in answer.body["data"]]
    assert answer.headers["X-Usage-Cost"] == str(len(found))
    return found


@pytest.mark.parametrize(
    ("query", "body", "found"),
    [
        ("", {}, ["1", "2", "3", "4", "5"]),
        ("sortBy=views", {"sortBy": "views"}, ["5", "4", "3", "2", "1"]),
        ("search=SERUM", {"search": ["SERUM"]}, ["1", "4"]),
        ("search=cafe%20in", {"search": "cafe in"}, ["2"]),
        ("search=in%20cafe", {"search": "in cafe"}, []),
        ("search=%E5%87%8F%E8%82%A5", {"search": "减肥"}, ["3"]),
        ("search=serum%20OR%20nothing", {"search": "serum OR nothing"}, []),
        ("search=*", {"search": "*"}, []),
        ("hashtags=%23skincare,other", {"hashtags": ["#skincare", "other"]}, ["4"]),
        ("domain=www.GLOW.example&type=ad", {"domain": "glow.example", "type": "ad"}, ["1"]),
        ("minViews=200&maxViews=400&order=asc", {"minViews": 200, "maxViews": 400, "order": "asc"}, ["4", "3", "2"]),
        ("publishedBefore=2026-01-28", {"publishedBefore": "2026-01-28"}, ["3", "4", "5"]),
        ("page=2&limit=2", {"page": 2, "limit": 2}, ["3", "4"]),
        ("page=1000000000&limit=50", {"page": 10**9, "limit": 50}, []),
        ("hashtags=%23", {"hashtags": ["#"]}, []),
        ("minViews=200.1&maxViews=200.9", {"minViews": 200.1, "maxViews": 200.9}, []),
    ],
)
def test_what_is_asked_for_is_found(key: str, query: str, body: Any, found: list[str]) -> None:
    assert ids(ask(LIBRARY, event(PATH, query, x_api_key=key))) == found
    assert ids(ask(LIBRARY_QUERY, post(f"{PATH}/query", body, x_api_key=key))) == found


@pytest.mark.parametrize(
    ("shop", "found"),
    [("given", ["1", "4"]), ("glow.example", ["1", "4"]), ("www.Glow.example", ["1", "4"]), ("nobody", [])],
)
def test_the_items_of_a_shop(key: str, shop: str, found: list[str]) -> None:
    answer = ask(SHOP_LIBRARY, event(f"/v1/shops/{shop}/tiktok/library", x_api_key=key))
    assert ids(answer) == found
    assert answer.body["pagination"]["total"] == len(found)


def test_the_shop_that_is_shown_leads_back_to_the_item(key: str) -> None:
    (row,) = ask(LIBRARY, event(PATH, "search=glows", x_api_key=key)).body["data"]
    assert (row["shop"]["id"], row["shop"]["name"], row["shop"]["productsCount"]) == ("given", "Glow", 12)
    assert "4" in ids(ask(SHOP_LIBRARY, event(f"/v1/shops/{row['shop']['id']}/tiktok/library", x_api_key=key)))


def test_one_item_with_how_it_stands(key: str) -> None:
    item = ask(LIBRARY_ITEM, event(f"{PATH}/tiktok_4", x_api_key=key)).body["data"]
    assert (item["metrics"]["rank"], item["metrics"]["rankPercent"]) == (2, 40.0)
    assert (item["profile"]["percentAds"], item["metrics"]["engagementRate"]) == (60.0, 1.75)
    assert ask(LIBRARY_ITEM, event(f"{PATH}/6", x_api_key=key)).status == 404


def test_relevance_is_told_where_something_was_searched_for(key: str) -> None:
    def scores(query: str) -> list[float | None]:
        rows = ask(LIBRARY, event(PATH, query, x_api_key=key)).body["data"]
        return [row["metrics"]["relevanceScore"] for row in rows]

    found = scores("search=serum&sortBy=relevance")
    assert found == sorted((score for score in found if score), reverse=True)
    assert len(found) == 2
    assert scores("sortBy=relevance") == [None] * 5
