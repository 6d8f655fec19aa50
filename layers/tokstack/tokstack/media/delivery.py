"""What stands behind `/media/{token}`, without HTTP: where the file is, or that it takes longer."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.media import failures, sniff, tokens
from tokstack.media.filenames import content_disposition
from tokstack.media.secret import signing_secret
from tokstack.media.source import Source
from tokstack.media.storage import Storage, Stored, storage
from tokstack.table import Table, table

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

MAX_HOPS = 15
_WAIT = 25  # seconds; the API ends an answer at 30
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0  # seconds between two looks into storage


@dataclass(frozen=True, slots=True)
class Ready:
    """The file is at `url` for some minutes; `size` in bytes."""

    url: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The file is on its way: ask again, as the `hop`th time."""

    hop: int


@dataclass(frozen=True, slots=True)
class Delivery:
    secret: Callable[[], bytes]
    storage: Storage
    table: Table
    start: Callable[[Source], None]  # begins a fetch (fetch.py) elsewhere, without waiting for it
    sleep: Callable[[float], None] = time.sleep

    def deliver(self, token: str, hop: int = 0) -> Ready | Pending:
        """Answers GET: waits for the file up to 25 s, and begins its fetch where nobody has.

        Raises TokstackError: a bad token, why the fetch failed, or `upstream_timeout` after MAX_HOPS.
        """
        source = self._verify(token)
        stored = self.storage.find(source.key) or self._await(source)
        if stored:
            return self._ready(stored, source)
        if hop >= MAX_HOPS:
            raise TokstackError(Code.UPSTREAM_TIMEOUT, "The upstream takes too long to give this file.")
        return Pending(max(hop, 0) + 1)

    def peek(self, token: str) -> Ready | None:
        """Answers HEAD: fetches nothing; None where the file is not in storage. The URL is one for HEAD alone."""
        source = self._verify(token)
        stored = self.storage.find(source.key)
        return self._ready(stored, source, head=True) if stored else None

    def _verify(self, token: str) -> Source:
        return tokens.verify(token, now=self.table.now(), secret=self.secret())

    def _await(self, source: Source) -> Stored | None:
        deadline, pause = self.table.now() + _WAIT, _FIRST_PAUSE
        with lease(self.table, f"media-start/{source.path}", _WAIT) as first:
            failures.check(self.table, source)
            if first:
                self.start(source)
            while self.table.now() < deadline:
                self.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                stored = self.storage.find(source.key)
                if stored:
                    return stored
                failures.check(self.table, source)
        return None

    def _ready(self, stored: Stored, source: Source, *, head: bool = False) -> Ready:
        name = f"{source.post_id}-{source.rendition}.{sniff.extension(stored.media_type)}"
        disposition = content_disposition(name, "inline")
        url = self.storage.link(stored.key, method="HEAD" if head else "GET", disposition=disposition)
        return Ready(url, stored.media_type, stored.size)


@cache
def delivery() -> Delivery:
    """This function's delivery."""
    return Delivery(signing_secret, storage(), table(), _start)


def _start(source: Source) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    event = {"site": source.site, "post_id": source.post_id, "rendition": source.rendition}
    try:
        _client().invoke(
            FunctionName=settings().media_download_function,
            InvocationType="Event",
            Payload=json.dumps(event),
        )
    except (BotoCoreError, ClientError) as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The fetch cannot be started.", retry_after=1) from error


@cache
def _client() -> "LambdaClient":
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 3, "mode": "standard"}, connect_timeout=2, read_timeout=5)
    return boto3.client("lambda", config=config)
