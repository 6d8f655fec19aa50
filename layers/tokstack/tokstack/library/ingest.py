"""The one way into the library, for every source: into the log, and a word to the indexer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tokstack.library.item import Item
from tokstack.library.log import Log, line_of, log
from tokstack.library.queues import index_queue
from tokstack.library.shops import with_shop

AT_ONCE = 5_000  # items of a batch
BYTES_AT_ONCE = 16 << 20


@dataclass(frozen=True, slots=True)
class Ingest:
    """`wake` tells the indexer that something is pending."""

    log: Log
    wake: Callable[[], None]

    def take(self, items: Iterable[Item], received: datetime) -> list[str]:
        """The names of the batches. Safe to repeat, with the same `received`. Raises SERVICE_UNAVAILABLE."""
        names = []
        for batch in batches(line_of(with_shop(item), received) for item in items):
            names.append(self.log.append(batch, received))
            self.wake()
        return names


def batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines in their order; no batch is large, but for a line that is."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == AT_ONCE or size + len(line) > BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


@cache
def ingest() -> Ingest:
    """This function's."""
    return Ingest(log(), lambda: index_queue().send({}))
