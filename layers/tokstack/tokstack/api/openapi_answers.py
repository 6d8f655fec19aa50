"""What each route answers where it succeeds, and what the API answers by itself, as the description shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from tokstack.api import examples
from tokstack.api.conversion import Accepted
from tokstack.api.families import LibraryPage, LibrarySuccess, SocialSuccess
from tokstack.api.library_items import ItemData, ItemDetail
from tokstack.api.routes import Route
from tokstack.api.social.objects import Document
from tokstack.media.formats import Format


@dataclass(frozen=True, slots=True)
class Success:
    description: str
    headers: tuple[str, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    body: type[BaseModel] | None = None
    example: BaseModel | None = None


_PAGE_OF_TEXT = {"text/html": {"schema": {"type": "string"}}}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILE = Success("The file.", ("Content-Disposition",), {each.media_type: _BYTES for each in Format})

_PAGE = Success("Success.", body=LibraryPage[ItemData], example=examples.LIBRARY_PAGE)
_DETAIL = Success("Success.", body=LibrarySuccess[ItemDetail], example=examples.LIBRARY_DETAIL)

_RPC_ANSWER = {
    "type": "object",
    "properties": {
        "jsonrpc": {"type": "string", "const": "2.0"},
        "id": {"type": ["string", "integer"]},
        "result": {"type": "object"},
        "error": {
            "type": "object",
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
            "required": ["code", "message"],
        },
    },
    "required": ["jsonrpc", "id"],
}

# Success where it is no JSON of the route's model.
_OTHER_SUCCESSES: dict[str, dict[str, Success]] = {
    "convert": {
        "200": _FILE,
        "202": Success(
            "The job is at work, as preferred.",
            ("Location", "Retry-After", "Preference-Applied"),
            body=Accepted,
            example=examples.ACCEPTED,
        ),
        "303": Success("The file is at `Location`, or will be: follow it.", ("Location",)),
    },
    "job-file": {
        "200": _FILE,
        "303": Success("The file is at `Location`, or this link again where it takes longer.", ("Location",)),
    },
    "media": {
        "204": Success("To `HEAD`: the file is not in storage yet."),
        "302": Success("The file is at `Location`, or this link again where it takes longer.", ("Location",)),
    },
    "video-transcript": {
        "200": Success(
            "The transcript, as `Accept` prefers it.",
            content={"text/vtt": {"schema": {"type": "string"}}},
            body=SocialSuccess[Document],
            example=examples.TRANSCRIPT,
        )
    },
    "mcp": {
        "200": Success(
            "A JSON-RPC answer.", content={"application/json": {"schema": _RPC_ANSWER, "example": examples.RPC_ANSWER}}
        ),
        "202": Success("A notification was taken."),
    },
    "library": {"200": _PAGE},
    "library-query": {"200": _PAGE},
    "library-item": {"200": _DETAIL},
    "shop-library": {"200": _PAGE},
    "openapi": {
        "200": Success("An OpenAPI 3.1 document.", content={"application/json": {"schema": {"type": "object"}}})
    },
    "console": {"200": Success("A page, or a file of it.", content=_PAGE_OF_TEXT)},
    "docs": {"200": Success("A page.", content=_PAGE_OF_TEXT)},
}

# Where an address, or what stands in its query, is longer than API Gateway takes.
TOO_LONG = {
    "414": {
        "description": "The address is longer than the API takes; said by API Gateway itself.",
        "headers": {},
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
                "example": {"message": "URI Too Long"},
            }
        },
    }
}


def successes(route: Route[Any]) -> dict[str, Success]:
    """By their status."""
    if not route.success:
        return _OTHER_SUCCESSES[route.name]
    return {"200": Success("Success.", body=route.success, example=examples.SUCCESSES[route.name])}
