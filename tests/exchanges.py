"""What the gateway hands to a function, and what comes back."""

import json
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
    "MEDIA_FETCH_FUNCTION": "tokstack-media-fetch",
    "ALLOW_ANONYMOUS": "false",
    "RANDOM_POOL_SIZE": "200",
    "POST_TTL": "3600",
    "MEDIA_LINK_TTL": "86400",
    "MEDIA_MAX_BYTES": "524288000",
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
        "pathParameters": {"token": path.rpartition("/")[2]},
        "requestContext": {
            "requestId": f"request-{next(_numbers)}",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path},
        },
        "isBase64Encoded": False,
    }


def ask(route: Route[Any], request: Mapping[str, Any]) -> Answer:
    reply = serve(route)(dict(request), None)
    return Answer(reply["statusCode"], reply["headers"], reply["body"])
