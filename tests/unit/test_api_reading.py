"""What a caller asks, out of a JSON body: every fault is told in a sentence, and nothing else is ever raised."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchanges import post
from tokstack.api.http import Reply, Request
from tokstack.api.reading import BODY_BYTES, read
from tokstack.api.routes import Body, Call, Route
from tokstack.errors import Code, TokstackError


class Inner(Body):
    depth: float | None = None


class Thing(Body):
    name: str
    count: int = 0
    flag: bool = False
    inner: Inner | None = None


def _answer(_: Thing, __: Call) -> Reply:
    raise NotImplementedError


ROUTE = Route("thing", ("/things",), "", _answer, body=Thing, methods=("POST",))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


def thing(body: Any, **headers: str) -> Thing:
    return read(ROUTE, Request.read(post("/things", body, **headers)))


def refusal(body: Any, **headers: str) -> TokstackError:
    with pytest.raises(TokstackError) as refused:
        thing(body, **headers)
    return refused.value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "The body is no JSON: Expecting property name enclosed in double quotes at line 1, column 2."),
        ("url=a", "The body is no JSON: Expecting value at line 1, column 1."),
        ("[]", "The body is to be a JSON object."),
        ('"a"', "The body is to be a JSON object."),
        ("null", "The body is to be a JSON object."),
        (b'{"name": "\xff"}', "The body is not UTF-8."),
        (r'{"name": "\ud800"}', "The body is not UTF-8."),
        (r'{"\udfff": 1}', "The body is not UTF-8."),
        ('{"name": "a", "name": "a"}', "name: given more than once"),
        ('{"name": "a", "inner": {"depth": 1, "depth": 1}}', "depth: given more than once"),
        ('{"name": "a", "count": NaN}', "The body is no JSON: NaN is no number."),
        ('{"name": "a", "count": -Infinity}', "The body is no JSON: -Infinity is no number."),
        ('{"name": "a", "count": ' + "9" * 5000 + "}", "The body holds a number with too many digits."),
        ("[" * BODY_BYTES, "The body is nested too deeply."),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "The body is nested too deeply."),
        ("", "name: Field required"),
        (" \n", "name: Field required"),
        ({"name": 1}, "name: Input should be a valid string"),
        ({"name": None}, "name: Input should be a valid string"),
        ({"name": "a", "count": "1"}, "count: Input should be a valid integer"),
        ({"name": "a", "count": True}, "count: Input should be a valid integer"),
        ({"name": "a", "flag": 1}, "flag: Input should be a valid boolean"),
        ({"name": "a", "inner": []}, "inner: Input should be an object"),
        ({"name": "a", "inner": {"depth": "1"}}, "inner.depth: Input should be a valid number"),
        ({"name": "a", "inner": {"depth": True}}, "inner.depth: Input should be a valid number"),
        ({"name": "a", "other": 1}, "other: There is no such field"),
        ({"flag": 0, "x": 1}, "name: Field required; flag: Input should be a valid boolean; x: There is no such field"),
        ({"name": "a", "x" * 5000: 1}, "x" * 60 + ": There is no such field"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(body: Any, message: str) -> None:
    refused = refusal(body)
    assert (refused.code, refused.message) == (Code.VALIDATION_ERROR, message)


def test_of_many_faults_some_are_told() -> None:
    assert refusal({"name": "a", **{f"field{n}": n for n in range(1000)}}).message.count("no such field") == 5


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
def test_json_is_told_by_its_type(content_type: str) -> None:
    assert thing({"name": "é"}, content_type=content_type).name == "é"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_type_is_refused(content_type: str) -> None:
    assert refusal({"name": "a"}, content_type=content_type).code is Code.VALIDATION_ERROR


def test_who_tells_no_type_sends_json() -> None:
    request = post("/things", {"name": "a"})
    del request["headers"]["content-type"]
    assert read(ROUTE, Request.read(request)).name == "a"


def test_text_and_base64_are_the_same() -> None:
    body = json.dumps({"name": "✓"}, ensure_ascii=False)
    assert thing(body) == thing(body.encode()) == Thing(name="✓")


def test_a_body_has_its_bound() -> None:
    whole = json.dumps({"name": ""})
    assert len(thing(json.dumps({"name": "a" * (BODY_BYTES - len(whole))})).name) == BODY_BYTES - len(whole)
    assert refusal(json.dumps({"name": "a" * (BODY_BYTES - len(whole) + 1)})).code is Code.BODY_TOO_LARGE
    assert refusal(b"\0" * (BODY_BYTES + 1)).code is Code.BODY_TOO_LARGE


@given(st.binary() | JSON.map(json.dumps) | st.text())
def test_no_body_raises_anything_else(body: str | bytes) -> None:
    with suppress(TokstackError):
        thing(body)


@given(st.builds(dict, name=JSON, count=JSON, inner=JSON | st.fixed_dictionaries({"depth": JSON})))
def test_what_is_taken_has_its_type(body: dict[str, Any]) -> None:
    with suppress(TokstackError):
        found = thing(body)
        assert (found.name, found.count) == (body["name"], body["count"])
        assert type(body["count"]) is int


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(-(2**60), 2**60))
def test_what_makes_sense_is_read(name: str, count: int) -> None:
    assert thing({"name": name, "count": count}) == Thing(name=name, count=count)
