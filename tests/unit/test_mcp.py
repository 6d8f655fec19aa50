"""The tools of the Model Context Protocol: made of the description, called as the operations are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as supposing
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from samtranslator.yaml_helper import yaml_parse

from tests.exchanges import Answer, ask, event, post
from tokstack.api import mcp, openapi
from tokstack.api.http import Request
from tokstack.api.mcp import MCP
from tokstack.api.tools import event as call_event
from tokstack.api.tools import projected, tools
from tokstack.errors import TokstackError

KEYED = {route.name: route for route in openapi.ROUTES if openapi._keyed(route)}
REQUEST = Request.read(event("/mcp", x_api_key="K", cookie="no", x_forwarded_proto="http"))


def sent(method: str, params: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": params or {}, **more}


def rpc(message: Any) -> Answer:
    return ask(MCP, post("/mcp", message))


def test_every_operation_with_a_key_is_one_tool() -> None:
    assert {tool.function for tool in tools().values()} == KEYED.keys()
    assert len(tools()) == len(KEYED)


def test_the_function_may_call_the_tools_and_nothing_else() -> None:
    resources = yaml_parse((Path(__file__).parents[2] / "template.yaml").read_text())["Resources"]
    statement = resources["McpFunction"]["Properties"]["Policies"][0]["Statement"][0]
    assert statement["Action"] == "lambda:InvokeFunction"
    callable_ones = [each["Fn::GetAtt"][0] for each in statement["Resource"]]
    names = {resources[each]["Properties"]["FunctionName"]["Fn::Sub"].partition("-")[2] for each in callable_ones}
    assert names == {tool.function for tool in tools().values()}


@pytest.mark.parametrize("name", sorted(tools()))
def test_a_tool_is_described_whole(name: str) -> None:
    tool = tools()[name]
    Draft202012Validator.check_schema(tool.schema)
    assert tool.description
    assert tool.schema["properties"].keys() == {*tool.places, "projection"}
    assert set(tool.schema["required"]) <= tool.places.keys()
    assert "$ref" not in json.dumps(tool.schema)


def test_arguments_go_where_the_operation_wants_them() -> None:
    made = call_event(tools()["convert"], {"format": "mp3", "url": "u", "options": {"start_time": 1}}, REQUEST)
    assert made["rawPath"] == "/api/convert/mp3"
    assert made["pathParameters"] == {"format": "mp3"}
    assert json.loads(made["body"]) == {"url": "u", "options": {"start_time": 1}}
    assert made["headers"]["prefer"] == "respond-async"
    made = call_event(tools()["statistic"], {"url": "https://a/b?c=d&e=ü"}, REQUEST)
    assert Request.read(made).parameter("url") == "https://a/b?c=d&e=ü"
    assert made["headers"] == {"x-api-key": "K", "x-forwarded-proto": "http"}, "the key goes along, and nothing else"


@pytest.mark.parametrize("given", ["../usage", "a/b", "%2e%2e", "ü", "a?b#c"])
def test_a_path_is_never_left(given: str) -> None:
    made = call_event(tools()["job"], {"jobId": given}, REQUEST)
    assert made["rawPath"].count("/") == "/v1/jobs/".count("/")
    assert made["pathParameters"] == {"jobId": given}


@pytest.mark.parametrize("arguments", [{}, {"jobId": ""}, {"jobId": ["x"]}, {"jobId": "x", "y": 1}])
def test_what_the_operation_cannot_be_asked_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(TokstackError):
        call_event(tools()["job"], arguments, REQUEST)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (["a"], {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}}),
        (["a.b.c"], {"a": {"b": [{"c": 1}, {"c": 3}]}}),
        (["a.b.d", "e"], {"a": {"b": [{"d": 2}, {}]}, "e": None}),
        (["a.b.c", "a.b"], {"a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}}),
        (["x.y", ""], {}),
    ],
)
def test_only_the_fields_that_were_asked_for_are_kept(fields: list[str], kept: Any) -> None:
    assert projected({"a": {"b": [{"c": 1, "d": 2}, {"c": 3}]}, "e": None}, fields) == kept


@supposing(st.dictionaries(st.text("abc", min_size=1), st.integers() | st.lists(st.integers())))
def test_a_projection_on_everything_is_everything(answer: dict[str, Any]) -> None:
    assert projected(answer, list(answer)) == answer


@pytest.mark.usefixtures("environment")
class TestMessages:
    def test_a_client_is_told_a_version_that_it_knows(self) -> None:
        for asked, told in (("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25"), (None, "2025-11-25")):
            result = rpc(sent("initialize", {"protocolVersion": asked})).body["result"]
            assert result["protocolVersion"] == told
            assert result["capabilities"] == {"tools": {}}

    def test_a_notification_is_taken_without_an_answer(self) -> None:
        answer = rpc({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert (answer.status, answer.text) == (202, "")

    def test_the_tools_are_listed(self) -> None:
        listed = rpc(sent("tools/list")).body["result"]["tools"]
        assert [tool["name"] for tool in listed] == list(tools())

    @pytest.mark.parametrize(
        ("message", "code"),
        [
            (sent("server/discover"), -32601),
            (sent("tools/call", {"name": "nothing"}), -32602),
            (sent("tools/call"), -32602),
            (sent("tools/call", {"name": "usage", "arguments": []}), None),
            (sent("tools/call", {"name": "usage", "arguments": [1]}), -32602),
            (sent("tools/call", {"name": "usage", "arguments": {"projection": "a"}}), -32602),
        ],
    )
    def test_a_wrong_call_is_an_error_of_the_protocol(
        self, message: Any, code: int | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mcp, "_invoke", lambda *_: {"statusCode": 200, "body": "{}"})
        answer = rpc(message)
        assert answer.status == 200
        assert answer.body.get("error", {}).get("code") == code
        assert answer.body["id"] == 7

    @pytest.mark.parametrize(
        "text", ["", "[]", "{", "[1]", '{"jsonrpc": "2.0"}', '{"method": 1, "jsonrpc": "2.0"}', "1"]
    )
    def test_what_is_no_message_is_an_error_of_json_rpc(self, text: str) -> None:
        answer = rpc(text)
        assert answer.status == 400
        assert answer.body["error"]["code"] == -32600
        assert answer.body["jsonrpc"] == "2.0"

    def test_a_refusal_is_the_tools_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        refused = {"statusCode": 402, "body": '{"error": {"code": "insufficient_credits"}}'}
        monkeypatch.setattr(mcp, "_invoke", lambda *_: refused)
        result = rpc(sent("tools/call", {"name": "usage", "arguments": {"projection": ["data"]}})).body["result"]
        assert result["isError"]
        assert result["structuredContent"] == {"error": {"code": "insufficient_credits"}}

    def test_an_answer_is_text_and_structure_alike(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = {"statusCode": 200, "body": '{"data": {"a": "ü", "b": 2}}'}
        monkeypatch.setattr(mcp, "_invoke", lambda *_: given)
        result = rpc(sent("tools/call", {"name": "usage", "arguments": {"projection": ["data.a"]}})).body["result"]
        assert result["structuredContent"] == {"data": {"a": "ü"}}
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        assert not result["isError"]
