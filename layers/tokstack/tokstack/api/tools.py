"""The operations of the OpenAPI description as tools of the Model Context Protocol.

A tool is called by its operation's own function, with the caller's key: what it answers, costs and refuses is what the
HTTP API answers, costs and refuses.

tools       every operation that asks for a key
event       what a call is to the function
projected   an answer with only the fields that were asked for
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from tokstack.api.http import Request
from tokstack.api.service import OPENAPI_FILE
from tokstack.errors import Code, TokstackError

PROJECTION = "projection"

_JSON = "application/json"
_KEYS = ("authorization", "x-api-key")  # where a caller's key may be
_PROJECTION = {
    "type": "array",
    "items": {"type": "string"},
    "description": "The fields of the answer that are wanted, by their paths: `data.id`. All of them by default.",
}
# Not a caller's to say: a tool waits for nothing, and asks for nothing twice by itself.
_HEADERS = {"Prefer": "respond-async"}


@dataclass(frozen=True, slots=True)
class Tool:
    """`places` says of each argument where it goes: path, query or body."""

    name: str
    description: str
    schema: Mapping[str, Any]
    places: Mapping[str, str]
    function: str
    method: str
    path: str
    prefers: bool

    @property
    def reads_only(self) -> bool:
        return self.method == "GET"


@cache
def tools() -> Mapping[str, Tool]:
    """By name, in the order of the description."""
    document = json.loads(OPENAPI_FILE.read_text("utf-8"))
    return {tool.name: tool for tool in _tools(document)}


def _tools(document: Mapping[str, Any]) -> Iterator[Tool]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "security" in operation and not operation.get("x-alias"):
                yield _tool(document, path, method, operation)


def _tool(document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Tool:
    parameters = [each for each in operation["parameters"] if each["in"] != "header"]
    body = _resolved(document, _body_schema(operation))
    properties = {each["name"]: _described(each) for each in parameters} | body.get("properties", {})
    required = [each["name"] for each in parameters if each.get("required")] + body.get("required", [])
    return Tool(
        name=operation["x-function"].replace("-", "_"),
        description=f"{operation['summary']}. {operation.get('description', '')}".strip(),
        schema={
            "type": "object",
            "properties": {**properties, PROJECTION: _PROJECTION},
            "required": required,
            "additionalProperties": False,
        },
        places={each["name"]: each["in"] for each in parameters} | dict.fromkeys(body.get("properties", {}), "body"),
        function=operation["x-function"],
        method=method.upper(),
        path=path,
        prefers=any(each["name"] == "Prefer" for each in operation["parameters"]),
    )


def _described(parameter: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": parameter["description"]} if "description" in parameter else {}
    return {**parameter["schema"], **described}


def _body_schema(operation: Mapping[str, Any]) -> Any:
    return operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema", {})


def _resolved(document: Mapping[str, Any], schema: Any) -> Any:
    """The schema with what it refers to in its place: a tool's schema stands alone."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            found: Any = document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            return _resolved(document, {**found, **{name: schema[name] for name in schema if name != "$ref"}})
        return {name: _resolved(document, inner) for name, inner in schema.items()}
    return [_resolved(document, inner) for inner in schema] if isinstance(schema, list) else schema


def event(tool: Tool, arguments: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """API Gateway's payload 2.0 of the call. Raises VALIDATION_ERROR for an argument that the tool does not know."""
    if unknown := [name for name in arguments if name not in tool.places]:
        raise TokstackError(Code.VALIDATION_ERROR, f"{tool.name} has no argument {unknown[0][:60]!r}.")
    by_place: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "body": {}}
    for name, value in arguments.items():
        by_place[tool.places[name]][name] = value
    path, parameters = _path(tool, by_place["path"])
    query = urlencode({name: _text(value) for name, value in by_place["query"].items() if value is not None})
    headers = {name: request.headers[name] for name in (*_KEYS, "x-forwarded-proto") if name in request.headers}
    if tool.prefers:
        headers |= {name.lower(): value for name, value in _HEADERS.items()}
    body = json.dumps(by_place["body"], ensure_ascii=False) if tool.method == "POST" else None
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {**headers, **({"content-type": _JSON} if body else {})},
        "pathParameters": parameters,
        "requestContext": {
            "requestId": request.id,
            "domainName": request.base_url.partition("://")[2],
            "http": {"method": tool.method, "path": path},
        },
        **({"body": body} if body else {}),
        "isBase64Encoded": False,
    }


def _path(tool: Tool, given: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The path that was asked for, and its parameters. Raises VALIDATION_ERROR where one is missing."""
    path, parameters = tool.path, {}
    for name, place in tool.places.items():
        if place == "path":
            value = given.get(name)
            if not isinstance(value, str | int) or value == "":
                raise TokstackError(Code.VALIDATION_ERROR, f"{tool.name} needs the argument {name!r}.")
            parameters[name] = str(value)
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path, parameters


def _text(value: Any) -> str:
    """A value as a query writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)


def projected(answer: Any, fields: Sequence[str]) -> Any:
    """Only these fields, by their paths; lists are passed through, and what is not there is left out."""
    return _projected(answer, [field.split(".") for field in fields])


def _projected(answer: Any, paths: list[list[str]]) -> Any:
    if isinstance(answer, list):
        return [_projected(each, paths) for each in answer]
    if not isinstance(answer, dict):
        return answer
    kept: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in paths):
        if name in answer:
            deeper = [path[1:] for path in paths if path[0] == name]
            kept[name] = answer[name] if [] in deeper else _projected(answer[name], deeper)
    return kept
