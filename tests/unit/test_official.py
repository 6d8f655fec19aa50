"""The official APIs: tokens, envelopes, and what they allow in a day."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import boto3
import httpx
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from tests.payloads import recorded
from tests.tables import Clock
from tests.upstreams import Answer, Recorder
from tokstack.errors import Code, TokstackError
from tokstack.providers.asking import Asking
from tokstack.providers.circuit import Circuits
from tokstack.providers.limiter import Limiter
from tokstack.providers.official import sources as official
from tokstack.providers.official.ad_library import AdLibrary, AdQuery
from tokstack.providers.official.client import Client
from tokstack.providers.official.credentials import Credentials, credentials
from tokstack.providers.official.quota import Allowance, Quota, QuotaSpentError
from tokstack.providers.official.research import Research, VideoQuery
from tokstack.providers.official.sources import Sources
from tokstack.table import Key, Table

SHOES = AdQuery("DE", "shoes")
CATS = VideoQuery("US", "cats")
OK = {"code": "ok", "message": "", "log_id": "1"}


class Official:
    """Gives tokens, and to those who have the last one its answers, one after the other."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.tokens = 0
        self.valid: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v2/oauth/token/":
            self.tokens += 1
            self.valid.add(f"Bearer clt.{self.tokens}")
            return httpx.Response(
                200, json={"access_token": f"clt.{self.tokens}", "expires_in": 7200, "token_type": "Bearer"}
            )
        if request.headers["Authorization"] not in self.valid:
            return error("access_token_invalid", 401)
        return self.answers.pop(0)


def error(code: str, status: int) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "It says so.", "log_id": "1"}})


def answer(data: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps({"data": data, "error": OK}))


def client(upstream: Answer, now: Callable[[], float] = lambda: 0.0) -> Client:
    return Client(Recorder(upstream).session, lambda: Credentials("key", "secret"), now)


def asked(upstream: Answer) -> dict[str, Any]:
    return dict(client(upstream).ask("research/x", ["a", "b"], {"c": 1}, 5))


def test_a_question_bears_a_token_and_its_fields() -> None:
    upstream = Recorder(Official(answer({"found": 2**60 + 1})))
    data = client(upstream).ask("research/x", ["a.b", "c"], {"d": 1}, 5)
    assert data == {"found": 2**60 + 1}
    token, question = upstream.requests
    assert str(token.url) == "https://open.tiktokapis.com/v2/oauth/token/"
    assert parse_qs(token.content.decode()) == {
        "client_key": ["key"],
        "client_secret": ["secret"],
        "grant_type": ["client_credentials"],
    }
    assert (str(question.url), question.method) == ("https://open.tiktokapis.com/v2/research/x/?fields=a.b%2Cc", "POST")
    assert json.loads(question.content) == {"d": 1}
    assert question.headers["Authorization"] == "Bearer clt.1"


def test_a_token_is_kept_until_a_minute_before_its_end() -> None:
    clock = Clock()
    upstream = Official(*(answer({}) for _ in range(3)))
    asking = client(upstream, clock)
    asking.ask("x", [], {}, 5)
    clock.now += 7139
    asking.ask("x", [], {}, 5)
    assert upstream.tokens == 1
    clock.now += 1
    asking.ask("x", [], {}, 5)
    assert upstream.tokens == 2


def test_a_token_that_is_refused_before_its_time_is_replaced_once() -> None:
    upstream = Official(answer({}), answer({"a": 1}))
    asking = client(upstream)
    asking.ask("x", [], {}, 5)
    upstream.valid.clear()
    assert asking.ask("x", [], {}, 5) == {"a": 1}
    assert upstream.tokens == 2
    upstream = Official(error("access_token_invalid", 401), error("access_token_invalid", 401))
    with pytest.raises(TokstackError) as caught:
        asked(upstream)
    assert (caught.value.code, upstream.tokens) == (Code.UPSTREAM_UNAVAILABLE, 2)


def test_wrong_credentials_are_told_and_not_shown() -> None:
    refused = recorded("ad_library/errors-and-token.doc-example.json")["token_error"]
    with pytest.raises(TokstackError) as caught:
        asked(lambda _: httpx.Response(200, json=refused))
    assert caught.value.code is Code.UPSTREAM_UNAVAILABLE
    assert "Client key or secret is incorrect." in caught.value.message
    assert "hidden" not in repr(Credentials("key", "hidden"))


