"""What an upstream can be asked. Each implements what it has; the chain knows no more of it than this.

Every call ends within `seconds` and raises TokstackError alone: *final* when the answer is about the
thing asked for, *passing* (`.passing`) when it is about the upstream.
"""

from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from tokstack.posts.models import Author, Comment, Post, Sound
from tokstack.posts.references import PostRef

T = TypeVar("T")

Listed = Post | PostRef  # one of a user's posts: whole, or its id alone where the upstream lists no more


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list; `cursor` asks for the next ones and is None at the end, `total` is its upstream's."""

    items: tuple[T, ...]
    cursor: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list: `count` items at most, from `cursor` on, or from the beginning."""

    count: int
    cursor: str | None = None


Order = Literal["relevance", "most-liked", "date-posted"]
Published = Literal["all-time", "yesterday", "this-week", "this-month", "last-3-months", "last-6-months"]


@dataclass(frozen=True, slots=True)
class Search:
    words: str
    order: Order = "relevance"
    published: Published = "all-time"  # or since when


class Provider(Protocol):
    """`name` is how the owner, the metrics and the errors call it; `pause` the seconds between two requests.

    Providers of one name share their circuit and their pause, across all workers.
    """

    @property
    def name(self) -> str: ...

    @property
    def pause(self) -> float: ...


class PostProvider(Provider, Protocol):
    @property
    def fills(self) -> frozenset[str]:
        """What it can say of a post, in the names of `completeness`."""

    def post(self, reference: PostRef, seconds: float) -> Post: ...


class FeedProvider(Provider, Protocol):
    def serves(self, author: Author) -> bool:
        """Whether enough is known of the author to ask."""

    def posts(self, author: Author, cursor: str | None, seconds: float) -> Page[Listed]: ...


class UserProvider(Provider, Protocol):
    def user(self, handle: str, seconds: float) -> Author: ...


class SoundProvider(Provider, Protocol):
    def sound(self, sound_id: str, seconds: float) -> Sound: ...

    def posts_with(self, sound_id: str, part: Part, seconds: float) -> Page[Post]: ...


class SearchProvider(Provider, Protocol):
    def tag(self, name: str, seconds: float) -> str:
        """The number under which its posts are listed."""

    def tagged(self, number: str, part: Part, seconds: float) -> Page[Post]: ...

    def search(self, search: Search, part: Part, seconds: float) -> Page[Post]: ...


class CommentProvider(Provider, Protocol):
    def comments(self, post_id: str, part: Part, seconds: float) -> Page[Comment]: ...

    def replies(self, comment_id: str, part: Part, seconds: float) -> Page[Comment]: ...


class CircleProvider(Provider, Protocol):
    """Whom and what an account likes."""

    def followers(self, author: Author, part: Part, seconds: float) -> Page[Author]: ...

    def following(self, author: Author, part: Part, seconds: float) -> Page[Author]: ...

    def liked(self, author: Author, part: Part, seconds: float) -> Page[Post]: ...
