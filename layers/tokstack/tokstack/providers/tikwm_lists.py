"""tikwm.com's sounds, tags, searches, comments, and whom and what an account likes."""

from collections.abc import Mapping
from typing import Any

from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Comment, Post, Sound
from tokstack.posts.normalise import tikwm
from tokstack.posts.normalise.fields import identifier, integer
from tokstack.providers.protocol import Order, Page, Part, Published, Search
from tokstack.providers.tikwm import TikwmEndpoint, next_cursor

_ORDERS: Mapping[Order, str] = {"relevance": "0", "most-liked": "1", "date-posted": "3"}
_PUBLISHED: Mapping[Published, str] = {  # days
    "all-time": "0",
    "yesterday": "1",
    "this-week": "7",
    "this-month": "30",
    "last-3-months": "90",
    "last-6-months": "180",
}


class TikwmLists(TikwmEndpoint):
    def sound(self, sound_id: str, seconds: float) -> Sound:
        """Of a sound that was removed or is withheld it says that it is there, and nothing else."""
        data = self._data("music/info", {"url": sound_id}, seconds, missing=Code.AUDIO_NOT_FOUND)
        found = tikwm.sound(data) if data.get("id") else None
        return _numbered(found, sound_id)

    def posts_with(self, sound_id: str, part: Part, seconds: float) -> Page[Post]:
        """Some of its posts have no more of their sound than its file."""
        query = {"music_id": sound_id, **_part(part)}
        data = self._data("music/posts", query, seconds, missing=Code.AUDIO_NOT_FOUND)
        posts = (post.model_copy(update={"sound": _numbered(post.sound, sound_id)}) for post in tikwm.posts(data))
        return Page(tuple(posts), next_cursor(data, part.cursor))

    def tag(self, name: str, seconds: float) -> str:
        data = self._data("challenge/info", {"challenge_name": name}, seconds, missing=Code.ITEM_NOT_FOUND)
        return _told_id(data, "a tag")

    def tagged(self, number: str, part: Part, seconds: float) -> Page[Post]:
        query = {"challenge_id": number, **_part(part)}
        return self._posts("challenge/posts", query, part, seconds, missing=Code.ITEM_NOT_FOUND)

    def search(self, search: Search, part: Part, seconds: float) -> Page[Post]:
        asked = {"publish_time": _PUBLISHED[search.published], "sort_type": _ORDERS[search.order]}
        query = {"keywords": search.words, **asked, **_part(part)}
        return self._posts("feed/search", query, part, seconds, missing=Code.ITEM_NOT_FOUND)

    def comments(self, post_id: str, part: Part, seconds: float) -> Page[Comment]:
        data = self._data("comment/list", {"url": post_id, **_part(part)}, seconds, missing=Code.POST_NOT_FOUND)
        return Page(tikwm.comments(data), next_cursor(data, part.cursor), integer(data.get("total")))

    def replies(self, comment_id: str, part: Part, seconds: float) -> Page[Comment]:
        query = {"comment_id": comment_id, **_part(part)}
        data = self._data("comment/reply", query, seconds, missing=Code.ITEM_NOT_FOUND)
        return Page(tikwm.comments(data), next_cursor(data, part.cursor), integer(data.get("total")))

    def followers(self, author: Author, part: Part, seconds: float) -> Page[Author]:
        return self._people("user/followers", "followers", author, part, seconds)

    def following(self, author: Author, part: Part, seconds: float) -> Page[Author]:
        return self._people("user/following", "followings", author, part, seconds)

    def liked(self, author: Author, part: Part, seconds: float) -> Page[Post]:
        query = {"unique_id": f"@{author.handle}", **_part(part)}
        return self._posts("user/favorite", query, part, seconds, missing=Code.USER_NOT_FOUND)

    def _posts(
        self, endpoint: str, query: Mapping[str, str], part: Part, seconds: float, *, missing: Code
    ) -> Page[Post]:
        data = self._data(endpoint, query, seconds, missing=missing)
        return Page(tikwm.posts(data), next_cursor(data, part.cursor))

    def _people(self, endpoint: str, key: str, author: Author, part: Part, seconds: float) -> Page[Author]:
        """Listed by the account's number, from a time on."""
        query = {"user_id": author.id or "", "count": str(part.count), "time": part.cursor or "0"}
        data = self._data(endpoint, query, seconds, missing=Code.USER_NOT_FOUND)
        after = next_cursor(data, part.cursor, "time")
        return Page(tikwm.people(data, key), after, integer(data.get("total")))


def _part(part: Part) -> Mapping[str, str]:
    return {"count": str(part.count), "cursor": part.cursor or "0"}


def _numbered(sound: Sound | None, sound_id: str) -> Sound:
    """The sound that was asked for, which need not tell its number. Raises UPSTREAM_CHANGED where it is another."""
    found = sound or Sound()
    if found.id not in (None, sound_id):
        raise TokstackError(Code.UPSTREAM_CHANGED, "It answered with another sound.")
    return found.model_copy(update={"id": sound_id})


def _told_id(data: Mapping[str, Any], what: str) -> str:
    found = identifier(data.get("id"))
    if found is None:
        raise TokstackError(Code.UPSTREAM_CHANGED, f"The upstream described {what} without an id.")
    return found
