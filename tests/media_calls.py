"""The media family as its callers use it: conversions and downloads, their jobs, and what storage has of them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from local.account import ACCOUNT, REGION, STACK
from local.upstream.catalog import Post, catalog
from local.upstream.media import library
from tests.clouds import Stack
from tests.front_door import Account, FrontDoor

BUCKET = f"{STACK}-media-{ACCOUNT}-{REGION}"
FILES = "https://files.example"

_AT_ONCE = 4
_PATIENCE = 60.0  # seconds
_PAUSE = 0.1

Result = TypeVar("Result")
Call = Callable[[], Result]

_CATALOG, _LIBRARY = catalog(), library()


def post(trait: str, number: int = 0) -> Post:
    """One of the posts of that trait."""
    return [post for post in _CATALOG.posts if post.trait == trait][number]


def sample(name: str) -> bytes:
    """A file of the sample media ("counter/h264-540.mp4")."""
    return _LIBRARY[name].path.read_bytes()


def convert(
    door: FrontDoor,
    format: str,
    url: str,
    options: Mapping[str, Any] | None = None,
    *,
    account: Account | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer itself: a file, a redirect, an accepted job or a failure."""
    body = {"url": url} if options is None else {"url": url, "options": options}
    return send(door, f"/api/convert/{format}", body, account=account, headers=headers)


def send(
    door: FrontDoor,
    path: str,
    body: Any,
    *,
    account: Account | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    key = account.key if account else door.key
    return door.ask("POST", path, {"x-api-key": key, **(headers or {})}, json=body)


def followed(door: FrontDoor, answer: httpx.Response) -> httpx.Response:
    """Where its redirects lead in the end, without a key, as any client would follow them."""
    while answer.is_redirect:
        link = answer.headers["location"]
        if link.startswith(f"{door.url}/"):
            answer = door.ask("GET", link.removeprefix(door.url))
        else:
            answer = door.http.get(link)
    return answer


def converted(door: FrontDoor, format: str, url: str, options: Mapping[str, Any] | None = None) -> httpx.Response:
    return followed(door, convert(door, format, url, options))


def job(door: FrontDoor, job_id: str, key: str | None = None) -> Any:
    return door.get(f"/v1/jobs/{job_id}", key).raise_for_status().json()["data"]


def ended(door: FrontDoor, job_id: str, key: str | None = None) -> Any:
    return until(lambda: (found := job(door, job_id, key))["finishedAt"] and found)


def until(look: Callable[[], Result]) -> Result:
    """What comes of looking, as soon as it is something."""
    deadline = time.monotonic() + _PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "this does not come"
        time.sleep(_PAUSE)
    return found


def together(calls: Sequence[Call[Result]], at_once: int = _AT_ONCE) -> list[Result]:
    with ThreadPoolExecutor(at_once) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@contextmanager
def nothing_left(stack: Stack) -> Iterator[None]:
    """Within the block no result comes into storage, and no upload of parts is left open."""
    with stack.client("s3") as s3:
        before = _results(s3)
        yield
        assert _results(s3) == before
        assert not s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads")


def _results(s3: Any) -> set[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="result/")
    return {stored["Key"] for page in pages for stored in page.get("Contents", [])}


def asked_of(door: FrontDoor, url: str) -> int:
    """How often the upstream was asked for this page."""
    parts = urlsplit(url)
    requests = door.http.get(f"{door.upstream}/_control/requests").raise_for_status().json()
    return int(requests["hosts"].get(parts.hostname, {}).get(parts.path, 0))
