"""What the gateway hands to a function, and what comes back."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from tokstack.api.entry import serve
from tokstack.api.routes import Route

ENVIRONMENT = {
    "TABLE_NAME": "tokstack-data",
    "MEDIA_BUCKET": "tokstack-media",
    "SERVICE_NAME": "Acme",
    "SIGNING_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:tokstack-signing",
    "MEDIA_DOWNLOAD_FUNCTION": "tokstack-media-download",
    "ALLOW_ANONYMOUS": "false",
    "RANDOM_POOL_SIZE": "200",
    "FEED_DEPTH": "500",
    "POST_TTL": "3600",
    "MEDIA_LINK_TTL": "86400",
    "MEDIA_MAX_BYTES": "524288000",
    "MEDIA_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:tokstack-media",
    "CONVERT_MAX_SECONDS": "1800",
    "GIF_MAX_SECONDS": "60",
    "GIF_MAX_FPS": "15",
    "GIF_MAX_WIDTH": "480",
    "LIBRARY_TABLE": "tokstack-library",
    "LIBRARY_BUCKET": "tokstack-library-123456789012-us-east-1",
}

_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


def event(path: str, query: str = "", *, method: str = "GET", **headers: str) -> dict[str, Any]:
    """A request in payload 2.0; in header names _ stands for -."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {
            "requestId": f"request-{next(_numbers)}",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path},
        },
        "isBase64Encoded": False,
    }


def post(path: str, body: Any, **headers: str) -> dict[str, Any]:
    """A POST. Text is sent as it is, bytes as the gateway hands on what is no text, everything else as JSON."""
    request = event(path, method="POST", **{"content_type": "application/json", **headers})
    if isinstance(body, bytes):
        return {**request, "body": b64encode(body).decode(), "isBase64Encoded": True}
    return {**request, "body": body if isinstance(body, str) else json.dumps(body)}


def ask(route: Route[Any], request: Mapping[str, Any]) -> Answer:
    forms = [re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) for path in route.paths]
    matches = [match for form in forms if (match := re.fullmatch(form, request["rawPath"]))]
    variables = matches[0].groupdict() if matches else {}
    reply = serve(route)({**request, "pathParameters": variables}, None)
    return Answer(reply["statusCode"], reply["headers"], reply["body"])
