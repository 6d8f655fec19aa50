"""The OpenAPI description of every route, made of the routes and models that serve them.

`python -m tokstack.api.openapi` prints it; the committed `openapi.json` is what `/openapi.json` serves.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from tokstack import __version__
from tokstack.api import examples
from tokstack.api.access import PerRow
from tokstack.api.console import console
from tokstack.api.conversion import Accepted
from tokstack.api.convert import CONVERT
from tokstack.api.download import DOWNLOAD
from tokstack.api.families import (
    COME_BACK,
    Failure,
    LibraryFailure,
    LibraryPage,
    LibrarySuccess,
    MediaFailure,
    PostsFailure,
    RpcFailure,
    ServiceFailure,
    SocialFailure,
    SocialSuccess,
    failure_at,
)
from tokstack.api.idempotency import LONGEST
from tokstack.api.jobs import JOB, JOB_FILE
from tokstack.api.library import LIBRARY, LIBRARY_ITEM, LIBRARY_QUERY, PREFIX, SHOP_LIBRARY
from tokstack.api.library_items import ItemData, ItemDetail
from tokstack.api.mcp import MCP
from tokstack.api.media import MEDIA
from tokstack.api.posts import DOWNLOADER, RANDOM, SLIDES, STATISTIC
from tokstack.api.routes import Access, Route
from tokstack.api.service import DOCS, HEALTH, OPENAPI
from tokstack.api.social.asking import PATH_PARAMETERS
from tokstack.api.social.audio_routes import AUDIO, AUDIO_VIDEOS
from tokstack.api.social.finding_routes import SEARCH, TAG
from tokstack.api.social.objects import Document
from tokstack.api.social.user_routes import USER, USER_FOLLOWERS, USER_FOLLOWING, USER_LIKES, USER_VIDEOS
from tokstack.api.social.video_routes import (
    COMMENT_REPLIES,
    VIDEO,
    VIDEO_COMMENTS,
    VIDEO_DOWNLOAD,
    VIDEO_TRANSCRIPT,
)
from tokstack.api.usage import USAGE
from tokstack.errors import Code
from tokstack.media.formats import Format

ROUTES: tuple[Route[Any], ...] = (
    STATISTIC,
    DOWNLOADER,
    SLIDES,
    RANDOM,
    DOWNLOAD,
    CONVERT,
    JOB_FILE,
    MEDIA,
    AUDIO,
    AUDIO_VIDEOS,
    USER,
    USER_VIDEOS,
    USER_LIKES,
    USER_FOLLOWERS,
    USER_FOLLOWING,
    VIDEO,
    VIDEO_DOWNLOAD,
    VIDEO_COMMENTS,
    COMMENT_REPLIES,
    VIDEO_TRANSCRIPT,
    TAG,
    SEARCH,
    LIBRARY,
    LIBRARY_QUERY,
    LIBRARY_ITEM,
    SHOP_LIBRARY,
    JOB,
    USAGE,
    MCP,
    HEALTH,
    OPENAPI,
    DOCS,
    console(Path()),  # its files are not the description's
)

_DESCRIPTION = """\
A TikTok data and media API of your own.

Send your key as `Authorization: Bearer K` or `x-api-key: K`; `Authorization: K`, `key K` and `key: K` are taken too.
Only a success costs credits. Ids are strings. What nobody knows is `null`.

