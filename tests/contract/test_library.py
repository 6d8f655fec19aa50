"""The library as its callers search it, over HTTP: every answer is what the sample's own catalogue says it is to be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from local.library.catalog import DAYS
from tests.clouds import Stack
from tests.front_door import FrontDoor
from tests.library_calls import (
    DOMAIN,
    LIBRARY,
    SHOP,
    SHOP_ITEMS,
    answered,
    bearing,
    hold,
    ids,
    listed,
    queried,
    query_string,
    sample_door,
    sample_of,
    walked,
    wanted,
)
from tests.library_sample import Sample, shown
from tokstack.api.library_query import LibraryBody, LibraryQuery
from tokstack.library.entry import Area, Keyword, Number
from tokstack.library.query import Query, Range


@pytest.fixture(scope="module")
def door(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    with sample_door(stack, tmp_path_factory.mktemp("sample")) as door:
        yield door


@pytest.fixture(scope="module")
def sample(door: FrontDoor) -> Sample:
    return sample_of(door)


@pytest.fixture(scope="module")
def pages(door: FrontDoor) -> list[Any]:
    """The whole library, page after page."""
    return walked(door, {})


@pytest.fixture(scope="module")
def rows(pages: list[Any]) -> dict[str, Any]:
    return {row["tiktokId"]: row for page in pages for row in page["data"]}


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
