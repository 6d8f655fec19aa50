"""What an item of a batch comes to where nothing else is known of it: its document, serialised, and its entry.

prepared    a batch, item by item: most of the work of taking in, and nobody is asked anything for it (preparing.py)
together    with what is known already
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tokstack.library.document import Document
from tokstack.library.documents import parsed, serialised, version_of
from tokstack.library.entries import entry
from tokstack.library.entry import Entry
from tokstack.library.log import Batch
from tokstack.library.merge import joined, merged


@dataclass(frozen=True, slots=True)
class Prepared:
    document: bytes
    entry: Entry


def prepared(batch: Batch) -> list[Prepared]:
    """In its order, with an item as often as it is there."""
    return [_of(merged(None, item, batch.received)) for item in batch.items]


def together(known: Mapping[int, Document], batch: Iterable[Prepared]) -> dict[int, Prepared]:
    """Each item of the batch once, joined to its document in `known`, if there is one."""
    items: dict[int, Prepared] = {}
    for made in batch:
        item = made.entry.id
        before = parsed(items[item].document) if item in items else known.get(item)
        items[item] = made if before is None else _of(joined(before, parsed(made.document)))
    return items


def _of(document: Document) -> Prepared:
    body = serialised(document)
    return Prepared(body, entry(document, version_of(body)))
