"""tikwm.com, a third party that knows downloads and regions. It takes one request a second.

TikwmEndpoint           how it is asked, whatever for
Tikwm                   posts and users; its other lists are in `tikwm_lists`
"""

from collections.abc import Mapping
from typing import Any

from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Post
from tokstack.posts.normalise import tikwm
from tokstack.posts.normalise.fields import identifier, mapping
from tokstack.posts.references import PostRef
from tokstack.providers import classification
from tokstack.providers.protocol import Listed, Page
from tokstack.providers.session import Session, accept, get_json

_HOSTS = frozenset({"www.tikwm.com"})
_PAGE = "35"  # posts; as many as it documents


class TikwmEndpoint:
    name = "tikwm"
    pause = 1.1  # a little more than it asks for: requests do not arrive as evenly as they leave

    def __init__(self, session: Session) -> None:
        self._session = session

    def _data(self, endpoint: str, query: Mapping[str, str], seconds: float, *, missing: Code) -> Mapping[str, Any]:
        """`missing` is what it means that it cannot find the thing asked for."""
        with self._session(_HOSTS, seconds) as client:
            answer = get_json(client, f"https://www.tikwm.com/api/{endpoint}", query)
            accept(classification.tikwm(answer, missing=missing))
            return mapping(answer["data"])


class Tikwm(TikwmEndpoint):
    fills = frozenset(
        {"caption", "created_at", "duration", "region", "is_ad", "cover_url", "media", "lives"}
        | {"plays", "likes", "comments", "shares", "saves", "downloads"}
        | {"author.id", "author.handle", "author.name", "author.avatar_url"}
        | {"sound.id", "sound.title", "sound.author", "sound.album", "sound.duration", "sound.original", "sound.url"}
    )

    def post(self, reference: PostRef, seconds: float) -> Post:
        return tikwm.post(self._data("", {"url": reference.id, "hd": "1"}, seconds, missing=Code.POST_NOT_FOUND))

    def serves(self, author: Author) -> bool:
        return author.handle is not None

    def posts(self, author: Author, cursor: str | None, seconds: float) -> Page[Listed]:
        query = {"unique_id": author.handle or "", "count": _PAGE, "cursor": cursor or "0"}
        data = self._data("user/posts", query, seconds, missing=Code.USER_NOT_FOUND)
        return Page(tikwm.posts(data), next_cursor(data, cursor))

    def user(self, handle: str, seconds: float) -> Author:
        return tikwm.user(self._data("user/info", {"unique_id": handle}, seconds, missing=Code.USER_NOT_FOUND))


def next_cursor(data: Mapping[str, Any], asked: str | None, name: str = "cursor") -> str | None:
    """Where a list goes on, by what its answer says; one that would go on where it was is at its end."""
    if not data.get("hasMore"):
        return None
    after = identifier(data.get(name))
    if after is None:
        raise TokstackError(Code.UPSTREAM_CHANGED, "The upstream's list goes on, and it does not say where.")
    return after if after != asked else None
