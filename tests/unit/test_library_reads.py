"""The library as it is read: hits with their documents and what belongs to them; and where a document is gone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tokstack.errors import Code, TokstackError
from tokstack.library.document import Document
from tokstack.library.engines.protocol import Hit, Hits, Standing
from tokstack.library.entries import shop_domain
from tokstack.library.item import Item, Shop
from tokstack.library.library import Found, FoundPage, Library
from tokstack.library.query import Query
from tokstack.library.shops import id_of
from tokstack.library.standing import ItemStanding, ProfileStanding

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
QUERY = Query(terms=("glow",))
RANKED = ProfileStanding(ranked=9, items={"1": ItemStanding(rank=4)})
GLOW = Shop(id="s-1", domain="glow.example", name="Glow", monthly_visits=7)


def document(item_id: int, **fields: Any) -> Document:
    item = Item.model_validate({"tiktokId": str(item_id), **fields})
    return Document(item=item, created_at=NOON, indexed_at=NOON, first_seen_at=NOON)


class Engine:
    """A reader that shows the newer of its hits once it is told to catch up."""

    def __init__(self, *hits: Hits) -> None:
        self._ahead = [*hits]
        self.asked: list[Query] = []

    def search(self, query: Query) -> Hits:
        self.asked.append(query)
        return self._ahead[0]

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        return {hit.id: hit.version for hit in self._ahead[0].page if hit.id in ids}

    def refresh(self) -> None:
        self._ahead = self._ahead[1:] or self._ahead

    def standings(self) -> Iterator[Standing]:
        raise NotImplementedError


class Stores:
    """Documents by id and version, standings by profile, shops by domain; and which of them were asked for."""

    def __init__(
        self,
        documents: Mapping[tuple[int, int], Document] = {},
        standings: Mapping[str, ProfileStanding] = {},
        shops: Sequence[Shop] = (),
    ) -> None:
        self._documents, self._standings, self._shops = documents, standings, shops
        self.asked: list[tuple[str, set[Any]]] = []

    def library(self, engine: Engine) -> Library:
        return Library(engine, Documents(self), Standings(self), Shops(self))

    def documents(self, versions: Sequence[tuple[int, int]]) -> list[Document | None]:
        self.asked.append(("documents", set(versions)))
        return [self._documents.get(version) for version in versions]

    def standings(self, profiles: Iterable[str], items: Collection[str] | None) -> dict[str, ProfileStanding]:
        wanted = set(profiles)
        assert items is not None
        self.asked.append(("standings", wanted))
        return {profile: standing for profile, standing in self._standings.items() if profile in wanted}

    def shops(self, domains: Iterable[str]) -> dict[str, Shop]:
        wanted = set(domains)
        self.asked.append(("shops", wanted))
        return {str(shop.domain): shop for shop in self._shops if shop.domain in wanted}

    def named(self, shop_id: str) -> Shop | None:
        self.asked.append(("named", {shop_id}))
        return next((shop for shop in self._shops if shop.id == shop_id), None)


class Documents:
    def __init__(self, stores: Stores) -> None:
        self.get = stores.documents


class Standings:
    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def get(self, profiles: Iterable[str], items: Collection[str] | None = None) -> dict[str, ProfileStanding]:
        return self._stores.standings(profiles, items)


class Shops:
    def __init__(self, stores: Stores) -> None:
        self.get, self.named = stores.shops, stores.named


def test_a_page_is_its_hits_in_their_order_with_all_that_belongs_to_them() -> None:
    first, second, third = (
        document(1, profile={"id": "p"}, shop={"id": "s-1", "domain": "glow.example"}),
        document(2, profile={"id": "p"}),
        document(3),
    )
    stores = Stores({(1, 10): first, (2, 20): second, (3, 30): third}, {"p": RANKED}, [GLOW])
    engine = Engine(Hits(71, (Hit(3, 30, 2.5), Hit(1, 10, 1.5), Hit(2, 20, 1.5))))
    assert stores.library(engine).search(QUERY) == FoundPage(
        71,
        (
            Found(third, score=2.5),
            Found(first, RANKED.items["1"], RANKED, GLOW, 1.5),
            Found(second, None, RANKED, None, 1.5),
        ),
    )
    assert engine.asked == [QUERY]
    assert stores.asked[0] == ("documents", {(1, 10), (2, 20), (3, 30)})
    assert sorted(stores.asked[1:]) == [("shops", {"glow.example"}), ("standings", {"p"})]


def test_an_empty_page_asks_no_store() -> None:
    stores = Stores()
    assert stores.library(Engine(Hits(71))).search(QUERY) == FoundPage(71)
    assert stores.asked == []


@pytest.mark.parametrize(
    ("fields", "facts", "shown"),
    [
        ({}, [GLOW], None),
        ({"shop": {"name": "Glow"}}, [GLOW], None),
        ({"shop": {"id": "a"}}, [GLOW], Shop(id="a")),
        ({"shop": {"domain": "Glow.Example"}}, [], Shop(id=id_of("glow.example"), domain="glow.example")),
        ({"source": {"domain": "glow.example"}}, [], Shop(id=id_of("glow.example"), domain="glow.example")),
        ({"source": {"domain": "glow.example"}}, [GLOW], GLOW),
        (
            {"shop": {"id": "a", "domain": "glow.example", "name": "Old", "productsCount": 3}},
            [GLOW],
            GLOW.model_copy(update={"products_count": 3}),
        ),
        (
            {"shop": {"id": "a", "domain": "glow.example", "name": "Old"}},
            [Shop(domain="glow.example", monthly_visits=0)],
            Shop(id="a", domain="glow.example", name="Old", monthly_visits=0),
        ),
    ],
)
def test_a_shop_has_its_facts_before_what_was_observed(
    fields: dict[str, Any], facts: list[Shop], shown: Shop | None
) -> None:
    stores = Stores({(1, 10): document(1, **fields)}, {}, facts)
    (found,) = stores.library(Engine(Hits(1, (Hit(1, 10),)))).search(QUERY).rows
    assert found.shop == shown
    assert (shown is None) == (shop_domain(found.document.item) is None and fields.get("shop", {}).get("id") is None)


def test_an_item_is_found_by_its_id() -> None:
    stores = Stores({(1, 10): document(1, profile={"id": "p"})}, {"p": RANKED})
    library = stores.library(Engine(Hits(1, (Hit(1, 10),))))
    assert library.item(1) == Found(document(1, profile={"id": "p"}), RANKED.items["1"], RANKED)
    assert library.item(2) is None


OLD, NEW = Hits(2, (Hit(1, 10), Hit(2, 20))), Hits(2, (Hit(1, 11), Hit(2, 20)))


def test_where_a_document_is_gone_the_reader_catches_up_once() -> None:
    newer = document(1, content={"description": "newer"})
    stores = Stores({(1, 11): newer, (2, 20): document(2)})
    engine = Engine(OLD, NEW)
    page = stores.library(engine).search(QUERY)
    assert [row.document for row in page.rows] == [newer, document(2)]
    assert engine.asked == [QUERY, QUERY]
    found = stores.library(Engine(OLD, NEW)).item(1)
    assert found
    assert found.document == newer


def test_no_row_is_left_out_where_its_document_is_not_to_be_had() -> None:
    stores = Stores({(2, 20): document(2)})
    library = stores.library(Engine(OLD, NEW))
    for ask in (lambda: library.search(QUERY), lambda: library.item(1)):
        with pytest.raises(TokstackError) as refused:
            ask()
        assert refused.value.code is Code.SERVICE_UNAVAILABLE


def test_an_item_that_is_gone_from_the_newer_index_is_not_found() -> None:
    assert Stores().library(Engine(OLD, replace(NEW, page=()))).item(1) is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("s-1", {"s-1", "glow.example"}),
        ("glow.example", {"glow.example"}),
        ("https://www.Glow.example/", {"https://www.Glow.example/", "glow.example"}),
        ("a" * 257, set()),
    ],
)
def test_a_shop_is_asked_for_by_its_id_or_its_domain(name: str, values: set[str]) -> None:
    found = Stores(shops=[GLOW]).library(Engine(OLD)).shop(name)
    assert values <= found
    assert found <= values | {name, name.lower()}
    assert bool(found) == bool(values)
