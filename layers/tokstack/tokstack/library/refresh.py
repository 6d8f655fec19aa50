"""What is tracked, read anew: a turn, or a piece of it; then the turn's message is sent again, for another piece.

How a turn failed is told by its record, and when the next one comes: soon where the upstream failed for a moment, later
and later where what is tracked is gone or private. It is never given up.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tokstack.errors import Code, TokstackError
from tokstack.lease import kept_lease
from tokstack.library.dispatch import message
from tokstack.library.documents import documents
from tokstack.library.engines.chosen import engine
from tokstack.library.following import AdSearch, Followed, Library, PostSearch, Profile
from tokstack.library.ingest import Ingest, ingest
from tokstack.library.item import Item
from tokstack.library.queues import Queue, refresh_queue
from tokstack.library.snapshots import MOST
from tokstack.library.tracking import Kind, Subject, Tracked, Tracking, Walk, subject_named, tracking
from tokstack.observability import logger
from tokstack.providers.official.ad_library import AdQuery
from tokstack.providers.official.research import VideoQuery
from tokstack.providers.official.sources import sources
from tokstack.providers.upstream import upstream
from tokstack.table import Table, library_table

_SOON = 900.0  # seconds until what failed for a moment is tried again; twice as long each time
_LONGEST = 7 * 86_400.0  # between two tries
_GIVEN_UP = 2  # failures in a row, and a walk begins anew: perhaps with another provider

GoOn = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Refresher:
    table: Table
    tracking: Tracking
    ingest: Ingest
    queue: Queue
    followed: Callable[[Subject], Followed]
    now: Callable[[], float] = time.time

    def take(self, message: Mapping[str, Any], go_on: GoOn) -> str:
        """What came of it, in a word. Raises TokstackError where the library itself cannot be reached."""
        subject, turn = subject_named(message["subject"]), int(message["turn"])
        with kept_lease(self.table, f"REFRESH#{subject}") as mine:
            if not mine:
                return "busy"  # who does it goes on, or leaves its message
            tracked = self.tracking.find(subject)
            if tracked is None or turn <= tracked.ended:
                return "over"
            return self._turn(tracked, turn, go_on)

    def _turn(self, tracked: Tracked, turn: int, go_on: GoOn) -> str:
        subject, followed = tracked.subject, self.followed(tracked.subject)
        walk, failure, items = self._walked(self.tracking.walk(subject), followed, go_on)
        if failure is None and walk.place is None:
            items.extend(followed.gone(walk))
        # All at once: a batch for each page would be thousands of objects a day.
        self.ingest.take(items, datetime.fromtimestamp(self.now(), UTC))
        if failure is not None:
            self._fail(tracked, turn, walk, failure)
            return failure.code
        if walk.place is None:
            self.tracking.succeeded(subject, turn, len(walk.seen))
            return "done"
        self.tracking.keep_walk(subject, walk)
        self.queue.send(message(subject, turn))
        return "paused"

    def _walked(self, walk: Walk, followed: Followed, go_on: GoOn) -> tuple[Walk, TokstackError | None, list[Item]]:
        """How far it came, why no further, and what it saw. At its end its place is None."""
        items: list[Item] = []
        while True:
            try:
                sheet = followed.sheet(walk.place)
            except TokstackError as error:
                return walk, error, items
            items.extend(sheet.items)
            stuck, seen = sheet.seen <= walk.seen and bool(sheet.seen), walk.seen | sheet.seen
            cut = sheet.place is not None and (stuck or len(seen) >= followed.most)
            place = None if cut else sheet.place
            walk = replace(walk, place=place, seen=seen, whole=walk.whole and sheet.whole and not cut)
            if walk.place is None or not go_on():
                return walk, None, items

    def _fail(self, tracked: Tracked, turn: int, walk: Walk, error: TokstackError) -> None:
        subject, failures = tracked.subject, tracked.failures
        logger.warning("what is tracked was not read", subject=str(subject), code=error.code, reason=error.message)
        if _momentary(error) and failures + 1 < _GIVEN_UP:
            self.tracking.keep_walk(subject, walk)
        else:
            self.tracking.forget_walk(subject)
        self.tracking.failed(subject, turn, error, wait(error, failures, tracked.every))


def wait(error: TokstackError, failures: int, every: int) -> float:
    """Seconds until the next turn, after so many failures before this one."""
    if error.retry_after is not None and error.code is Code.UPSTREAM_RATE_LIMITED:
        return max(error.retry_after, _SOON)
    if _momentary(error):
        return min(_SOON * 2.0 ** min(failures, 10), every)
    return min(every * 2.0 ** min(failures + 1, 10), max(_LONGEST, every))


def _momentary(error: TokstackError) -> bool:
    """Whether it says nothing of what is tracked: the upstream failed, or our own table did while it was asked."""
    return error.passing or error.code is Code.SERVICE_UNAVAILABLE


@cache
def _library() -> Library:
    """Opened by those alone who come to need it."""
    return Library(engine().reader(), documents())


def _current() -> Library:
    library = _library()
    library.reader.refresh()
    return library


def followed_by(subject: Subject) -> Followed:
    if subject.kind is Kind.PROFILE:
        return Profile(subject.name, upstream(), _current, time.time, MOST)
    country, term = subject.search
    if subject.kind is Kind.ADS:
        return AdSearch(AdQuery(country, term), sources(), _current, time.time)
    return PostSearch(VideoQuery(country, term), sources(), time.time)


@cache
def refresher() -> Refresher:
    """This function's."""
    return Refresher(library_table(), tracking(), ingest(), refresh_queue(), followed_by)
