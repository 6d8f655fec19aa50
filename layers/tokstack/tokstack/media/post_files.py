"""The files of a TikTok post: from the first mirror that gives one, with fresh links where the known ones are dead."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import httpx

from tokstack.errors import Code, TokstackError
from tokstack.media.body import Body, Progress, checked, ours
from tokstack.media.renditions import family, urls
from tokstack.media.source import Source
from tokstack.media.storage import Storage, Stored
from tokstack.observability import logger
from tokstack.posts.expiry import media_expiry
from tokstack.posts.models import Post
from tokstack.posts.references import PostRef
from tokstack.providers.session import BROWSER_HEADERS

_HEADERS = {**BROWSER_HEADERS, "Referer": "https://www.tiktok.com/", "Accept-Encoding": "identity"}
_REFUSALS = {429: Code.UPSTREAM_RATE_LIMITED, 408: Code.UPSTREAM_TIMEOUT, 504: Code.UPSTREAM_TIMEOUT}


class Posts(Protocol):
    """Who knows a post's links (providers/upstream.py)."""

    def post(self, reference: PostRef, *, required: frozenset[str]) -> Post: ...
    def renew(self, post_id: str) -> Post: ...


@dataclass(frozen=True, slots=True)
class PostFiles:
    posts: Posts
    storage: Storage
    open_client: Callable[[], httpx.Client]  # a fresh one for each job, to be closed
    max_bytes: int
    now: Callable[[], float]

    def store(self, source: Source, progress: Progress) -> Stored:
        """Brings the file into storage."""
        needed = _needed(source.rendition)
        post = self.posts.post(PostRef(source.post_id), required=needed)
        try:
            return self._first_of(post, source, progress)
        except TokstackError as error:
            if not error.passing:
                raise
            logger.info("links renewed", extra={"source": source.path, "cause": str(error)})
        fresh = self.posts.renew(source.post_id)
        # It may come from another provider, which knows fewer of the post's files.
        return self._first_of(fresh if urls(fresh, source.rendition) else post, source, progress)

    def _first_of(self, post: Post, source: Source, progress: Progress) -> Stored:
        """From the first mirror that gives the file; the last one's failure where none does."""
        failure = TokstackError(Code.UPSTREAM_EMPTY, "No upstream has this file of the post just now.")
        with self.open_client() as client:
            for name, value in post.cookies.items():
                client.cookies.set(name, value, domain=".tiktok.com")
            for url in urls(post, source.rendition):
                try:
                    return self._copy(client, url, source, progress)
                except TokstackError as error:
                    if not error.passing:
                        raise
                    failure = error
        raise failure

    def _copy(self, client: httpx.Client, url: str, source: Source, progress: Progress) -> Stored:
        expiry = media_expiry(url)
        if expiry is not None and expiry <= self.now():
            raise TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream's link to this file has expired.")
        try:
            with client.stream("GET", url, headers=_HEADERS) as response:
                if response.status_code != httpx.codes.OK:
                    code = _REFUSALS.get(response.status_code, Code.UPSTREAM_UNAVAILABLE)
                    raise TokstackError(code, f"The upstream answered {response.status_code} for this file.")
                body = Body(response, self.max_bytes, progress)
                media_type = checked(body.head(), family(source.rendition))
                self.storage.put(source.key, body, media_type)
        except httpx.HTTPError as error:
            raise ours(error, self.max_bytes) from error
        return Stored(source.key, media_type, body.size)


def _needed(rendition: str) -> frozenset[str]:
    """What a post must have for one of its files; of most, that it has media at all."""
    parts = {"live": "lives", "subtitle": "subtitles"}
    part = parts.get(rendition.partition("-")[0])
    return frozenset({"media", part} if part else {"media"})
