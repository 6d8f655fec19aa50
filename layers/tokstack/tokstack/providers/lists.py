"""Everything that is asked of the upstreams beyond single posts: sounds, lists of posts and people, comments.

    lists().sound(sound_id)                 what is known of a sound
    lists().posts_with(sound_id, part)      the posts that use it
    lists().posts_of(handle, cursor, count) a user's posts by date
    lists().liked(handle, part)             what a user likes; `followers`, `following`: who likes whom
    lists().comments(post_id, part)         what is said of a post; `replies`: of a comment
    lists().tagged(name, part)              posts with a tag; `search`: with words in them

Each call ends within DEADLINE seconds. A part of a list is kept for some minutes: one upstream has them all, and it
takes one request a second.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import TypeVar

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.posts.expiry import media_expiry
from tokstack.posts.models import Author, Comment, Post, Sound
from tokstack.posts.references import PostRef
from tokstack.providers.asking import Asking
from tokstack.providers.cache import Shelf
from tokstack.providers.circuit import Circuits
from tokstack.providers.completeness import fill
from tokstack.providers.creator_list import CreatorList
from tokstack.providers.deadline import Deadline
from tokstack.providers.embed import Embed
from tokstack.providers.limiter import Limiter
from tokstack.providers.protocol import (
    CircleProvider,
    CommentProvider,
    Listed,
    Page,
    Part,
    Published,
    Search,
    SearchProvider,
    SoundProvider,
)
from tokstack.providers.session import Session, guarded, sessions
from tokstack.providers.tikwm import Tikwm
from tokstack.providers.tikwm_lists import TikwmLists
from tokstack.providers.timeline import RANKS, Point, Ranking, Timeline
from tokstack.providers.upstream import DEADLINE, Upstream, upstream
from tokstack.table import Table, table

T = TypeVar("T")
P = TypeVar("P", bound=SoundProvider | SearchProvider | CommentProvider | CircleProvider)

_PAGE, _TAG = 300.0, 86_400.0  # seconds that parts of lists and the numbers of tags are kept
_SOUND, _LINK_MARGIN, _LEAST = 3600.0, 600.0, 5.0
_TRIES = 2
_LAST_START = 12.0  # seconds before the end after which no further post is asked for by itself
_ANSWERS, _ANSWER = 5, 30  # answers that one search is made of at most, and the posts of each
_DATED = frozenset({"created_at", "author.handle"})
_LISTED = frozenset({"plays", "likes", "comments", "shares", "saves", "media"})
_DAYS: Mapping[Published, int] = {  # a day more than is said: where the day began is the upstream's to know
    "all-time": 0,
    "yesterday": 2,
    "this-week": 8,
    "this-month": 32,
    "last-3-months": 93,
    "last-6-months": 185,
}


class Lists:
    def __init__(self, table: Table, session: Session, limiter: Limiter, posts: Upstream) -> None:
        self._now = table.now
        self._posts = posts
        self._asking = Asking(Circuits(table), limiter)
        tikwm = TikwmLists(session)
        self._sound_providers: Sequence[SoundProvider] = [tikwm]
        self._search_providers: Sequence[SearchProvider] = [tikwm]
        self._comment_providers: Sequence[CommentProvider] = [tikwm]
        self._circle_providers: Sequence[CircleProvider] = [tikwm]
        self._sounds = Shelf[Sound](table, "sound", Sound, self._sound_until)
        self._tags = Shelf[str](table, "tag", str, lambda _: self._now() + _TAG)
        self._post_pages = Shelf[Page[Post]](table, "posts", Page[Post], self._page_until)
        self._people_pages = Shelf[Page[Author]](table, "people", Page[Author], self._page_until)
        self._comment_pages = Shelf[Page[Comment]](table, "comments", Page[Comment], self._page_until)
        newest = Shelf[Page[Listed]](table, "newest", Page[Listed], self._page_until)
        self._timeline = Timeline(self._asking, [CreatorList(session), Tikwm(session), Embed(session)], newest)

    def sound(self, sound_id: str) -> Sound:
        """Raises AUDIO_NOT_FOUND. Of one that is withheld there may be its number alone."""
        deadline = Deadline(DEADLINE)
        return self._sounds.once(sound_id, lambda _: self._sound(sound_id, deadline), deadline)

    def posts_with(self, sound_id: str, part: Part) -> Page[Post]:
        """Raises AUDIO_NOT_FOUND."""
        return self._posts_with(sound_id, part, Deadline(DEADLINE))

    def posts_of(self, handle: str, cursor: str | None, count: int) -> Page[Post]:
        """By date, the newest first. `total` is how many the account says that it has.

        Raises USER_NOT_FOUND, ACCOUNT_PRIVATE.
        """
        deadline = Deadline(DEADLINE)
        author = self._public(handle)
        page = self._timeline.part(author, Point.read(cursor) if cursor else None, count, deadline)
        posts, seen = self._whole(page.items, deadline)
        goes_on = page.cursor if len(seen) == len(page.items) else str(Point.of(seen[-1]))
        return Page(posts, goes_on, author.posts)

    def ranked(self, handle: str, order: Ranking, depth: int, part: Part) -> Page[Post]:
        """A user's newest `depth` posts in another order; `total` is how many of them were ranked.

        Raises USER_NOT_FOUND, ACCOUNT_PRIVATE.
        """
        deadline = Deadline(DEADLINE)
        members = sorted(self._newest(handle, depth), key=RANKS[order])
        start = int(part.cursor or 0)
        posts, seen = self._whole(members[start : start + part.count], deadline)
        end = start + len(seen)
        return Page(posts, str(end) if end < len(members) else None, len(members))

    def liked(self, handle: str, part: Part) -> Page[Post]:
        """Raises USER_NOT_FOUND, ACCOUNT_PRIVATE, that also where the account is public and this is not."""
        deadline = Deadline(DEADLINE)
        author = self._public(handle)
        if author.shows_likes is False:
            raise TokstackError(Code.ACCOUNT_PRIVATE, "What this account likes is private.")
        return self._ask_posts(
            _name("liked", handle, part),
            self._circle_providers,
            lambda provider, seconds: provider.liked(author, part, seconds),
            deadline,
        )

    def followers(self, handle: str, part: Part) -> Page[Author]:
        """Raises USER_NOT_FOUND, ACCOUNT_PRIVATE."""
        deadline = Deadline(DEADLINE)
        author = self._numbered(handle)
        return self._ask(
            self._people_pages,
            _name("followers", handle, part),
            self._circle_providers,
            lambda provider, seconds: provider.followers(author, part, seconds),
            deadline,
        )

    def following(self, handle: str, part: Part) -> Page[Author]:
        """Raises USER_NOT_FOUND, ACCOUNT_PRIVATE."""
        deadline = Deadline(DEADLINE)
        author = self._numbered(handle)
        return self._ask(
            self._people_pages,
            _name("following", handle, part),
            self._circle_providers,
            lambda provider, seconds: provider.following(author, part, seconds),
            deadline,
        )

    def comments(self, post_id: str, part: Part) -> Page[Comment]:
        """Raises POST_NOT_FOUND."""
        return self._ask(
            self._comment_pages,
            _name("post", post_id, part),
            self._comment_providers,
            lambda provider, seconds: provider.comments(post_id, part, seconds),
            Deadline(DEADLINE),
        )

    def replies(self, comment_id: str, part: Part) -> Page[Comment]:
        """Raises ITEM_NOT_FOUND."""
        return self._ask(
            self._comment_pages,
            _name("comment", comment_id, part),
            self._comment_providers,
            lambda provider, seconds: provider.replies(comment_id, part, seconds),
            Deadline(DEADLINE),
        )

    def tagged(self, name: str, part: Part) -> Page[Post]:
        """Raises ITEM_NOT_FOUND."""
        deadline = Deadline(DEADLINE)
        number = self._ask(
            self._tags,
            name.casefold(),
            self._search_providers,
            lambda provider, seconds: provider.tag(name, seconds),
            deadline,
        )
        return self._ask_posts(
            _name("tag", number, part),
            self._search_providers,
            lambda provider, seconds: provider.tagged(number, part, seconds),
            deadline,
        )

    def search(self, search: Search, part: Part) -> Page[Post]:
        """As many as asked for, of several answers where one has too few. None is older than was asked for."""
        deadline, since = Deadline(DEADLINE), self._since(search.published)
        found: dict[str, Post] = {}
        cursor = part.cursor
        for _ in range(_ANSWERS):
            try:
                page = self._found(search, Part(min(part.count - len(found), _ANSWER), cursor), deadline)
            except TokstackError:
                if not found:
                    raise
                break
            found.update((post.id, post) for post in page.items if _made(post) >= since)
            cursor = page.cursor
            if cursor is None or len(found) >= part.count:
                break
        return Page(tuple(found.values())[: part.count], cursor)

    def _found(self, search: Search, part: Part, deadline: Deadline) -> Page[Post]:
        return self._ask_posts(
            _name(f"search/{search.order}/{search.published}", search.words, part),
            self._search_providers,
            lambda provider, seconds: provider.search(search, part, seconds),
            deadline,
        )

    def _sound(self, sound_id: str, deadline: Deadline) -> Sound:
        """What nobody says of it alone may be told inside a post that uses it."""
        found, failure = None, None
        try:
            found = self._asking.first(
                self._sound_providers,
                lambda provider, seconds: provider.sound(sound_id, seconds),
                deadline,
                tries=_TRIES,
            )
        except TokstackError as error:
            if not error.passing:
                raise
            failure = error
        if found is None or not (found.title and found.author):
            with suppress(TokstackError):
                inside = self._inside_a_post(sound_id, deadline)
                found = fill(found, inside) if found else inside
        if found is None:
            raise failure or TokstackError(Code.UPSTREAM_EMPTY, "No provider has what was asked for.")
        return found

    def _inside_a_post(self, sound_id: str, deadline: Deadline) -> Sound:
        for listed in self._posts_with(sound_id, Part(1), deadline).items:
            if deadline.left < _LAST_START:
                break
            post = self._posts.post(PostRef(listed.id), required=frozenset({"sound.id"}))
            if post.sound and post.sound.id == sound_id:
                return post.sound
        raise TokstackError(Code.UPSTREAM_EMPTY, "No post tells of this sound.")

    def _posts_with(self, sound_id: str, part: Part, deadline: Deadline) -> Page[Post]:
        return self._ask_posts(
            _name("sound", sound_id, part),
            self._sound_providers,
            lambda provider, seconds: provider.posts_with(sound_id, part, seconds),
            deadline,
        )

    def _ask(
        self,
        shelf: Shelf[T],
        name: str,
        providers: Sequence[P],
        question: Callable[[P, float], T],
        deadline: Deadline,
    ) -> T:
        return shelf.once(name, lambda _: self._asking.first(providers, question, deadline, tries=_TRIES), deadline)

    def _ask_posts(
        self, name: str, providers: Sequence[P], question: Callable[[P, float], Page[Post]], deadline: Deadline
    ) -> Page[Post]:
        page = self._ask(self._post_pages, name, providers, question, deadline)
        posts, seen = self._whole(page.items, deadline)
        if len(seen) < len(page.items):
            raise TokstackError(Code.UPSTREAM_TIMEOUT, "There was no time left to ask for these posts one by one.")
        return Page(posts, page.cursor, page.total)

    def _public(self, handle: str) -> Author:
        author = self._posts.whose(handle)
        if author.private:
            raise TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")
        return author

    def _numbered(self, handle: str) -> Author:
        """Raises UPSTREAM_EMPTY where nobody tells the account's number."""
        author = self._public(handle)
        if author.id is None:
            raise TokstackError(Code.UPSTREAM_EMPTY, "No provider could tell the number of this account.")
        return author

    def _newest(self, handle: str, depth: int) -> Sequence[Listed]:
        try:
            return self._posts.newest(handle, depth)
        except TokstackError as error:
            if error.code is not Code.NO_POSTS:
                raise
            return ()

    def _whole(self, members: Sequence[Listed], deadline: Deadline) -> tuple[tuple[Post, ...], Sequence[Listed]]:
        """Of the members that were seen before time ran out: their posts, without those that are gone since.

        What was listed by its id alone, or without its date, is asked for by itself.
        """
        posts: list[Post] = []
        for number, member in enumerate(members):
            if isinstance(member, Post) and member.created_at:
                posts.append(member)
                continue
            if number and deadline.left < _LAST_START:
                return tuple(posts), members[:number]
            try:
                posts.append(self._posts.post(PostRef(member.id), required=_DATED, wanted=_LISTED))
            except TokstackError as error:
                if error.passing:
                    raise
        return tuple(posts), members

    def _since(self, published: Published) -> float:
        days = _DAYS[published]
        return self._now() - days * 86_400 if days else 0.0

    def _sound_until(self, sound: Sound) -> float:
        stated = (media_expiry(url) for url in (sound.url, sound.cover_url) if url)
        dies = min((moment for moment in stated if moment is not None), default=float("inf"))
        return max(self._now() + _LEAST, min(self._now() + _SOUND, dies - _LINK_MARGIN))

    def _page_until(self, _: object) -> float:
        return self._now() + _PAGE


def _name(kind: str, whose: str, part: Part) -> str:
    return f"{kind}/{part.count}/{part.cursor or 0}/{whose}"


def _made(post: Post) -> float:
    """What does not say when it was made is as new as can be."""
    return post.created_at.timestamp() if post.created_at else float("inf")


@cache
def lists() -> Lists:
    """This function's."""
    session = sessions(guarded(settings().upstream_gateway))
    return Lists(table(), session, Limiter(table()), upstream())
