"""Shops: which one an item's link leads to, and what was told about each: `SHOP#{domain}` / `SHOP`.

A shop's id is the one that it was given, or else made of its domain. `SHOPID#{id}` / `SHOP` says which domain has it.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from urllib.parse import urlsplit

from tokstack.errors import TokstackError
from tokstack.library.item import Item, Shop
from tokstack.posts.addresses import parse_address
from tokstack.table import Item as Record
from tokstack.table import Key, Table, library_table

_ID_DIGITS = 16  # hexadecimal
_LONGEST = 253  # characters of a domain; what an item calls one may be longer, and no key of the table


def domain_of(url: str) -> str | None:
    """The site that an address leads to: its host, without www; None where it is no address of the internet."""
    try:
        host = urlsplit(parse_address(url)).hostname or ""
    except TokstackError:
        return None
    return host.removeprefix("www.") or None


def id_of(domain: str) -> str:
    return f"shop_{sha256(domain.encode()).hexdigest()[:_ID_DIGITS]}"


def with_shop(item: Item) -> Item:
    """The same, with the shop that its link leads to where nobody said which it is."""
    said = item.shop or Shop()
    domain = domain_of(said.domain or item.landing_url or "")
    if domain is None or (said.id and said.domain == domain):
        return item
    shop = said.model_copy(update={"id": said.id or id_of(domain), "domain": domain})
    return item.model_copy(update={"shop": shop})


class Shops:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, domains: Iterable[str]) -> dict[str, Shop]:
        """Those that something was told about, by domain."""
        records = self._table.get_many(_key(domain) for domain in domains if len(domain) <= _LONGEST)
        return {record["pk"].removeprefix("SHOP#"): Shop.model_validate_json(record["facts"]) for record in records}

    def named(self, shop_id: str) -> Shop | None:
        """The one that has that id, as far as something was told about it."""
        named = self._table.get(_id_key(shop_id))
        return self.get([named["domain"]]).get(named["domain"]) if named else None

    def put(self, shops: Iterable[Shop]) -> None:
        """What is told about a domain takes the place of what was told before. Each has a domain (`known`)."""
        by_domain = {shop.domain: shop for shop in shops}
        self._table.put_many(record for shop in by_domain.values() for record in _records(shop))


@cache
def shops() -> Shops:
    """This function's."""
    return Shops(library_table())


def known(shop: Shop) -> Shop | None:
    """As it is kept: by its domain, and with an id. None where nobody said which domain it has."""
    domain = domain_of(shop.domain or "")
    return shop.model_copy(update={"domain": domain, "id": shop.id or id_of(domain)}) if domain else None


def _records(shop: Shop) -> Iterable[Record]:
    key, named = _key(shop.domain or ""), _id_key(shop.id or "")
    yield {"pk": key.pk, "sk": key.sk, "facts": shop.model_dump_json(by_alias=True, exclude_defaults=True)}
    yield {"pk": named.pk, "sk": named.sk, "domain": shop.domain}


def _key(domain: str) -> Key:
    return Key(f"SHOP#{domain}", "SHOP")


def _id_key(shop_id: str) -> Key:
    return Key(f"SHOPID#{shop_id}", "SHOP")
