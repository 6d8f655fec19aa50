"""The sample upstream in this process, and how tests ask it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from local.upstream.catalog import Catalog, Post, catalog
from local.upstream.media import library
from local.upstream.recordings import Recordings
from local.upstream.server import Upstream
from local.upstream.world import World

CATALOG: Catalog = catalog()


def world(recordings: Recordings | None = None, **changes: Any) -> World:
    return World(CATALOG, library(), recordings or Recordings(None), **changes)


@contextmanager
def serving(world: World) -> Iterator[Upstream]:
    with Upstream(world, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def through(gateway: str) -> httpx.Client:
    """A client that asks the gateway for every real URL, with its cookies kept by the real names."""

    class Gateway(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            url, host = request.url, request.url.host
            request.headers["X-Forwarded-Host"] = host
            request.url = httpx.URL(f"{gateway}/{host}{url.raw_path.decode()}")
            try:
                return super().handle_request(request)
            finally:
                request.url = url

    return httpx.Client(transport=Gateway(), timeout=5)


def with_trait(trait: str) -> Post:
    return next(post for post in CATALOG.posts if post.trait == trait)


def first(wanted: Callable[[Post], object]) -> Post:
    """The newest plain post of which `wanted` is true."""
    return next(post for post in CATALOG.posts if post.trait == "plain" and wanted(post))
