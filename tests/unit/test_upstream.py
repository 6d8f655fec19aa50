"""The whole of the upstreams behind their one door: what is asked, what is kept, what is shared."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import httpx
import pytest

from tests.tables import Clock
from tests.upstreams import Recorder, embed_page, post_page, web_page
from tokstack.errors import Code, TokstackError
from tokstack.posts.references import PostRef, ShortLink
from tokstack.providers.circuit import Circuits
from tokstack.providers.feed import Place
from tokstack.providers.limiter import Limiter
from tokstack.providers.protocol import Listed
from tokstack.providers.upstream import NAMES, Upstream
from tokstack.table import Table

START = 1_700_000_000
TTL = 3600.0
COUNTERS = frozenset({"plays"})
MEDIA = frozenset({"media"})
DOWNLOADS = frozenset({"downloads"})


def identity(number: int) -> str:
    return str((START + number * 86_400) << 32)


def item(number: int, *, expires: int | None = None) -> dict[str, Any]:
    return {
        "id": identity(number),
        "createTime": START + number * 86_400,
        "author": {"uniqueId": "someone", "id": "77"},
        "stats": {"playCount": 1000 + number, "diggCount": 1},
        "video": {"playAddr": f"https://v16.example/{number}.mp4" + (f"?expire={expires}" if expires else "")},
    }


class World:
    """An upstream with posts 0 to 39 of one user. What is `broken` answers 503."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.deleted: set[str] = set()
        self.profile: dict[str, Any] = {"uniqueId": "someone", "secUid": "MS4", "privateAccount": False}
        self.status = 0
        self.listed = list(reversed(range(40)))
        self.expires: int | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        kind = _kind(request)
        answer = getattr(self, f"_{kind}", None)
        if kind in self.broken or answer is None:
            return httpx.Response(503)
        return cast("httpx.Response", answer(request.url))

    def _page(self, url: httpx.URL) -> httpx.Response:
        post_id = url.path.rpartition("/")[2]
        if post_id in self.deleted:
            return httpx.Response(200, text=web_page(video_detail={"statusCode": 10204, "statusMsg": "status_deleted"}))
        number = ((int(post_id) >> 32) - START) // 86_400
        return httpx.Response(200, text=post_page(item(number, expires=self.expires)))

    def _profile(self, _: httpx.URL) -> httpx.Response:
        user_info = {"user": self.profile, "stats": {"videoCount": len(self.listed)}} if not self.status else {}
        return httpx.Response(200, text=web_page(user_detail={"statusCode": self.status, "userInfo": user_info}))

    def _creator_list(self, url: httpx.URL) -> httpx.Response:
        before = int(url.params["cursor"])
        older = [number for number in self.listed if (START + number * 86_400) * 1000 < before]
        rows = [item(number, expires=self.expires) for number in older[:15]]
        return httpx.Response(200, json={"statusCode": 0, "itemList": rows, "hasMorePrevious": len(older) > len(rows)})

    def _embed_user(self, _: httpx.URL) -> httpx.Response:
        rows = [{"id": identity(number)} for number in self.listed[:10]]
        return httpx.Response(200, text=embed_page("/embed/@someone", {"videoList": rows}))

    def _tikwm(self, url: httpx.URL) -> httpx.Response:
        return httpx.Response(200, json={"code": 0, "data": {"id": url.params["url"], "download_count": 5}})

    def _short_link(self, _: httpx.URL) -> httpx.Response:
        return httpx.Response(302, headers={"location": f"https://www.tiktok.com/@someone/video/{identity(3)}"})


def _kind(request: httpx.Request) -> str:
    host, path = request.url.host, request.url.path
    if host == "vm.tiktok.com":
        return "short_link"
    if host == "www.tikwm.com":
        return "tikwm" if path == "/api/" else "tikwm_list"
    beginnings = {
        "/embed/@": "embed_user",
        "/embed/v2/": "embed",
        "/player/": "player",
        "/oembed": "oembed",
        "/api/creator/": "creator_list",
    }
    for beginning, kind in beginnings.items():
        if path.startswith(beginning):
            return kind
    return "page" if "/video/" in path else "profile"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def recorder(world: World) -> Recorder:
    return Recorder(world)


@pytest.fixture
def worker(table: Table, recorder: Recorder) -> Callable[[], Upstream]:
    """Makes the upstreams of one more worker."""
    return lambda: Upstream(table, recorder.session, Limiter(table, sleep=lambda _: None), TTL)


@pytest.fixture
def upstream(worker: Callable[[], Upstream]) -> Upstream:
    return worker()


