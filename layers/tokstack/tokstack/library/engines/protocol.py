"""What an engine can be asked, and how it is written.

Documents are not its business: it tells which version of which item is meant. What it tells in one answer is of one
moment; what a writer has not published nobody sees, and what it has published is seen whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from tokstack.library.entry import Entry
from tokstack.library.query import Query


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` is None where nothing was searched for."""

    id: int
    version: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """A page, and how many there are in all: exactly."""

    total: int
    page: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What ranks are made of. `created` in milliseconds since 1970; `views` None where nobody knows."""

    profile: str
    id: int
    type: str
    views: int | None
    created: int


class Reader(Protocol):
    """Raises TokstackError SERVICE_UNAVAILABLE alone."""

    def search(self, query: Query) -> Hits: ...

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        """The versions of those that are there, by id."""

    def refresh(self) -> None:
        """Catches up with what is published, where it does not show that already."""

    def standings(self) -> Iterator[Standing]:
        """Every item of a known profile, profile by profile."""


class Writer(Protocol):
    """One writer's turn. Entries replace those of the same id."""

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        """The versions of those that are there, with what this writer wrote itself."""

    def write(self, entries: Iterable[Entry]) -> None: ...

    def publish(self) -> None:
        """Shows all that was written, at once. Raises SupersededError where another writer was first."""


class SupersededError(Exception):
    """Another writer has published since this one began: nothing was changed, and its work is to be done again."""


class Engine(Protocol):
    def reader(self) -> Reader: ...

    def writing(self) -> AbstractContextManager[Writer]:
        """A writer that goes on from what is published. Raises SERVICE_UNAVAILABLE where that is outdated."""

    def rebuilding(self) -> AbstractContextManager[Writer]:
        """A writer that begins with nothing; readers see the old until it publishes."""

    def outdated(self) -> bool:
        """Whether what is published is of another form than this code's: it is to be built anew."""

    def count(self) -> int:
        """How many items are published."""

    def tidy(self) -> None:
        """Clears away what was published or begun more than an hour ago and is of no use any more."""
