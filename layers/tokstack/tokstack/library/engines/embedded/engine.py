"""The embedded engine as a whole: one reader for the process, and a writer that is kept from turn to turn."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from typing import TYPE_CHECKING

from tokstack.config import settings
from tokstack.library.engines.embedded.home import Home
from tokstack.library.engines.embedded.publication import Publications, Published
from tokstack.library.engines.embedded.reader import EmbeddedReader, Freshness
from tokstack.library.engines.embedded.tidying import tidy
from tokstack.library.engines.embedded.writer import EmbeddedWriter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SHARE = 0.9  # of the disk that is free


class Embedded:
    """An Engine. A reader keeps no more than `most` bytes under `home`, which is to be enough for two publications."""

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        home: Path,
        *,
        most: int | None = None,
        freshness: Freshness = Freshness(),  # noqa: B008 - immutable
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.publications = Publications(client, bucket)
        self._home = home
        home.mkdir(parents=True, exist_ok=True)
        self._most = most or int(shutil.disk_usage(home).free * _SHARE)
        self._freshness = freshness
        self._clock = clock
        self._reader: EmbeddedReader | None = None
        self._kept: EmbeddedWriter | None = None
        self._lock = Lock()

    def reader(self) -> EmbeddedReader:
        with self._lock:
            if self._reader is None:
                home = Home(self._home / "readers", self._most)
                self._reader = EmbeddedReader(self.publications, home, self._freshness, self._clock)
            return self._reader

    @contextmanager
    def writing(self) -> Iterator[EmbeddedWriter]:
        with self._lock:
            kept, self._kept = self._kept, None
        base = self.publications.readable(kept.base if kept else None)
        writer = kept if kept and kept.base.etag == base.etag else self._writer(base)
        yield writer
        self._keep(writer)

    @contextmanager
    def rebuilding(self) -> Iterator[EmbeddedWriter]:
        writer = self._writer(self.publications.latest(), anew=True)
        yield writer
        self._keep(writer)

    def outdated(self) -> bool:
        return self.publications.latest().manifest.outdated

    def count(self) -> int:
        return self.publications.latest().manifest.items

    def tidy(self) -> None:
        tidy(self.publications, self._clock())

    def _writer(self, base: Published, *, anew: bool = False) -> EmbeddedWriter:
        return EmbeddedWriter(self.publications, Home(self._home / "writers", self._most), base, anew=anew)

    def _keep(self, writer: EmbeddedWriter) -> None:
        """Unless it holds what was not published: the next turn then begins with what is."""
        if writer.clean:
            with self._lock:
                self._kept = writer


@cache
def embedded() -> Embedded:
    """The one over this deployment's bucket."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 4, "mode": "standard"}, connect_timeout=2, read_timeout=20)
    return Embedded(
        boto3.client("s3", config=config), settings().library_bucket, Path(gettempdir()) / "tokstack-library"
    )
