"""The library as one process sees it: the newest publication that it could fetch.

At a query, when the last look is some time ago, a thread looks for a newer one and fetches what is missing of it.
Queries go on with the old one meanwhile. A function sleeps between its calls, in the middle of a look as well: it goes
on with that when it wakes, and where nobody has looked for long, queries wait for it, though not for ever.

A publication of another form is not opened: who has an older one goes on with that.
"""

import shutil
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import cast

from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded import answers, snapshot
from tokstack.library.engines.embedded.home import Home
from tokstack.library.engines.embedded.publication import Manifest, Publications, Published, failures
from tokstack.library.engines.embedded.snapshot import Snapshot
from tokstack.library.engines.protocol import Hits, Standing
from tokstack.library.query import Query
from tokstack.observability import logger


@dataclass(frozen=True, slots=True)
class Freshness:
    """In seconds: after how many there is a new look; after how many without one, because the process slept, it is
    waited for; and for how many.
    """

    look_after: float = 5
    wait_after: float = 30
    patience: float = 5


class EmbeddedReader:
    """A Reader."""

    def __init__(
        self,
        publications: Publications,
        home: Home,
        freshness: Freshness,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._publications = publications
        self._home = home
        self._freshness = freshness
        self._clock = clock
        self._published = Published()
        self._snapshot: Snapshot | None = None
        self._looked_at = -float("inf")
        self._looking: Thread | None = None
        self._unfinished: list[str] = []  # files of a publication that could not be fetched as a whole
        self._lock, self._starting = Lock(), Lock()

    def search(self, query: Query) -> Hits:
        return answers.search(self._current(), query)

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        return self._current().stack.find(ids)

    def refresh(self) -> None:
        with self._lock:
            self._look()

    def standings(self) -> Iterator[Standing]:
        return self._current().standings()

    def _current(self) -> Snapshot:
        """The first look is waited for by all."""
        if self._snapshot is None:
            with self._lock:
                if self._snapshot is None:
                    self._look()
        elif self._clock() - self._looked_at >= self._freshness.look_after:
            self._look_meanwhile()
        return cast("Snapshot", self._snapshot)

    def _look_meanwhile(self) -> None:
        with self._starting:
            if self._looking is None or not self._looking.is_alive():
                self._looking = Thread(target=self._look_again, name="library", daemon=True)
                self._looking.start()
            looking = self._looking
        if self._clock() - self._looked_at >= self._freshness.wait_after:
            looking.join(self._freshness.patience)

    def _look_again(self) -> None:
        try:
            with self._lock:
                self._look()
        except TokstackError:
            logger.exception(
                "The library goes on with an old publication", extra={"number": self._published.manifest.number}
            )
        finally:
            self._looked_at = self._clock()

    def _look(self) -> None:
        began_at = self._clock()
        try:
            published = self._publications.readable(self._published)
            if self._snapshot is None or published.etag != self._published.etag:
                self._snapshot = self._opened(published.manifest)
                self._published = published
        except (KeyError, TypeError, ValueError) as error:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "The library cannot be read.") from error
        self._looked_at = began_at

    def _opened(self, manifest: Manifest) -> Snapshot:
        """Its files are there for as long as it is used; those of a failed attempt, until the next."""
        names = list(manifest.sizes)
        self._home.claim(names)
        self._home.release(self._unfinished)
        self._unfinished = names
        place = self._home.place()
        try:
            with failures():
                self._publications.pull(self._home.missing(manifest.sizes), manifest.sizes)
                opened = snapshot.opened(manifest, self._home.files, place)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        weakref.finalize(opened, _left, self._home, names, place)
        self._unfinished = []
        return opened


def _left(home: Home, names: list[str], place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    home.release(names)