def asked(recorder: Recorder) -> Counter[str]:
    """How often each kind of thing was asked for since the last time."""
    counts = Counter(map(_kind, recorder.requests))
    recorder.requests.clear()
    return counts


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(TokstackError) as caught:
        call()
    return caught.value.code


def at_once(call: Callable[[], Any], times: int) -> list[Any]:
    barrier = threading.Barrier(times)

    def work(_: int) -> Any:
        barrier.wait()
        try:
            return call()
        except TokstackError as error:
            return error.code

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(work, range(times)))


def test_a_post_is_asked_for_once(upstream: Upstream, recorder: Recorder) -> None:
    found = [upstream.post(PostRef(identity(1)), required=COUNTERS, wanted=DOWNLOADS) for _ in range(3)]
    assert asked(recorder) == {"page": 1, "tikwm": 1}
    assert {(post.plays, post.downloads, post.author.handle) for post in found} == {(1001, 5, "someone")}


def test_what_was_wanted_in_vain_is_not_asked_for_again(upstream: Upstream, recorder: Recorder, world: World) -> None:
    world.broken = {"tikwm"}
    for _ in range(3):
        post = upstream.post(PostRef(identity(1)), required=COUNTERS, wanted=DOWNLOADS)
        assert post.downloads is None
    assert asked(recorder) == {"page": 1, "tikwm": 1}


def test_who_is_patient_has_it_asked_for_again(upstream: Upstream, recorder: Recorder, world: World) -> None:
    world.broken = {"tikwm"}
    assert upstream.post(PostRef(identity(1)), required=COUNTERS, wanted=DOWNLOADS).downloads is None
    world.broken = set()
    asked(recorder)
    post = upstream.post(PostRef(identity(1)), required=COUNTERS, wanted=DOWNLOADS, patient=True)
    assert post.downloads == 5
    assert asked(recorder) == {"tikwm": 1}


def test_what_is_newly_wanted_is_asked_of_who_may_have_it(upstream: Upstream, recorder: Recorder) -> None:
    upstream.post(PostRef(identity(1)), required=COUNTERS)
    assert asked(recorder) == {"page": 1}
    assert upstream.post(PostRef(identity(1)), required=MEDIA, wanted=DOWNLOADS).downloads == 5
    assert asked(recorder) == {"tikwm": 1}


def test_fifty_at_once_are_one_fetch(worker: Callable[[], Upstream], recorder: Recorder) -> None:
    found = at_once(lambda: worker().post(PostRef(identity(1)), required=COUNTERS), 50)
    assert {post.plays for post in found} == {1001}
    assert asked(recorder) == {"page": 1}


def test_many_at_once_share_a_failure(worker: Callable[[], Upstream], recorder: Recorder, world: World) -> None:
    world.deleted = {identity(1)}
    found = at_once(lambda: worker().post(PostRef(identity(1)), required=COUNTERS), 16)
    assert set(found) == {Code.POST_DELETED}
    assert asked(recorder) == {"page": 1}


@pytest.mark.parametrize(
    ("expires_in", "kept"),
    [(None, 3600), (100_000, 7200), (2000, 1400), (500, 5)],
    ids=["unstated", "own", "media", "dead"],
)
def test_a_post_is_kept_as_long_as_its_links_are_good(
    table: Table, clock: Clock, recorder: Recorder, world: World, expires_in: int | None, kept: int
) -> None:
    world.expires = int(clock.now) + expires_in if expires_in else None
    upstream = Upstream(table, recorder.session, Limiter(table), post_ttl=7200)
    upstream.post(PostRef(identity(1)), required=COUNTERS)
    clock.now += kept - 1
    upstream.post(PostRef(identity(1)), required=COUNTERS)
    assert asked(recorder) == {"page": 1}
    clock.now += 2
    upstream.post(PostRef(identity(1)), required=COUNTERS)
    assert asked(recorder) == {"page": 1}


def test_renewing_replaces_what_is_kept(upstream: Upstream, recorder: Recorder, world: World, clock: Clock) -> None:
    upstream.post(PostRef(identity(1)), required=MEDIA)
    clock.now += 10
    world.expires = int(clock.now) + 5000
    renewed = upstream.renew(identity(1))
    assert f"expire={world.expires}" in renewed.renditions[0].urls[0]
    assert asked(recorder) == {"page": 2}
    assert upstream.post(PostRef(identity(1)), required=MEDIA) == renewed
    assert not asked(recorder)


