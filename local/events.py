"""HTTP to event and back: payload format 2.0 of API Gateway's HTTP APIs. No socket here."""

import base64
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.account import ACCOUNT
from local.runtime import trace_id

_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript", "application/x-www-form-")
_API_ID = "local"


class BadAnswerError(ValueError):
    """A function's answer is not one that API Gateway understands."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`target` is the path and query as they came in; header names in any case, repeated ones allowed."""

    method: str
    target: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    client: str

    @property
    def path(self) -> str:
        """The decoded path, without the query."""
        return unquote(self.target.partition("?")[0])


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def message(status: int, text: str) -> HttpAnswer:
    """What API Gateway answers by itself."""
    return HttpAnswer(status, [("content-type", "application/json")], json.dumps({"message": text}).encode())


def event(request: HttpRequest, route_key: str, variables: Mapping[str, str], request_id: str) -> dict[str, Any]:
    """The event that the function gets."""
    headers = _joined((name.lower(), value) for name, value in request.headers)
    cookies = headers.pop("cookie", "")
    headers |= {
        "x-amzn-trace-id": trace_id().partition(";")[0],
        "x-forwarded-for": request.client,
        "x-forwarded-port": headers.get("host", "").rpartition(":")[2],
        "x-forwarded-proto": "http",
    }
    query = request.target.partition("?")[2]
    body, encoded = _body(request.body, headers.get("content-type", ""))
    found: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": request.path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _context(request, route_key, headers, request_id),
        "isBase64Encoded": encoded,
    }
    optional = {
        "cookies": cookies.split("; ") if cookies else None,
        "queryStringParameters": _joined(parse_qsl(query, keep_blank_values=True)),
        "pathParameters": variables,
        "body": body,
    }
    return found | {name: value for name, value in optional.items() if value}


def answer(payload: bytes) -> HttpAnswer:
    """What the caller gets for a function's result; raises BadAnswerError."""
    result = json.loads(payload)
    if not isinstance(result, dict) or "statusCode" not in result:
        return HttpAnswer(200, [("content-type", "application/json")], payload)
    try:
        status = int(result["statusCode"])
        headers = [(name.lower(), _header(value)) for name, value in (result.get("headers") or {}).items()]
        cookies = [("set-cookie", cookie) for cookie in result.get("cookies") or []]
        text = result.get("body") or ""
        body = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
    except (AttributeError, TypeError, ValueError) as error:
        raise BadAnswerError(str(error)) from error
    if body and "content-type" not in dict(headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return HttpAnswer(status, [pair for pair in headers if pair[0] != "content-length"] + cookies, body)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Values of the same name become one, with commas between them."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    if content_type.startswith(_TEXT_TYPES) or not content_type:
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), bool(body)


def _context(request: HttpRequest, route_key: str, headers: Mapping[str, str], request_id: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": _API_ID,
        "domainName": headers.get("host", ""),
        "domainPrefix": _API_ID,
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": route_key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }


def _header(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise TypeError(f"a header is {value!r}")
    return str(value)
