"""The indexer: what is pending in the log comes into documents and index, one turn at a time, by one worker.

Whatever is cut short, wherever, is done again and comes to the same: documents are written before the index means
them, a batch is pending until the index has it, and what an index has already changes nothing.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from tokstack.errors import Code, TokstackError
from tokstack.lease import kept_lease
from tokstack.library.document import Document
from tokstack.library.documents import Documents
from tokstack.library.engines.protocol import Engine, SupersededError, Writer
from tokstack.library.entries import sold_in
from tokstack.library.entry import Entry, Keyword
from tokstack.library.log import Log
from tokstack.library.prepared import Prepared, together
from tokstack.library.preparing import preparing
from tokstack.library.retired import Retired
from tokstack.library.shops import Shops
from tokstack.library.state import Rebuild, State
from tokstack.observability import logger
from tokstack.table import Table

_LEASE = "library-index"
_BATCHES = 40  # of one publication, at most
_FRESH = 20.0  # seconds after which a publication takes no more of them
_MARGIN = 120.0  # seconds, for what is begun when time is nearly over, and its publication
_TRIES = 3  # at one publication, where another writer is first
_LISTS = 100  # of documents that were replaced, looked at in one turn


class Outcome(StrEnum):
    DONE = "done"
    MORE = "more"  # time is over: another turn is needed
    BUSY = "busy"  # another worker has its turn


@dataclass(frozen=True, slots=True)
class Indexer:
    table: Table
    log: Log
    documents: Documents
    retired: Retired
    engine: Engine

    def turn(self, seconds_left: Callable[[], float]) -> Outcome:
        """Until nothing is pending; an index that is outdated is rebuilt before. Raises SERVICE_UNAVAILABLE."""
        with kept_lease(self.table, _LEASE) as mine:
            if not mine:
                return Outcome.BUSY
            if self.engine.outdated():
                logger.warning("the index is of another form")
                self._rebuild(seconds_left)
            while names := self.log.pending(_BATCHES):
                if seconds_left() < _MARGIN:
                    return Outcome.MORE
                added = self._published(names, seconds_left)
                State(self.table).published(self.engine.count())
                self.log.done(added)
            return self._tidied(seconds_left)

    def rebuild(self, seconds_left: Callable[[], float]) -> Outcome:
        """All that the log holds, into an index that begins with nothing.

        Raises SERVICE_UNAVAILABLE, also where time is over before: then all is as it was before.
        """
        with kept_lease(self.table, _LEASE) as mine:
            if not mine:
                return Outcome.BUSY
            self._rebuild(seconds_left)
            return Outcome.DONE

    def _rebuild(self, seconds_left: Callable[[], float]) -> None:
        """However it ends, the owner is told."""
        state = State(self.table)
        try:
            self._rebuilt(state, seconds_left)
        except Exception as error:
            said = error.message if isinstance(error, TokstackError) else "See the function's log."
            state.rebuilt(Rebuild(ended=True, failure=said))
            raise

    def _published(self, names: list[str], seconds_left: Callable[[], float]) -> list[str]:
        """Which of the batches are in the index now: at least the first."""
        for _ in range(_TRIES):
            try:
                return self._publish(names, seconds_left)
            except SupersededError:
                logger.warning("another writer was first")
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "Another writer is publishing all the time.", retry_after=1)

    def _publish(self, names: list[str], seconds_left: Callable[[], float]) -> list[str]:
        stale = time.monotonic() + _FRESH
        with self.engine.writing() as writer, preparing(self.log, names) as batches, _Work(self, writer) as work:
            added = work.add_all(names, batches, lambda: time.monotonic() > stale or seconds_left() < _MARGIN)
            work.settle()
            if work.changed:
                writer.publish()
        logger.info("indexed", extra={"batches": len(added), "items": work.changed})
        return added

    def _rebuilt(self, state: State, seconds_left: Callable[[], float]) -> None:
        names = list(self.log.names())
        with self.engine.rebuilding() as writer, preparing(self.log, names) as batches, _Work(self, writer) as work:
            for number in range(len(names)):
                if seconds_left() < _MARGIN:
                    message = f"There was time for {number} of {len(names)} batches: the index is as it was before."
                    raise TokstackError(Code.SERVICE_UNAVAILABLE, message)
                state.rebuilt(Rebuild(number, len(names)))
                work.add(batches)
            work.settle()
            try:
                writer.publish()
            except SupersededError as error:
                raise TokstackError(Code.SERVICE_UNAVAILABLE, "Another writer was first.", retry_after=1) from error
        state.published(self.engine.count())
        state.rebuilt(Rebuild(len(names), len(names), ended=True))

    def _tidied(self, seconds_left: Callable[[], float]) -> Outcome:
        if lists := self.retired.due(_LISTS):
            with self.engine.writing() as writer:
                for key in lists:
                    if seconds_left() < _MARGIN:
                        return Outcome.MORE
                    self.retired.delete(key, writer.find)
        self.engine.tidy()
        return Outcome.MORE if len(lists) == _LISTS else Outcome.DONE


class _Work:
    """What one writer writes. `changed` is how many items have another document now.

    Documents are on their way to the table while the next batch is read. `settle` waits for them.
    """

    def __init__(self, indexer: Indexer, writer: Writer) -> None:
        self._documents, self._retired = indexer.documents, indexer.retired
        self._writer = writer
        self._shops = Shops(indexer.table)
        self._countries: dict[str, str | None] = {}  # of shops, by domain
        self._pool = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self.changed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown()

    def add_all(
        self, names: Iterable[str], batches: Iterator[Sequence[Prepared]], until: Callable[[], bool]
    ) -> list[str]:
        """Which batches were added: at least the first, and others for as long as there is time."""
        added = []
        for name in names:
            self.add(batches)
            added.append(name)
            if until():
                break
        return added

    def add(self, batches: Iterator[Sequence[Prepared]]) -> None:
        """The next one of them."""
        with _uncollected():
            self._add(next(batches))

    def _add(self, batch: Sequence[Prepared]) -> None:
        self.settle()
        there = self._writer.find({made.entry.id for made in batch})
        known = self._known(there)
        items = together(known, batch)
        changed = {
            (item, made.entry.version): made
            for item, made in items.items()
            if item not in known or there[item] != made.entry.version
        }
        self._writing = self._pool.submit(self._documents.write, {key: made.document for key, made in changed.items()})
        self._retired.note([(item, there[item]) for item, version in changed if there.get(item, version) != version])
        self._writer.write(self._sold([made.entry for made in changed.values()]))
        self.changed += len(changed)

    def _sold(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        """With the countries of their shops: what is told about a shop later is found after the next rebuilding."""
        domains = [entry.keywords.get(Keyword.DOMAIN, (None,))[0] for entry in entries]
        if unknown := set(filter(None, domains)) - self._countries.keys():
            facts = self._shops.get(unknown)
            self._countries |= {domain: facts[domain].country_code if domain in facts else None for domain in unknown}
        for entry, domain in zip(entries, domains, strict=True):
            country = self._countries[domain] if domain else None
            yield sold_in(entry, country) if country else entry

    def settle(self) -> None:
        """All documents are in the table. Raises what went wrong on their way."""
        writing, self._writing = self._writing, None
        if writing:
            writing.result()

    def _known(self, there: Mapping[int, int]) -> dict[int, Document]:
        found = self._documents.get(list(there.items()))
        known = {item: document for item, document in zip(there, found, strict=True) if document}
        if len(known) < len(there):
            logger.error("documents are not where the index says", extra={"missing": len(there) - len(known)})
        return known


@contextmanager
def _uncollected() -> Iterator[None]:
    """Python looks for cycles each time that some thousand objects were made. Here are many, and no cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
