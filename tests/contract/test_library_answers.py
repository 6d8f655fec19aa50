"""What the library answers, over HTTP: text in every script, one item, one shop, and what each row costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tests.clouds import Stack
from tests.front_door import FrontDoor
from tests.library_calls import (
    DOMAIN,
    LIBRARY,
    QUERY,
    SHOP,
    SHOP_ITEMS,
    bearing,
    hold,
    listed,
    queried,
    sample_door,
    sample_of,
    wanted,
)
from tests.library_sample import Sample, texts
from tokstack.library.entry import Keyword
from tokstack.library.query import Query

GRANTED = 100


@pytest.fixture(scope="module")
def door(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    with sample_door(stack, tmp_path_factory.mktemp("sample")) as door:
        yield door


@pytest.fixture(scope="module")
def sample(door: FrontDoor) -> Sample:
    return sample_of(door)


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
        hold(listed(door, {"limit": 50}, path), sample, Query(keywords={Keyword.SHOP: SHOP_ITEMS}))
        (shop,) = {row["shop"]["id"] for row in listed(door, {"limit": 2}, path)["data"]}
        assert shop == SHOP


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
