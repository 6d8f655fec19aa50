"""Profiles and searches that are followed, as they may come."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tests.refreshed import World, always, three_pages
from tests.tables import Clock
from tokstack.library.document import Document
from tokstack.library.following import AdSearch, PostSearch, Profile
from tokstack.library.item import Item, ItemType, Source, Status
from tokstack.library.item import Profile as ItemProfile
from tokstack.posts.ads import Ad
from tokstack.posts.models import Author, Post
from tokstack.posts.models import Kind as PostKind
from tokstack.posts.references import PostRef
from tokstack.providers.feed import Leaf, Place
from tokstack.providers.official.ad_library import AdQuery
from tokstack.providers.official.research import VideoQuery
from tokstack.providers.official.sources import Sources
from tokstack.providers.protocol import Listed, Page
from tokstack.providers.upstream import Upstream
from tokstack.table import Table


def number(day: int) -> int:
    """The id of the post of that day of January 2026."""
    return int(datetime(2026, 1, day, tzinfo=UTC).timestamp()) << 32


class FakeUpstream:
    """A user's posts, two to a page."""

    def __init__(self, *days: int) -> None:
        self.author = Author(id="77", handle="someone", followers=5, posts=len(days), bio="I am")
        self.posts: list[Listed] = [self.post(day) for day in days]

    def post(self, day: int, *, pinned: bool = False, plays: int = 10) -> Post:
        moment = datetime(2026, 1, day, tzinfo=UTC)
        return Post(
            id=str(number(day)),
            kind=PostKind.VIDEO,
            created_at=moment,
            plays=plays,
            pinned=pinned,
            author=Author(id="77", handle="Someone", name="Some One"),
        )

    def set(self, *posts: Listed) -> None:
        self.posts = list(posts)
        self.author = self.author.model_copy(update={"posts": len(posts)})

    def user(self, handle: str) -> Author:
        assert handle == "someone"
        return self.author

    def page(self, author: Author, place: Place | None) -> Leaf:
        assert author.id == "77"
        start = int(place.cursor) if place else 0
        end = start + 2
        more = Place(provider="creator_list", cursor=str(end)) if end < len(self.posts) else None
        return Leaf(tuple(self.posts[start:end]), more)


class ProfileWorld(World):
    def __init__(self, table: Table, clock: Clock, upstream: FakeUpstream) -> None:
        clock.now = datetime(2026, 2, 1, tzinfo=UTC).timestamp()
        super().__init__(table, clock, three_pages())
        self.upstream = upstream

    def turn(self, go_on: Callable[[], bool] = always) -> str:
        """Each with a follower of its own, as each worker has."""
        self.followed = Profile("someone", cast("Upstream", self.upstream), self.library.opened, self.clock, 1000)
        return super().turn(go_on)

    def later(self, days: float = 1) -> None:
        self.clock.now += days * 86_400

    def status(self) -> dict[int, Status]:
        return {
            datetime.fromtimestamp(int(document.item.tiktok_id) >> 32, UTC).day: document.item.status
            for document in self.library.documents
        }


@pytest.fixture
def profile(table: Table, clock: Clock) -> ProfileWorld:
    return ProfileWorld(table, clock, FakeUpstream(5, 4, 3, 2, 1))


def test_a_profile_s_posts_come_in_with_all_that_is_known_of_it(profile: ProfileWorld) -> None:
    assert profile.turn() == "done"
    item = profile.library.document(number(3)).item
    assert (item.status, item.metrics.views, item.source.source_type) == (Status.ACTIVE, 10, "profile")
    assert item.updated_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert item.profile == ItemProfile(
        id="77", handle="someone", name="Some One", bio="I am", followers=5, total_tik_toks=5
    )


