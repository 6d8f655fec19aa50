"""A person's posts, a page at a time: `/api/creator/item_list/` of the web, and how every list is cut."""

from collections.abc import Sequence

from local.upstream.catalog import Post
from local.upstream.links import Mint
from local.upstream.shapes_item import JSON, item_struct

_LOG_ID = "20261120060221357EDA4002EEAF98947D"


def page_of(feed: Sequence[Post], before: int, count: int) -> tuple[list[Post], bool]:
    """Up to `count` posts made before `before` (epoch ms), newest first, and whether older ones are left.

    The first page begins with the pinned ones, out of date order; no later page has them again.
    """
    pinned = [post for post in feed if post.pinned]
    free = [post for post in feed if not post.pinned]
    older = [post for post in free if post.created * 1000 < before]
    shown = pinned + older if older == free else older
    return shown[:count], len(shown) > count


def item_list(posts: Sequence[Post], mint: Mint, *, more: bool) -> JSON:
    """A page of posts; one without any has no `itemList` at all."""
    items = [item_struct(post, mint, listed=True) for post in posts]
    return {
        "cursor": str(posts[-1].created * 1000) if posts else "0",
        "extra": {"fatal_item_ids": [], "logid": _LOG_ID, "now": int(mint.now * 1000)},
        "hasMorePrevious": more,
        **({"itemList": items} if items else {}),
        "log_pb": {"impr_id": _LOG_ID},
        "statusCode": 0,
        "status_code": 0,
        "status_msg": "",
    }
