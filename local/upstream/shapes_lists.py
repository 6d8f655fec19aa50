"""A person's posts, a page at a time: `/api/creator/item_list/` of the web, and how lists are cut."""

from collections.abc import Sequence

from local.upstream.catalog import Post
from local.upstream.media import Library
from local.upstream.shapes_page import JSON, item_struct


def page_of(feed: Sequence[Post], before: int, count: int) -> tuple[list[Post], bool]:
    """Up to `count` posts made before `before` (epoch ms), newest first, and whether older ones are left.

    The first page begins with the pinned ones, out of date order; no later page has them again.
    """
    pinned = [post for post in feed if post.pinned]
    free = [post for post in feed if not post.pinned]
    older = [post for post in free if post.created * 1000 < before]
    first = older == free
    shown = (pinned if first else []) + older
    return shown[:count], len(shown) > count


def item_list(posts: Sequence[Post], more: bool, library: Library, now: float) -> JSON:
    envelope: JSON = {
        "cursor": str(posts[-1].created * 1000) if posts else "0",
        "extra": {"fatal_item_ids": [], "logid": "20261120060221357EDA4002EEAF98947D", "now": int(now * 1000)},
        "hasMorePrevious": more,
        "log_pb": {"impr_id": "20261120060221357EDA4002EEAF98947D"},
        "statusCode": 0,
        "status_code": 0,
        "status_msg": "",
    }
    items = [item_struct(post, library, now, listed=True) for post in posts]
    return envelope | ({"itemList": items} if items else {})