def test_counters_pins_and_days_follow(profile: ProfileWorld) -> None:
    profile.upstream.set(profile.upstream.post(1, pinned=True), profile.upstream.post(2))
    profile.turn()
    profile.later(2)
    profile.upstream.set(profile.upstream.post(2, pinned=True, plays=99), profile.upstream.post(1))
    profile.turn()
    first, second = profile.library.documents
    assert (first.item.is_pinned, second.item.is_pinned, second.item.metrics.views) == (False, True, 99)
    assert first.last_pinned_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert first.last_unpinned_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert second.last_active_at == datetime(2026, 2, 3, tzinfo=UTC)


def test_a_post_that_is_gone_is_inactive_and_one_that_comes_back_is_not(profile: ProfileWorld) -> None:
    profile.turn()
    profile.later()
    gone = profile.upstream.posts.pop(2)
    profile.upstream.set(*profile.upstream.posts)
    profile.upstream.author = profile.upstream.author.model_copy(update={"followers": 6, "bio": None})
    profile.turn()
    every = dict.fromkeys(range(1, 6), Status.ACTIVE)
    assert profile.status() == {**every, 3: Status.INACTIVE}
    document: Document = profile.library.document(number(3))
    assert (document.item.metrics.views, document.item.is_pinned) == (10, False)
    assert (document.item.profile.followers, document.item.profile.bio) == (6, "I am")
    assert document.last_active_at == datetime(2026, 2, 1, tzinfo=UTC)
    profile.later()
    profile.upstream.set(*profile.upstream.posts, gone)
    profile.turn()
    assert profile.status() == every


def test_a_post_is_gone_only_where_the_walk_was_whole(profile: ProfileWorld) -> None:
    """A shorter list than the profile says, a list of bare ids, and a walk that failed tell nothing of the others."""
    profile.turn()
    every = profile.status()
    everything = list(profile.upstream.posts)
    profile.later()
    profile.upstream.posts = everything[:3]
    assert profile.turn() == "done"
    assert profile.status() == every
    profile.later()
    profile.upstream.set(*everything[:3], PostRef(str(number(2)), "someone"))
    assert profile.turn() == "done"
    assert profile.status() == every
    profile.later()
    profile.upstream.posts = everything[:4]
    profile.upstream.author = profile.upstream.author.model_copy(update={"private": True})
    assert profile.turn() == "account_private"
    assert profile.status() == every


def test_bare_ids_alone_are_no_reading(profile: ProfileWorld) -> None:
    profile.upstream.set(PostRef(str(number(2)), "someone"))
    assert profile.turn() == "upstream_empty"
    assert (profile.ids, profile.tracked.failures) == ([], 1)


def test_who_has_taken_away_all_posts_has_none_that_are_active(profile: ProfileWorld) -> None:
    profile.turn()
    profile.later()
    profile.upstream.set()
    profile.turn()
    assert set(profile.status().values()) == {Status.INACTIVE}
    profile.upstream.author = profile.upstream.author.model_copy(update={"posts": None})


def test_an_empty_list_of_who_knows_how_many_posts_tells_nothing(profile: ProfileWorld) -> None:
    profile.turn()
    profile.later()
    profile.upstream.posts = []
    profile.upstream.author = profile.upstream.author.model_copy(update={"posts": None})
    profile.turn()
    assert set(profile.status().values()) == {Status.ACTIVE}


def test_what_is_not_of_the_feed_stays_as_it_is(profile: ProfileWorld) -> None:
    """An ad that a file told of, and what somebody else saw since the walk began."""
    before = datetime(2026, 1, 20, tzinfo=UTC)
    of_77: Any = {"profile": ItemProfile(id="77"), "status": Status.ACTIVE}
    profile.library.take(
        [
            Item(tiktok_id="900", type=ItemType.AD, updated_at=before, source=Source(source_type="file"), **of_77),
            Item(tiktok_id="901", updated_at=datetime(2026, 2, 1, 1, tzinfo=UTC), **of_77),
            Item(tiktok_id="902", updated_at=before, **of_77),
            Item(tiktok_id="903", updated_at=before, profile=ItemProfile(id="78"), status=Status.ACTIVE),
        ],
        before,
    )
    profile.turn(lambda: False)
    profile.later(0.1)
    assert profile.refresher.take(profile.sent[0], always) == "done"
    status = {each.item.tiktok_id: each.item.status for each in profile.library.documents}
    assert [status[name] for name in ("900", "901", "902", "903")] == [
        Status.ACTIVE,
        Status.ACTIVE,
        Status.INACTIVE,
        Status.ACTIVE,
    ]


