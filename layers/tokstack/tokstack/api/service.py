"""The routes that anyone may ask: whether the service is up, and what it offers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tokstack import __version__
from tokstack.api import docs
from tokstack.api.dates import Moment
from tokstack.api.families import Shape
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery, Route
from tokstack.config import settings

OPENAPI_FILE = Path(__file__).with_name("openapi.json")

_CACHED = {"Cache-Control": "public, max-age=300"}


class Health(Shape):
    status: Literal["ok"] = "ok"
    version: str
    time: Moment


def _health(_: NoQuery, __: Call) -> Reply:
    return Reply.json(200, Health(version=__version__, time=datetime.now(UTC)))


def _openapi(_: NoQuery, __: Call) -> Reply:
    return Reply(200, OPENAPI_FILE.read_text("utf-8"), {"Content-Type": "application/json", **_CACHED})


def _docs(_: NoQuery, call: Call) -> Reply:
    page = docs.page(settings().service_name)
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.policy, **_CACHED}
    if "gzip" in call.request.headers.get("accept-encoding", ""):
        return Reply(200, page.gzipped, {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return Reply(200, page.html, {**headers, "Vary": "Accept-Encoding"})


HEALTH = Route(
    name="health",
    paths=("/health",),
    summary="Whether the service is up",
    query=NoQuery,
    answer=_health,
    success=Health,
)

OPENAPI = Route(
    name="openapi",
    paths=("/openapi.json",),
    summary="This description",
    query=NoQuery,
    answer=_openapi,
)

DOCS = Route(
    name="docs",
    paths=("/docs",),
    summary="A page that shows this description",
    query=NoQuery,
    answer=_docs,
)
