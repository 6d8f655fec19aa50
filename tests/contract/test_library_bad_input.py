"""What the library's routes refuse: all that is wrong at once, in the family's shape and words, for nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.front_door import Account, FrontDoor

LIBRARY = "/v1/tiktok/library"
QUERY = f"{LIBRARY}/query"
SHOP_LIBRARY = "/v1/shops/shop_0001/tiktok/library"
GRANTED = 20
LOCATIONS = ("query-string", "body")
JSON = {"content-type": "application/json"}

Values = Sequence[tuple[str, Sequence[Any], str]]


@pytest.fixture(scope="module")
def account(door: FrontDoor) -> Iterator[Account]:
    account = door.account(GRANTED)
    yield account
    assert door.balance(account) == GRANTED


def asked(door: FrontDoor, account: Account, method: str, path: str, **how: Any) -> httpx.Response:
    """Whatever it is that is answered, it is a failure of this family, and free."""
    answer = door.ask(method, path, {"authorization": f"Bearer {account.key}", **how.pop("headers", {})}, **how)
    assert answer.status_code >= 400
    body = answer.json()
    assert body.keys() == {"error"}
    assert body["error"]["requestId"] == answer.headers["x-request-id"]
    assert body["error"]["message"]
    assert (answer.headers["x-usage-cost"], answer.headers["x-credits-used"]) == ("0", "0")
    assert answer.headers["x-credits-remaining"] == str(GRANTED)
    return answer


def refused(answer: httpx.Response, location: str) -> dict[str, str]:
    """What is told of each field."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "validation_error")
    assert error.keys() == {"code", "message", "requestId", "details"}
    told = {}
    for fault in error["details"]["validationErrors"]:
        assert fault.keys() == {"field", "location", "expected"}
        assert fault["location"] == location
        (told[fault["field"]],) = fault["expected"]
    return told


def of_string(door: FrontDoor, account: Account, query: str, path: str = LIBRARY) -> dict[str, str]:
    return refused(asked(door, account, "GET", f"{path}?{query}"), "query-string")


