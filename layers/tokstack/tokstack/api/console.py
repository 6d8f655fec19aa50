"""The page at `/`: plain files, and a policy under which nothing but these runs.

It asks this service alone. Pictures and films come from storage, and pictures of the library from where TikTok keeps
them.
"""

import gzip
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery, Route
from tokstack.config import settings
from tokstack.errors import Code, TokstackError

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_FIRST = "index.html"


def console(folder: Path) -> Route[NoQuery]:
    """The route that serves the files of a folder: `/` the page, `/console/{file}` what it needs."""

    def answer(_: NoQuery, call: Call) -> Reply:
        name = call.request.path_parameters.get("file", _FIRST)
        if name not in _names(folder):
            raise TokstackError(Code.ROUTE_NOT_FOUND, "There is no such file.")
        return _reply(folder / name, call.request.headers)

    return Route(
        name="console",
        paths=("/", "/console/{file}"),
        summary="A page for people",
        query=NoQuery,
        answer=answer,
        errors=(Code.ROUTE_NOT_FOUND,),
    )


@cache
def _names(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir() if path.suffix in _TYPES)


def _reply(path: Path, asked: Mapping[str, str]) -> Reply:
    content, tag = _file(path)
    headers = {
        "Content-Type": f"{_TYPES[path.suffix]}; charset=utf-8",
        "Cache-Control": "no-cache",
        "ETag": tag,
        "Content-Security-Policy": _policy(settings().media_host or ""),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if asked.get("if-none-match") == tag:
        return Reply(304, "", headers)
    if "gzip" in asked.get("accept-encoding", ""):
        return Reply(200, gzip.compress(content, mtime=0), {**headers, "Content-Encoding": "gzip"})
    return Reply(200, content.decode(), headers)


@cache
def _file(path: Path) -> tuple[bytes, str]:
    """What is in it, and its name for caches."""
    content = path.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:32]}"'


def _policy(media: str) -> str:
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' {media}; "
        f"img-src 'self' data: https: {media}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
