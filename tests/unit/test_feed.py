"""A user's newest posts, gathered from providers that page, fail and know different things."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Kind, Post
from tokstack.posts.references import PostRef
from tokstack.providers.asking import Asking
from tokstack.providers.circuit import Circuits
from tokstack.providers.deadline import Deadline
from tokstack.providers.feed import Feed, Leaf, Place, Pool
from tokstack.providers.limiter import Limiter
from tokstack.providers.protocol import Listed, Page
from tokstack.table import Table

AUTHOR = Author(handle="someone", sec_uid="MS4", posts=5)
START = 1_700_000_000


def post(day: int, *, pinned: bool = False) -> Post:
    created = START + day * 86_400
    return Post(id=str(created << 32), kind=Kind.VIDEO, created_at=datetime.fromtimestamp(created, UTC), pinned=pinned)


def bare(day: int) -> PostRef:
    return PostRef(post(day).id, "someone")


class Fake:
    """Gives its pages one after the other; a Code in their place is raised once."""

    pause = 0.0

    def __init__(self, name: str, *pages: Sequence[Listed] | Code, serves: bool = True) -> None:
        self.name = name
        self._pages = list(pages)
        self._serves = serves
        self.asked = 0

    def serves(self, author: Author) -> bool:
        return self._serves

    def posts(self, author: Author, cursor: str | None, seconds: float) -> Page[Listed]:
        self.asked += 1
        page = self._pages.pop(0)
        if isinstance(page, Code):
            raise TokstackError(page, "It says so.")
        return Page(tuple(page), "more" if self._pages else None)


@pytest.fixture
def asking(table: Table) -> Asking:
    return Asking(Circuits(table), Limiter(table))


def newest(asking: Asking, *providers: Fake, limit: int = 10, author: Author = AUTHOR) -> Pool:
    return Feed(asking, providers).newest(author, limit, Deadline(20))


def days(pool: Pool) -> list[int]:
    return [((int(member.id) >> 32) - START) // 86_400 for member in pool.members]


BUSY = Code.UPSTREAM_UNAVAILABLE


def test_pages_are_walked_until_there_are_enough(asking: Asking) -> None:
    feed = Fake("creator_list", [post(9), post(8)], [post(7), post(6)], [post(5)])
    pool = newest(asking, feed, limit=3)
    assert (days(pool), pool.whole, feed.asked) == ([9, 8, 7], True, 2)


def test_a_pinned_post_is_just_a_post(asking: Asking) -> None:
    feed = Fake("creator_list", [post(1, pinned=True), post(9), post(8)], [post(7)], [post(6)])
    assert days(newest(asking, feed, limit=3)) == [9, 8, 7]
    feed = Fake("creator_list", [post(8, pinned=True), post(9)], [post(8), post(7)])
    assert days(newest(asking, feed, limit=5)) == [9, 8, 7]


def test_a_lost_page_is_asked_for_again(asking: Asking) -> None:
    feed = Fake("creator_list", [post(9)], BUSY, BUSY, [post(8)])
    pool = newest(asking, feed, Fake("tikwm"))
    assert (days(pool), pool.whole) == ([9, 8], True)


def test_another_provider_goes_on_where_one_gives_up(asking: Asking) -> None:
    feed = Fake("creator_list", [post(9), post(8)], BUSY, BUSY, BUSY)
    pool = newest(asking, feed, Fake("tikwm", [post(9), post(8), post(7)]))
    assert (days(pool), pool.whole) == ([9, 8, 7], True)


def test_who_cannot_serve_is_not_asked(asking: Asking) -> None:
    unserving = Fake("creator_list", serves=False)
    assert days(newest(asking, unserving, Fake("tikwm", [post(1)]))) == [1]
    assert unserving.asked == 0


def test_bare_ids_do_where_there_is_no_more_and_make_the_pool_a_partial_one(asking: Asking) -> None:
    pool = newest(asking, Fake("creator_list", BUSY, BUSY, BUSY), Fake("embed", [bare(2), bare(3)]))
    assert (days(pool), pool.whole) == ([3, 2], False)
    assert pool.members[0] == bare(3)


def test_a_whole_post_is_worth_more_than_its_id(asking: Asking) -> None:
    feed = Fake("creator_list", [post(9)], BUSY, BUSY, BUSY)
    pool = newest(asking, feed, Fake("embed", [bare(9), bare(8)]))
    assert pool.members == (post(9), bare(8))


def test_part_of_a_list_is_better_than_none(asking: Asking) -> None:
    feed = Fake("creator_list", [post(9)], BUSY, BUSY, BUSY)
    pool = newest(asking, feed, Fake("tikwm", BUSY, BUSY, BUSY))
    assert (days(pool), pool.whole) == ([9], False)


@pytest.mark.parametrize("known_posts", [None, 0])
def test_no_posts_is_believed_of_who_has_none(asking: Asking, known_posts: int | None) -> None:
    other = Fake("tikwm", [post(1)])
    with pytest.raises(TokstackError) as caught:
        newest(asking, Fake("creator_list", []), other, author=AUTHOR.model_copy(update={"posts": known_posts}))
    assert caught.value.code is Code.NO_POSTS
    assert other.asked == 0


def test_no_posts_is_asked_again_of_who_has_some(asking: Asking) -> None:
    assert days(newest(asking, Fake("creator_list", []), Fake("tikwm", [post(1)]))) == [1]
    with pytest.raises(TokstackError) as caught:
        newest(asking, Fake("creator_list", []), Fake("tikwm", []))
    assert caught.value.code is Code.NO_POSTS
    with pytest.raises(TokstackError) as caught:
        newest(asking, Fake("creator_list", BUSY, BUSY, BUSY), Fake("embed", []))
    assert caught.value.code is BUSY


def test_a_final_error_ends_it(asking: Asking) -> None:
    other = Fake("tikwm", [post(1)])
    with pytest.raises(TokstackError) as caught:
        newest(asking, Fake("creator_list", Code.ACCOUNT_PRIVATE), other)
    assert caught.value.code is Code.ACCOUNT_PRIVATE
    assert other.asked == 0


def page(asking: Asking, *providers: Fake, place: Place | None = None, author: Author = AUTHOR) -> Leaf:
    return Feed(asking, providers).page(author, place, Deadline(20))


def test_a_walk_begins_with_the_first_who_has_any_and_stays_with_him(asking: Asking) -> None:
    first, second = Fake("creator_list", BUSY, BUSY, BUSY), Fake("tikwm", [post(9)], [post(8)])
    leaf = page(asking, first, second)
    assert leaf == Leaf((post(9),), Place(provider="tikwm", cursor="more"))
    first = Fake("creator_list", [post(7)])
    assert page(asking, first, second, place=leaf.place) == Leaf((post(8),))
    assert first.asked == 0


def test_a_walk_does_not_go_on_with_another_where_its_own_fails(asking: Asking) -> None:
    other = Fake("tikwm", [post(1)])
    with pytest.raises(TokstackError) as caught:
        page(asking, Fake("creator_list", BUSY, BUSY, BUSY), other, place=Place(provider="creator_list", cursor="5"))
    assert caught.value.code is BUSY
    assert other.asked == 0


def test_a_page_without_posts_may_have_others_behind_it(asking: Asking) -> None:
    leaf = page(asking, Fake("creator_list", [], [post(1)]))
    assert leaf == Leaf((), Place(provider="creator_list", cursor="more"))


def test_nobody_s_posts_are_believed_to_be_none_where_there_are_none(asking: Asking) -> None:
    nobody = AUTHOR.model_copy(update={"posts": 0})
    assert page(asking, Fake("creator_list", []), author=nobody) == Leaf(())
    assert page(asking, Fake("creator_list", []), Fake("tikwm", [post(1)])) == Leaf((post(1),))
    with pytest.raises(TokstackError) as caught:
        page(asking, Fake("creator_list", []), Fake("embed", serves=False))
    assert caught.value.code is Code.UPSTREAM_EMPTY


def test_a_final_error_ends_a_walk(asking: Asking) -> None:
    with pytest.raises(TokstackError) as caught:
        page(asking, Fake("creator_list", Code.ACCOUNT_PRIVATE), Fake("tikwm", [post(1)]))
    assert caught.value.code is Code.ACCOUNT_PRIVATE