def test_a_profile_of_many_posts_is_walked_in_pieces(profile: ProfileWorld) -> None:
    assert profile.turn(lambda: False) == "paused"
    assert [profile.refresher.take(profile.sent[0], lambda: False) for _ in range(2)] == ["paused", "done"]
    assert len(profile.ids) == 5


def test_more_items_than_are_looked_up_at_once_are_looked_through(
    profile: ProfileWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokstack.library.following._AT_ONCE", 2)
    profile.turn()
    profile.later()
    profile.upstream.set(profile.upstream.post(9))
    profile.turn()
    assert profile.status() == {9: Status.ACTIVE, **dict.fromkeys(range(1, 6), Status.INACTIVE)}


class FakeSources:
    """Pages by cursor; of each ad, what it leads to."""

    def __init__(self, pages: dict[str | None, Page[Any]]) -> None:
        self.pages = pages
        self.detailed: list[str] = []

    def ads(self, query: AdQuery, cursor: str | None) -> Page[Ad]:
        assert query == AdQuery("DE", "shoes")
        return self.pages[cursor]

    def ad(self, ad_id: str) -> Ad:
        self.detailed.append(ad_id)
        return Ad(id=ad_id, active=True, title="Shoes", landing_url=f"https://shop.example/{ad_id}")

    def videos(self, query: VideoQuery, cursor: str | None) -> Page[Post]:
        assert query == VideoQuery("US", "cats")
        return self.pages[cursor]


def test_an_ad_is_asked_for_once_and_keeps_what_it_leads_to(table: Table, clock: Clock) -> None:
    sources = FakeSources({None: Page((Ad(id="1", active=True), Ad(id="2")), "b"), "b": Page((Ad(id=str(2**63)),))})
    world = World(table, clock, three_pages())
    world.followed = AdSearch(AdQuery("DE", "shoes"), cast("Sources", sources), world.library.opened, clock)
    assert world.turn() == "done"
    assert sources.detailed == ["1", "2", str(2**63)]
    assert world.ids == [1, 2]
    last = datetime(2026, 5, 1, tzinfo=UTC)
    sources.pages = {None: Page((Ad(id="1", active=False, last_shown=last, video_urls=("https://v.example",)),))}
    clock.now += 86_400
    assert world.turn() == "done"
    assert len(sources.detailed) == 3
    item = world.library.document(1).item
    assert (item.status, item.landing_url, item.content.description) == (
        Status.INACTIVE,
        "https://shop.example/1",
        "Shoes",
    )
    assert (item.countries, world.library.document(2).item.countries) == (("DE",), ("DE",))
    assert (item.last_active_at, item.media.video_url, item.type) == (last, "https://v.example", ItemType.AD)
    assert world.library.document(2).item.status is Status.ACTIVE


def test_posts_of_a_search_come_in(table: Table, clock: Clock) -> None:
    cat = Post(id="7320768196569599275", kind=PostKind.VIDEO, plays=4, author=Author(handle="s.clovis"))
    sources = FakeSources({None: Page((), "x:100"), "x:100": Page((cat,))})
    world = World(table, clock, PostSearch(VideoQuery("US", "cats"), cast("Sources", sources), clock))
    assert world.turn() == "done"
    (document,) = world.library.documents
    assert (document.item.metrics.views, document.item.source.source_type) == (4, "research_api")
    assert document.item.profile.handle == "s.clovis"
