"""A user's posts strictly by date, a part at a time, from the first feed provider that can tell.

Feeds begin with the pinned posts, out of date order, and do not list them again. Here a pinned post stands at the
place of its date, as all others do: the newest page, which has them, is kept and looked at for every part.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Post
from tokstack.providers.asking import Asking, Causes
from tokstack.providers.cache import Shelf
from tokstack.providers.deadline import Deadline
from tokstack.providers.protocol import FeedProvider, Listed, Page

_TRIES = 2
_IDS = 10**21  # above every id


class Point(NamedTuple):
    """Of a post in the order: when it was published, in epoch seconds, and its id."""

    published: int
    id: int

    @classmethod
    def of(cls, member: Listed) -> "Point":
        """The id of a post begins with about the time of its making."""
        told = member.created_at if isinstance(member, Post) else None
        return cls(int(told.timestamp()) if told else int(member.id) >> 32, int(member.id))

    @classmethod
    def read(cls, cursor: str) -> "Point":
        """From what `str` made of it: the two numbers in one."""
        return cls(*divmod(int(cursor), _IDS))

    def __str__(self) -> str:
        return str(self.published * _IDS + self.id)


def _plays(member: Listed) -> tuple[int, Point]:
    plays = member.plays if isinstance(member, Post) else None
    return -(plays or 0), Point.of(member)


def _age(member: Listed) -> tuple[int, Point]:
    return 0, Point.of(member)


Ranking = Literal["popular", "oldest"]  # the orders that need all of a user's posts at once
RANKS: Mapping[Ranking, Callable[[Listed], tuple[int, Point]]] = {"popular": _plays, "oldest": _age}


class Timeline:
    def __init__(self, asking: Asking, providers: Sequence[FeedProvider], newest: Shelf[Page[Listed]]) -> None:
        self._asking = asking
        self._providers = providers
        self._newest = newest

    def part(self, author: Author, after: Point | None, count: int, deadline: Deadline) -> Page[Listed]:
        """The next `count` after a point. Nothing at all only where a provider says so whom nothing contradicts."""
        causes, failed, empty = Causes(), False, False
        for provider in self._providers:
            if not provider.serves(author):
                continue
            try:
                newest = self._first(provider, author, deadline)
                if newest.items:
                    return self._from(provider, author, newest, after, count, deadline)
            except TokstackError as error:
                if not error.passing:
                    raise
                causes.add(provider, error)
                failed = True
            else:
                empty = True
                if not author.posts:
                    break
        if empty and not (failed and author.posts):
            return Page(())
        raise causes.error()

    def _first(self, provider: FeedProvider, author: Author, deadline: Deadline) -> Page[Listed]:
        def fetch(_: Page[Listed] | None) -> Page[Listed]:
            return self._page(provider, author, None, deadline)

        return self._newest.once(f"{provider.name}/{author.sec_uid or author.handle}", fetch, deadline)

    def _page(self, provider: FeedProvider, author: Author, cursor: str | None, deadline: Deadline) -> Page[Listed]:
        return self._asking.ask(
            provider, lambda provider, seconds: provider.posts(author, cursor, seconds), deadline, tries=_TRIES
        )

    def _from(
        self,
        provider: FeedProvider,
        author: Author,
        newest: Page[Listed],
        after: Point | None,
        count: int,
        deadline: Deadline,
    ) -> Page[Listed]:
        found = {member.id: member for member in newest.items if _is_after(member, after)}
        cursor = newest.cursor
        if cursor and after and not any(map(_free, found.values())):
            cursor = str((after.published + 1) * 1000)  # it lists what was published before
        while cursor and sum(map(_free, found.values())) < count:
            page = self._page(provider, author, cursor, deadline)
            found.update((member.id, member) for member in page.items if _is_after(member, after))
            cursor = page.cursor
        ordered = sorted(found.values(), key=Point.of, reverse=True)
        if not ordered and not _whole(newest, author):
            raise TokstackError(Code.UPSTREAM_EMPTY, "It lists a user's newest posts alone.")
        goes_on = len(ordered) > count or cursor is not None or not _whole(newest, author)
        shown = tuple(ordered[:count])
        return Page(shown, str(Point.of(shown[-1])) if shown and goes_on else None)


def _is_after(member: Listed, after: Point | None) -> bool:
    return after is None or Point.of(member) < after


def _free(member: Listed) -> bool:
    return not (isinstance(member, Post) and member.pinned)


def _whole(newest: Page[Listed], author: Author) -> bool:
    """Whether it can be followed to the end: a list of ids alone is that of a page which shows the newest."""
    listed_whole = any(isinstance(member, Post) for member in newest.items)
    return listed_whole or (author.posts is not None and author.posts <= len(newest.items))
