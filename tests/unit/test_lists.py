"""What is asked beyond single posts: against the sample upstream, what is kept, and what is put together."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from local.upstream import conversations, routes
from local.upstream.answers import Request
from local.upstream.catalog import SONGS
from local.upstream.faults import KINDS, Fault
from local.upstream.spoiling import spoil
from local.upstream.world import Turns
from tests.sample_upstream import CATALOG, first, with_trait, world
from tests.tables import Clock
from tests.upstreams import Recorder
from tokstack.errors import PASSING, Code, TokstackError
from tokstack.providers.circuit import Circuits
from tokstack.providers.limiter import Limiter
from tokstack.providers.lists import Lists
from tokstack.providers.protocol import Page, Part, Search
from tokstack.providers.upstream import Upstream
from tokstack.table import Table

SONG = next(sound for posts in CATALOG.by_sound.values() for sound in [posts[0].sound] if sound.title == "Night Drive")
TAG = max(CATALOG.by_tag, key=lambda tag: len(CATALOG.by_tag[tag]))


class Sample:
    """The sample upstream without a socket and without a limit; what is `broken` answers 503."""

    def __init__(self, clock: Clock) -> None:
        self._world = world(clock=lambda: clock.now)
        self._world.tikwm_turns = Turns(pause=0.0)
        self.broken: set[str] = set()
        self.fault = Fault("5xx", 0)
        self.undated = ""  # the id of a post whose date a list does not tell

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = Request(request.url.host, request.url.path, dict(request.url.params))
        given = routes.answer(self._world, asked)
        if any(part in f"{asked.host}{asked.path}" for part in self.broken):
            given = spoil(given, asked, self.fault)
        if self.undated:
            given = replace(
                given,
                body=re.sub(rb'("video_id":"%s".*?"create_time":)\d+' % self.undated.encode(), rb"\1null", given.body),
            )
        return httpx.Response(given.status, headers=given.headers, content=given.body)


@pytest.fixture
def sample(clock: Clock) -> Sample:
    return Sample(clock)


@pytest.fixture
def recorder(sample: Sample) -> Recorder:
    return Recorder(sample)


@pytest.fixture
def lists(table: Table, recorder: Recorder, clock: Clock) -> Lists:
    def sleep(seconds: float) -> None:
        clock.now += seconds

    limiter = Limiter(table, sleep)
    return Lists(table, recorder.session, limiter, Upstream(table, recorder.session, limiter, 3600))


def asked(recorder: Recorder) -> list[str]:
    """The paths that were asked for since the last time."""
    paths = [request.url.path for request in recorder.requests]
    recorder.requests.clear()
    return paths


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(TokstackError) as caught:
        call()
    return caught.value.code


def walk(ask: Callable[[str | None], Page[Any]]) -> Iterator[list[Any]]:
    """Page after page."""
    cursor = None
    while True:
        page = ask(cursor)
        yield list(page.items)
        cursor = page.cursor
        if cursor is None:
            return


def test_a_sound_is_asked_for_once(lists: Lists, recorder: Recorder) -> None:
    found, again = lists.sound(SONG.id), lists.sound(SONG.id)
    assert found == again
    assert asked(recorder) == ["/api/music/info"]
    assert (found.id, found.title, found.author, found.album) == (SONG.id, "Night Drive", "The Samples", "Test Tones")
    assert (found.duration, found.original, found.uses) == (12, False, None)


def test_a_sound_that_is_withheld_is_told_inside_a_post(lists: Lists, recorder: Recorder) -> None:
    removed = with_trait("sound-removed").sound
    found = lists.sound(removed.id)
    assert (found.id, found.title, found.url) == (removed.id, removed.title, None)
    assert asked(recorder)[:2] == ["/api/music/info", "/api/music/posts"]


def test_a_sound_of_which_nothing_is_told_is_there_all_the_same(lists: Lists, sample: Sample) -> None:
    removed = with_trait("sound-removed").sound
    sample.broken = {"www.tiktok.com", "music/posts"}
    found = lists.sound(removed.id)
    assert (found.id, found.title, found.author, found.duration) == (removed.id, None, None, None)


def test_a_sound_is_told_inside_a_post_where_it_cannot_be_asked_for(lists: Lists, sample: Sample) -> None:
    sample.broken = {"music/info"}
    found = lists.sound(SONG.id)
    assert (found.id, found.title, found.copyrighted) == (SONG.id, "Night Drive", False)


def test_nobody_can_tell_of_a_sound(lists: Lists, sample: Sample) -> None:
    assert code_of(lambda: lists.sound("7")) is Code.AUDIO_NOT_FOUND
    sample.broken = {"tikwm"}
    assert code_of(lambda: lists.sound(SONG.id)) is Code.UPSTREAM_UNAVAILABLE


def test_who_is_switched_off_is_not_asked(lists: Lists, recorder: Recorder, table: Table) -> None:
    Circuits(table).switch("tikwm", enabled=False)
    with pytest.raises(TokstackError, match=r"No provider could answer.*tikwm: It is not asked at present"):
        lists.sound(SONG.id)
    assert asked(recorder) == []


def test_the_posts_with_a_sound(lists: Lists, recorder: Recorder) -> None:
    pages = list(walk(lambda cursor: lists.posts_with(SONG.id, Part(30, cursor))))
    assert [len(page) for page in pages[:-1]] == [30] * (len(pages) - 1)
    posts = [post for page in pages for post in page]
    assert [post.id for post in posts] == [post.id for post in CATALOG.by_sound[SONG.id]]
    assert {post.sound.id for post in posts} == {SONG.id}
    assert len(asked(recorder)) == len(pages)
    lists.posts_with(SONG.id, Part(30))
    assert asked(recorder) == []


@pytest.mark.parametrize("handle", ["daily.archive", "mira.sketches", "empty.shelf", "false.alarm"])
@pytest.mark.parametrize("count", [7, 35])
def test_a_users_posts_stand_by_date_each_once(lists: Lists, handle: str, count: int) -> None:
    feed = CATALOG.feed(CATALOG.by_handle[handle])
    pages = list(walk(lambda cursor: lists.posts_of(handle, cursor, count)))
    assert [post.id for page in pages for post in page] == [post.id for post in feed]
    assert all(len(page) == count for page in pages[:-1])
    assert lists.posts_of(handle, None, count).total == len(feed)


def test_the_newest_page_is_asked_for_once(lists: Lists, recorder: Recorder) -> None:
    for cursor in (None, lists.posts_of("daily.archive", None, 5).cursor):
        lists.posts_of("daily.archive", cursor, 5)
    assert asked(recorder) == ["/@daily.archive", "/api/creator/item_list/"]


def test_a_users_posts_are_told_by_another_where_one_fails(lists: Lists, sample: Sample) -> None:
    feed = [post.id for post in CATALOG.feed(CATALOG.by_handle["maple.kitchen"])]
    sample.broken = {"/api/creator"}
    page = lists.posts_of("maple.kitchen", None, 10)
    assert [post.id for post in page.items] == feed[:10]
    sample.broken = {"tikwm"}  # the cursor is nobody's own
    page = lists.posts_of("maple.kitchen", page.cursor, 10)
    assert [post.id for post in page.items] == feed[10:20]


def test_posts_that_are_listed_by_their_ids_alone_are_asked_for_one_by_one(lists: Lists, sample: Sample) -> None:
    feed = [post.id for post in CATALOG.feed(CATALOG.by_handle["tempo_lab"])]
    sample.broken = {"/api/creator", "tikwm"}
    page = lists.posts_of("tempo_lab", None, 3)
    assert [post.id for post in page.items] == feed[:3]
    assert all(post.created_at and post.plays for post in page.items)
    last = lists.posts_of("tempo_lab", None, 10)
    assert last.cursor is not None
    assert code_of(lambda: lists.posts_of("tempo_lab", last.cursor, 3)) is Code.UPSTREAM_EMPTY


@pytest.mark.parametrize(
    ("handle", "code"), [("nobody.is.here", "user_not_found"), ("locked.garden", "account_private")]
)
def test_who_shows_no_posts(lists: Lists, handle: str, code: str) -> None:
    for ask in (
        lambda: lists.posts_of(handle, None, 5),
        lambda: lists.ranked(handle, "popular", 100, Part(5)),
        lambda: lists.liked(handle, Part(5)),
        lambda: lists.followers(handle, Part(5)),
        lambda: lists.following(handle, Part(5)),
    ):
        assert code_of(ask) == code


def test_a_users_posts_in_other_orders(lists: Lists) -> None:
    feed = CATALOG.feed(CATALOG.by_handle["maple.kitchen"])
    popular = list(walk(lambda cursor: lists.ranked("maple.kitchen", "popular", 500, Part(9, cursor))))
    oldest = list(walk(lambda cursor: lists.ranked("maple.kitchen", "oldest", 500, Part(9, cursor))))
    by_plays = sorted(feed, key=lambda post: post.counters.plays, reverse=True)
    assert [post.id for page in popular for post in page] == [post.id for post in by_plays]
    assert [post.id for page in oldest for post in page] == [post.id for post in reversed(feed)]


def test_other_orders_are_of_so_many_of_the_newest(lists: Lists) -> None:
    feed = CATALOG.feed(CATALOG.by_handle["daily.archive"])
    page = lists.ranked("daily.archive", "oldest", 20, Part(5))
    assert ([post.id for post in page.items], page.total) == ([post.id for post in feed[19:14:-1]], 20)
    assert lists.ranked("empty.shelf", "popular", 20, Part(5)) == Page((), None, 0)


def test_what_a_user_likes(lists: Lists) -> None:
    person = CATALOG.by_handle["maple.kitchen"]
    pages = list(walk(lambda cursor: lists.liked(person.handle, Part(35, cursor))))
    assert [post.id for page in pages for post in page] == [post.id for post in conversations.liked(CATALOG, person)]


def test_what_is_liked_in_private(lists: Lists, recorder: Recorder) -> None:
    assert code_of(lambda: lists.liked("ruta_norte", Part(5))) is Code.ACCOUNT_PRIVATE
    assert asked(recorder) == ["/@ruta_norte"]


def test_who_knows_whom(lists: Lists) -> None:
    person = CATALOG.by_handle["maple.kitchen"]
    followers = list(walk(lambda cursor: lists.followers(person.handle, Part(30, cursor))))
    assert [one.handle for page in followers for one in page] == [p.handle for p in conversations.followers(person)]
    following = list(walk(lambda cursor: lists.following(person.handle, Part(30, cursor))))
    assert [one.handle for page in following for one in page] == [p.handle for p in conversations.following(person)]
    assert lists.followers(person.handle, Part(30)).total == person.followers


def test_what_is_said_of_a_post_survives_to_the_letter(lists: Lists) -> None:
    post = first(lambda post: len(conversations.comments(post)) > 55)
    said = conversations.comments(post)
    pages = list(walk(lambda cursor: lists.comments(post.id, Part(20, cursor))))
    found = [comment for page in pages for comment in page]
    assert [(comment.id, comment.text or "") for comment in found] == [(each.id, each.text) for each in said]
    assert [(comment.likes, comment.replies) for comment in found] == [(each.likes, each.replies) for each in said]
    assert lists.comments(post.id, Part(20)).total == post.counters.comments
    answered = next(each for each in said if each.replies > 50)
    answers = list(walk(lambda cursor: lists.replies(answered.id, Part(50, cursor))))
    assert [len(page) for page in answers] == [50, answered.replies - 50]


def test_what_is_said_of_no_post(lists: Lists) -> None:
    assert code_of(lambda: lists.comments("7400000000000000001", Part(20))) is Code.POST_NOT_FOUND
    assert lists.replies("7400000000000000001", Part(20)).items == ()


def test_the_posts_with_a_tag(lists: Lists, recorder: Recorder) -> None:
    pages = list(walk(lambda cursor: lists.tagged(TAG, Part(30, cursor))))
    assert [post.id for page in pages for post in page] == [post.id for post in CATALOG.by_tag[TAG]]
    assert asked(recorder).count("/api/challenge/info") == 1
    lists.tagged(TAG.upper(), Part(30))
    assert asked(recorder) == []
    assert code_of(lambda: lists.tagged("no_such_tag_here", Part(30))) is Code.ITEM_NOT_FOUND


def test_a_search_is_put_together_from_several_answers(lists: Lists, recorder: Recorder) -> None:
    found = lists.search(Search("the"), Part(100))
    matching = [post.id for post in CATALOG.shown if "the" in post.caption.casefold()]
    assert [post.id for post in found.items] == matching[:100]
    assert found.cursor == "100"
    counts = [request.url.params["count"] for request in recorder.requests]
    assert counts == ["30", "30", "30", "10"]


def test_a_search_in_an_order(lists: Lists) -> None:
    liked = lists.search(Search("the", order="most-liked"), Part(30)).items
    likes = [post.likes or 0 for post in liked]
    assert likes == sorted(likes, reverse=True)


def test_a_search_since_a_time(lists: Lists, clock: Clock) -> None:
    clock.now = CATALOG.shown[0].created + 3600
    lately = lists.search(Search("the", published="this-month"), Part(100)).items
    assert lately
    assert all(post.created_at and post.created_at.timestamp() > clock.now - 32 * 86_400 for post in lately)


def test_a_search_that_finds_nothing(lists: Lists) -> None:
    assert lists.search(Search("zzzz no such words"), Part(50)) == Page(())


def test_a_search_that_is_cut_short_is_an_answer(lists: Lists, sample: Sample, recorder: Recorder) -> None:
    words = "the"
    whole = lists.search(Search(words), Part(60)).items
    sample.broken = {"tikwm"}
    found = lists.search(Search(words), Part(100))  # of which the first two answers are kept
    assert (found.items, found.cursor) == (whole, "60")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"timeout", "slow", "truncated", "reset"}))
@pytest.mark.parametrize("variant", [0, 1])
def test_a_fault_is_the_upstreams_and_passes(lists: Lists, sample: Sample, kind: str, variant: int) -> None:
    post = first(lambda post: len(conversations.comments(post)) > 3)
    questions: list[Callable[[], object]] = [
        lambda: lists.posts_with(SONG.id, Part(5)),
        lambda: lists.comments(post.id, Part(5)),
        lambda: lists.search(Search("the"), Part(5)),
    ]
    sample.broken, sample.fault = {"tikwm"}, Fault(kind, variant)
    for ask in questions:
        assert code_of(ask) in PASSING
    sample.broken = set()


def test_what_failed_is_asked_again(lists: Lists, sample: Sample, clock: Clock) -> None:
    sample.broken = {"music/posts"}
    assert code_of(lambda: lists.posts_with(SONG.id, Part(5))) is Code.UPSTREAM_UNAVAILABLE
    sample.broken = set()
    clock.now += 10
    assert len(lists.posts_with(SONG.id, Part(5)).items) == 5


def test_a_post_that_is_listed_without_its_date_is_asked_for(lists: Lists, sample: Sample) -> None:
    dated = lists.posts_with(SONG.id, Part(5)).items
    sample.undated = dated[2].id
    whole = lists.posts_with(SONG.id, Part(6)).items
    assert [post.created_at for post in whole[:5]] == [post.created_at for post in dated]


def test_who_follows_has_a_page_of_its_own(lists: Lists) -> None:
    fan = next(one for one in lists.followers("maple.kitchen", Part(30)).items if (one.handle or "").startswith("fan."))
    assert lists.posts_of(fan.handle or "", None, 5) == Page((), None, 0)


def test_songs_are_shared() -> None:
    assert all(len(posts) > 60 for posts in CATALOG.by_sound.values() if posts[0].sound.title in SONGS)
