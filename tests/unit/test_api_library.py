"""The library's routes: what is answered, key by key as the contract names them, and what it costs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

import tokstack.table
from tests.exchanges import Answer, ask, event, post
from tests.tables import Clock
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys, ledger
from tokstack.api import access, library
from tokstack.api.library import LIBRARY, LIBRARY_ITEM, LIBRARY_QUERY, SHOP_LIBRARY
from tokstack.errors import Code, TokstackError
from tokstack.library.document import Document
from tokstack.library.entry import Keyword
from tokstack.library.item import Item, Shop
from tokstack.library.library import Found, FoundPage
from tokstack.library.query import Query
from tokstack.library.standing import ItemStanding, PageSnapshot, ProfileStanding
from tokstack.table import Table

GRANTED = 30
PATH = "/v1/tiktok/library"
NOON = datetime(2026, 1, 31, 12, 0, 0, 5_999, tzinfo=UTC)
ID = "7318517321748022531"

pytestmark = pytest.mark.usefixtures("environment")


def found(item_id: str = ID, **fields: Any) -> Found:
    item = Item.model_validate({"tiktokId": item_id, **fields})
    return Found(Document(item=item, created_at=NOON, indexed_at=NOON, first_seen_at=NOON))


class FakeLibrary:
    def __init__(self, rows: int = 0, total: int | None = None, item: Found | None = None) -> None:
        self.page = FoundPage(rows if total is None else total, tuple(found(str(at + 1)) for at in range(rows)))
        self.found = item
        self.failure: Exception | None = None
        self.asked: list[Any] = []

    def search(self, query: Query) -> FoundPage:
        self.asked.append(query)
        if self.failure:
            raise self.failure
        return self.page

    def item(self, item_id: int) -> Found | None:
        self.asked.append(item_id)
        return self.found

    def shop(self, name: str) -> frozenset[str]:
        return frozenset({name, "of it"})


@pytest.fixture
def key(table: Table, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(access, "table", lambda: table)
    monkeypatch.setattr(tokstack.table, "table", lambda: table)
    accounts.grant(table, "acme", GRANTED)
    return keys.create(table, "acme")


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeLibrary], FakeLibrary]:
    def behind(fake: FakeLibrary) -> FakeLibrary:
        monkeypatch.setattr(library, "library", lambda: fake)
        return fake

    return behind


@pytest.fixture
def balance(table: Table) -> Callable[[], int]:
    return lambda: accounts.show(table, "acme").balance


Behind = Callable[[FakeLibrary], FakeLibrary]
Balance = Callable[[], int]


def cost_of(answer: Answer) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(f"X-{name}") for name in ("Credits-Used", "Credits-Remaining", "Usage-Cost"))


def item_of(key: str, behind: Behind, item: Found) -> Any:
    behind(FakeLibrary(item=item))
    answer = ask(LIBRARY_ITEM, event(f"{PATH}/{ID}", x_api_key=key))
    assert answer.status == 200
    return answer.body["data"]


BARE: Mapping[str, Any] = {
    "id": f"tiktok_{ID}",
    "tiktokId": ID,
    "type": "organic",
    "status": "unknown",
    "isPinned": None,
    "publishedAt": None,
    "createdAt": "2026-01-31T12:00:00.005Z",
    "updatedAt": None,
    "daysRunning": None,
    "indexedAt": "2026-01-31T12:00:00.005Z",
    "media": {
        "type": "unknown",
        "thumbnailUrl": None,
        "mediaUrl": None,
        "videoUrl": None,
        "imageUrls": [],
        "medias": [],
        "durationSec": None,
        "mediaCount": None,
        "imageCount": None,
    },
    "content": {
        "description": None,
        "language": None,
        "category": None,
        "hashtags": [],
        "music": {"id": None, "title": None, "author": None},
    },
    "metrics": dict.fromkeys(
        (
            *("views", "likes", "comments", "saves", "shares", "reposts", "engagementRate", "rank", "rankPercent"),
            *("relevanceScore", "deltaRank3d", "deltaRank7d", "deltaRank14d", "deltaRank30d"),
        )
    ),
    "profile": dict.fromkeys(
        (
            *("id", "handle", "name", "avatarUrl", "bio", "bioUrl", "accountType", "secUid", "followers", "following"),
            *("totalTikToks", "newTikToks", "percentAds", "views", "likes", "pageCreation"),
        )
    ),
    "shop": None,
    "pin": {"isCurrent": None, "firstPinnedAt": None, "lastPinnedAt": None, "lastUnpinnedAt": None},
    "pageSnapshot": dict.fromkeys(
        (
            *("recordedAt", "adsCount", "organicCount", "totalTikToks"),
            *("dailyViews", "dailyLikes", "dailyFollowers"),
        )
    ),
}
DETAIL: Mapping[str, Any] = {
    "links": {"tiktokUrl": f"https://www.tiktok.com/@_/video/{ID}", "profileUrl": None},
    "source": dict.fromkeys(("network", "sourceType", "tiktokPageId", "websiteId", "domain")),
}


def test_every_key_is_there_whatever_is_known(key: str, behind: Behind) -> None:
    assert item_of(key, behind, found()) == {**BARE, **DETAIL}
    behind(FakeLibrary(rows=1))
    (row,) = ask(LIBRARY, event(PATH, x_api_key=key)).body["data"]
    assert row == {**BARE, "id": "tiktok_1", "tiktokId": "1"}


def test_all_that_is_known_is_told(key: str, behind: Behind) -> None:
    observed = {
        "type": "ad",
        "status": "active",
        "isPinned": True,
        "publishedAt": "2026-01-30T23:00:00.1239-02:00",
        "updatedAt": "2026-01-31T06:00:00Z",
        "media": {
            "type": "carousel",
            "thumbnailUrl": "t",
            "mediaUrl": "m",
            "videoUrl": "v",
            "imageUrls": ["a", "b"],
            "medias": [{"type": "image", "url": "a", "order": 0}],
            "durationSec": 21.5,
            "mediaCount": 2,
            "imageCount": 0,
        },
        "content": {
            "description": "Glow ✨",
            "language": "en",
            "category": "Beauty",
            "hashtags": ["Glow"],
            "music": {"id": "9", "title": "Sound", "author": "Lake"},
        },
        "metrics": {"views": 3, "likes": 1, "comments": 0, "saves": 0, "shares": 1, "reposts": 7},
        "profile": {
            "id": "12",
            "handle": "lake side",
            "name": "Lake",
            "avatarUrl": "av",
            "bio": "bio",
            "bioUrl": "url",
            "accountType": "business",
            "secUid": "sec",
            "followers": 0,
            "following": 2,
            "totalTikToks": 3,
            "views": 4,
            "likes": 5,
            "pageCreation": "2020-02-29T00:00:00Z",
        },
        "source": {
            "network": "tiktok",
            "sourceType": "file",
            "tiktokPageId": "55",
            "websiteId": "w",
            "domain": "glow.example",
        },
    }
    shop = {
        "id": "s",
        "domain": "glow.example",
        "name": "Glow",
        "logoUrl": "l",
        "faviconUrl": "f",
        "countryCode": "DE",
        "monthlyVisits": 10**12,
        "trafficGrowth30d": -1.25,
        "productsCount": 3,
        "googleCategoryIds": [1, "a"],
    }
    item = Item.model_validate({"tiktokId": ID, **observed})
    whole = Found(
        Document(
            item=item,
            created_at=NOON,
            indexed_at=NOON,
            first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
            last_active_at=datetime(2026, 1, 31, tzinfo=UTC),
            first_pinned_at=NOON,
            last_pinned_at=NOON,
            last_seen_unpinned_at=datetime(2026, 2, 3, tzinfo=UTC),
        ),
        ItemStanding(rank=1, deltas=(2, 0, -3, None)),
        ProfileStanding(
            ranked=3,
            percent_ads=62.5,
            new_tik_toks=4,
            snapshot=PageSnapshot(
                recorded_at=NOON,
                ads_count=5,
                organic_count=3,
                total_tik_toks=9,
                daily_views=-1,
                daily_likes=0,
                daily_followers=7,
            ),
        ),
        Shop.model_validate(shop),
        11.25,
    )
    moment = "2026-01-31T12:00:00.005Z"
    assert item_of(key, behind, whole) == {
        **BARE,
        **observed,
        "publishedAt": "2026-01-31T01:00:00.123Z",
        "updatedAt": "2026-01-31T06:00:00.000Z",
        "daysRunning": 30,
        "metrics": {
            **observed["metrics"],  # type: ignore[dict-item] # it is one
            "engagementRate": 66.67,
            "rank": 1,
            "rankPercent": 33.33,
            "relevanceScore": 11.25,
            "deltaRank3d": 2,
            "deltaRank7d": 0,
            "deltaRank14d": -3,
            "deltaRank30d": None,
        },
        "profile": {
            **observed["profile"],  # type: ignore[dict-item] # it is one
            "newTikToks": 4,
            "percentAds": 62.5,
            "pageCreation": "2020-02-29T00:00:00.000Z",
        },
        "shop": shop,
        "pin": {
            "isCurrent": True,
            "firstPinnedAt": moment,
            "lastPinnedAt": moment,
            "lastUnpinnedAt": "2026-02-03T00:00:00.000Z",
        },
        "pageSnapshot": {
            "recordedAt": moment,
            "adsCount": 5,
            "organicCount": 3,
            "totalTikToks": 9,
            "dailyViews": -1,
            "dailyLikes": 0,
            "dailyFollowers": 7,
        },
        "links": {
            "tiktokUrl": f"https://www.tiktok.com/@lake%20side/video/{ID}",
            "profileUrl": "https://www.tiktok.com/@lake%20side",
        },
    }


@pytest.mark.parametrize(
    ("query", "rows", "total", "pagination"),
    [
        ("", 25, 120, {"page": 1, "limit": 25, "total": 120, "totalPages": 5}),
        ("page=3&limit=7", 7, 21, {"page": 3, "limit": 7, "total": 21, "totalPages": 3}),
        ("page=4&limit=7", 1, 22, {"page": 4, "limit": 7, "total": 22, "totalPages": 4}),
        ("page=1000000000&limit=50", 0, 21, {"page": 10**9, "limit": 50, "total": 21, "totalPages": 1}),
        ("", 0, 0, {"page": 1, "limit": 25, "total": 0, "totalPages": 0}),
    ],
)
def test_a_page(
    key: str, behind: Behind, balance: Balance, query: str, rows: int, total: int, pagination: dict[str, int]
) -> None:
    behind(FakeLibrary(rows, total))
    answer = ask(LIBRARY, event(PATH, query, authorization=f"Bearer {key}"))
    assert answer.status == 200
    assert answer.body.keys() == {"requestId", "data", "pagination"}
    assert answer.body["requestId"] == answer.headers["X-Request-Id"]
    assert [row["tiktokId"] for row in answer.body["data"]] == [str(at + 1) for at in range(rows)]
    assert answer.body["pagination"] == pagination
    assert cost_of(answer) == (str(rows), str(GRANTED - rows), str(rows))
    assert balance() == GRANTED - rows


def test_the_three_ways_ask_for_the_same(key: str, behind: Behind) -> None:
    fake = behind(FakeLibrary())
    ask(LIBRARY, event(PATH, "search=glow&countries=DE,US&limit=5", x_api_key=key))
    ask(LIBRARY_QUERY, post(f"{PATH}/query", {"search": "glow", "countries": ["DE", "US"], "limit": 5}, x_api_key=key))
    ask(SHOP_LIBRARY, event("/v1/shops/s-1/tiktok/library", "search=glow&countries=DE,US&limit=5", x_api_key=key))
    first, second, of_shop = fake.asked
    assert first == second
    assert of_shop.keywords == {**first.keywords, Keyword.SHOP: {"s-1", "of it"}}
    assert (of_shop.terms, of_shop.limit) == (("glow",), 5)


@pytest.mark.parametrize("text", [ID, f"tiktok_{ID}", "1", "tiktok_0001", str(2**63 - 1)])
def test_an_item_by_its_id(key: str, behind: Behind, balance: Balance, text: str) -> None:
    fake = behind(FakeLibrary(item=found()))
    answer = ask(LIBRARY_ITEM, event(f"{PATH}/{text}", x_api_key=key))
    assert (answer.status, answer.body.keys()) == (200, {"requestId", "data"})
    assert fake.asked == [int(text.removeprefix("tiktok_"))]
    assert cost_of(answer) == ("1", str(GRANTED - 1), "1")
    assert balance() == GRANTED - 1


@pytest.mark.parametrize(
    "text",
    [
        *("0", "-1", "+1", "1.0", "1e3", "abc", "tiktok_", "tiktok_tiktok_1", "TIKTOK_1", "tiktok-1", " 1", "1_0", "١"),
        *(str(2**63), "9" * 5000, "\0", "query", "..", "'; --", "%00"),
    ],
)
def test_what_is_no_id_is_not_found_and_not_looked_for(key: str, behind: Behind, balance: Balance, text: str) -> None:
    fake = behind(FakeLibrary(item=found()))
    answer = ask(LIBRARY_ITEM, event(f"{PATH}/{text}", x_api_key=key))
    assert (answer.status, answer.body["error"]["code"]) == (404, "item_not_found")
    assert fake.asked == []
    assert cost_of(answer) == ("0", str(GRANTED), "0")
    assert balance() == GRANTED


def test_an_item_that_is_not_there_costs_nothing(key: str, behind: Behind, balance: Balance) -> None:
    behind(FakeLibrary())
    answer = ask(LIBRARY_ITEM, event(f"{PATH}/{ID}", x_api_key=key))
    assert answer.status == 404
    assert answer.body == {
        "error": {
            "code": "item_not_found",
            "message": "The library has no such item.",
            "requestId": answer.headers["X-Request-Id"],
        }
    }
    assert balance() == GRANTED


def test_faults_are_told_one_by_one_and_cost_nothing(key: str, behind: Behind, balance: Balance) -> None:
    fake = behind(FakeLibrary(rows=1))
    answer = ask(LIBRARY, event(PATH, "limit=51&minViews=2&maxViews=1", x_api_key=key))
    assert answer.status == 400
    assert answer.body["error"] == {
        "code": "validation_error",
        "message": "minViews must not be greater than maxViews; limit must not be greater than 50",
        "requestId": answer.headers["X-Request-Id"],
        "details": {
            "validationErrors": [
                {
                    "field": "query-string.minViews",
                    "location": "query-string",
                    "expected": ["minViews must not be greater than maxViews"],
                },
                {
                    "field": "query-string.limit",
                    "location": "query-string",
                    "expected": ["limit must not be greater than 50"],
                },
            ]
        },
    }
    assert cost_of(answer) == ("0", str(GRANTED), "0")
    body = ask(LIBRARY_QUERY, post(f"{PATH}/query", {"limits": 1}, x_api_key=key))
    assert body.body["error"]["details"]["validationErrors"][0]["field"] == "body.limits"
    large = ask(LIBRARY_QUERY, post(f"{PATH}/query", {"search": "a" * (1 << 20)}, x_api_key=key))
    assert (large.status, large.body["error"]["code"]) == (413, "body_too_large")
    assert "details" not in large.body["error"]
    assert (balance(), fake.asked) == (GRANTED, [])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Provide an API key using Authorization: Bearer <api_key>."),
        ({"authorization": f"Bearer tok_{'x' * 40}"}, "Invalid API key."),
    ],
)
@pytest.mark.usefixtures("key")
def test_who_has_no_key_is_told_so_before_anything_else(behind: Behind, given: dict[str, str], message: str) -> None:
    fake = behind(FakeLibrary(rows=1))
    for query in ("", "limit=51"):
        answer = ask(LIBRARY, event(PATH, query, **given))
        assert (answer.status, answer.body["error"]["message"]) == (401, message)
        assert cost_of(answer) == (None, None, None)
    assert fake.asked == []


def spent(table: Table, amount: int) -> None:
    ledger.spend(table, "acme", credits=amount, route="other", charge_id="before", final=True)


def test_more_rows_than_credits_are_not_shown(key: str, behind: Behind, balance: Balance, table: Table) -> None:
    spent(table, GRANTED - 4)
    behind(FakeLibrary(rows=5))
    answer = ask(LIBRARY, event(PATH, x_api_key=key))
    assert (answer.status, answer.body["error"]["code"]) == (402, "insufficient_credits")
    assert answer.body["error"]["message"] == "The account has too few credits: this call costs 5."
    assert cost_of(answer) == ("0", "4", "0")
    behind(FakeLibrary(rows=4))
    assert ask(LIBRARY, event(PATH, x_api_key=key)).status == 200
    assert balance() == 0


@pytest.mark.parametrize("rows", [0, 1])
def test_who_has_no_credits_may_not_even_ask(key: str, behind: Behind, table: Table, rows: int) -> None:
    spent(table, GRANTED)
    fake = behind(FakeLibrary(rows))
    answer = ask(LIBRARY, event(PATH, x_api_key=key))
    assert (answer.status, cost_of(answer)) == (402, ("0", "0", "0"))
    assert fake.asked == []


@pytest.mark.parametrize("error", [TokstackError(Code.SERVICE_UNAVAILABLE, "Busy."), RuntimeError("secret")])
def test_a_failure_costs_nothing(key: str, behind: Behind, balance: Balance, error: Exception) -> None:
    behind(FakeLibrary(rows=3)).failure = error
    answer = ask(LIBRARY, event(PATH, x_api_key=key))
    assert answer.status in (503, 500)
    assert "secret" not in answer.text
    assert cost_of(answer) == ("0", str(GRANTED), "0")
    assert balance() == GRANTED


def test_a_charge_has_its_outcome_at_once(
    key: str, behind: Behind, balance: Balance, table: Table, clock: Clock
) -> None:
    behind(FakeLibrary(rows=3))
    ask(LIBRARY, event(PATH, x_api_key=key))
    ask(LIBRARY_QUERY, post(f"{PATH}/query", {}, x_api_key=key, idempotency_key="a"))
    clock.now += 86_400
    assert ledger.sweep(table) == 0
    assert ledger.usage(table, "acme").by_route == {"library": 3, "library-query": 3}
    assert balance() == GRANTED - 6


def test_a_request_counts_once_against_the_rate_of_its_key(key: str, behind: Behind, table: Table) -> None:
    assert key
    behind(FakeLibrary(rows=1))
    slow = keys.create(table, "acme", rate=2)
    assert [ask(LIBRARY, event(PATH, x_api_key=slow)).status for _ in range(3)] == [200, 200, 429]


def test_the_same_query_again_under_its_key_costs_nothing(key: str, behind: Behind, balance: Balance) -> None:
    fake = behind(FakeLibrary(rows=3))

    def again(body: Any = None) -> Answer:
        return ask(LIBRARY_QUERY, post(f"{PATH}/query", body or {}, x_api_key=key, idempotency_key="a"))

    first, second = again(), again()
    assert (first.status, second.status, second.text) == (200, 200, first.text)
    assert (cost_of(first), cost_of(second)) == (("3", "27", "3"), ("0", "27", "0"))
    assert again({"limit": 2}).status == 409
    assert (balance(), len(fake.asked)) == (GRANTED - 3, 1)


def test_what_is_not_kept_for_a_second_call_costs_nothing(
    key: str, behind: Behind, balance: Balance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(*_: object) -> None:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "No.")

    behind(FakeLibrary(rows=3))
    monkeypatch.setattr("tokstack.api.idempotency.Turn.keep", out_of_order)
    answer = ask(LIBRARY_QUERY, post(f"{PATH}/query", {}, x_api_key=key, idempotency_key="a"))
    assert (answer.status, cost_of(answer)) == (503, ("0", str(GRANTED), "0"))
    assert balance() == GRANTED