def of_body(door: FrontDoor, account: Account, body: Any) -> dict[str, str]:
    """A value is sent as JSON, bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refused(asked(door, account, "POST", QUERY, content=content, headers=JSON), "body")


# -------------------------------------------------------------------------------------------------- values
LARGE = 10**15
NO_DATES = (
    *("2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-1-1", "20260101", "2026-W01-1"),
    *("2026-01-01T24:00:01Z", "2026-01-01T08:00:00+25:00", "2026-01-01T", "yesterday", "1767225600", "٢٠٢٦-٠١-٠١"),
)
SORTS = "relevance, newest, updatedAt, views, likes, comments, shares, saves, engagementRate, daysRunning, followers"
EVERYWHERE: Values = (
    ("limit", (0, -1, -(10**9)), "must not be less than 1"),
    ("limit", (51, 10**9, 1e9, 10**30), "must not be greater than 50"),
    ("limit", (2.5,), "must be a whole number"),
    ("limit", ("ten", "10; DROP TABLE items"), "must be a number"),
    ("page", (0, -1), "must not be less than 1"),
    ("page", (10**9 + 1, 10**18), "must not be greater than 1000000000"),
    ("page", (1.5,), "must be a whole number"),
    ("page", ("two",), "must be a number"),
    ("minViews", ("many",), "must be a number"),
    ("minViews", (-1,), "must not be less than 0"),
    ("maxViews", (LARGE + 1,), f"must not be greater than {LARGE}"),
    ("minEngagementRate", ("5%",), "must be a number"),
    ("maxEngagementRate", (-0.01,), "must not be less than 0"),
    ("publishedAfter", NO_DATES, "must be a date or date-time"),
    ("publishedBefore", ("2026-02-30", "never"), "must be a date or date-time"),
    ("type", ("AD", "ads", "paid"), "must be one of: all, ad, organic"),
    ("status", ("unknown",), "must be one of: all, active, inactive"),
    ("searchArea", ("title",), "must be one of: all, caption, profile, hashtag, music"),
    ("mediaTypes", (["video", "film"], ["all"]), "must be one of: image, video, carousel"),
    ("sortBy", ("oldest", "view", "publishedAt"), f"must be one of: {SORTS}"),
    ("order", ("descending",), "must be one of: asc, desc"),
    ("search", ("a" * 1001,), "must not be longer than 1000 characters"),
    ("search", ("a\0b", "\0"), "must not contain the character U+0000"),
    ("handle", ("\0",), "must not contain the character U+0000"),
    ("domain", ("a" * 1001,), "must not be longer than 1000 characters"),
    ("tiktokPageId", ("1" * 1001,), "must not be longer than 1000 characters"),
    ("hashtags", ([f"tag{number}" for number in range(201)],), "must not have more than 200 values"),
    ("languages", (["en", "\0"],), "must not contain the character U+0000"),
    ("countries", (["DE"] * 201,), "must not have more than 200 values"),
)
BODIES: Values = (
    *((name, ("1", True, [1], {}), "must be a number") for name in ("limit", "page", "minLikes", "maxDaysRunning")),
    ("minShares", (-1,), "must not be less than 0"),
    ("maxFollowers", (LARGE + 1,), f"must not be greater than {LARGE}"),
    ("minProfileViews", ("1e3",), "must be a number"),
    ("updatedAfter", (*NO_DATES[:3], 1767225600, ["2026-01-01"]), "must be a date or date-time"),
    ("updatedBefore", ("tomorrow", {}), "must be a date or date-time"),
    ("keywordMode", ("ALL", "or", ["any"], 1), "must be one of: any, all"),
    ("hasShopLinked", ("maybe", True, 1), "must be one of: yes, no"),
    ("isPinned", ("true", 1, 0, [True]), "must be true or false"),
    ("type", (["ad"], {}, 1), "must be one of: all, ad, organic"),
    ("search", (7, {"a": 1}, True), "must be a list"),
    ("search", (["a", 1], [["a"]]), "must be text"),
    ("search", (["a"] * 51,), "must not have more than 50 values"),
    ("hashtags", (["a"] * 10_000,), "must not have more than 200 values"),
    ("hashtags", ("a", 5, {}), "must be a list"),
    ("countries", ([1], [{}], [True]), "must be text"),
    ("categories", ("beauty",), "must be a list"),
    ("tiktokPageIds", ([7318517321748022531],), "must be text"),
    *((name, (7318517321748022531, [], {}), "must be text") for name in ("tiktokPageId", "websiteId", "handle")),
)
STRINGS: Mapping[str, tuple[str, str]] = {
    "limit=5&limit=5": ("limit", "must be given once"),
    "limit=&limit=5": ("limit", "must be given once"),
    "search=a&search=b": ("search", "must be given once"),
    "type=ad&type=ad": ("type", "must be given once"),
    "publishedAfter=2026-01-01&publishedAfter=2026-01-01": ("publishedAfter", "must be given once"),
    "search=%ff": ("search", "must be UTF-8, percent-encoded"),
    "search=%zz": ("search", "must be UTF-8, percent-encoded"),
    "search=%00": ("search", "must not contain the character U+0000"),
    "countries=DE&countries=%ED%A0%80": ("countries", "must be UTF-8, percent-encoded"),
    f"limit={'9' * 5000}": ("limit", "must be a number"),
    f"hashtags={','.join(['a'] * 10_000)}": ("hashtags", "must not have more than 200 values"),
    "limit=1e999": ("limit", "must not be greater than 50"),
    "limit=NaN": ("limit", "must be a number"),
    "limit=0x10": ("limit", "must be a number"),
    "limit=%D9%A5": ("limit", "must be a number"),
}


@pytest.mark.parametrize(
    ("name", "values", "must"), EVERYWHERE, ids=[f"{name} {must[:30]}" for name, _, must in EVERYWHERE]
)
def test_a_value_that_is_wrong_everywhere(
    door: FrontDoor, account: Account, name: str, values: Sequence[Any], must: str
) -> None:
    for value in values:
        query = urlencode({name: value}, doseq=True)
        for path in (LIBRARY, SHOP_LIBRARY):
            assert of_string(door, account, query, path) == {f"query-string.{name}": f"{name} {must}"}
        assert of_body(door, account, {name: value}) == {f"body.{name}": f"{name} {must}"}


@pytest.mark.parametrize(("name", "values", "must"), BODIES, ids=[f"{name} {must[:30]}" for name, _, must in BODIES])
def test_a_value_that_is_wrong_in_a_body(
    door: FrontDoor, account: Account, name: str, values: Sequence[Any], must: str
) -> None:
    for value in values:
        assert of_body(door, account, {name: value}) == {f"body.{name}": f"{name} {must}"}


@pytest.mark.parametrize("query", STRINGS, ids=lambda query: query[:40])
def test_what_is_wrong_in_a_query_string(door: FrontDoor, account: Account, query: str) -> None:
    name, must = STRINGS[query]
    for path in (LIBRARY, SHOP_LIBRARY):
        assert of_string(door, account, query, path) == {f"query-string.{name}": f"{name} {must}"}


@pytest.mark.parametrize(
    "name", ["Views", "EngagementRate", "DaysRunning", "Likes", "Shares", "Followers", "ProfileViews"]
)
def test_a_range_the_wrong_way_round(door: FrontDoor, account: Account, name: str) -> None:
    low, high = f"min{name}", f"max{name}"
    assert of_body(door, account, {low: 5, high: 4.5}) == {f"body.{low}": f"{low} must not be greater than {high}"}


@pytest.mark.parametrize("name", ["published", "updated"])
def test_a_span_the_wrong_way_round(door: FrontDoor, account: Account, name: str) -> None:
    after, before = f"{name}After", f"{name}Before"
    fields = {after: "2026-02-01", before: "2026-01-31T23:59:59Z"}
    assert of_body(door, account, fields) == {f"body.{after}": f"{after} must not be later than {before}"}


def test_all_that_is_wrong_is_told_at_once(door: FrontDoor, account: Account) -> None:
    wrong = {name: values[0] for name, values, _ in EVERYWHERE if name not in ("hashtags", "countries")}
    query = urlencode({**wrong, "minViews": 9, "maxViews": 8, "nothing": "is ignored"}, doseq=True)
    told = of_string(door, account, f"{query}&countries=%ff")
    names = {*wrong, "countries"} - {"maxViews"}
    assert told.keys() == {f"query-string.{name}" for name in names}
    assert told["query-string.minViews"] == "minViews must not be greater than maxViews"
    wrong |= {name: values[0] for name, values, _ in BODIES}
    assert of_body(door, account, {**wrong, "limits": 5}).keys() == {f"body.{name}" for name in (*wrong, "limits")}


# -------------------------------------------------------------------------------------------------- bodies
NO_BODIES: Mapping[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "no JSON"),
    "an array": (b"[]", "JSON object"),
    "null": (b"null", "JSON object"),
    "a text": (b'"serum"', "JSON object"),
    "a form": (b"search=serum", "no JSON"),
    "NaN": (b'{"limit": NaN}', "NaN"),
    "a number without end": (b'{"limit": ' + b"9" * 5000 + b"}", "too many digits"),
    "a field twice": (b'{"limit": 1, "limit": 2}', "more than once"),
    "half a surrogate": (b'{"search": "\\ud800"}', "UTF-8"),
    "not UTF-8": (b'{"search": "\xff"}', "UTF-8"),
    "UTF-16": ('{"search": "a"}'.encode("utf-16"), "UTF-8"),
    "nested deeply": (b'{"search":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "nested too deeply"),
    "two objects": (b"{}{}", "no JSON"),
    "a comment": (b"{} // all", "no JSON"),
}


@pytest.mark.parametrize("name", NO_BODIES)
def test_a_body_that_is_none(door: FrontDoor, account: Account, name: str) -> None:
    body, says = NO_BODIES[name]
    (told,) = of_body(door, account, body).items()
    assert told[0] == "body"
    assert says in told[1]


def test_a_body_of_another_type(door: FrontDoor, account: Account) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = asked(door, account, "POST", QUERY, content=b'{"limit": 1}', headers=headers)
    assert "application/json" in refused(answer, "body")["body"]


@pytest.mark.parametrize("body", [{"search": "a" * (1 << 20)}, {"hashtags": ["#hashtag"] * 100_000}])
def test_a_body_of_a_megabyte(door: FrontDoor, account: Account, body: Any) -> None:
    answer = asked(door, account, "POST", QUERY, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("body", [{"limits": 5}, {"search_area": "caption"}, {"Limit": 5}, {"x": None}, {"": 1}])
def test_an_unknown_field_of_a_body(door: FrontDoor, account: Account, body: Any) -> None:
    (name,) = body
    assert of_body(door, account, body) == {f"body.{name}": f"{name} is not a field of this body"}


def test_fields_without_end(door: FrontDoor, account: Account) -> None:
    assert len(of_body(door, account, {f"field{number}": 1 for number in range(3000)})) == 100


# ----------------------------------------------------------------------------------- text that is no syntax
SYNTAX = (
    *("*", "?", "glow*", "*low", "gl?w", "glow~", "glow~2", "glow^9", "-glow", "+glow +serum", "!glow", "NOT glow"),
    *("glow OR nobody", "glow AND serum AND nobody", "glow || nobody", "caption:glow", "caption:*", "_exists_:caption"),
    *('"', '"glow', "'glow", "(", "(glow", ")", "[1 TO 2]", "{", "/gl.w/", "\\", "\\u0067low", "glow\\", "&&", "a:b:c"),
    *("' OR 1=1 --", '"; DROP TABLE items; --', '{"match_all":{}}', "<script>", "${jndi:ldap://x}", "%", "%2525", "_"),
    *("a" * 1000, "glow " * 200, "\u202eglow", "\ufeffglow", "\u200b", "\ud7ff", "\U0010ffff", "\r\n", "\t", " . "),
)


@pytest.mark.parametrize("text", SYNTAX, ids=lambda text: ascii(text)[:30])
def test_no_character_is_syntax(door: FrontDoor, text: str) -> None:
    """It is found as words, as if these stood alone; what has no word is in no item."""
    words = "".join(char if char.isalnum() else " " for char in text)
    whole = total(door, {})
    by_string, by_body = total(door, {"search": text}), total(door, {"search": [text]}, "POST")
    assert by_string == by_body == (total(door, {"search": words}) if words.strip() else (0 if text.strip() else whole))
    assert by_string < whole or not text.strip()


def total(door: FrontDoor, fields: Mapping[str, Any], method: str = "GET") -> int:
    """How many are found; none is asked for, so that it is free."""
    fields = {**fields, "page": 10**9}
    how: Any = {"json": fields} if method == "POST" else {"params": fields}
    answer = door.ask(method, QUERY if method == "POST" else LIBRARY, {"authorization": f"Bearer {door.key}"}, **how)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-usage-cost"] == "0"
    return int(answer.json()["pagination"]["total"])


@pytest.mark.parametrize("name", ["hashtags", "countries", "categories", "languages", "handle", "domain", "websiteId"])
def test_no_value_is_syntax(door: FrontDoor, name: str) -> None:
    """A value that nobody has finds nothing, whatever it may mean elsewhere."""
    for value in ("*", "/.*/", "[* TO *]", '"', "' OR 1=1 --", "{}", "a:b", "\\", "𝕏", "\ufffe"):
        alone = name in ("handle", "domain", "websiteId")
        assert total(door, {name: value if alone else [value]}, "POST") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"search": "", "type": "", "limit": "", "publishedAfter": " ", "minViews": "", "hashtags": ","},
        {"hashtags": " , ,", "countries": "", "sortBy": " ", "order": "", "page": ""},
    ],
)
def test_what_is_blank_is_not_asked_for(door: FrontDoor, fields: Mapping[str, str]) -> None:
    assert total(door, {**fields, "limit": "1"}) == total(door, {})
    blank = dict.fromkeys(fields)
    assert total(door, blank, "POST") == total(door, {"search": [], "hashtags": ["", " "]}, "POST") == total(door, {})


# ----------------------------------------------------------------------------------------------------- ids
NO_IDS = (
    *(
        "tiktok_",
        "tiktok_tiktok_1",
        "TIKTOK_1",
        "tiktok-1",
        "tiktok_-1",
        "-1",
        "+1",
        "0",
        "tiktok_0",
        "1.0",
        "1e3",
        "0x1",
    ),
    *("9223372036854775808", "9" * 19, "9" * 20, "9" * 4000, "01" + "0" * 19, "abc", "null", "undefined", "NaN"),
    *("١٢٣", "１２３", "²", "1 ", " 1", "1\n", "1\0", "\0", "tiktok_1\0", "1;", "1'", "*", "_", "é", "\ufeff1", "🔥"),
    *("..", "%2e%2e", "query ", "7000000000000000001,7000000000000000002", "{itemId}", "\ud7ff"),
)


@pytest.mark.parametrize("name", NO_IDS, ids=lambda name: ascii(name)[:30])
def test_an_id_of_a_wrong_form_is_of_no_item(door: FrontDoor, account: Account, name: str) -> None:
    answer = asked(door, account, "GET", f"{LIBRARY}/{quote(name, safe='').replace('..', '%2e%2e')}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "item_not_found")


def test_bytes_that_are_no_text_are_of_no_item(door: FrontDoor, account: Account) -> None:
    for name in ("%ff", "%ed%a0%80", "1%ff", "%c0%b1"):
        answer = asked(door, account, "GET", f"{LIBRARY}/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "item_not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", LIBRARY),
        ("PUT", QUERY),
        ("DELETE", f"{LIBRARY}/1"),
        ("GET", f"{LIBRARY}/1/2"),
        ("POST", SHOP_LIBRARY),
        ("GET", "/v1/shops/shop_0001/tiktok"),
        ("GET", "/v1/shops//tiktok/library"),
    ],
)
def test_another_way_of_asking_is_no_route(door: FrontDoor, account: Account, method: str, path: str) -> None:
    answer = door.ask(method, path, {"authorization": f"Bearer {account.key}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "route_not_found")
