"""One file from its upstream into storage, or the reason why not. The upstream is a function from request to answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.tables import Clock
from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.lease import lease
from tokstack.media import failures
from tokstack.media.fetch import Fetcher
from tokstack.media.post_files import PostFiles
from tokstack.media.source import TIKTOK, Source
from tokstack.media.storage import PART_BYTES, Storage, Stored
from tokstack.posts.models import Codec, Kind, Post, Rendition, Slide, Sound, Subtitle
from tokstack.posts.references import PostRef
from tokstack.table import Table

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + b"moving pictures" * 100
MP3 = b"ID3\x04\x00\x00" + b"sound" * 100
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"picture" * 100
MAX_BYTES = 2 * PART_BYTES
TEXT = "https://v16-webapp.tiktok.com/subtitle"
FIRST, SECOND, FRESH = (f"https://v{number}-webapp-prime.tiktok.com/a/" for number in (16, 19, 77))
VIDEO = Source("tiktok", "7300000000000000000", "video")

Answer = Callable[[httpx.Request], httpx.Response]


def post(*urls: str) -> Post:
    return Post(
        id=VIDEO.post_id,
        kind=Kind.VIDEO,
        renditions=(Rendition(urls=urls, codec=Codec.H264),) if urls else (),
        slides=(Slide(urls=("https://p16-sign.tiktokcdn-us.com/1.jpeg",)),),
        sound=Sound(url="https://sf16-ies-music.tiktokcdn.com/s.mp3"),
        subtitles=(Subtitle(language="eng-US", url=TEXT, format="webvtt"),),
        cookies={"tt_chain_token": "chain"},
    )


@dataclass
class World:
    """An upstream whose answers a test sets, and all that the fetch touches."""

    table: Table
    storage: Storage
    clock: Clock
    known: Post = field(default_factory=lambda: post(FIRST, SECOND))
    fresh: Post = field(default_factory=lambda: post(FRESH))
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    required: frozenset[str] = frozenset()
    progress: list[float] = field(default_factory=list)

    def post(self, reference: PostRef, *, required: frozenset[str]) -> Post:
        assert reference.id == VIDEO.post_id
        self.required = required
        self.asked.append("post")
        return self.known

    def renew(self, post_id: str) -> Post:
        assert post_id == VIDEO.post_id
        self.asked.append("renew")
        return self.fresh

    def serve(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answers[str(request.url)](request)

    def fetch(self, source: Source = VIDEO) -> Stored | None:
        def client() -> httpx.Client:
            return httpx.Client(transport=httpx.MockTransport(self.serve), follow_redirects=True)

        files = PostFiles(self, self.storage, client, MAX_BYTES, self.clock)
        return Fetcher(lambda: {TIKTOK: files}, self.storage, self.table).fetch(source, self.progress.append)

    def refusal(self, source: Source = VIDEO) -> Code:
        """Why the fetch failed: told to those who wait too, and nothing is left behind."""
        with pytest.raises(TokstackError) as caught:
            self.fetch(source)
        assert self.storage.find(source.key) is None
        with pytest.raises(TokstackError) as noted:
            failures.check(self.table, source)
        assert (noted.value.code, noted.value.message) == (caught.value.code, caught.value.message)
        return caught.value.code


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def world(table: Table, s3: S3Client, clock: Clock) -> World:
    return World(table, Storage(s3, buckets.emptied(s3)), clock)


def gives(content: bytes, **headers: str) -> Answer:
    return lambda _: httpx.Response(200, content=content, headers=headers)


def status(code: int) -> Answer:
    return lambda _: httpx.Response(code, html="<html>no</html>")


def fails(error: type[httpx.HTTPError] | outbound.RefusedError) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error if isinstance(error, outbound.RefusedError) else error("failed")

    return answer


def breaks_off(content: bytes, promised: int) -> Answer:
    return lambda _: httpx.Response(200, content=iter([content]), headers={"Content-Length": str(promised)})


def only_with_the_pages_cookie(request: httpx.Request) -> httpx.Response:
    good = request.headers.get("cookie") == "tt_chain_token=chain"
    good &= request.headers.get("referer") == "https://www.tiktok.com/"
    return httpx.Response(200, content=MP4) if good else httpx.Response(403)


@pytest.mark.parametrize(
    ("rendition", "url", "content", "media_type"),
    [
        ("video", FIRST, MP4, "video/mp4"),
        ("music", "https://sf16-ies-music.tiktokcdn.com/s.mp3", MP3, "audio/mpeg"),
        ("image-1", "https://p16-sign.tiktokcdn-us.com/1.jpeg", JPEG, "image/jpeg"),
        ("subtitle-1", TEXT, VTT, "text/vtt"),
    ],
)
def test_a_file_is_stored_as_what_it_is(
    world: World, rendition: str, url: str, content: bytes, media_type: str
) -> None:
    source = Source("tiktok", VIDEO.post_id, rendition)
    world.answers[url] = gives(content, **{"Content-Type": "application/octet-stream"})
    stored = Stored(source.key, media_type, len(content))
    assert world.fetch(source) == stored
    assert world.storage.find(source.key) == stored
    assert world.asked == ["post", url]


def test_only_a_live_photo_and_a_subtitle_need_those_who_know_them(world: World) -> None:
    live = "https://v16m-default.akamaized.net/live.mp4"
    world.known = post(FIRST).model_copy(update={"slides": (Slide(urls=(), live_urls=(live,)),)})
    world.answers = {live: gives(MP4), FIRST: gives(MP4), TEXT: gives(VTT)}
    assert world.fetch(Source("tiktok", VIDEO.post_id, "live-1"))
    assert world.required == {"media", "lives"}
    assert world.fetch(Source("tiktok", VIDEO.post_id, "subtitle-1"))
    assert world.required == {"media", "subtitles"}
    assert world.fetch(VIDEO)
    assert world.required == {"media"}


def test_whoever_watches_sees_a_file_come_whose_size_was_told(world: World) -> None:
    content = MP4 + bytes(PART_BYTES)
    chunks = [content[:1000], content[1000:PART_BYTES], content[PART_BYTES:]]
    world.answers[FIRST] = lambda _: httpx.Response(
        200, content=iter(chunks), headers={"Content-Length": str(len(content))}
    )
    assert world.fetch()
    assert world.progress == [1000 / len(content), PART_BYTES / len(content), 1]


def test_a_file_whose_size_was_not_told_comes_unwatched(world: World) -> None:
    world.answers[FIRST] = lambda _: httpx.Response(200, content=iter([MP4]))
    assert world.fetch()
    assert world.progress == []


def test_what_is_stored_is_not_asked_for_again(world: World) -> None:
    world.answers[FIRST] = gives(MP4)
    assert world.fetch() == world.fetch()
    assert world.asked == ["post", FIRST]


def test_media_is_asked_for_with_the_cookie_and_referer_that_it_demands(world: World) -> None:
    world.answers[FIRST] = only_with_the_pages_cookie
    assert world.fetch()


def test_the_pages_cookie_goes_to_tiktok_alone(world: World) -> None:
    seen: list[str | None] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, content=MP4)

    world.known = post("https://tiktok.com.evil.example/a")
    world.answers["https://tiktok.com.evil.example/a"] = elsewhere
    world.fetch()
    assert seen == [None]


def test_a_redirect_is_followed_with_the_cookie(world: World) -> None:
    world.known = post("https://www.tiktok.com/aweme/v1/play/?video_id=1")
    world.answers["https://www.tiktok.com/aweme/v1/play/?video_id=1"] = lambda _: httpx.Response(
        302, headers={"Location": FIRST}
    )
    world.answers[FIRST] = only_with_the_pages_cookie
    assert world.fetch()


FAULTS = [
    (status(403), Code.UPSTREAM_UNAVAILABLE),
    (status(404), Code.UPSTREAM_UNAVAILABLE),
    (status(410), Code.UPSTREAM_UNAVAILABLE),
    (status(500), Code.UPSTREAM_UNAVAILABLE),
    (status(206), Code.UPSTREAM_UNAVAILABLE),
    (status(204), Code.UPSTREAM_UNAVAILABLE),
    (status(429), Code.UPSTREAM_RATE_LIMITED),
    (status(504), Code.UPSTREAM_TIMEOUT),
    (fails(httpx.ReadTimeout), Code.UPSTREAM_TIMEOUT),
    (fails(httpx.ConnectError), Code.UPSTREAM_UNAVAILABLE),
    (fails(httpx.RemoteProtocolError), Code.UPSTREAM_UNAVAILABLE),
    (fails(httpx.TooManyRedirects), Code.UPSTREAM_UNAVAILABLE),
    (fails(outbound.RefusedError(outbound.Reason.PRIVATE, "no")), Code.UPSTREAM_UNAVAILABLE),
    (fails(outbound.RefusedError(outbound.Reason.TIME, "no")), Code.UPSTREAM_TIMEOUT),
    (gives(b""), Code.UPSTREAM_EMPTY),
    (gives(b"<!DOCTYPE html><title>Please wait...", **{"Content-Type": "video/mp4"}), Code.UPSTREAM_CHANGED),
    (gives(b'{"statusCode": 10204}'), Code.UPSTREAM_CHANGED),
    (gives(MP3), Code.UPSTREAM_CHANGED),
    (gives(JPEG), Code.UPSTREAM_CHANGED),
    (breaks_off(MP4, len(MP4) + 1), Code.UPSTREAM_UNAVAILABLE),
    (breaks_off(MP4 + bytes(PART_BYTES), PART_BYTES + len(MP4) + 1), Code.UPSTREAM_UNAVAILABLE),
    (breaks_off(MP4[:5], len(MP4)), Code.UPSTREAM_UNAVAILABLE),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_fault_of_one_mirror_leads_to_the_next(world: World, fault: Answer, code: Code) -> None:
    world.answers = {FIRST: fault, SECOND: gives(MP4)}
    assert world.fetch() == Stored(VIDEO.key, "video/mp4", len(MP4))
    assert world.asked == ["post", FIRST, SECOND]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_fault_of_all_mirrors_renews_the_links_once(world: World, fault: Answer, code: Code) -> None:
    world.answers = {FIRST: fault, SECOND: fault, FRESH: gives(MP4)}
    assert world.fetch() == Stored(VIDEO.key, "video/mp4", len(MP4))
    assert world.asked == ["post", FIRST, SECOND, "renew", FRESH]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_fault_that_stays_is_named(world: World, fault: Answer, code: Code) -> None:
    world.answers = {FIRST: status(404), SECOND: status(404), FRESH: fault}
    assert world.refusal() is code
    assert world.asked == ["post", FIRST, SECOND, "renew", FRESH]


def test_a_link_past_its_expiry_is_not_even_asked(world: World) -> None:
    world.known = post(f"{FIRST}?expire={int(world.clock.now) - 1}", f"{SECOND}?expire={int(world.clock.now) + 100}")
    world.answers = {f"{SECOND}?expire={int(world.clock.now) + 100}": gives(MP4)}
    assert world.fetch()
    assert len(world.asked) == 2


def test_a_file_that_no_upstream_knows_is_asked_for_anew_and_then_refused(world: World) -> None:
    world.known = world.fresh = post()
    assert world.refusal() is Code.UPSTREAM_EMPTY
    assert world.asked == ["post", "renew"]


def test_a_renewed_post_that_lacks_the_file_does_not_end_the_search(world: World) -> None:
    answers = iter([httpx.Response(500), httpx.Response(200, content=MP4)])
    world.known, world.fresh = post(FIRST), post()
    world.answers = {FIRST: lambda _: next(answers)}
    assert world.fetch()
    assert world.asked == ["post", FIRST, "renew", FIRST]


@pytest.mark.parametrize(
    "fault",
    [
        breaks_off(MP4, MAX_BYTES + 1),
        lambda _: httpx.Response(200, content=iter([MP4, bytes(PART_BYTES), bytes(PART_BYTES)])),
        fails(outbound.RefusedError(outbound.Reason.BYTES, "no")),
    ],
    ids=["promised", "unannounced", "far too large"],
)
def test_a_file_that_is_too_large_is_final(world: World, fault: Answer) -> None:
    world.answers = {FIRST: fault}
    assert world.refusal() is Code.MEDIA_TOO_LARGE
    assert world.asked == ["post", FIRST]


def test_the_largest_file_that_is_allowed_is_stored(world: World) -> None:
    world.answers = {FIRST: gives(MP4 + bytes(MAX_BYTES - len(MP4)))}
    assert world.fetch() == Stored(VIDEO.key, "video/mp4", MAX_BYTES)


def test_what_the_post_itself_is_refused_for_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def deleted(*_: object, **__: object) -> Post:
        raise TokstackError(Code.POST_DELETED, "This post was deleted.", retry_after=2)

    monkeypatch.setattr(world, "post", deleted)
    assert world.refusal() is Code.POST_DELETED
    assert world.asked == []


def test_a_fault_of_ours_is_told_as_such_and_raised(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Post:
        raise ZeroDivisionError

    monkeypatch.setattr(world, "post", broken)
    with pytest.raises(ZeroDivisionError):
        world.fetch()
    with pytest.raises(TokstackError) as noted:
        failures.check(world.table, VIDEO)
    assert noted.value.code is Code.INTERNAL_ERROR


def test_a_failure_is_soon_forgotten(world: World) -> None:
    world.answers = {FIRST: status(500), SECOND: status(500), FRESH: status(500)}
    world.refusal()
    world.clock.now += 15
    failures.check(world.table, VIDEO)
    world.answers = {FIRST: gives(MP4)}
    assert world.fetch()


def test_a_second_worker_leaves_the_work_to_the_first(world: World) -> None:
    with lease(world.table, f"media/{VIDEO.path}", 60):
        assert world.fetch() is None
    assert world.asked == []
    failures.check(world.table, VIDEO)
