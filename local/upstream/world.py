"""All that the sites answer from, and the one thing that they remember."""

import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from local.upstream.catalog import Catalog
from local.upstream.links import Mint
from local.upstream.media import Library
from local.upstream.recordings import Recordings
from local.upstream.short_links import ShortLink, short_links
from local.upstream.site_files import site_files


class World:
    """`clock` gives epoch seconds: links are good from then on."""

    def __init__(
        self, catalog: Catalog, library: Library, recordings: Recordings, clock: Callable[[], float] = time.time
    ) -> None:
        self.catalog = catalog
        self.library = library
        self.recordings = recordings
        self.clock = clock
        self.tikwm_turns = Turns()

    def mint(self) -> Mint:
        return Mint(self.library, self.clock())

    @cached_property
    def site_files(self) -> Path:
        """Where the files of the other sites are."""
        return site_files()

    @cached_property
    def short_links(self) -> dict[str, ShortLink]:
        return {link.url: link for link in short_links(self.catalog)}


class Turns:
    """tikwm's limit. It says one request a second and is a little kinder, for no network is a metronome."""

    def __init__(self, pause: float = 0.9) -> None:
        self._pause = pause  # seconds
        self._lock = threading.Lock()
        self._next = 0.0

    def take(self) -> bool:
        """Whether enough time has passed since the last turn that was taken."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return False
            self._next = now + self._pause
            return True