def test_a_short_link_is_followed_once(upstream: Upstream, recorder: Recorder) -> None:
    link = ShortLink("https://vm.tiktok.com/ZMabc/")
    for _ in range(2):
        assert upstream.post(link, required=COUNTERS).id == identity(3)
    assert asked(recorder) == {"short_link": 1, "page": 1}


def test_the_newest_are_listed_once(upstream: Upstream, recorder: Recorder) -> None:
    members = upstream.newest("someone", 35)
    assert [member.id for member in members] == [identity(number) for number in range(39, 4, -1)]
    assert asked(recorder) == {"profile": 1, "creator_list": 3}
    assert upstream.newest("Someone", 35) == members
    assert not asked(recorder)


def test_many_draws_at_once_are_one_listing(worker: Callable[[], Upstream], recorder: Recorder) -> None:
    drawn = at_once(lambda: worker().draw("someone", 20, lambda members: members[7]), 16)
    assert {post.id for post in drawn} == {identity(32)}
    assert asked(recorder) == {"profile": 1, "creator_list": 2}


def test_a_drawn_post_is_at_hand_for_its_media(upstream: Upstream, recorder: Recorder) -> None:
    drawn = upstream.draw("someone", 20, lambda members: members[0])
    asked(recorder)
    assert upstream.post(PostRef(drawn.id), required=MEDIA) == drawn
    assert not asked(recorder)


def test_a_post_of_which_only_the_id_is_listed_is_completed(
    upstream: Upstream, recorder: Recorder, world: World
) -> None:
    world.broken = {"creator_list", "tikwm_list"}
    drawn = upstream.draw("someone", 20, lambda members: members[1])
    assert (drawn.id, drawn.plays) == (identity(38), 1038)
    assert asked(recorder)["page"] == 1


def test_a_drawn_post_that_is_gone_is_drawn_again(upstream: Upstream, world: World) -> None:
    world.broken = {"creator_list", "tikwm_list"}
    world.deleted = {identity(39)}
    seen: list[Sequence[Listed]] = []

    def first(members: Sequence[Listed]) -> Listed:
        seen.append(list(members))
        return members[0]

    assert upstream.draw("someone", 20, first).id == identity(38)
    assert [len(members) for members in seen] == [10, 9]
    world.deleted = {identity(number) for number in range(40)}
    assert code_of(lambda: upstream.draw("someone", 20, lambda members: members[-1])) is Code.NO_POSTS


@pytest.mark.parametrize(
    ("profile", "status", "code"),
    [
        ({"privateAccount": True}, 0, Code.ACCOUNT_PRIVATE),
        ({}, 10222, Code.ACCOUNT_PRIVATE),
        ({}, 10221, Code.USER_NOT_FOUND),
        ({}, 0, Code.NO_POSTS),
    ],
)
def test_who_has_nothing_to_show(
    upstream: Upstream, recorder: Recorder, world: World, profile: dict[str, Any], status: int, code: Code
) -> None:
    world.profile |= profile
    world.status = status
    world.listed = []
    assert [code_of(lambda: upstream.newest("someone", 20)) for _ in range(2)] == [code] * 2
    assert asked(recorder)["profile"] == 1


def test_a_user(upstream: Upstream, recorder: Recorder) -> None:
    assert upstream.user("someone").sec_uid == "MS4"
    upstream.newest("someone", 5)
    assert asked(recorder)["profile"] == 1


def test_posts_are_listed_of_whom_nothing_else_could_be_told(
    upstream: Upstream, recorder: Recorder, world: World
) -> None:
    world.broken = {"profile", "tikwm_list"}
    assert upstream.newest("someone", 20)[0] == PostRef(identity(39), "someone")
    assert "creator_list" not in asked(recorder)


def test_every_provider_has_a_switch(upstream: Upstream, recorder: Recorder, table: Table) -> None:
    for name in NAMES:
        Circuits(table).switch(name, enabled=False)
    assert code_of(lambda: upstream.post(PostRef(identity(1)), required=COUNTERS)) is Code.UPSTREAM_UNAVAILABLE
    assert code_of(lambda: upstream.newest("someone", 5)) is Code.UPSTREAM_UNAVAILABLE
    assert not asked(recorder)


def test_all_posts_are_walked_through_page_by_page_by_any_worker(
    worker: Callable[[], Upstream], recorder: Recorder
) -> None:
    author = worker().user("someone")
    asked(recorder)
    leaf = worker().page(author, None)
    members = list(leaf.members)
    while leaf.place:
        leaf = worker().page(author, Place.model_validate_json(leaf.place.model_dump_json()))
        members += leaf.members
    assert [member.id for member in members] == [identity(number) for number in reversed(range(40))]
    assert asked(recorder) == {"creator_list": 3}
