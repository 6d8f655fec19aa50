"""What an upstream can be asked. Each implements what it has; the chain knows no more of it than this.

Every call ends within `seconds` and raises TokstackError alone: *final* when the answer is about the
thing asked for, *passing* (`.passing`) when it is about the upstream.
"""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tokstack.posts.models import Author, Post
from tokstack.posts.references import PostRef

T = TypeVar("T")

Listed = Post | PostRef  # one of a user's posts: whole, or its id alone where the upstream lists no more


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list; `cursor` asks for the next ones and is None at the end."""

    items: tuple[T, ...]
    cursor: str | None = None


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
