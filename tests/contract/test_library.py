"""The library as its callers search it, over HTTP: every answer is what the sample's own catalogue says it is to be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest

from local.library.catalog import DAYS
from tests.clouds import Stack, running
from tests.front_door import FrontDoor, front_door
from tests.library_sample import Sample, shown, texts
from tokstack.api.library_query import LibraryBody, LibraryQuery
from tokstack.library.entry import Area, Keyword, Number
from tokstack.library.query import Query, Range

LIBRARY = "/v1/tiktok/library"
QUERY = f"{LIBRARY}/query"
MOST = 50
SHOP, DOMAIN = "shop_0001", "glowlab.example"
SHOP_ITEMS = frozenset({SHOP, DOMAIN})
GRANTED = 100


@pytest.fixture(scope="module")
def door(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    """The session's stack; where others have written into its library by now, one that is as it began."""
    with front_door(stack) as door:
        if untouched(door):
            yield door
            return
    with running(tmp_path_factory.mktemp("sample"), "--library") as own, front_door(own) as door:
        assert untouched(door)
        yield door


def untouched(door: FrontDoor) -> bool:
    """No more items than there are, none observed later than the others, no profile ranked anew."""
    first, last = (listed(door, {"sortBy": "updatedAt", "order": order, "limit": 1}) for order in ("asc", "desc"))
    (oldest,), (newest,) = first["data"], last["data"]
    snapshot = oldest["pageSnapshot"]["recordedAt"]
    total = len(Sample(day_of(oldest)).entrants)
    return (last["pagination"]["total"], newest["updatedAt"], snapshot[:10]) == (
        total,
        oldest["updatedAt"],
        oldest["updatedAt"][:10],
    )


def day_of(row: Mapping[str, Any]) -> date:
    return datetime.fromisoformat(row["updatedAt"]).date()


@pytest.fixture(scope="module")
def pages(door: FrontDoor) -> list[Any]:
    """The whole library, page after page."""
    return walked(door, {})


@pytest.fixture(scope="module")
def rows(pages: list[Any]) -> dict[str, Any]:
    return {row["tiktokId"]: row for page in pages for row in page["data"]}


@pytest.fixture(scope="module")
def sample(pages: list[Any]) -> Sample:
    return Sample(day_of(pages[0]["data"][0]))


def listed(door: FrontDoor, fields: Mapping[str, Any], path: str = LIBRARY) -> Any:
    """By the query string."""
    return answered(bearing(door, "GET", f"{path}?{query_string(fields)}"))


def queried(door: FrontDoor, fields: Mapping[str, Any]) -> Any:
    """By the body."""
    return answered(bearing(door, "POST", QUERY, json=fields))


