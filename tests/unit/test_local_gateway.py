"""What stands between HTTP and a function: routes, events, throttle, time limit, odd answers, the access log."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from local.api import Api, Cors
from local.events import BadAnswerError, HttpRequest, answer, event
from local.gateway import Bucket, Gateway
from local.routes import Route, find
from local.runtime import Answer

ROUTES = (
    Route("GET /a/{b}", "GET", "/a/{b}", "one"),
    Route("ANY /a/{b}", "ANY", "/a/{b}", "any"),
    Route("GET /a/fixed", "GET", "/a/fixed", "fixed"),
    Route("GET /a/{b+}", "GET", "/a/{b+}", "greedy"),
    Route("GET /a.c", "GET", "/a.c", "dotted"),
    Route("$default", "ANY", "$default", "default"),
)


@pytest.mark.parametrize(
    ("method", "path", "function", "variables"),
    [
        ("GET", "/a/fixed", "fixed", {}),
        ("GET", "/a/x", "one", {"b": "x"}),
        ("POST", "/a/x", "any", {"b": "x"}),
        ("GET", "/a/x/y", "greedy", {"b": "x/y"}),
        ("POST", "/a/x/y", "default", {}),
        ("GET", "/a/", "default", {}),
        ("GET", "/axc", "default", {}),
        ("GET", "/a/line\nbreak", "one", {"b": "line\nbreak"}),
    ],
)
def test_the_most_exact_route_is_found(method: str, path: str, function: str, variables: dict[str, str]) -> None:
    found = find(sorted(ROUTES, key=lambda route: route.rank), method, path)
    assert found
    assert (found[0].function, found[1]) == (function, variables)


# ---------------------------------------------------------------------- events

REQUEST = HttpRequest(
    "POST",
    "/a%20b?q=1&q=%C3%A9&flag",
    [("Host", "127.0.0.1:3000"), ("X-Twice", "1"), ("x-twice", "2"), ("Cookie", "a=1; b=2"), ("User-Agent", "test")],
    b'{"a": 1}',
    "192.0.2.7",
)


def test_an_event_is_in_payload_format_2() -> None:
    found = event(REQUEST, "POST /{x}", {"x": "a b"}, "id=")
    context = found.pop("requestContext")
    trace = found["headers"].pop("x-amzn-trace-id")
    assert found == {
        "version": "2.0",
        "routeKey": "POST /{x}",
        "rawPath": "/a b",
        "rawQueryString": "q=1&q=%C3%A9&flag",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "127.0.0.1:3000",
            "user-agent": "test",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
            "x-twice": "1,2",
        },
        "queryStringParameters": {"q": "1,é", "flag": ""},
        "pathParameters": {"x": "a b"},
        "body": '{"a": 1}',
        "isBase64Encoded": False,
    }
    assert trace.startswith("Root=1-")
    assert (context["requestId"], context["routeKey"], context["stage"]) == ("id=", "POST /{x}", "$default")
    assert context["http"] == {
        "method": "POST",
        "path": "/a b",
        "protocol": "HTTP/1.1",
        "sourceIp": "192.0.2.7",
        "userAgent": "test",
    }


def test_what_a_request_lacks_its_event_lacks() -> None:
    bare = event(HttpRequest("GET", "/", [], b"", "192.0.2.7"), "$default", {}, "id=")
    assert not {"body", "cookies", "pathParameters", "queryStringParameters"} & bare.keys()


@pytest.mark.parametrize(
    ("result", "status", "headers", "body"),
    [
        ({"statusCode": 204}, 204, {}, b""),
        ({"statusCode": "200", "body": "é"}, 200, {"content-type": "text/plain;charset=UTF-8"}, "é".encode()),
        ({"statusCode": 302, "headers": {"Location": "/x", "A": True}}, 302, {"location": "/x", "a": "true"}, b""),
        ({"statusCode": 200, "headers": {"Content-Type": "a/b"}, "body": "AA==", "isBase64Encoded": True},
         200, {"content-type": "a/b"}, b"\0"),
        ({"statusCode": 200, "headers": {"Content-Length": "9"}, "cookies": ["a=1"]}, 200, {"set-cookie": "a=1"}, b""),
        ({"a": 1}, 200, {"content-type": "application/json"}, b'{"a": 1}'),
        (None, 200, {"content-type": "application/json"}, b"null"),
    ],
)  # fmt: skip
def test_an_answer(result: Any, status: int, headers: dict[str, str], body: bytes) -> None:
    found = answer(json.dumps(result).encode())
    assert (found.status, dict(found.headers), found.body) == (status, headers, body)


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "many"},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": None}},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "a", "isBase64Encoded": True},
    ],
)
def test_an_answer_that_makes_no_sense(result: Any) -> None:
    with pytest.raises(BadAnswerError):
        answer(json.dumps(result).encode())


# --------------------------------------------------------------------- gateway

API = Api(
    routes=tuple(sorted(ROUTES, key=lambda route: route.rank)),
    cors=None,
    access_log="$context.routeKey $context.status $context.integrationErrorMessage $context.unknown",
    rate=float("inf"),
    burst=float("inf"),
)
GET = HttpRequest("GET", "/a/x", [("origin", "https://app.example")], b"", "192.0.2.7")

Handling = Callable[..., Gateway]


def well() -> Answer:
    return Answer(b'{"a": 1}')


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def gateway(log: list[str]) -> Iterator[Handling]:
    made: list[Gateway] = []

    def make(api: Api = API, answer: Callable[[], Answer] = well, seconds: float = 30) -> Gateway:
        made.append(Gateway(api, lambda _function, _event: answer(), log.append, seconds))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_a_request_is_answered_and_logged(gateway: Handling, log: list[str]) -> None:
    given = gateway().handle(GET)
    assert (given.status, given.body) == (200, b'{"a": 1}')
    assert "apigw-requestid" in dict(given.headers)
    assert log == ["GET /a/{b} 200 - -"]


def test_a_failure_is_a_plain_500(gateway: Handling, log: list[str]) -> None:
    given = gateway(answer=lambda: Answer(b'{"errorMessage": "secret"}', failed=True)).handle(GET)
    assert (given.status, json.loads(given.body)) == (500, {"message": "Internal Server Error"})
    assert log == ["GET /a/{b} 500 the function failed -"]


def test_a_function_that_takes_too_long_is_not_waited_for(gateway: Handling) -> None:
    end = threading.Event()

    def slow() -> Answer:
        end.wait(10)
        return Answer(b"1")

    given = gateway(answer=slow, seconds=0.05).handle(GET)
    end.set()
    assert (given.status, json.loads(given.body)) == (503, {"message": "Service Unavailable"})


def test_without_a_default_a_route_may_be_missing(gateway: Handling) -> None:
    given = gateway(replace(API, routes=ROUTES[:1])).handle(replace(GET, target="/nowhere"))
    assert (given.status, json.loads(given.body)) == (404, {"message": "Not Found"})


def test_the_throttle_holds_for_each_route(gateway: Handling) -> None:
    throttled = gateway(replace(API, rate=0.001, burst=2))
    assert [throttled.handle(GET).status for _ in range(3)] == [200, 200, 429]
    assert throttled.handle(replace(GET, target="/a/fixed")).status == 200


def test_a_bucket_fills_again_and_never_over() -> None:
    times = iter([0.0, 0.0, 0.0, 0.25, 0.5, 100.0, 100.0, 100.0])
    bucket = Bucket(rate=2, burst=2, now=lambda: next(times))
    assert [bucket.take() for _ in range(7)] == [True, True, False, True, True, True, False]


def test_browsers_are_told_only_of_origins_that_may_call(gateway: Handling) -> None:
    cors = Cors(frozenset({"https://app.example"}), "GET", "x-api-key", "x-request-id", "60")
    open_gateway = gateway(replace(API, cors=cors))
    foreign = replace(GET, headers=[("Origin", "https://evil.example")])
    for request in (GET, replace(GET, method="OPTIONS")):
        assert dict(open_gateway.handle(request).headers)["access-control-allow-origin"] == "https://app.example"
    for request in (foreign, replace(foreign, method="OPTIONS")):
        assert not [name for name, _ in open_gateway.handle(request).headers if name.startswith("access-control")]
    assert open_gateway.handle(replace(GET, method="OPTIONS")).status == 204
