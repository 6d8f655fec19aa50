"""One HTTP exchange, between API Gateway's payload 2.0 and plain values.

Request                 what was asked
Reply                   what is answered
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from pydantic import BaseModel

from tokstack.errors import Code, TokstackError

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    method: str
    path: str
    base_url: str  # scheme and host that the caller reached us by, no trailing slash
    raw_query: str
    headers: Mapping[str, str]  # names in lower case
    path_parameters: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> "Request":
        context = event["requestContext"]
        headers = event.get("headers") or {}
        return cls(
            id=context["requestId"],
            method=context["http"]["method"],
            path=event["rawPath"],
            base_url=f"{headers.get('x-forwarded-proto', 'https')}://{context['domainName']}",
            raw_query=event.get("rawQueryString") or "",
            headers=headers,
            path_parameters=event.get("pathParameters") or {},
            body=_body(event),
        )

    def parameter(self, name: str) -> str | None:
        """A query parameter's text. Raises VALIDATION_ERROR where it is repeated or its bytes are no text."""
        given = self.parameters(name)
        if len(given) > 1:
            raise TokstackError(Code.VALIDATION_ERROR, f"{name}: given more than once")
        return given[0] if given else None

    def parameters(self, name: str) -> list[str]:
        """The texts of a query parameter that may be repeated. Raises VALIDATION_ERROR where bytes are no text.

        They are read from the raw query: the gateway's own reading joins repeated ones with commas.
        """
        pairs = (pair.partition("=") for pair in self.raw_query.split("&"))
        given = [value for key, _, value in pairs if unquote_plus(key) == name]
        if any(map(_BROKEN_ESCAPE.search, given)):
            raise TokstackError(Code.VALIDATION_ERROR, f"{name}: a % without two hexadecimal digits")
        try:
            return [unquote_plus(value, errors="strict") for value in given]
        except UnicodeDecodeError:
            raise TokstackError(Code.VALIDATION_ERROR, f"{name}: not UTF-8") from None


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, body: BaseModel, headers: Mapping[str, str] | None = None) -> "Reply":
        text = body.model_dump_json(by_alias=True)
        return cls(status, text, {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})})

    def payload(self, extra: Mapping[str, str]) -> dict[str, Any]:
        """What the gateway wants, with the headers that every answer has."""
        body, binary = (b64encode(self.body).decode(), True) if isinstance(self.body, bytes) else (self.body, False)
        return {
            "statusCode": int(self.status),
            "headers": {**self.headers, **extra},
            "body": body,
            "isBase64Encoded": binary,
        }


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    # A lone surrogate is no text, but not ours to refuse here: as bytes it is no UTF-8 either.
    return b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