def bearing(door: FrontDoor, method: str, path: str, key: str | None = None, **how: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {key or door.key}", **how.pop("headers", {})}
    return door.ask(method, path, headers, **how)


def answered(answer: httpx.Response) -> Any:
    """Each row has cost one credit."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["requestId"] == answer.headers["x-request-id"]
    cost = str(len(body["data"]))
    assert (answer.headers["x-usage-cost"], answer.headers["x-credits-used"]) == (cost, cost)
    return body


def query_string(fields: Mapping[str, Any]) -> str:
    return urlencode({name: written(value) for name, value in fields.items()}, doseq=True)


def written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def walked(door: FrontDoor, fields: Mapping[str, Any]) -> list[Any]:
    """To the end, by pages of the largest size."""
    first = listed(door, {**fields, "limit": MOST})
    others = range(2, first["pagination"]["totalPages"] + 1)
    return [first, *(listed(door, {**fields, "limit": MOST, "page": page}) for page in others)]


def ids(*pages: Any) -> list[str]:
    return [row["tiktokId"] for page in pages for row in page["data"]]


def wanted(sample: Sample, query: Query) -> list[str]:
    return [str(hit.id) for hit in sample.model.whole(query)]


def hold(answer: Any, sample: Sample, query: Query) -> None:
    """A page of it to what the model finds."""
    every = wanted(sample, query)
    page = answer["pagination"]
    start = (page["page"] - 1) * page["limit"]
    assert (page["total"], page["totalPages"]) == (len(every), -(-len(every) // page["limit"]))
    assert ids(answer) == every[start : start + page["limit"]]


# ------------------------------------------------------------------------------------------------ all of it
def test_all_pages_are_the_whole_library_once(pages: list[Any], sample: Sample) -> None:
    assert ids(*pages) == wanted(sample, Query())
    assert [page["pagination"]["page"] for page in pages] == [*range(1, len(pages) + 1)]
    assert {page["pagination"]["total"] for page in pages} == {len(sample.entrants)}


def test_each_item_is_told_as_the_catalogue_has_it(rows: dict[str, Any], sample: Sample) -> None:
    """With ranks, deltas, shares and snapshots counted one by one."""
    for name, row in rows.items():
        score = row["metrics"].pop("relevanceScore")
        assert score is None
        assert row == sample.every[name]


def test_the_sample_has_all_that_can_be_derived(sample: Sample) -> None:
    """Else what is equal might be empty."""
    told = sample.every.values()
    for name in ("rank", "rankPercent", "engagementRate", *(f"deltaRank{days}d" for days in (3, 7, 14, 30))):
        assert len({row["metrics"][name] for row in told}) > 20
        assert any(row["metrics"][name] is None for row in told)
    for name in ("newTikToks", "percentAds"):
        assert len({row["profile"][name] for row in told}) > 5
    for name in ("dailyViews", "dailyLikes", "dailyFollowers"):
        assert any(row["pageSnapshot"][name] is not None for row in told)
    assert len({row["pageSnapshot"]["dailyViews"] for row in told}) > 20
    assert len({row["daysRunning"] for row in told}) > DAYS
    assert {row["pin"]["isCurrent"] for row in told} == {True, False}


# --------------------------------------------------------------------------------------------- parameters
def of(keyword: Keyword, *values: str) -> Query:
    return Query(keywords={keyword: frozenset(values)})


def within(number: Number, low: int | None = None, high: int | None = None) -> Query:
    return Query(ranges={number: Range(low, high)})


PARAMETERS: Sequence[tuple[Mapping[str, Any], Query]] = (
    ({"search": "morning"}, Query(terms=("morning",))),
    ({"search": ["morning", "gentle"]}, Query(terms=("morning", "gentle"))),
    ({"search": ["skin", "glow"], "keywordMode": "all"}, Query(terms=("skin", "glow"), every=True)),
    ({"search": "beauty", "searchArea": "profile"}, Query(terms=("beauty",), areas=(Area.PROFILE,))),
    ({"search": "glow", "searchArea": "caption"}, Query(terms=("glow",), areas=(Area.CAPTION,))),
    ({"search": "rain", "searchArea": "hashtag"}, Query(terms=("rain",), areas=(Area.HASHTAG,))),
    ({"search": "night drive", "searchArea": "music"}, Query(terms=("night drive",), areas=(Area.MUSIC,))),
    ({"type": "ad"}, of(Keyword.TYPE, "ad")),
    ({"type": "organic"}, of(Keyword.TYPE, "organic")),
    ({"status": "active"}, of(Keyword.STATUS, "active")),
    ({"status": "inactive"}, of(Keyword.STATUS, "inactive")),
    ({"mediaTypes": ["image"]}, of(Keyword.MEDIA, "image")),
    ({"mediaTypes": ["video", "carousel"]}, of(Keyword.MEDIA, "video", "carousel")),
    ({"languages": ["th", "HE"]}, of(Keyword.LANGUAGE, "th", "he")),
    ({"countries": ["jp", "DE"]}, of(Keyword.COUNTRY, "JP", "DE")),
    ({"hashtags": ["#Morning", "café"]}, of(Keyword.HASHTAG, "morning", "cafe")),
    ({"categories": ["Beauty", "pets"]}, of(Keyword.CATEGORY, "beauty", "pets")),
    ({"tiktokPageId": "6800000000000000000"}, of(Keyword.PAGE, "6800000000000000000")),
    (
        {"tiktokPageIds": ["6800000000000000000", "6759894283323655543"]},
        of(Keyword.PAGE, "6800000000000000000", "6759894283323655543"),
    ),
    ({"websiteId": SHOP}, of(Keyword.WEBSITE, SHOP)),
    ({"domain": f"https://www.{DOMAIN.upper()}/products"}, of(Keyword.DOMAIN, DOMAIN)),
    ({"handle": "@GlowLab.official"}, of(Keyword.HANDLE, "glowlab.official")),
    ({"hasShopLinked": "yes"}, of(Keyword.SHOP_LINKED, "yes")),
    ({"hasShopLinked": "no"}, of(Keyword.SHOP_LINKED, "no")),
    ({"isPinned": True}, of(Keyword.PINNED, "yes")),
    ({"isPinned": False}, of(Keyword.PINNED, "no")),
    ({"minViews": 1000}, within(Number.VIEWS, 1000)),
    ({"maxViews": 1000}, within(Number.VIEWS, None, 1000)),
    ({"minEngagementRate": 10.5}, within(Number.ENGAGEMENT_RATE, 1050)),
    ({"maxEngagementRate": 2.3}, within(Number.ENGAGEMENT_RATE, None, 230)),
    ({"minLikes": 5000}, within(Number.LIKES, 5000)),
    ({"maxLikes": 5000}, within(Number.LIKES, None, 5000)),
    ({"minShares": 100}, within(Number.SHARES, 100)),
    ({"maxShares": 100}, within(Number.SHARES, None, 100)),
    ({"minFollowers": 300_000}, within(Number.FOLLOWERS, 300_000)),
    ({"maxFollowers": 300_000}, within(Number.FOLLOWERS, None, 300_000)),
    ({"minProfileViews": 9_000_000}, within(Number.PROFILE_VIEWS, 9_000_000)),
    ({"maxProfileViews": 9_000_000}, within(Number.PROFILE_VIEWS, None, 9_000_000)),
    ({"minDaysRunning": 30}, within(Number.DAYS_RUNNING, 30)),
    ({"maxDaysRunning": 3}, within(Number.DAYS_RUNNING, None, 3)),
    (
        {"type": "ad", "status": "active", "minViews": 500, "maxViews": 10**6, "mediaTypes": ["video"]},
        Query(
            keywords={
                Keyword.TYPE: frozenset({"ad"}),
                Keyword.STATUS: frozenset({"active"}),
                Keyword.MEDIA: frozenset({"video"}),
            },
            ranges={Number.VIEWS: Range(500, 10**6)},
        ),
    ),
)
ONLY_IN_BODIES = LibraryBody.model_json_schema()["properties"].keys() - LibraryQuery.model_json_schema()["properties"]


@pytest.mark.parametrize(("fields", "query"), PARAMETERS, ids=[query_string(fields) for fields, _ in PARAMETERS])
def test_a_parameter_finds_what_the_model_finds(
    door: FrontDoor, sample: Sample, fields: Mapping[str, Any], query: Query
) -> None:
    assert 0 < len(wanted(sample, query)) < len(sample.entrants)
    hold(queried(door, {**fields, "limit": 4}), sample, query)
    if fields.keys().isdisjoint(ONLY_IN_BODIES) and not isinstance(fields.get("search"), list):
        hold(listed(door, {**fields, "limit": 3, "page": 2}), sample, query)


def test_every_parameter_is_put_to_the_test() -> None:
    asked = {name for fields, _ in PARAMETERS for name in fields}
    elsewhere = {"sortBy", "order", "page", "limit", "publishedAfter", "publishedBefore", "updatedAfter"}
    assert asked | elsewhere | {"updatedBefore"} == LibraryBody.model_json_schema()["properties"].keys()


def test_moments_bound_what_is_found(door: FrontDoor, sample: Sample) -> None:
    """A date is its whole day, an item's own moment belongs to it, and a zone counts."""
    middle = sorted(item.published_at for item in sample.items.values() if item.published_at)[len(sample.items) // 2]
    day, moment, stamp = middle.date().isoformat(), shown(middle), milliseconds(middle)
    first = milliseconds(datetime.fromisoformat(f"{day}T00:00:00Z"))
    last = first + 86_400_000 - 1
    elsewhere = datetime.fromtimestamp(stamp / 1000 + 5.5 * 3600, middle.tzinfo).strftime("%Y-%m-%dT%H:%M:%S+05:30")
    for fields, query in (
        ({"publishedAfter": day}, within(Number.PUBLISHED, first)),
        ({"publishedBefore": day}, within(Number.PUBLISHED, None, last)),
        ({"publishedAfter": day, "publishedBefore": day}, within(Number.PUBLISHED, first, last)),
        ({"publishedAfter": moment, "publishedBefore": moment}, within(Number.PUBLISHED, stamp, stamp)),
        ({"publishedAfter": elsewhere, "publishedBefore": elsewhere}, within(Number.PUBLISHED, stamp, stamp)),
    ):
        assert 0 < len(wanted(sample, query)) < len(sample.entrants)
        hold(listed(door, {**fields, "limit": 2}), sample, query)
        hold(queried(door, {**fields, "limit": 2}), sample, query)
    today, whole = sample.today.isoformat(), len(sample.entrants)
    for fields, total in (
        ({"updatedAfter": today}, whole),
        ({"updatedBefore": today}, whole),
        ({"updatedAfter": f"{today}T12:00:00.001Z"}, 0),
        ({"updatedBefore": f"{today}T11:59:59Z"}, 0),
    ):
        assert queried(door, {**fields, "limit": 1})["pagination"]["total"] == total


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def test_lists_come_repeated_or_with_commas(door: FrontDoor, sample: Sample) -> None:
    query = of(Keyword.COUNTRY, "JP", "DE", "US")
    for text in ("countries=JP,DE,US", "countries=JP&countries=DE&countries=US", "countries=JP,DE&countries=,us,"):
        hold(answered(bearing(door, "GET", f"{LIBRARY}?{text}&limit=2")), sample, query)


SORTS = {
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


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", SORTS)
def test_all_stand_in_order(door: FrontDoor, sample: Sample, sort: str, order: str) -> None:
    """At the beginning, where known values end and unknown ones begin, and at the end."""
    query = Query(sort=SORTS[sort], descending=order == "desc")
    known = sum(SORTS[sort] in entry.numbers for entry in sample.model._entries.values())
    limit = 6
    for page in {1, -(-known // limit), -(-len(sample.entrants) // limit)}:
        hold(listed(door, {"sortBy": sort, "order": order, "page": page, "limit": limit}), sample, query)
    hold(queried(door, {"sortBy": sort, "order": order, "limit": limit}), sample, query)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_the_most_relevant_come_first(door: FrontDoor, sample: Sample, order: str) -> None:
    found = walked(door, {"search": "morning", "sortBy": "relevance", "order": order})
    assert sorted(ids(*found)) == sorted(wanted(sample, Query(terms=("morning",))))
    scores = [(row["metrics"]["relevanceScore"], int(row["tiktokId"])) for page in found for row in page["data"]]
    assert scores == sorted(scores, reverse=order == "desc")
    assert all(score > 0 for score, _ in scores)
    assert len({score for score, _ in scores}) > 3


def test_relevance_of_nothing_is_the_newest(door: FrontDoor, sample: Sample) -> None:
    hold(listed(door, {"sortBy": "relevance", "limit": 3}), sample, Query())


@pytest.mark.parametrize("fields", [{"type": "ad", "sortBy": "followers", "order": "asc"}, {"search": "🔥"}])
def test_pages_to_the_end_are_the_whole(door: FrontDoor, sample: Sample, fields: Mapping[str, str]) -> None:
    """Also where many are equal."""
    by_followers = replace(of(Keyword.TYPE, "ad"), sort=Number.FOLLOWERS, descending=False)
    query = by_followers if "type" in fields else Query(terms=("🔥",))
    pages = walked(door, fields)
    assert len(pages) > 2
    assert ids(*pages) == wanted(sample, query)


def test_past_the_end_there_is_nothing_and_it_is_free(door: FrontDoor, sample: Sample) -> None:
    for page in (len(sample.entrants) + 1, 10**9):
        for answer in (listed(door, {"page": page, "limit": 1}), queried(door, {"page": page, "limit": 1})):
            assert answer["data"] == []
            assert answer["pagination"] == {
                "page": page,
                "limit": 1,
                "total": len(sample.entrants),
                "totalPages": len(sample.entrants),
            }


# --------------------------------------------------------------------------------------------------- text
SPACED = (
    *("skin care", "Küche", "diseño", "été", "qualità", "coração", "món ngon", "Дом и Сад", "скидка", "καφές"),
    *("عطر", "قهوة", "כלב", "मसाला"),
)
UNSPACED = (
    *("収納", "チョコ", "夜に歩く", "さくら雑貨", "피부", "홈트", "부산", "收納", "廚", "轻", "ลดราคา", "ครีม"),
    *("🔥", "👍🏽", "🇩🇪", "❤️"),
)


@pytest.mark.parametrize("text", [*SPACED, *UNSPACED])
def test_text_in_any_script_is_found(door: FrontDoor, sample: Sample, text: str) -> None:
    """No item that says it, as it is written, is missing."""
    query = Query(terms=(text,))
    every = wanted(sample, query)
    said = sample.ids(lambda item: any(says(each, text) for each in texts(item)))
    assert said
    assert said <= set(every)
    hold(listed(door, {"search": text, "limit": 3}), sample, query)
    hold(queried(door, {"search": [text], "limit": 3}), sample, query)


def says(text: str, part: str) -> bool:
    return part in text if part in UNSPACED else f" {part} " in f" {text} "


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Größe", "GROSSE"),
        ("été", "ÉTÉ"),
        ("été", "e\u0301te\u0301"),
        ("món ngon", "MON NGON"),
        ("καφές", "ΚΑΦΕΣ"),
        ("скидка", "СКИДКА"),
        ("チョコ", "ﾁｮｺ"),
        ("❤️", "❤"),
        ("skin care", "ＳＫＩＮ  ＣＡＲＥ"),
        ("skin care", "“Skin—care!”"),
    ],
)
def test_case_accents_and_width_do_not_count(door: FrontDoor, one: str, other: str) -> None:
    first, second = (listed(door, {"search": text, "limit": 5}) for text in (one, other))
    assert first["data"]
    assert (first["data"], first["pagination"]) == (second["data"], second["pagination"])


@pytest.mark.parametrize("text", ["care skin", "ski", "納収", "roughness", "#", "🇩", "skin OR care"])
def test_what_nobody_says_is_not_found(door: FrontDoor, text: str) -> None:
    assert listed(door, {"search": text})["pagination"]["total"] == 0


# --------------------------------------------------------------------------------------------- one item, one shop
@pytest.mark.parametrize("what", ["ad", "pinned", "shop", "unknown counters", "emoji and accents"])
def test_one_item_in_detail(door: FrontDoor, sample: Sample, what: str) -> None:
    fits = {
        "ad": lambda item: item.type == "ad",
        "pinned": lambda item: item.is_pinned,
        "shop": lambda item: item.shop,
        "unknown counters": lambda item: item.metrics.views is None,
        "emoji and accents": lambda item: item.profile.handle == "vélo.ville",
    }
    name = min(sample.ids(fits[what]))
    item, profile = sample.items[name], sample.items[name].profile
    answers = [bearing(door, "GET", f"{LIBRARY}/{each}") for each in (f"tiktok_{name}", name)]
    for answer in answers:
        assert (answer.status_code, answer.headers["x-usage-cost"]) == (200, "1")
        told = answer.json()["data"]
        links, source = told.pop("links"), told.pop("source")
        told["metrics"].pop("relevanceScore")
        assert told == sample.told(name)
        handle = "v%C3%A9lo.ville" if profile.handle == "vélo.ville" else profile.handle
        assert links["profileUrl"] == f"https://www.tiktok.com/@{handle}"
        assert links["tiktokUrl"] == f"{links['profileUrl']}/video/{name}"
        assert source == item.source.model_dump(mode="json", by_alias=True)


def test_an_item_that_is_not_there_is_free(door: FrontDoor) -> None:
    for name in ("7000000000000000001", "tiktok_7000000000000000001"):
        answer = bearing(door, "GET", f"{LIBRARY}/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "item_not_found")
        assert answer.headers["x-usage-cost"] == "0"


def test_the_items_of_a_shop(door: FrontDoor, sample: Sample) -> None:
    for name in (SHOP, DOMAIN):
        path = f"/v1/shops/{name}/tiktok/library"
        hold(listed(door, {"limit": 50}, path), sample, of(Keyword.SHOP, *SHOP_ITEMS))
        (shop,) = {row["shop"]["id"] for row in listed(door, {"limit": 2}, path)["data"]}
        assert shop == SHOP


SHOP_PARAMETERS = [
    (fields, query)
    for fields, query in PARAMETERS
    if fields.keys().isdisjoint(ONLY_IN_BODIES) and not isinstance(fields.get("search"), list)
]


@pytest.mark.parametrize(
    ("fields", "query"), SHOP_PARAMETERS, ids=[query_string(fields) for fields, _ in SHOP_PARAMETERS]
)
def test_a_shop_s_items_are_searched_as_all_are(
    door: FrontDoor, sample: Sample, fields: Mapping[str, Any], query: Query
) -> None:
    narrowed = replace(query, keywords={**query.keywords, Keyword.SHOP: SHOP_ITEMS})
    hold(listed(door, {**fields, "limit": 4}, f"/v1/shops/{SHOP}/tiktok/library"), sample, narrowed)


@pytest.mark.parametrize("shop", ["nobody", "shop_9999", "%E5%BA%97", "a%20b", "x" * 300, "*", "%00"])
def test_a_shop_that_nobody_knows_has_nothing(door: FrontDoor, shop: str) -> None:
    answer = listed(door, {}, f"/v1/shops/{shop}/tiktok/library")
    assert (answer["data"], answer["pagination"]["total"]) == ([], 0)


# ------------------------------------------------------------------------------------------------- credits
@dataclass(frozen=True, slots=True)
class Cost:
    method: str
    path: str
    body: Any
    rows: int


COSTS = {
    "a page": Cost("GET", f"{LIBRARY}?limit=7", None, 7),
    "a page of a query": Cost("POST", QUERY, {"limit": 3, "type": "ad"}, 3),
    "an empty query": Cost("POST", QUERY, {}, 25),
    "a shop": Cost("GET", f"/v1/shops/{SHOP}/tiktok/library?limit=4", None, 4),
    "nothing found": Cost("GET", f"{LIBRARY}?search=nobody+says+this", None, 0),
    "past the end": Cost("POST", QUERY, {"page": 10**6}, 0),
    "an unknown shop": Cost("GET", "/v1/shops/nobody/tiktok/library", None, 0),
    "an unknown item": Cost("GET", f"{LIBRARY}/7000000000000000001", None, 0),
}


@pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
def test_each_row_costs_a_credit(door: FrontDoor, cost: Cost) -> None:
    account = door.account(GRANTED)
    answer = bearing(door, cost.method, cost.path, account.key, json=cost.body)
    used, left = str(cost.rows), str(GRANTED - cost.rows)
    assert answer.headers["x-usage-cost"] == answer.headers["x-credits-used"] == used
    assert answer.headers["x-credits-remaining"] == left
    assert door.balance(account) == GRANTED - cost.rows


def test_more_rows_than_credits_are_not_shown_and_not_charged(door: FrontDoor) -> None:
    account = door.account(3)
    for method, path, body in (("GET", f"{LIBRARY}?limit=4", None), ("POST", QUERY, {"limit": 4})):
        refused = bearing(door, method, path, account.key, json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (402, "insufficient_credits")
        assert (refused.headers["x-usage-cost"], refused.headers["x-credits-remaining"]) == ("0", "3")
        assert door.balance(account) == 3
    assert bearing(door, "GET", f"{LIBRARY}?limit=3", account.key).status_code == 200
    assert door.balance(account) == 0
    refused = bearing(door, "GET", f"{LIBRARY}?limit=1", account.key)
    assert (refused.status_code, refused.headers["x-credits-remaining"]) == (402, "0")


def test_a_query_that_is_repeated_under_its_key_is_charged_once(door: FrontDoor) -> None:
    account, headers = door.account(GRANTED), {"idempotency-key": uuid4().hex}
    first, second = (bearing(door, "POST", QUERY, account.key, json={"limit": 5}, headers=headers) for _ in range(2))
    assert first.json()["data"] == second.json()["data"]
    assert len(first.json()["data"]) == 5
    assert door.balance(account) == GRANTED - 5
    other = bearing(door, "POST", QUERY, account.key, json={"limit": 6}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert door.balance(account) == GRANTED - 5


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Provide an API key using Authorization: Bearer <api_key>."),
        ({"authorization": f"Bearer tok_{'A' * 40}"}, "Invalid API key."),
    ],
)
def test_who_asks_is_to_be_known(door: FrontDoor, headers: dict[str, str], message: str) -> None:
    for method, path in (
        ("GET", LIBRARY),
        ("POST", QUERY),
        ("GET", f"{LIBRARY}/1"),
        ("GET", f"/v1/shops/{SHOP}/tiktok/library"),
    ):
        answer = door.ask(method, path, headers)
        assert (answer.status_code, answer.json()["error"]["message"]) == (401, message)
