"""The OpenAPI description of every route, made of the routes and models that serve them.

`python -m tokstack.api.openapi` prints it; the committed `openapi.json` is what `/openapi.json` serves.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tokstack import __version__
from tokstack.api import examples
from tokstack.api.access import PerRow
from tokstack.api.console import console
from tokstack.api.convert import CONVERT
from tokstack.api.download import DOWNLOAD
from tokstack.api.families import (
    COME_BACK,
    Failure,
    LibraryFailure,
    MediaFailure,
    PostsFailure,
    RpcFailure,
    ServiceFailure,
    SocialFailure,
    failure_at,
)
from tokstack.api.idempotency import LONGEST
from tokstack.api.jobs import JOB, JOB_FILE
from tokstack.api.library import LIBRARY, LIBRARY_ITEM, LIBRARY_QUERY, PREFIX, SHOP_LIBRARY
from tokstack.api.mcp import MCP
from tokstack.api.media import MEDIA
from tokstack.api.openapi_answers import TOO_LONG, Success, successes
from tokstack.api.openapi_links import links_of
from tokstack.api.openapi_schemas import Schemas, schemas
from tokstack.api.posts import DOWNLOADER, RANDOM, SLIDES, STATISTIC
from tokstack.api.routes import Access, Route
from tokstack.api.service import DOCS, HEALTH, OPENAPI
from tokstack.api.social.asking import PATH_PARAMETERS
from tokstack.api.social.audio_routes import AUDIO, AUDIO_VIDEOS
from tokstack.api.social.finding_routes import SEARCH, TAG
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
from tokstack.media import signing
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

What API Gateway refuses by itself (more than the stage's throttle takes, a body over 10 MB) is answered as
`{"message": "…"}`.
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
    "file": {"type": "string", "pattern": r"^[\w.-]+$", "examples": ["console.css"]},
    **PATH_PARAMETERS,
    "format": {"type": "string", "enum": [each.value for each in Format]},
    "itemId": {
        "type": "string",
        "pattern": f"^(?:{PREFIX})?[0-9]{{1,19}}$",
        "description": "`tiktok_` and TikTok's id, or that id alone.",
        "examples": [f"{PREFIX}7318517321748022531"],
    },
    "jobId": {"type": "string", "pattern": "^[0-9a-f]{40}-[1-9][0-9]*$", "examples": [examples.ACCEPTED.job.id]},
    "shopId": {
        "type": "string",
        "minLength": 1,
        "description": "A shop's id or its domain.",
        "examples": ["glow.example"],
    },
    "token": {"type": "string", "pattern": signing.FORM},
}

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and body again, within a day, give the first answer again and cost nothing.",
    "schema": {"type": "string", "pattern": "^[!-~](?:[ -~]*[!-~])?$", "maxLength": LONGEST},
}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "`respond-async` waits not at all, `wait=N` N seconds (0 to 25), before 202 is answered (RFC 7240).",
    "schema": {"type": "string"},
    "examples": {"at once": {"value": "respond-async"}, "soon": {"value": "wait=10"}},
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


def _schemas() -> tuple[Schemas, dict[str, Any]]:
    failures = {failure_at(route.paths[0]) for route in ROUTES}
    answers = {success.body for route in ROUTES for success in successes(route).values() if success.body}
    return schemas(failures | answers, {route.body for route in ROUTES if route.body})


def _operation(route: Route[Any], path: str, method: str, models: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route, path, method),
        "x-function": route.name,
        "tags": [_FAMILIES[failure_at(path)]],
        "summary": route.summary,
        "parameters": [*_path_parameters(path), *_query_parameters(route), *_header_parameters(route)],
        "responses": {
            **{status: _response(route, success, models) for status, success in successes(route).items()},
            **_failures(route, path, models),
            **(TOO_LONG if _asks_in_its_address(route) else {}),
        },
    }
    if route.body:
        content = {"schema": models[route.body], "example": examples.BODIES[route.name]}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if _keyed(route):
        operation["description"] = _price(route.access)
        operation["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    if path != route.paths[0]:
        operation["description"] = f"The same as `{route.paths[0]}`."
        operation["x-alias"] = True
    return operation


def _operation_id(route: Route[Any], path: str, method: str) -> str:
    """The route's own name; of its aliases and its further methods one of their own."""
    if (path, method) == (route.paths[0], route.methods[0]):
        return route.name
    return "-".join(re.findall(r"\w+", f"{method.lower()} {path}"))


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


def _response(route: Route[Any], success: Success, models: Schemas) -> dict[str, Any]:
    content = dict(success.content)
    links = links_of(route.name) if success.body else {}
    if success.body and success.example:
        example = success.example.model_dump(mode="json", by_alias=True)
        content["application/json"] = {"schema": models[success.body], "example": example}
    response: dict[str, Any] = {
        "description": success.description,
        "headers": _headers(
            "X-Request-Id",
            *(_CREDITS if _keyed(route) else ()),
            *(("X-Usage-Cost",) if failure_at(route.paths[0]) is LibraryFailure else ()),
            *success.headers,
        ),
    }
    return {**response, **({"content": content} if content else {}), **({"links": links} if links else {})}


def _failures(route: Route[Any], path: str, models: Schemas) -> dict[str, Any]:
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
                    "schema": models[family],
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
    return (Code.VALIDATION_ERROR,) if _asks_in_its_address(route) else ()


def _asks_in_its_address(route: Route[Any]) -> bool:
    return bool(route.query and route.query.model_fields)


def _keyed(route: Route[Any]) -> bool:
    return Code.MISSING_API_KEY in route.access.errors


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
