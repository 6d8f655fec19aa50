"""The list behind a user's page, newest first, asked for as any browser may: unsigned, by secUid and time."""

import time
from collections.abc import Mapping
from random import randint
from typing import Any

from tokstack.posts.models import Author
from tokstack.posts.normalise import web
from tokstack.posts.normalise.fields import integer, mappings
from tokstack.providers import classification
from tokstack.providers.page import media_cookies
from tokstack.providers.protocol import Listed, Page
from tokstack.providers.session import Session, accept, get_json

_HOSTS = frozenset({"www.tiktok.com"})
_BEFORE_TIKTOK = 1472706000000  # September 2016
_WEEK = 7 * 86_400_000  # as far as the upstream looks back for the next page
_QUERY = {
    "aid": "1988",
    "app_language": "en",
    "app_name": "tiktok_web",
    "browser_language": "en-US",
    "browser_name": "Mozilla",
    "browser_online": "true",
    "browser_platform": "Win32",
    "channel": "tiktok_web",
    "cookie_enabled": "true",
    "count": "15",
    "device_platform": "web_pc",
    "from_page": "user",
    "language": "en",
    "os": "windows",
    "region": "US",
    "type": "1",  # newest first
}


class CreatorList:
    """Cursors are epoch milliseconds: a page holds what was published before."""

    name = "creator_list"
    pause = 0.0

    def __init__(self, session: Session) -> None:
        self._session = session

    def serves(self, author: Author) -> bool:
        return author.sec_uid is not None

    def posts(self, author: Author, cursor: str | None, seconds: float) -> Page[Listed]:
        before = int(cursor) if cursor else int(time.time() * 1000)
        query = {
            **_QUERY,
            "secUid": author.sec_uid or "",
            "cursor": str(before),
            # A new one each time: some get the same page for ever.
            "device_id": str(randint(7 * 10**18, 8 * 10**18 - 1)),  # noqa: S311 - no secret
        }
        with self._session(_HOSTS, seconds) as client:
            envelope = get_json(
                client,
                "https://www.tiktok.com/api/creator/item_list/",
                query,
                referer=f"https://www.tiktok.com/@{author.handle or ''}",
            )
            accept(classification.item_list(envelope))
            cookies = media_cookies(client)
            posts = (post.model_copy(update={"cookies": cookies}) for post in web.posts(envelope))
            return Page(tuple(posts), _next_cursor(envelope, before))


def _next_cursor(envelope: Mapping[str, Any], before: int) -> str | None:
    """The time of the last post; where that leads no further, the list may go on beyond a gap."""
    if not envelope.get("hasMorePrevious"):
        return None
    times = [integer(item.get("createTime")) for item in mappings(envelope.get("itemList"))]
    after = (times[-1] or 0) * 1000 if times else 0
    if not after or after >= before:
        after = before - _WEEK
    return str(after) if after >= _BEFORE_TIKTOK else None