The library's lists come comma-separated or repeated in a query string. What is blank or `null` there is as if it were
not given, and all that is wrong is told at once.
"""

_FAMILIES: dict[type[Failure], str] = {
    PostsFailure: "Posts",
    MediaFailure: "Media",
    LibraryFailure: "Library",
    SocialFailure: "Social",
    RpcFailure: "MCP",
    ServiceFailure: "Service",
}

_SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}

_HEADERS = {
    "X-Request-Id": ("string", "Names this exchange in the logs."),
    "X-Credits-Used": ("integer", "What this answer cost."),
    "X-Credits-Remaining": ("integer", "What the account has left."),
    "X-Usage-Cost": ("integer", "What this answer cost."),
    "Retry-After": ("integer", "Seconds until it is worth asking again."),
    "Location": ("string", "Where the file is, for some minutes, or where to ask further."),
    "Content-Disposition": ("string", "The file's name, made of the title (RFC 6266)."),
    "Preference-Applied": ("string", "What of `Prefer` was heeded (RFC 7240)."),
}
_CREDITS = ("X-Credits-Used", "X-Credits-Remaining")

_MAY_COME_BACK = COME_BACK | {Code.IDEMPOTENCY_CONFLICT}

_PATH_PARAMETERS = {
    "file": {"type": "string"},
    **PATH_PARAMETERS,
    "format": {"type": "string", "enum": [each.value for each in Format]},
    "itemId": {
        "type": "string",
        "description": "`tiktok_` and TikTok's id, or that id alone.",
        "examples": [f"{PREFIX}7318517321748022531"],
    },
    "jobId": {"type": "string"},
    "shopId": {"type": "string", "description": "A shop's id or its domain.", "examples": ["glow.example"]},
    "token": {"type": "string"},
}

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and body again, within a day, give the first answer again and cost nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`respond-async` waits not at all, `wait=N` N seconds (0 to 25), before 202 is answered (RFC 7240).",
    "schema": {"type": "string"},
    "examples": {"at once": {"value": "respond-async"}, "soon": {"value": "wait=10"}},
}


@dataclass(frozen=True, slots=True)
class _Success:
    description: str
    headers: tuple[str, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    body: type[BaseModel] | None = None
    example: BaseModel | None = None


_FILE = _Success("The file.", ("Content-Disposition",), {each.media_type: {} for each in Format})

_PAGE = _Success("Success.", body=LibraryPage[ItemData], example=examples.LIBRARY_PAGE)
_DETAIL = _Success("Success.", body=LibrarySuccess[ItemDetail], example=examples.LIBRARY_DETAIL)

# Success where it is no JSON of the route's model.
_OTHER_SUCCESSES: dict[str, dict[str, _Success]] = {
    "convert": {
        "200": _FILE,
        "202": _Success(
            "The job is at work, as preferred.",
            ("Location", "Retry-After", "Preference-Applied"),
            body=Accepted,
            example=examples.ACCEPTED,
        ),
        "303": _Success("The file is at `Location`, or will be: follow it.", ("Location",)),
    },
    "job-file": {
        "200": _FILE,
        "303": _Success("The file is at `Location`, or this link again where it takes longer.", ("Location",)),
    },
    "media": {
        "204": _Success("To `HEAD`: the file is not in storage yet."),
        "302": _Success("The file is at `Location`, or this link again where it takes longer.", ("Location",)),
    },
    "video-transcript": {
        "200": _Success(
            "The transcript, as `Accept` prefers it.",
            content={"text/vtt": {"schema": {"type": "string"}}},
            body=SocialSuccess[Document],
            example=examples.TRANSCRIPT,
        )
    },
    "mcp": {
        "200": _Success("A JSON-RPC answer.", content={"application/json": {"schema": {"type": "object"}}}),
        "202": _Success("A notification was taken."),
    },
    "library": {"200": _PAGE},
    "library-query": {"200": _PAGE},
    "library-item": {"200": _DETAIL},
    "shop-library": {"200": _PAGE},
    "openapi": {"200": _Success("An OpenAPI 3.1 document.", content={"application/json": {"schema": {}}})},
    "console": {"200": _Success("A page, or a file of it.", content={"text/html": {"schema": {"type": "string"}}})},
    "docs": {"200": _Success("A page.", content={"text/html": {"schema": {"type": "string"}}})},
}


def document() -> dict[str, Any]:
    references, definitions = _schemas()
    paths: dict[str, Any] = defaultdict(dict)
    for route in ROUTES:
        for path in route.paths:
            for method in route.methods:
                paths[path][method.lower()] = _operation(route, path, method, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tokstack", "version": __version__, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "examples": _examples(),
            "headers": {
                name: {"description": description, "schema": {"type": kind}}
                for name, (kind, description) in _HEADERS.items()
            },
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


Schemas = dict[type[BaseModel], dict[str, Any]]  # a reference to each model's schema


def _schemas() -> tuple[Schemas, dict[str, Any]]:
    failures = {failure_at(route.paths[0]) for route in ROUTES}
    successes = {success.body for route in ROUTES for success in _successes(route).values() if success.body}
    bodies = {route.body for route in ROUTES if route.body}
    ordered = sorted(failures | successes | bodies, key=lambda model: model.__name__)
    modes: dict[type[BaseModel], JsonSchemaMode] = {
        model: "validation" if model in bodies else "serialization" for model in ordered
    }
    found, definitions = models_json_schema(list(modes.items()), ref_template="#/components/schemas/{model}")
    return {model: found[model, mode] for model, mode in modes.items()}, definitions["$defs"]


def _operation(route: Route[Any], path: str, method: str, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "-".join(re.findall(r"\w+", f"{method.lower()} {path}")),
        "x-function": route.name,
        "tags": [_FAMILIES[failure_at(path)]],
        "summary": route.summary,
        "parameters": [*_path_parameters(path), *_query_parameters(route), *_header_parameters(route)],
        "responses": {
            **{status: _response(route, success, schemas) for status, success in _successes(route).items()},
            **_failures(route, path, schemas),
        },
    }
    if route.body:
        content = {"schema": schemas[route.body], "example": examples.BODIES[route.name]}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if _keyed(route):
        operation["description"] = _price(route.access)
        operation["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    if path != route.paths[0]:
        operation["description"] = f"The same as `{route.paths[0]}`."
        operation["x-alias"] = True
    return operation


def _price(access: Access) -> str:
    credits = f"{access.credits} credit{'s' * (access.credits != 1)}"
    if isinstance(access, PerRow):
        return f"Each item that is returned costs {credits}, and who has none left may not ask."
    return f"A success costs {credits}." if access.credits else "Free."


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": _PATH_PARAMETERS[name]}


def _query_parameters(route: Route[Any]) -> Iterator[dict[str, Any]]:
    schema = route.query.model_json_schema() if route.query else {}
    for name, parameter in schema.get("properties", {}).items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": parameter.pop("description"),
            "schema": parameter,
        }


def _header_parameters(route: Route[Any]) -> Iterator[dict[str, Any]]:
    if route.body and _keyed(route):
        yield _IDEMPOTENCY_KEY
    if route is CONVERT:
        yield _PREFER


def _successes(route: Route[Any]) -> dict[str, _Success]:
    if not route.success:
        return _OTHER_SUCCESSES[route.name]
    return {"200": _Success("Success.", body=route.success, example=examples.SUCCESSES[route.name])}


def _response(route: Route[Any], success: _Success, schemas: Schemas) -> dict[str, Any]:
    content = dict(success.content)
    if success.body and success.example:
        example = success.example.model_dump(mode="json", by_alias=True)
        content["application/json"] = {"schema": schemas[success.body], "example": example}
    response: dict[str, Any] = {
        "description": success.description,
        "headers": _headers(
            "X-Request-Id",
            *(_CREDITS if _keyed(route) else ()),
            *(("X-Usage-Cost",) if failure_at(route.paths[0]) is LibraryFailure else ()),
            *success.headers,
        ),
    }
    return {**response, "content": content} if content else response


def _failures(route: Route[Any], path: str, schemas: Schemas) -> dict[str, Any]:
    """One response per status, with an example of each code that has it."""
    family = failure_at(path)
    by_status: dict[HTTPStatus, list[Code]] = defaultdict(list)
    for code in _errors(route):
        by_status[family.http_status(code)].append(code)
    return {
        str(status.value): {
            "description": ", ".join(dict.fromkeys(f"`{family.code_name(code)}`" for code in codes)),
            "headers": _headers("X-Request-Id", *(("Retry-After",) if _MAY_COME_BACK.intersection(codes) else ())),
            "content": {
                "application/json": {
                    "schema": schemas[family],
                    "examples": {
                        family.code_name(code): {"$ref": f"#/components/examples/{_example_name(path, code)}"}
                        for code in codes
                    },
                }
            },
        }
        for status, codes in sorted(by_status.items())
    }


def _examples() -> dict[str, Any]:
    """Every error of every family that has it."""
    return {
        _example_name(path, code): {"value": examples.failure(path, code)}
        for route in ROUTES
        for path in route.paths[:1]
        for code in _errors(route)
    }


def _example_name(path: str, code: Code) -> str:
    return f"{_FAMILIES[failure_at(path)]}-{code}"


def _errors(route: Route[Any]) -> tuple[Code, ...]:
    return tuple(dict.fromkeys((*_misread(route), *route.access.errors, *route.errors, Code.INTERNAL_ERROR)))


def _misread(route: Route[Any]) -> tuple[Code, ...]:
    """What may be wrong with what was asked."""
    if route.body:
        conflict = (Code.IDEMPOTENCY_CONFLICT,) if _keyed(route) else ()
        return (Code.VALIDATION_ERROR, Code.BODY_TOO_LARGE, *conflict)
    return (Code.VALIDATION_ERROR,) if route.query and route.query.model_fields else ()


def _keyed(route: Route[Any]) -> bool:
    return Code.MISSING_API_KEY in route.access.errors


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
