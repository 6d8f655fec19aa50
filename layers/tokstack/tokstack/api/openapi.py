"""The OpenAPI description of every route, made of the routes and models that serve them.

`python -m tokstack.api.openapi` prints it; the committed `openapi.json` is what `/openapi.json` serves.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tokstack import __version__
from tokstack.api import examples
from tokstack.api.families import COME_BACK, STATUS, Failure, MediaFailure, PostsFailure, ServiceFailure, failure_at
from tokstack.api.media import MEDIA
from tokstack.api.posts import DOWNLOADER, RANDOM, SLIDES, STATISTIC
from tokstack.api.routes import Route
from tokstack.api.service import DOCS, HEALTH, OPENAPI
from tokstack.api.usage import USAGE
from tokstack.errors import Code

ROUTES: tuple[Route[Any], ...] = (STATISTIC, DOWNLOADER, SLIDES, RANDOM, MEDIA, USAGE, HEALTH, OPENAPI, DOCS)

_DESCRIPTION = """\
A TikTok data and media API of your own.

Send your key as `Authorization: Bearer K` or `x-api-key: K`; `Authorization: K`, `key K` and `key: K` are taken too.
Only a success costs credits. Ids are strings. What nobody knows is `null`.
"""

_FAMILIES: dict[type[Failure], str] = {PostsFailure: "Posts", MediaFailure: "Media", ServiceFailure: "Service"}

_SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}

_HEADERS = {
    "X-Request-Id": ("string", "Names this exchange in the logs."),
    "X-Credits-Used": ("integer", "What this answer cost."),
    "X-Credits-Remaining": ("integer", "What the account has left."),
    "Retry-After": ("integer", "Seconds until it is worth asking again."),
    "Location": ("string", "Where the file is, for some minutes."),
}
_CREDITS = ("X-Credits-Used", "X-Credits-Remaining")

# Success where it is no JSON of a model.
_OTHER_SUCCESSES: dict[str, dict[str, Any]] = {
    "media": {
        "204": {"description": "To `HEAD`: the file is not in storage yet."},
        "302": {"description": "The file is at `Location`, or this link again where it takes longer."},
    },
    "openapi": {"200": {"description": "An OpenAPI 3.1 document.", "content": {"application/json": {"schema": {}}}}},
    "docs": {"200": {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}},
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
    shapes = {failure_at(route.paths[0]) for route in ROUTES} | {route.success for route in ROUTES if route.success}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    found, definitions = models_json_schema(
        [(shape, "serialization") for shape in ordered], ref_template="#/components/schemas/{model}"
    )
    return {shape: found[shape, "serialization"] for shape in ordered}, definitions["$defs"]


def _operation(route: Route[Any], path: str, method: str, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "-".join(re.findall(r"\w+", f"{method.lower()} {path}")),
        "tags": [_FAMILIES[failure_at(path)]],
        "summary": route.summary,
        "parameters": [*_path_parameters(path), *_query_parameters(route)],
        "responses": {**_success(route, schemas), **_failures(route, path, schemas)},
    }
    if _keyed(route):
        operation["description"] = _price(route.access.credits)
        operation["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    if path != route.paths[0]:
        operation["description"] = f"The same as `{route.paths[0]}`."
    return operation


def _price(credits: int) -> str:
    return f"A success costs {credits} credit{'s' * (credits != 1)}." if credits else "Free."


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(route: Route[Any]) -> Iterator[dict[str, Any]]:
    schema = route.query.model_json_schema()
    for name, parameter in schema.get("properties", {}).items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": parameter.pop("description"),
            "schema": parameter,
        }


def _success(route: Route[Any], schemas: Schemas) -> dict[str, Any]:
    if not route.success:
        return {
            status: {**response, "headers": _headers("X-Request-Id", *(("Location",) if status == "302" else ()))}
            for status, response in _OTHER_SUCCESSES[route.name].items()
        }
    example = examples.SUCCESSES[route.name].model_dump(mode="json", by_alias=True)
    return {
        "200": {
            "description": "Success.",
            "headers": _headers("X-Request-Id", *(_CREDITS if _keyed(route) else ())),
            "content": {"application/json": {"schema": schemas[route.success], "example": example}},
        }
    }


def _failures(route: Route[Any], path: str, schemas: Schemas) -> dict[str, Any]:
    """One response per status, with an example of each code that has it."""
    by_status: dict[HTTPStatus, list[Code]] = defaultdict(list)
    for code in _errors(route):
        by_status[STATUS[code]].append(code)
    return {
        str(status.value): {
            "description": ", ".join(f"`{code}`" for code in codes),
            "headers": _headers("X-Request-Id", *(("Retry-After",) if COME_BACK.intersection(codes) else ())),
            "content": {
                "application/json": {
                    "schema": schemas[failure_at(path)],
                    "examples": {
                        code.value: {"$ref": f"#/components/examples/{_example_name(path, code)}"} for code in codes
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
    invalid = (Code.VALIDATION_ERROR,) if route.query.model_fields else ()
    return (*invalid, *route.access.errors, *route.errors, Code.INTERNAL_ERROR)


def _keyed(route: Route[Any]) -> bool:
    return Code.MISSING_API_KEY in route.access.errors


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