@pytest.mark.parametrize("token", [{"access_token": "", "expires_in": 7200}, {"access_token": "clt"}, {}])
def test_a_token_of_another_shape(token: Any) -> None:
    with pytest.raises(TokstackError) as caught:
        asked(lambda _: httpx.Response(200, json=token))
    assert caught.value.code is Code.UPSTREAM_CHANGED


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (error("rate_limit_exceeded", 429), Code.UPSTREAM_RATE_LIMITED),
        (error("daily_quota_limit_exceeded", 429), Code.UPSTREAM_RATE_LIMITED),
        (error("internal_error", 500), Code.UPSTREAM_UNAVAILABLE),
        (error("scope_not_authorized", 401), Code.UPSTREAM_UNAVAILABLE),
        (error("invalid_params", 400), Code.UPSTREAM_CHANGED),
        (httpx.Response(200, json={"data": {}}), Code.UPSTREAM_CHANGED),
        (httpx.Response(200, json={"error": {"code": "new"}}), Code.UPSTREAM_CHANGED),
        (httpx.Response(200, content=b""), Code.UPSTREAM_EMPTY),
        (httpx.Response(502, content=b"<html>"), Code.UPSTREAM_UNAVAILABLE),
        (httpx.Response(429, content=b"slow down"), Code.UPSTREAM_RATE_LIMITED),
    ],
)
def test_what_an_answer_means(response: httpx.Response, code: Code) -> None:
    with pytest.raises(TokstackError) as caught:
        asked(Official(response))
    assert caught.value.code is code


@pytest.mark.parametrize("name", ["rate_limited", "token_invalid"])
def test_errors_as_the_examples_have_them(name: str) -> None:
    example = recorded("ad_library/errors-and-token.doc-example.json")[name]
    upstream = Official(httpx.Response(400, json=example), httpx.Response(400, json=example))
    with pytest.raises(TokstackError) as caught:
        asked(upstream)
    limited = name == "rate_limited"
    assert caught.value.code is (Code.UPSTREAM_RATE_LIMITED if limited else Code.UPSTREAM_UNAVAILABLE)


def test_a_page_of_ads_is_asked_for_by_country_and_words() -> None:
    page = answer(recorded("ad_library/ad-query.doc-example.json")["data"])
    upstream = Recorder(Official(page, answer({"ads": [], "has_more": False})))
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    library = AdLibrary(client(upstream, lambda: noon), lambda: noon)
    first = library.ads(SHOES, None, 5)
    assert ([ad.id for ad in first.items], first.cursor) == (["1923845247192304"], "2837438294054038")
    assert library.ads(SHOES, first.cursor, 5).cursor is None
    bodies = [json.loads(request.content) for request in upstream.requests[1:]]
    asked_for = {
        "filters": {"ad_published_date_range": {"min": "20250302", "max": "20260301"}, "country_code": "DE"},
        "search_term": "shoes",
        "max_count": 10,
    }
    assert bodies == [asked_for, {**asked_for, "search_id": "2837438294054038"}]
    assert "ad.reach" in upstream.requests[1].url.params["fields"].split(",")


def test_one_ad_tells_what_it_leads_to() -> None:
    detail = {"ad": {"id": 7, "external_url": "https://shop.example"}, "advertiser": {}}
    upstream = Recorder(Official(answer(detail)))
    assert AdLibrary(client(upstream)).ad("7", 5).landing_url == "https://shop.example"
    assert json.loads(upstream.requests[1].content) == {"ad_id": 7}
    assert "ad.external_url" in upstream.requests[1].url.params["fields"].split(",")


def test_pages_of_posts_are_asked_for_by_region_and_word() -> None:
    rows = recorded("research_api/videos-page-1.json")["data"]
    upstream = Recorder(Official(answer(rows), answer({"videos": [], "has_more": False, "cursor": 200})))
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    api = Research(client(upstream, lambda: noon), lambda: noon)
    first = api.videos(CATS, None, 5)
    assert (len(first.items), first.cursor) == (27, f"{rows['search_id']}:{rows['cursor']}")
    assert api.videos(VideoQuery("ALL", "cats"), first.cursor, 5).cursor is None
    one, two = (json.loads(request.content) for request in upstream.requests[1:])
    keyword = {"operation": "EQ", "field_name": "keyword", "field_values": ["cats"]}
    region = {"operation": "EQ", "field_name": "region_code", "field_values": ["US"]}
    assert one == {
        "query": {"and": [keyword, region]},
        "start_date": "20260131",
        "end_date": "20260301",
        "max_count": 100,
    }
    assert two == {
        **one,
        "query": {"and": [keyword]},
        "search_id": rows["search_id"],
        "cursor": rows["cursor"],
    }


# ------------------------------------------------------------- What a day allows
@pytest.fixture
def two_o_clock(clock: Clock) -> Clock:
    clock.now = datetime(2026, 3, 1, 2, tzinfo=UTC).timestamp()
    return clock


def test_a_day_s_requests_are_counted_until_midnight(table: Table, two_o_clock: Clock) -> None:
    quota = Quota(table, "research", Allowance(requests=2, records=1000))
    quota.spend(10)
    quota.spend(10)
    with pytest.raises(QuotaSpentError) as caught:
        quota.spend(10)
    assert caught.value.retry_after == 22 * 3600
    two_o_clock.now += 22 * 3600
    quota.spend(10)


def test_a_day_s_records_are_counted_as_they_come(table: Table, two_o_clock: Clock) -> None:
    quota = Quota(table, "research", Allowance(requests=100, records=250))
    quota.spend(100)
    quota.spend(100)
    with pytest.raises(QuotaSpentError):
        quota.spend(100)
    quota.give_back(73)
    quota.spend(100)
    record = table.get(Key("PROVIDER#research", "QUOTA#2026-03-01"))
    assert record is not None
    assert (record["requests"], record["records"]) == (3, 227)
    Quota(table, "ad_library", Allowance(requests=1, records=100)).spend(100)


