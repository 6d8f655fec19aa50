"""tikwm.com, a third party that knows downloads and regions. It takes one request a second."""

from collections.abc import Mapping
from typing import Any

from tokstack.errors import Code
from tokstack.posts.models import Author, Post
from tokstack.posts.normalise import tikwm
from tokstack.posts.normalise.fields import mapping
from tokstack.posts.references import PostRef
from tokstack.providers import classification
from tokstack.providers.protocol import Listed, Page
from tokstack.providers.session import Session, accept, get_json

_HOSTS = frozenset({"www.tikwm.com"})
_PAGE = "35"  # posts; as many as it documents


class Tikwm:
    name = "tikwm"
    pause = 1.1  # a little more than it asks for: requests do not arrive as evenly as they leave
    fills = frozenset(
        {"caption", "created_at", "duration", "region", "is_ad", "cover_url", "media", "lives"}
        | {"plays", "likes", "comments", "shares", "saves", "downloads"}
        | {"author.id", "author.handle", "author.name", "author.avatar_url"}
        | {"sound.id", "sound.title", "sound.author", "sound.album", "sound.duration", "sound.original", "sound.url"}
    )

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(self, reference: PostRef, seconds: float) -> Post:
        return tikwm.post(self._data("", {"url": reference.id, "hd": "1"}, seconds, missing=Code.POST_NOT_FOUND))

    def serves(self, author: Author) -> bool:
        return author.handle is not None

    def posts(self, author: Author, cursor: str | None, seconds: float) -> Page[Listed]:
        query = {"unique_id": author.handle or "", "count": _PAGE, "cursor": cursor or "0"}
        data = self._data("user/posts", query, seconds, missing=Code.USER_NOT_FOUND)
        return Page(tikwm.posts(data), str(data["cursor"]) if data.get("hasMore") else None)

    def user(self, handle: str, seconds: float) -> Author:
        return tikwm.user(self._data("user/info", {"unique_id": handle}, seconds, missing=Code.USER_NOT_FOUND))

    def _data(self, endpoint: str, query: Mapping[str, str], seconds: float, *, missing: Code) -> Mapping[str, Any]:
        with self._session(_HOSTS, seconds) as client:
            answer = get_json(client, f"https://www.tikwm.com/api/{endpoint}", query)
            accept(classification.tikwm(answer, missing=missing))
            return mapping(answer["data"])
