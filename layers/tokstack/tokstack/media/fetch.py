"""Bringing one file of a post from its upstream into storage: once, streamed, and only if it is what it should be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import httpx

from tokstack import outbound
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.media import failures, sniff
from tokstack.media.renditions import family, urls
from tokstack.media.source import Source
from tokstack.media.storage import Storage, Stored, storage
from tokstack.observability import logger
from tokstack.posts.expiry import media_expiry
from tokstack.posts.models import Post
from tokstack.posts.references import PostRef
from tokstack.providers.session import BROWSER_HEADERS
from tokstack.table import Table, table

_SECONDS = 240  # for all mirrors of a file; links are renewed once, so twice that at most
_LEASE = 600  # seconds that the function may run
_HEADERS = {**BROWSER_HEADERS, "Referer": "https://www.tiktok.com/", "Accept-Encoding": "identity"}
_REFUSALS = {429: Code.UPSTREAM_RATE_LIMITED, 408: Code.UPSTREAM_TIMEOUT, 504: Code.UPSTREAM_TIMEOUT}


class Posts(Protocol):
    """Who knows a post's links (providers/upstream.py)."""

    def post(self, reference: PostRef, *, required: frozenset[str]) -> Post: ...
    def renew(self, post_id: str) -> Post: ...


@dataclass(frozen=True, slots=True)
class Fetcher:
    posts: Posts
    storage: Storage
    table: Table
    open_client: Callable[[], httpx.Client]  # a fresh one for each job, to be closed
    max_bytes: int

    def fetch(self, source: Source) -> Stored | None:
        """What is now stored; None where another worker is at it. A failure is noted for those who wait."""
        with lease(self.table, f"media/{source.path}", _LEASE) as mine:
            if not mine:
                return None
            try:
                return self.storage.find(source.key) or self._fetch(source)
            except TokstackError as error:
                failures.note(self.table, source, error)
                raise
            except Exception:
                failures.note(self.table, source, TokstackError(Code.INTERNAL_ERROR, "Fetching this file failed."))
                raise

    def _fetch(self, source: Source) -> Stored:
        needed = frozenset({"media", "lives"} if source.rendition.startswith("live-") else {"media"})
        post = self.posts.post(PostRef(source.post_id), required=needed)
        try:
            return self._first_of(post, source)
        except TokstackError as error:
            if not error.passing:
                raise
            logger.info("links renewed", extra={"source": source.path, "cause": str(error)})
        fresh = self.posts.renew(source.post_id)
        # It may come from another provider, which knows fewer of the post's files.
        return self._first_of(fresh if urls(fresh, source.rendition) else post, source)

    def _first_of(self, post: Post, source: Source) -> Stored:
        """From the first mirror that gives the file; the last one's failure where none does."""
        failure = TokstackError(Code.UPSTREAM_EMPTY, "No upstream has this file of the post just now.")
        with self.open_client() as client:
            for name, value in post.cookies.items():
                client.cookies.set(name, value, domain=".tiktok.com")
            for url in urls(post, source.rendition):
                try:
                    return self._copy(client, url, source)
                except TokstackError as error:
                    if not error.passing:
                        raise
                    failure = error
        raise failure

    def _copy(self, client: httpx.Client, url: str, source: Source) -> Stored:
        expiry = media_expiry(url)
        if expiry is not None and expiry <= self.table.now():
            raise TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream's link to this file has expired.")
        try:
            with client.stream("GET", url, headers=_HEADERS) as response:
                if response.status_code != httpx.codes.OK:
                    code = _REFUSALS.get(response.status_code, Code.UPSTREAM_UNAVAILABLE)
                    raise TokstackError(code, f"The upstream answered {response.status_code} for this file.")
                body = _Body(response, self.max_bytes)
                media_type = _checked(body.head(), family(source.rendition))
                self.storage.put(source.key, body, media_type)
        except httpx.HTTPError as error:
            raise self._ours(error) from error
        return Stored(source.key, media_type, body.size)

    def _ours(self, error: httpx.HTTPError) -> TokstackError:
        if isinstance(error, outbound.RefusedError) and error.reason is outbound.Reason.BYTES:
            return _too_large(self.max_bytes)
        if outbound.is_timeout(error):
            return TokstackError(Code.UPSTREAM_TIMEOUT, "The upstream took too long to give this file.")
        return TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream could not be read.")


@cache
def fetcher() -> Fetcher:
    """This function's fetcher."""
    from tokstack.providers.upstream import upstream

    max_bytes, gateway = settings().media_max_bytes, settings().upstream_gateway

    def open_client() -> httpx.Client:
        # Any public host: the names of TikTok's delivery networks drift, and none of them is chosen by a caller.
        # A mirror that breaks off half-way may cost as much again.
        return outbound.client(None, seconds=_SECONDS, max_bytes=2 * max_bytes, gateway=gateway)

    return Fetcher(upstream(), storage(), table(), open_client, max_bytes)


class _Body:
    """An answer's bytes as a file: bounded, and an error unless all that was promised has come."""

    def __init__(self, response: httpx.Response, max_bytes: int) -> None:
        self.size = 0
        self._chunks = response.iter_bytes()
        self._promised = response.headers.get("Content-Length")
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        if self._promised and int(self._promised) > max_bytes:
            raise _too_large(max_bytes)

    def head(self) -> bytes:
        """The first bytes, which `read` gives again."""
        self._fill(sniff.HEAD_BYTES)
        return bytes(self._buffer[: sniff.HEAD_BYTES])

    def read(self, size: int, /) -> bytes:
        self._fill(size)
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                if self._promised and self.size != int(self._promised):
                    raise TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream broke off in the middle of the file.")
                return
            self.size += len(chunk)
            if self.size > self._max_bytes:
                raise _too_large(self._max_bytes)
            self._buffer += chunk


def _checked(head: bytes, family: str) -> str:
    if not head:
        raise TokstackError(Code.UPSTREAM_EMPTY, "The upstream gave an empty file.")
    media_type = sniff.media_type(head, family)
    if not media_type:
        raise TokstackError(Code.UPSTREAM_CHANGED, f"The upstream gave something other than {family}.")
    return media_type


def _too_large(max_bytes: int) -> TokstackError:
    return TokstackError(Code.MEDIA_TOO_LARGE, f"This file has more than {max_bytes} bytes.")
