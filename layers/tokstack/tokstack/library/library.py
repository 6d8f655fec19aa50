"""The library as it is read: what an engine finds, with the documents, and with what is known of them elsewhere."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeVar

from tokstack.errors import Code, TokstackError
from tokstack.library.document import Document
from tokstack.library.documents import documents
from tokstack.library.engines.chosen import engine
from tokstack.library.engines.protocol import Hit, Reader
from tokstack.library.entries import normalised, shop_domain, shop_id
from tokstack.library.entry import Keyword
from tokstack.library.item import Item, Shop
from tokstack.library.query import Query
from tokstack.library.shops import shops
from tokstack.library.standing import ItemStanding, ProfileStanding
from tokstack.library.standings import standings
from tokstack.observability import logger

Answer = TypeVar("Answer")

_LONGEST = 256  # characters of what names a shop


class Documents(Protocol):
    def get(self, versions: Sequence[tuple[int, int]]) -> Sequence[Document | None]:
        """By id and version, in their order; None for what is no longer there."""


class Standings(Protocol):
    def get(self, profiles: Iterable[str], items: Collection[str] | None = None) -> Mapping[str, ProfileStanding]:
        """Of those profiles that have one; of `items` alone where only these are asked for."""


class Shops(Protocol):
    def get(self, domains: Iterable[str]) -> Mapping[str, Shop]:
        """Of those domains of which facts were given."""

    def named(self, shop_id: str) -> Shop | None:
        """The one to which facts give this id."""


@dataclass(frozen=True, slots=True)
class Found:
    """`shop` is what its facts say, and where they say nothing, what was observed; None where it sells nothing."""

    document: Document
    standing: ItemStanding | None = None
    profile: ProfileStanding | None = None
    shop: Shop | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`total` counts all that were found, of which `rows` are a page."""

    total: int
    rows: tuple[Found, ...] = ()


class _GoneError(Exception):
    """A document is not there in the version that the engine names."""


class Library:
    """Raises TokstackError SERVICE_UNAVAILABLE alone.

    A page costs two reads of the table, one after the other: the documents, and then all that belongs to them.
    """

    def __init__(self, reader: Reader, documents: Documents, standings: Standings, shops: Shops) -> None:
        self._reader = reader
        self._documents = documents
        self._standings = standings
        self._shops = shops

    def search(self, query: Query) -> FoundPage:
        def page() -> FoundPage:
            hits = self._reader.search(query)
            return FoundPage(hits.total, self._found(hits.page))

        return self._caught_up(page)

    def item(self, item_id: int) -> Found | None:
        def item() -> Found | None:
            version = self._reader.find([item_id]).get(item_id)
            return None if version is None else self._found((Hit(item_id, version),))[0]

        return self._caught_up(item)

    def shop(self, name: str) -> frozenset[str]:
        """Under which values of SHOP the items of a shop are; it is asked for by its id or by its domain."""
        if len(name) > _LONGEST:
            return frozenset()
        facts = self._shops.named(name)
        names = (name, facts.domain if facts else None, normalised(Keyword.DOMAIN, name))
        return frozenset(filter(None, names))

    def _caught_up(self, read: Callable[[], Answer]) -> Answer:
        """A reader that lags behind by more than an hour names documents that are gone: it catches up, and reads again.

        To leave a row out would be quicker, and a page with a hole in it.
        """
        try:
            return read()
        except _GoneError:
            self._reader.refresh()
        try:
            return read()
        except _GoneError as gone:
            logger.exception("a document is not where the index says")
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "The library is being renewed.", retry_after=1) from gone

    def _found(self, hits: Sequence[Hit]) -> tuple[Found, ...]:
        if not hits:
            return ()
        documents = self._documents.get([(hit.id, hit.version) for hit in hits])
        present = [document for document in documents if document is not None]
        if len(present) < len(hits):
            raise _GoneError
        profiles, shops = self._belongings(present)
        return tuple(_joined(document, hit.score, profiles, shops) for hit, document in zip(hits, present, strict=True))

    def _belongings(self, documents: Sequence[Document]) -> tuple[Mapping[str, ProfileStanding], Mapping[str, Shop]]:
        """Standings and shops, read side by side."""
        items = [document.item for document in documents]
        domains = {domain for item in items if (domain := shop_domain(item))}
        with ThreadPoolExecutor(1) as beside:
            facts = beside.submit(self._shops.get, domains) if domains else None
            profiles = {item.profile.id for item in items if item.profile.id}
            standing = self._standings.get(profiles, [item.tiktok_id for item in items])
            return standing, facts.result() if facts else {}


@cache
def library() -> Library:
    """This function's."""
    return Library(engine().reader(), documents(), standings(), shops())


def _joined(
    document: Document, score: float | None, profiles: Mapping[str, ProfileStanding], shops: Mapping[str, Shop]
) -> Found:
    item = document.item
    profile = profiles.get(item.profile.id or "")
    return Found(
        document,
        profile.items.get(item.tiktok_id) if profile else None,
        profile,
        _shop(item, shops),
        score,
    )


def _shop(item: Item, shops: Mapping[str, Shop]) -> Shop | None:
    """Facts before observations."""
    known = shop_id(item)
    if known is None:
        return None
    domain = shop_domain(item)
    facts = {name: fact for name, fact in shops.get(domain or "", Shop()) if fact not in (None, ())}
    return (item.shop or Shop()).model_copy(update={"id": known, **facts, "domain": domain})
