"""What is asked of the library: every parameter, each thing that can be wrong with it, and both ways to say it."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchanges import event, post
from tokstack.api.http import Request
from tokstack.api.library_query import LibraryBody, LibraryQuery, query_of
from tokstack.api.library_reading import from_body, from_query
from tokstack.errors import Code, Fault, TokstackError
from tokstack.library.entry import Area, Keyword, Number
from tokstack.library.query import Query, Range

DAY = 86_400_000
JANUARY_31 = 1_769_817_600_000  # 2026, in milliseconds
MOST = 10**15


def of_string(query: str) -> Query:
    return query_of(from_query(Request.read(event("/v1/tiktok/library", query))))


def of_body(body: Any, **headers: str) -> Query:
    return query_of(from_body(Request.read(post("/v1/tiktok/library/query", body, **headers))))


def string(**fields: Any) -> str:
    return urlencode(fields, doseq=True)


def faults_of(error: pytest.ExceptionInfo[TokstackError]) -> list[str]:
    assert error.value.code is Code.VALIDATION_ERROR
    return [fault.expected for fault in error.value.faults]


def refused_string(query: str) -> list[str]:
    with pytest.raises(TokstackError) as refused:
        of_string(query)
    assert {fault.location for fault in refused.value.faults} == {"query-string"}
    return faults_of(refused)


def refused_body(body: Any, **headers: str) -> list[str]:
    with pytest.raises(TokstackError) as refused:
        of_body(body, **headers)
    assert {fault.location for fault in refused.value.faults} == {"body"}
    return faults_of(refused)


def keywords(**values: Sequence[str]) -> dict[Keyword, frozenset[str]]:
    return {Keyword(name): frozenset(given) for name, given in values.items()}


# ------------------------------------------------------ what each one means
EVERYWHERE: list[tuple[dict[str, Any], Query]] = [
    ({}, Query()),
    ({"search": "skin care"}, Query(terms=("skin care",))),
    ({"search": "serum, glow"}, Query(terms=("serum, glow",))),
    ({"search": 'a AND (b) "c" title:d*~2'}, Query(terms=('a AND (b) "c" title:d*~2',))),
    ({"search": "!!!"}, Query(terms=("!!!",))),
    ({"searchArea": "all"}, Query()),
    *(({"searchArea": area.value}, Query(areas=(area,))) for area in Area),
    ({"type": "all", "status": "all"}, Query()),
    ({"type": "ad"}, Query(keywords=keywords(type=["ad"]))),
    ({"type": "organic", "status": "active"}, Query(keywords=keywords(type=["organic"], status=["active"]))),
    ({"status": "inactive"}, Query(keywords=keywords(status=["inactive"]))),
    ({"mediaTypes": ["video", "image"]}, Query(keywords=keywords(media=["image", "video"]))),
    ({"mediaTypes": ["carousel", "carousel"]}, Query(keywords=keywords(media=["carousel"]))),
    ({"languages": ["EN", " de "]}, Query(keywords=keywords(language=["en", "de"]))),
    ({"countries": ["de", "US"]}, Query(keywords=keywords(country=["DE", "US"]))),
    ({"hashtags": ["#SkinCare", "Café", "＃減肥茶"]}, Query(keywords=keywords(hashtag=["skincare", "cafe", "減肥茶"]))),
    ({"hashtags": ["#"]}, Query(keywords=keywords(hashtag=[]))),
    ({"tiktokPageId": "7318517321748022531"}, Query(keywords=keywords(page=["7318517321748022531"]))),
    ({"domain": "HTTPS://www.Glow.Example/a?b"}, Query(keywords=keywords(domain=["glow.example"]))),
    ({"handle": "@Lake.Side_1"}, Query(keywords=keywords(handle=["lake.side_1"]))),
    ({"publishedAfter": "2026-01-31"}, Query(ranges={Number.PUBLISHED: Range(JANUARY_31)})),
    ({"publishedBefore": "2026-01-31"}, Query(ranges={Number.PUBLISHED: Range(None, JANUARY_31 + DAY - 1)})),
    (
        {"publishedAfter": "2026-01-31", "publishedBefore": "2026-01-31"},
        Query(ranges={Number.PUBLISHED: Range(JANUARY_31, JANUARY_31 + DAY - 1)}),
    ),
    ({"minViews": 1000}, Query(ranges={Number.VIEWS: Range(1000)})),
    ({"minViews": 0, "maxViews": 0}, Query(ranges={Number.VIEWS: Range(0, 0)})),
    ({"minViews": 1.5, "maxViews": 7.5}, Query(ranges={Number.VIEWS: Range(2, 7)})),
    ({"maxViews": MOST}, Query(ranges={Number.VIEWS: Range(None, MOST)})),
    ({"minEngagementRate": 2.3, "maxEngagementRate": 2.3}, Query(ranges={Number.ENGAGEMENT_RATE: Range(230, 230)})),
    ({"minEngagementRate": 4.555}, Query(ranges={Number.ENGAGEMENT_RATE: Range(456)})),
    ({"sortBy": "newest"}, Query()),
    ({"sortBy": "updatedAt"}, Query(sort=Number.UPDATED)),
    ({"sortBy": "views", "order": "asc"}, Query(sort=Number.VIEWS, descending=False)),
    ({"sortBy": "likes"}, Query(sort=Number.LIKES)),
    ({"sortBy": "comments"}, Query(sort=Number.COMMENTS)),
    ({"sortBy": "shares"}, Query(sort=Number.SHARES)),
    ({"sortBy": "saves"}, Query(sort=Number.SAVES)),
    ({"sortBy": "engagementRate"}, Query(sort=Number.ENGAGEMENT_RATE)),
    ({"sortBy": "daysRunning"}, Query(sort=Number.DAYS_RUNNING)),
    ({"sortBy": "followers"}, Query(sort=Number.FOLLOWERS)),
    ({"sortBy": "relevance", "search": "glow"}, Query(terms=("glow",), sort=None)),
    ({"sortBy": "relevance"}, Query()),
    ({"limit": 50, "page": 3}, Query(offset=100, limit=50)),
    ({"limit": 1, "page": 1}, Query(offset=0, limit=1)),
    ({"limit": 50, "page": 10**9}, Query(offset=50 * (10**9 - 1), limit=50)),
    ({"limit": 25.0, "page": 2.0}, Query(offset=25)),
]
IN_A_BODY: list[tuple[dict[str, Any], Query]] = [
    ({"search": ["serum", "glow"]}, Query(terms=("serum", "glow"))),
    ({"search": ["serum", "glow"], "keywordMode": "all"}, Query(terms=("serum", "glow"), every=True)),
    ({"keywordMode": "any"}, Query()),
    ({"search": ["a" * 1000] * 50}, Query(terms=("a" * 1000,) * 50)),
    ({"categories": ["Beauty", "HOME & Garden"]}, Query(keywords=keywords(category=["beauty", "home & garden"]))),
    ({"tiktokPageIds": ["1", "2"]}, Query(keywords=keywords(page=["1", "2"]))),
    ({"tiktokPageIds": ["1", "2"], "tiktokPageId": "2"}, Query(keywords=keywords(page=["2"]))),
    ({"tiktokPageIds": ["1"], "tiktokPageId": "2"}, Query(keywords=keywords(page=[]))),
    ({"websiteId": "w-1"}, Query(keywords=keywords(website=["w-1"]))),
    ({"hasShopLinked": "yes"}, Query(keywords=keywords(shop_linked=["yes"]))),
    ({"hasShopLinked": "no"}, Query(keywords=keywords(shop_linked=["no"]))),
    ({"isPinned": True}, Query(keywords=keywords(pinned=["yes"]))),
    ({"isPinned": False}, Query(keywords=keywords(pinned=["no"]))),
    ({"updatedAfter": "2026-01-31"}, Query(ranges={Number.UPDATED: Range(JANUARY_31)})),
    ({"updatedBefore": "2026-01-31"}, Query(ranges={Number.UPDATED: Range(None, JANUARY_31 + DAY - 1)})),
    ({"minDaysRunning": 3, "maxDaysRunning": 9}, Query(ranges={Number.DAYS_RUNNING: Range(3, 9)})),
    ({"minLikes": 1, "maxLikes": 2}, Query(ranges={Number.LIKES: Range(1, 2)})),
    ({"minShares": 1, "maxShares": 2}, Query(ranges={Number.SHARES: Range(1, 2)})),
    ({"minFollowers": 1, "maxFollowers": 2}, Query(ranges={Number.FOLLOWERS: Range(1, 2)})),
    ({"minProfileViews": 1, "maxProfileViews": 2}, Query(ranges={Number.PROFILE_VIEWS: Range(1, 2)})),
    ({"languages": ["en"] * 200}, Query(keywords=keywords(language=["en"]))),
]


@pytest.mark.parametrize(("fields", "query"), EVERYWHERE, ids=lambda value: str(value)[:40])
def test_a_parameter_in_a_query_string(fields: dict[str, Any], query: Query) -> None:
    assert of_string(string(**fields)) == query


@pytest.mark.parametrize(("fields", "query"), EVERYWHERE + IN_A_BODY, ids=lambda value: str(value)[:40])
def test_a_parameter_in_a_body(fields: dict[str, Any], query: Query) -> None:
    assert of_body(fields) == query


def test_every_parameter_is_put_to_the_test() -> None:
    def names(model: type[LibraryQuery]) -> set[str]:
        return {str(field.alias) for field in model.model_fields.values()}

    assert set().union(*(fields for fields, _ in EVERYWHERE)) == names(LibraryQuery)
    assert set().union(*(fields for fields, _ in EVERYWHERE + IN_A_BODY)) == names(LibraryBody)


@pytest.mark.parametrize(
    ("query", "countries"),
    [
        ("countries=DE,US", ["DE", "US"]),
        ("countries=DE&countries=US", ["DE", "US"]),
        ("countries=DE,US&x=1&countries=FR", ["DE", "US", "FR"]),
        ("countries=DE%2CUS", ["DE", "US"]),
        ("countries=,DE,,%20,US,", ["DE", "US"]),
    ],
)
def test_a_list_in_a_query_string(query: str, countries: list[str]) -> None:
    assert of_string(query).keywords == keywords(country=countries)


@pytest.mark.parametrize("query", ["page=&limit=%20", "search=", "countries=", "countries=,", "type=&minViews=", "x=1"])
def test_what_is_blank_or_unknown_in_a_query_string_is_as_if_it_were_not_there(query: str) -> None:
    assert of_string(query) == Query()


@pytest.mark.parametrize("blank", [None, "", " "])
def test_what_is_blank_in_a_body_is_as_if_it_were_not_there(blank: str | None) -> None:
    assert of_body({str(field.alias): blank for field in LibraryBody.model_fields.values()}) == Query()


@pytest.mark.parametrize("body", ["", " ", "{}", {"search": []}, {"countries": ["", " "]}])
def test_a_body_that_asks_for_nothing_asks_for_all(body: Any) -> None:
    assert of_body(body) == Query()


MOMENT = 1_769_847_300_000


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-31T08:15:00Z", MOMENT, MOMENT),
        ("2026-01-31t08:15:00z", MOMENT, MOMENT),
        ("2026-01-31T08:15:00", MOMENT, MOMENT),
        ("2026-01-31T10:15:00+02:00", MOMENT, MOMENT),
        ("2026-01-30T23:45:00-08:30", MOMENT, MOMENT),
        ("2026-01-31T08:15:00.5Z", MOMENT + 500, MOMENT + 500),
        ("2026-01-31T08:15:00.123456789Z", MOMENT + 124, MOMENT + 123),
        ("2024-02-29", 1_709_164_800_000, 1_709_164_800_000 + DAY - 1),
        ("1969-12-31", -DAY, -1),
        ("0001-01-01", -62_135_596_800_000, -62_135_596_800_000 + DAY - 1),
        ("9999-12-31", 253_402_214_400_000, 253_402_300_799_999),
        ("9999-12-31T23:59:59.999999-01:00", 253_402_304_400_000, 253_402_304_399_999),
        ("0001-01-01T00:00:00+14:00", -62_135_647_200_000, -62_135_647_200_000),
    ],
)
def test_a_moment(text: str, first: int, last: int) -> None:
    after, before = of_body({"publishedAfter": text}), of_string(string(publishedBefore=text))
    assert (after.ranges[Number.PUBLISHED].low, before.ranges[Number.PUBLISHED].high) == (first, last)


# ----------------------------------------------------------- what is refused
def number(name: str) -> list[tuple[str, Any, str]]:
    return [
        (name, "abc", f"{name} must be a number"),
        (name, -1, f"{name} must not be less than 0"),
        (name, -0.5, f"{name} must not be less than 0"),
        (name, MOST + 1, f"{name} must not be greater than {MOST}"),
    ]


def moment(name: str) -> list[tuple[str, Any, str]]:
    return [
        (name, text, f"{name} must be a date or date-time")
        for text in (
            *("2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-1-1", "20260101"),
            *("2026-01-01T24:00:01Z", "2026-01-01T08:60:00Z", "2026-01-01 08:00:00", "2026-01-01T08:00Z", "2026-W01-1"),
            *("2026-01-01T08:00:00+25:00", "2026-01-01T", "yesterday", "1767225600", "٢٠٢٦-٠١-٠١", "2026-01-01\n"),
        )
    ]


def text(name: str) -> list[tuple[str, Any, str]]:
    return [
        (name, "a" * 1001, f"{name} must not be longer than 1000 characters"),
        (name, "a\0b", f"{name} must not contain the character U+0000"),
    ]


def one_of(name: str, *values: str) -> list[tuple[str, Any, str]]:
    return [
        (name, wrong, f"{name} must be one of: {', '.join(values)}") for wrong in (values[0].upper(), "no such", "1")
    ]


SORTS = (
    *("relevance", "newest", "updatedAt", "views", "likes", "comments", "shares", "saves"),
    *("engagementRate", "daysRunning", "followers"),
)
REFUSED_EVERYWHERE: list[tuple[str, Any, str]] = [
    *text("search"),
    *one_of("searchArea", "all", "caption", "profile", "hashtag", "music"),
    *one_of("type", "all", "ad", "organic"),
    *one_of("status", "all", "active", "inactive"),
    *one_of("sortBy", *SORTS),
    *one_of("order", "asc", "desc"),
    *text("tiktokPageId"),
    *text("domain"),
    *text("handle"),
    ("mediaTypes", ["video", "film"], "mediaTypes must be one of: image, video, carousel"),
    ("languages", ["en", "a" * 1001], "languages must not be longer than 1000 characters"),
    ("countries", ["DE"] * 201, "countries must not have more than 200 values"),
    ("hashtags", [f"tag{number}" for number in range(10_000)], "hashtags must not have more than 200 values"),
    ("hashtags", ["a\0"], "hashtags must not contain the character U+0000"),
    *moment("publishedAfter"),
    *moment("publishedBefore"),
    *number("minViews"),
    *number("maxViews"),
    *number("minEngagementRate"),
    *number("maxEngagementRate"),
    ("page", 0, "page must not be less than 1"),
    ("page", -1, "page must not be less than 1"),
    ("page", 10**9 + 1, "page must not be greater than 1000000000"),
    ("page", 1.5, "page must be a whole number"),
    ("page", "two", "page must be a number"),
    ("limit", 0, "limit must not be less than 1"),
    ("limit", 51, "limit must not be greater than 50"),
    ("limit", -1, "limit must not be less than 1"),
    ("limit", 10**9, "limit must not be greater than 50"),
    ("limit", 1e9, "limit must not be greater than 50"),
    ("limit", 2.5, "limit must be a whole number"),
]
REFUSED_IN_A_STRING: list[tuple[str, str]] = [
    *((f"limit={value}", "limit must be a number") for value in ("+5", "%205", "5%20", "05", "0x5", "5_0", "٥", "5,6")),
    *((f"limit={value}", "limit must be a number") for value in ("NaN", "Infinity", "1e", ".5", "5.", "--5", "true")),
    (f"limit={'9' * 5000}", "limit must be a number"),
    (f"limit={'9' * 900}", "limit must not be greater than 50"),
    ("limit=1e999", "limit must not be greater than 50"),
    ("limit=-1e999", "limit must not be less than 1"),
    ("limit=5&limit=5", "limit must be given once"),
    ("limit=&limit=5", "limit must be given once"),
    ("search=a&search=b", "search must be given once"),
    ("publishedAfter=2026-01-01&publishedAfter=2026-01-01", "publishedAfter must be given once"),
    ("search=%ff", "search must be UTF-8, percent-encoded"),
    ("search=%zz", "search must be UTF-8, percent-encoded"),
    ("search=%ED%A0%80", "search must be UTF-8, percent-encoded"),
    ("countries=DE&countries=%ff", "countries must be UTF-8, percent-encoded"),
    ("search=%00", "search must not contain the character U+0000"),
]
NO_TEXTS: list[Any] = [7, 7.5, True, {}, ["DE"]]
NO_FLAGS: list[Any] = ["true", 1, 0, [True]]
NO_NUMBERS: list[Any] = ["1", True, [1], {}]
NO_TYPES: list[Any] = [["ad"], True, {}, 1]
NO_MOMENTS: list[Any] = [1767225600, ["2026"], True]
REFUSED_IN_A_BODY: list[tuple[str, Any, str]] = [
    *one_of("keywordMode", "any", "all"),
    *one_of("hasShopLinked", "yes", "no"),
    *((name, 7, f"{name} must be a list") for name in ("search", "countries", "categories", "mediaTypes")),
    *((name, "a", f"{name} must be a list") for name in ("countries", "tiktokPageIds", "mediaTypes")),
    *(("countries", [value], "countries must be text") for value in NO_TEXTS),
    ("search", ["a", 1], "search must be text"),
    ("search", {"a": 1}, "search must be a list"),
    ("search", ["a"] * 51, "search must not have more than 50 values"),
    ("search", ["a", "b" * 1001], "search must not be longer than 1000 characters"),
    *((name, 7318517321748022531, f"{name} must be text") for name in ("tiktokPageId", "websiteId", "handle")),
    ("tiktokPageIds", [7318517321748022531], "tiktokPageIds must be text"),
    *text("websiteId"),
    *(("isPinned", value, "isPinned must be true or false") for value in NO_FLAGS),
    *(("minViews", value, "minViews must be a number") for value in NO_NUMBERS),
    *(("limit", value, "limit must be a number") for value in NO_NUMBERS),
    *(("type", value, "type must be one of: all, ad, organic") for value in NO_TYPES),
    *(
        ("publishedAfter", value, "publishedAfter must be a date or date-time")
        for value in (1767225600, ["2026"], True)
    ),
    *moment("updatedAfter"),
    *moment("updatedBefore"),
    *(
        case
        for name in ("DaysRunning", "Likes", "Shares", "Followers", "ProfileViews")
        for end in ("min", "max")
        for case in number(f"{end}{name}")
    ),
]


@pytest.mark.parametrize(("name", "value", "expected"), REFUSED_EVERYWHERE, ids=lambda value: str(value)[:40])
def test_what_is_wrong_in_a_query_string(name: str, value: Any, expected: str) -> None:
    assert refused_string(string(**{name: value})) == [expected]


@pytest.mark.parametrize(("query", "expected"), REFUSED_IN_A_STRING, ids=lambda value: str(value)[:40])
def test_what_is_only_wrong_in_a_query_string(query: str, expected: str) -> None:
    assert refused_string(query) == [expected]


@pytest.mark.parametrize(
    ("name", "value", "expected"), REFUSED_EVERYWHERE + REFUSED_IN_A_BODY, ids=lambda value: str(value)[:40]
)
def test_what_is_wrong_in_a_body(name: str, value: Any, expected: str) -> None:
    if len(json.dumps(value)) > 60_000:
        value = value[:1000]
    assert refused_body({name: value}) == [expected]


PAIRS = {
    "minViews": "maxViews",
    "minEngagementRate": "maxEngagementRate",
    "minDaysRunning": "maxDaysRunning",
    "minLikes": "maxLikes",
    "minShares": "maxShares",
    "minFollowers": "maxFollowers",
    "minProfileViews": "maxProfileViews",
}


@pytest.mark.parametrize(("low", "high"), PAIRS.items())
def test_a_range_the_wrong_way_round(low: str, high: str) -> None:
    assert refused_body({low: 5, high: 4.99}) == [f"{low} must not be greater than {high}"]
    assert of_body({low: 5, high: 5})


@pytest.mark.parametrize("what", ["published", "updated"])
def test_a_span_the_wrong_way_round(what: str) -> None:
    after, before = f"{what}After", f"{what}Before"
    assert refused_body({after: "2026-02-01", before: "2026-01-31"}) == [f"{after} must not be later than {before}"]
    assert of_body({after: "2026-01-31T23:59:59Z", before: "2026-01-31"})


def test_all_that_is_wrong_is_told_at_once() -> None:
    query = "search=%ff&type=a&mediaTypes=film&publishedAfter=x&minViews=9&maxViews=8&page=0&limit=51&nothing=1"
    with pytest.raises(TokstackError) as refused:
        of_string(query)
    assert [fault.field for fault in refused.value.faults] == [
        f"query-string.{name}"
        for name in ("search", "type", "mediaTypes", "publishedAfter", "minViews", "page", "limit")
    ]
    assert refused.value.faults[-1] == Fault("query-string.limit", "query-string", "limit must not be greater than 50")
    assert refused.value.message.count(";") == 4


def test_an_unknown_field_of_a_body_is_a_fault() -> None:
    assert refused_body({"limits": 5, "page": 0, "searchArea": None}) == [
        "page must not be less than 1",
        "limits is not a field of this body",
    ]
    assert refused_body({"search_area": "caption"}) == ["search_area is not a field of this body"]
    assert refused_body({"x": None}) == ["x is not a field of this body"]
    assert refused_body({"x" * 5000: 1}) == [f"{'x' * 60} is not a field of this body"]
    assert len(refused_body({f"x{number}": 1 for number in range(3000)})) == 100


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("[", "no JSON"),
        ("[]", "JSON object"),
        ("null", "JSON object"),
        ('{"limit": NaN}', "NaN"),
        ('{"limit": ' + "9" * 5000 + "}", "too many digits"),
        ('{"limit": 1, "limit": 2}', "more than once"),
        ('{"search": "\\ud800"}', "UTF-8"),
        (b"\xff\xfe", "UTF-8"),
        ("[" * 60_000, "nested too deeply"),
    ],
)
def test_a_body_that_is_none(body: Any, says: str) -> None:
    with pytest.raises(TokstackError) as refused:
        of_body(body)
    (fault,) = refused.value.faults
    assert (fault.field, fault.location, fault.expected) == ("body", "body", refused.value.message)
    assert says in fault.expected


def test_a_body_that_is_too_large() -> None:
    with pytest.raises(TokstackError) as refused:
        of_body({"search": "a" * (1 << 20)})
    assert (refused.value.code, refused.value.faults) == (Code.BODY_TOO_LARGE, ())


# ---------------------------------------------------------------- both ways
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
LISTED = TEXTS.filter(lambda text: "," not in text)
NUMBERS = (
    st.integers(-5, MOST + 5)
    | st.floats(-5, 1e16, allow_nan=False)
    | TEXTS.filter(lambda text: not re.fullmatch(r"\s*[0-9.eE+-]*\s*", text))
)
MOMENTS = st.dates().map(str) | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | TEXTS
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "search": TEXTS,
        "searchArea": st.sampled_from(["all", *Area]) | TEXTS,
        "type": st.sampled_from(["all", "ad", "organic"]) | TEXTS,
        "status": st.sampled_from(["all", "active", "inactive"]) | TEXTS,
        "mediaTypes": st.lists(st.sampled_from(["image", "video", "carousel"]) | LISTED, max_size=3),
        **{name: st.lists(LISTED, max_size=3) for name in ("languages", "countries", "hashtags")},
        **dict.fromkeys(("tiktokPageId", "domain", "handle"), TEXTS),
        **dict.fromkeys(("publishedAfter", "publishedBefore"), MOMENTS),
        **dict.fromkeys(("minViews", "maxViews", "minEngagementRate", "maxEngagementRate"), NUMBERS),
        "sortBy": st.sampled_from(SORTS) | TEXTS,
        "order": st.sampled_from(["asc", "desc"]) | TEXTS,
        "page": st.integers(-1, 10**10) | st.floats(0, 5),
        "limit": st.integers(-1, 52) | st.floats(0, 5),
    },
)


def outcome(ask: Any) -> Query | list[str]:
    try:
        query: Query = ask()
    except TokstackError as refused:
        return [fault.expected for fault in refused.faults]
    return query


@given(ASKED, st.booleans())
def test_both_ways_ask_for_the_same(asked: Mapping[str, Any], together: bool) -> None:
    parts = []
    for name, value in asked.items():
        values = value if isinstance(value, list) else [value]
        joined = [",".join(values)] if together and isinstance(value, list) else values
        parts += [f"{name}={quote(str(each), safe='')}" for each in joined]
    assert outcome(lambda: of_string("&".join(parts))) == outcome(lambda: of_body(dict(asked)))


@given(st.text(alphabet="searchlimt=&,%25fF0é\ud800+", max_size=60))
def test_no_query_string_raises_anything_else(query: str) -> None:
    outcome(lambda: of_string(query))
