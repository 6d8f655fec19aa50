"""Reading a request: parameters that are no text, parameters given twice, and whom the caller reached."""

import json
from base64 import b64decode
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchanges import event
from tokstack.api.http import Reply, Request
from tokstack.errors import Code, TokstackError

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


def parameter(query: str, name: str = "url") -> str | None:
    return Request.read(event("/x", query)).parameter(name)


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("", None),
        ("URL=a", None),
        ("other=a", None),
        ("url", ""),
        ("url=", ""),
        ("url=a%20b", "a b"),
        ("url=a+b", "a b"),
        ("url=https://www.tiktok.com/@u/video/1?a=b&sender=pc", "https://www.tiktok.com/@u/video/1?a=b"),
        ("other=%ff&url=a&%zz=1", "a"),
        ("other=a&other=b&url=c", "c"),
        ("%75rl=a", "a"),
        ("url=%E2%9C%93", "✓"),
    ],
)
def test_a_parameter_is_read_from_the_raw_query(query: str, value: str | None) -> None:
    assert parameter(query) == value


@pytest.mark.parametrize("query", ["url=a&url=b", "url=a&%75rl=a", "url=%zz", "url=%", "url=%4", "url=%ff", "url=a%C3"])
def test_a_parameter_that_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(TokstackError) as refused:
        parameter(query)
    assert refused.value.code is Code.VALIDATION_ERROR
    assert refused.value.message.startswith("url: ")


@given(TEXT, TEXT)
def test_every_text_survives_the_query(value: str, other: str) -> None:
    assert parameter(f"other={quote(other)}&url={quote(value)}") == value
    assert parameter(f"url={quote_plus(value)}") == value


@given(st.text(alphabet="url=&%ÿ+\ud8000fF", max_size=30))
def test_no_query_raises_anything_else(query: str) -> None:
    with suppress(TokstackError):
        parameter(query)


def test_the_base_url_is_what_the_caller_reached() -> None:
    assert Request.read(event("/x")).base_url == "https://api.example.com"
    assert Request.read(event("/x", x_forwarded_proto="http")).base_url == "http://api.example.com"


def test_bytes_travel_as_base64() -> None:
    payload = Reply(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}).payload({"X-Request-Id": "r"})
    assert payload["isBase64Encoded"] is True
    assert b64decode(payload["body"]) == b"\x1f\x8b"
    assert payload["headers"] == {"Content-Encoding": "gzip", "X-Request-Id": "r"}
    assert json.loads(json.dumps(payload))["statusCode"] == 200


@pytest.mark.parametrize(
    ("body", "received"),
    [
        ({}, b""),
        ({"body": None}, b""),
        ({"body": ""}, b""),
        ({"body": '{"a": "✓"}'}, '{"a": "✓"}'.encode()),
        ({"body": "AP8=", "isBase64Encoded": True}, b"\x00\xff"),
        ({"body": "AP8="}, b"AP8="),
        ({"body": "\ud800"}, b"\xed\xa0\x80"),
    ],
)
def test_a_body_is_bytes(body: dict[str, Any], received: bytes) -> None:
    assert Request.read({**event("/x", method="POST"), **body}).body == received


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", []),
        ("other=a", []),
        ("url", [""]),
        ("url=a&url=b%2Cc&other=d&%75rl=", ["a", "b,c", ""]),
        ("other=%ff&url=a", ["a"]),
    ],
)
def test_a_parameter_that_may_be_repeated(query: str, values: list[str]) -> None:
    assert Request.read(event("/x", query)).parameters("url") == values


@pytest.mark.parametrize("query", ["url=a&url=%zz", "url=a&url=%ff"])
def test_of_a_repeated_parameter_each_is_text(query: str) -> None:
    with pytest.raises(TokstackError, match="url: "):
        Request.read(event("/x", query)).parameters("url")
