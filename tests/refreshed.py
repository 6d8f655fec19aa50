"""What is tracked, and a worker that refreshes it: turns are begun by hand, and nothing is ever late."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from tests.small_library import SmallLibrary
from tests.tables import Clock
from tokstack.errors import TokstackError
from tokstack.library.following import Followed, Sheet
from tokstack.library.ingest import Ingest
from tokstack.library.item import Item, Status
from tokstack.library.queues import Queue
from tokstack.library.refresh import Refresher
from tokstack.library.tracking import Kind, Subject, Tracking, Walk
from tokstack.table import Table

SOMEONE = Subject(Kind.PROFILE, "someone")
NAME = "profile#someone"
HOUR = 3600


def always() -> bool:
    return True


@dataclass
class Told:
    """Follows nobody: gives its sheets by place, or raises what stands there, each time it is asked."""

    sheets: dict[str | None, Sheet | TokstackError]
    most: int = 1000
    asked: list[str | None] = field(default_factory=list)
    missing: tuple[Item, ...] = ()

    def sheet(self, place: str | None) -> Sheet:
        self.asked.append(place)
        found = self.sheets[place]
        if isinstance(found, TokstackError):
            raise found
        return found

    def gone(self, walk: Walk) -> Iterator[Item]:
        return iter(self.missing if walk.whole else ())


class World:
    """One refresher, with what it takes in and what it sends to itself."""

    def __init__(self, table: Table, clock: Clock, followed: Followed) -> None:
        self.clock, self.followed, self.library = clock, followed, SmallLibrary()
        self.tracking = Tracking(table)
        self.tracking.track(SOMEONE, 6 * HOUR)
        self.sent: list[dict[str, Any]] = []
        self.refresher = Refresher(
            table,
            self.tracking,
            cast("Ingest", self.library),
            cast("Queue", self),
            lambda subject: self.followed,
            clock,
        )

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def begin(self) -> dict[str, Any]:
        """A turn, as the schedule begins it."""
        tracked = self.tracked
        self.tracking.begin(tracked)
        return {"subject": NAME, "turn": tracked.turn + 1}

    def turn(self, go_on: Callable[[], bool] = always) -> str:
        return self.refresher.take(self.begin(), go_on)

    @property
    def tracked(self) -> Any:
        return self.tracking.find(SOMEONE)

    @property
    def ids(self) -> list[int]:
        return [int(document.item.tiktok_id) for document in self.library.documents]


def sheet(*ids: int, place: str | None = None, whole: bool = True) -> Sheet:
    items = tuple(Item(tiktok_id=str(each), status=Status.ACTIVE) for each in ids)
    return Sheet(items, frozenset(ids), place, whole)


def three_pages() -> Told:
    return Told({None: sheet(1, 2, place="b"), "b": sheet(3, place="c"), "c": sheet(4)})