def test_workers_at_once_spend_no_more_than_there_is(table: Table, two_o_clock: Clock) -> None:
    quota = Quota(table, "ad_library", Allowance(requests=7, records=1000))
    gate = threading.Barrier(10)

    def spend(_: int) -> bool:
        gate.wait()
        try:
            quota.spend(10)
        except QuotaSpentError:
            return False
        return True

    with ThreadPoolExecutor(10) as workers:
        assert sum(workers.map(spend, range(10))) == 7


def sources(table: Table, upstream: Answer) -> Sources:
    asking = Asking(Circuits(table), Limiter(table, sleep=lambda _: None))
    return Sources(table, asking, AdLibrary(client(upstream)), Research(client(upstream)))


def spent(table: Table, name: str) -> tuple[int, int]:
    record = table.get(Key(f"PROVIDER#{name}", f"QUOTA#{datetime.fromtimestamp(table.now(), UTC):%Y-%m-%d}"))
    return (record["requests"], record["records"]) if record else (0, 0)


def test_a_page_costs_what_came(table: Table) -> None:
    rows = {"videos": [{"id": 1}, {"id": 2}], "has_more": False}
    assert len(sources(table, Official(answer(rows))).videos(CATS, None).items) == 2
    assert spent(table, "research") == (1, 2)
    assert sources(table, Official(answer({"ad": {"id": 5}}))).ad("5").id == "5"
    assert spent(table, "ad_library") == (1, 1)


def test_a_moment_s_failure_is_tried_again_and_counted(table: Table, clock: Clock) -> None:
    failing = [error("internal_error", 500), error("internal_error", 500)]
    page = sources(table, Official(*failing, answer({"ads": [{"ad": {"id": 5}}]}))).ads(SHOES, None)
    assert len(page.items) == 1
    assert spent(table, "ad_library") == (3, 1)
    clock.now += 10  # its turns
    with pytest.raises(TokstackError):
        sources(table, Official(*failing, error("internal_error", 500))).ads(SHOES, None)
    assert spent(table, "ad_library") == (6, 1)


def test_who_is_not_asked_has_spent_nothing(table: Table) -> None:
    Circuits(table).switch("ad_library", enabled=False)
    with pytest.raises(TokstackError):
        sources(table, Official()).ads(SHOES, None)
    assert spent(table, "ad_library") == (0, 0)


def test_nothing_is_asked_without_credentials(table: Table) -> None:
    off = Sources(table, Asking(Circuits(table), Limiter(table)), None, None)
    for question in (lambda: off.ads(SHOES, None), lambda: off.ad("1"), lambda: off.videos(CATS, None)):
        with pytest.raises(TokstackError) as caught:
            question()
        assert caught.value.code is Code.SERVICE_UNAVAILABLE


# ------------------------------------------------------------------ Credentials
@pytest.fixture
def parameters(dynamodb: DynamoDBClient, environment: pytest.MonkeyPatch) -> Iterator[Any]:
    """Parameter Store, which stands with the table's client in one moto."""
    from aws_lambda_powertools.utilities.parameters import clear_caches

    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    clear_caches()  # type: ignore[no-untyped-call] # Powertools gives it no types
    yield boto3.client("ssm", region_name="us-east-1")
    clear_caches()  # type: ignore[no-untyped-call]


def test_credentials_are_a_secure_parameter(parameters: Any) -> None:
    value = json.dumps({"client_key": "k", "client_secret": "s"})
    parameters.put_parameter(Name="/tokstack/ads", Value=value, Type="SecureString")
    assert credentials("/tokstack/ads") == Credentials("k", "s")


@pytest.mark.parametrize("value", ["hidden", '{"client_key": "hidden"}'])
def test_credentials_of_another_shape_are_not_shown(parameters: Any, value: str) -> None:
    parameters.put_parameter(Name="/tokstack/bad", Value=value, Type="SecureString", Overwrite=True)
    for name in ("/tokstack/bad", "/tokstack/none"):
        with pytest.raises(TokstackError) as caught:
            credentials(name)
        assert caught.value.code is Code.SERVICE_UNAVAILABLE
        assert "hidden" not in str(caught.value)
        assert caught.value.__cause__ is None or "hidden" not in str(caught.value.__cause__)


def test_a_function_asks_where_credentials_are_named(
    parameters: Any, environment: pytest.MonkeyPatch, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.setenv("AD_LIBRARY_CREDENTIALS", "/tokstack/ads")
    monkeypatch.setattr(official, "table", lambda: table)
    named: list[str] = []

    def refused(parameter: str) -> Credentials:
        named.append(parameter)
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "No.")

    monkeypatch.setattr(official, "credentials", refused)
    official.sources.cache_clear()
    try:
        asked_of = official.sources()
        with pytest.raises(TokstackError, match="No"):
            asked_of.ads(SHOES, None)
        with pytest.raises(TokstackError, match="credentials"):
            asked_of.videos(CATS, None)
    finally:
        official.sources.cache_clear()
    assert named == ["/tokstack/ads"]
