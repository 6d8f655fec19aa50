"""Bringing one file of a post or page from its upstream into storage: once, streamed, and only if it is media."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import httpx

from tokstack import outbound
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.lease import kept_lease
from tokstack.media import failures
from tokstack.media.body import Progress, silent
from tokstack.media.page_files import PageFiles
from tokstack.media.post_files import PostFiles
from tokstack.media.source import TIKTOK, WEB, Source
from tokstack.media.storage import Storage, Stored, storage
from tokstack.table import Table, table

_SECONDS = 240  # for all mirrors of a file; links are renewed once, so twice that at most


class Files(Protocol):
    """Who has the files of a site."""

    def store(self, source: Source, progress: Progress) -> Stored:
        """Brings one into storage."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    files: Callable[[], Mapping[str, Files]]  # by site
    storage: Storage
    table: Table

    def fetch(self, source: Source, progress: Progress = silent) -> Stored | None:
        """What is now stored; None where another worker is at it. A failure is noted for those who wait."""
        with kept_lease(self.table, f"media/{source.path}") as mine:
            if not mine:
                return None
            try:
                return self.storage.find(source.key) or self.files()[source.site].store(source, progress)
            except TokstackError as error:
                failures.note(self.table, source, error)
                raise
            except Exception:
                failures.note(self.table, source, TokstackError(Code.INTERNAL_ERROR, "Fetching this file failed."))
                raise


@cache
def fetcher() -> Fetcher:
    """This function's fetcher."""
    return Fetcher(_files, storage(), table())


@cache
def _files() -> Mapping[str, Files]:
    from tokstack.providers.extractor.extractor import extractor
    from tokstack.providers.upstream import upstream

    max_bytes, gateway = settings().media_max_bytes, settings().upstream_gateway

    def open_client() -> httpx.Client:
        # Any public host: the names of TikTok's delivery networks drift, and none of them is chosen by a caller.
        # A mirror that breaks off half-way may cost as much again.
        return outbound.client(None, seconds=_SECONDS, max_bytes=2 * max_bytes, gateway=gateway)

    return {
        TIKTOK: PostFiles(upstream(), storage(), open_client, max_bytes, table().now),
        WEB: PageFiles(extractor(), storage(), table(), max_bytes),
    }
