"""The library's routes: the items that are asked for, one of them, and those that lead to one shop."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tokstack.api.access import PerRow
from tokstack.api.backends import library
from tokstack.api.http import Reply
from tokstack.api.library_query import LibraryBody, LibraryQuery, query_of
from tokstack.api.library_reading import from_body, from_query
from tokstack.api.routes import Call, NoQuery, Route
from tokstack.errors import Code, TokstackError
from tokstack.library.entry import Keyword

if TYPE_CHECKING:
    from tokstack.library.query import Query

PREFIX = "tiktok_"  # before TikTok's id, in ours

_IDS = 2**63


def _search(asked: LibraryQuery, call: Call) -> Reply:
    return _page(query_of(asked), asked, call)


def _of_shop(asked: LibraryQuery, call: Call) -> Reply:
    query = query_of(asked)
    shop = library().shop(call.request.path_parameters["shopId"])
    return _page(replace(query, keywords={**query.keywords, Keyword.SHOP: shop}), asked, call)


def _page(query: "Query", asked: LibraryQuery, call: Call) -> Reply:
    from tokstack.api.library_items import page_of

    found = library().search(query)
    reply = Reply.json(200, page_of(found, asked.page, asked.limit, call.request.id))
    call.pay(len(found.rows))
    return reply


def _item(_: NoQuery, call: Call) -> Reply:
    from tokstack.api.library_items import detail_of

    item_id = _tiktok_id(call.request.path_parameters["itemId"])
    found = library().item(item_id) if item_id else None
    if found is None:
        raise TokstackError(Code.ITEM_NOT_FOUND, "The library has no such item.")
    reply = Reply.json(200, detail_of(found, call.request.id))
    call.pay(1)
    return reply


def _tiktok_id(text: str) -> int | None:
    """Of `tiktok_123` or `123`; None where it is neither."""
    digits = text.removeprefix(PREFIX)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(_IDS))):
        return None
    return int(digits) if 0 < int(digits) < _IDS else None


LIBRARY = Route(
    name="library",
    paths=("/v1/tiktok/library",),
    summary="Ads and organic posts of the library, searched, filtered and sorted",
    query=LibraryQuery,
    read=from_query,
    answer=_search,
    access=PerRow(),
)

LIBRARY_QUERY = Route(
    name="library-query",
    paths=("/v1/tiktok/library/query",),
    summary="The same, by all that can be asked of the library",
    body=LibraryBody,
    read=from_body,
    answer=_search,
    access=PerRow(),
    methods=("POST",),
)

LIBRARY_ITEM = Route(
    name="library-item",
    paths=("/v1/tiktok/library/{itemId}",),
    summary="One item of the library, with its links and where it comes from",
    query=NoQuery,
    answer=_item,
    errors=(Code.ITEM_NOT_FOUND,),
    access=PerRow(),
)

SHOP_LIBRARY = Route(
    name="shop-library",
    paths=("/v1/shops/{shopId}/tiktok/library",),
    summary="The items of the library that lead to one shop; none where nobody knows the shop",
    query=LibraryQuery,
    read=from_query,
    answer=_of_shop,
    access=PerRow(),
)
