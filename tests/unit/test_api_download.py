"""`/api/download`: the files of whatever a link leads to, each with its signed link, and none of them fetched."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.exchanges import Answer, ask, post
from tests.tables import Clock
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.api import access, backends, listing
from tokstack.api.download import DOWNLOAD
from tokstack.api.routes import Call
from tokstack.errors import Code, TokstackError
from tokstack.media import pages, tokens
from tokstack.media.source import Source
from tokstack.posts.models import Kind, Post, Rendition, Slide, Sound
from tokstack.posts.pages import MediaKind, Page, PageItem
from tokstack.posts.references import PostRef, ShortLink
from tokstack.table import Table

ID = "7300000000000000001"
GRANTED = 10
SECRET = b"secret"
VIDEO = Post(
    id=ID,
    kind=Kind.VIDEO,
    caption="A caption",
    cover_url="https://p16.example/c.jpeg",
    sound=Sound(url="https://sf16.example/m.mp3"),
    renditions=(Rendition(urls=("u1",)), Rendition(urls=("u2",), watermark=True)),
)
SLIDES = Post(
    id=ID,
    kind=Kind.SLIDES,
    sound=Sound(url="https://sf16.example/m.mp3"),
    slides=(Slide(urls=("https://p16.example/1.jpeg",)), Slide(urls=("https://p16.example/2.webp",))),
)

pytestmark = pytest.mark.usefixtures("environment")


def numbered(number: int, **fields: Any) -> Post:
    return VIDEO.model_copy(update={"id": str(int(ID) + number), **fields})


class FakeUpstream:
    def __init__(self, posts: Mapping[str, Post | TokstackError], listed: tuple[Post | PostRef, ...] = ()) -> None:
        self._posts, self._listed = posts, listed
        self.asked: list[str] = []

    def post(self, reference: PostRef | ShortLink, *, required: frozenset[str], wanted: frozenset[str]) -> Post:
        assert required == {"media"}
        name = reference.id if isinstance(reference, PostRef) else reference.url
        self.asked.append(name)
        found = self._posts[name]
        if isinstance(found, TokstackError):
            raise found
        return found

    def newest(self, handle: str, limit: int) -> tuple[Post | PostRef, ...]:
        assert (handle, limit) == ("lake", 50)
        return self._listed


class FakeExtractor:
    def __init__(self, page: Page | TokstackError) -> None:
        self._page = page

    def page(self, address: str, seconds: float) -> Page:
        assert address == "https://vimeo.com/1"
        assert 15 < seconds <= 20
        if isinstance(self._page, TokstackError):
            raise self._page
        return self._page


@pytest.fixture
def key(table: Table, monkeypatch: pytest.MonkeyPatch) -> str:
    for module in (access, listing):
        monkeypatch.setattr(module, "table", lambda: table)
    monkeypatch.setattr(backends, "signing_secret", lambda: SECRET)
    accounts.grant(table, "acme", GRANTED)
    return keys.create(table, "acme")


Sent = Callable[..., Answer]


@pytest.fixture
def send(key: str, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Sends a URL, where that is what upstreams and extractor know."""

    def send(url: Any, upstream: FakeUpstream | None = None, page: Page | TokstackError | None = None) -> Answer:
        monkeypatch.setattr(listing, "upstream", lambda: upstream)
        if page:
            monkeypatch.setattr(listing, "extractor", lambda: FakeExtractor(page))
        return ask(DOWNLOAD, post("/api/download", {"url": url}, x_api_key=key))

    return send


def source(url: str, clock: Clock) -> Source:
    base, token = url.rsplit("/", 1)
    assert base == "https://api.example.com/media"
    return tokens.verify(token, now=clock.now - 10**9, secret=SECRET)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (f"https://www.tiktok.com/@lake/video/{ID}", ID),
        (ID, ID),
        ("vm.tiktok.com/ZM1", "https://vm.tiktok.com/ZM1/"),
    ],
)
def test_a_video(send: Sent, clock: Clock, url: str, asked: str) -> None:
    upstream = FakeUpstream({asked: VIDEO})
    answer = send(url, upstream)
    assert answer.status == 200
    body = answer.body
    link = body["items"][0].pop("url")
    assert body == {
        "success": True,
        "items": [
            {
                "type": "video",
                "thumbnail": "https://p16.example/c.jpeg",
                "mime_type": "video/mp4",
                "site": "tiktok",
                "title": "A caption",
            }
        ],
    }
    assert source(link, clock) == Source("tiktok", ID, "video")
    assert upstream.asked == [asked]
    assert (answer.headers["X-Credits-Used"], answer.headers["X-Credits-Remaining"]) == ("1", "9")


def test_a_slideshow_has_its_images_and_its_sound(send: Sent, clock: Clock) -> None:
    items = send(ID, FakeUpstream({ID: SLIDES})).body["items"]
    assert [(item["type"], item["mime_type"], item["title"]) for item in items] == [
        ("image", "image/jpeg", None),
        ("image", "image/webp", None),
        ("audio", "audio/mpeg", None),
    ]
    assert [source(item["url"], clock).rendition for item in items] == ["image-1", "image-2", "music"]


def test_a_page_of_another_site(send: Sent, table: Table, clock: Clock) -> None:
    page = Page(
        site="vimeo",
        title="A page",
        items=(
            PageItem(kind=MediaKind.VIDEO, media_type="video/mp4", title="A film", thumbnail="https://i.example/1.jpg"),
            PageItem(kind=MediaKind.AUDIO, media_type="audio/mpeg"),
        ),
    )
    items = send("vimeo.com/1", page=page).body["items"]
    found = [source(item.pop("url"), clock) for item in items]
    assert items == [
        {
            "type": "video",
            "thumbnail": "https://i.example/1.jpg",
            "mime_type": "video/mp4",
            "site": "vimeo",
            "title": "A film",
        },
        {"type": "audio", "thumbnail": None, "mime_type": "audio/mpeg", "site": "vimeo", "title": "A page"},
    ]
    assert [(each.site, each.rendition) for each in found] == [("web", "item-1"), ("web", "item-2")]
    assert pages.recall(table, found[0].post_id) == "https://vimeo.com/1"


@pytest.mark.parametrize(
    ("page", "status", "code"),
    [
        (Page(site="vimeo", items=()), 422, "unsupported_media"),
        (TokstackError(Code.UNSUPPORTED_MEDIA, "A live stream."), 422, "unsupported_media"),
        (TokstackError(Code.UPSTREAM_TIMEOUT, "Too slow."), 504, "upstream_timeout"),
        (TokstackError(Code.POST_NOT_FOUND, "No."), 404, "post_not_found"),
    ],
)
def test_what_has_no_files_costs_nothing(
    send: Sent, table: Table, page: Page | TokstackError, status: int, code: str
) -> None:
    answer = send("https://vimeo.com/1", page=page)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["X-Credits-Used"] == "0"
    assert accounts.show(table, "acme").balance == GRANTED


def test_a_profile_gives_the_files_of_its_newest_posts(send: Sent, clock: Clock) -> None:
    bare = numbered(2, renditions=())
    listed = (numbered(1), bare, PostRef(numbered(3).id), PostRef(numbered(4).id))
    upstream = FakeUpstream(
        {
            bare.id: numbered(2),
            numbered(3).id: TokstackError(Code.POST_DELETED, "Gone."),
            numbered(4).id: SLIDES.model_copy(update={"id": numbered(4).id}),
        },
        listed,
    )
    items = send("https://www.tiktok.com/@lake", upstream).body["items"]
    assert [(source(item["url"], clock).post_id, item["type"]) for item in items] == [
        (numbered(1).id, "video"),
        (numbered(2).id, "video"),
        (numbered(4).id, "image"),
        (numbered(4).id, "image"),
        (numbered(4).id, "audio"),
    ]
    assert upstream.asked == [bare.id, numbered(3).id, numbered(4).id]


def test_there_are_fifty_files_at_most(send: Sent) -> None:
    listed = tuple(SLIDES.model_copy(update={"id": numbered(number).id}) for number in range(50))
    items = send("https://www.tiktok.com/@lake", FakeUpstream({}, listed)).body["items"]
    assert len(items) == 50
    assert items[-1]["type"] == "image"


def test_when_time_is_short_posts_are_not_asked_for_one_by_one(send: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Call, "seconds", property(lambda _: 5.1))
    upstream = FakeUpstream({}, (PostRef(ID), numbered(1)))
    assert len(send("https://www.tiktok.com/@lake", upstream).body["items"]) == 1
    assert send("https://www.tiktok.com/@lake", FakeUpstream({}, (PostRef(ID),))).status == 504
    assert upstream.asked == []


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        ([Code.POST_DELETED, Code.POST_PRIVATE], "no_posts"),
        ([Code.UPSTREAM_CHALLENGE, Code.POST_DELETED], "upstream_challenge"),
    ],
)
def test_a_profile_of_which_nothing_can_be_shown(send: Sent, failures: list[Code], code: str) -> None:
    posts = {numbered(number).id: TokstackError(failure, "No.") for number, failure in enumerate(failures)}
    answer = send("https://www.tiktok.com/@lake", FakeUpstream(posts, tuple(map(PostRef, posts))))
    assert answer.body["code"] == code


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Missing URL"),
        ({"url": ""}, "Missing URL"),
        ({"url": 5}, "url: Input should be a valid string"),
        ({"url": "https://www.tiktok.com/explore"}, "This TikTok link does not lead to a post."),
        ({"url": "http://localhost/"}, "This link does not name a site of the public internet."),
        ({"url": ID, "format": "mp3"}, "format: There is no such field"),
    ],
)
def test_a_bad_body(key: str, table: Table, body: dict[str, Any], message: str) -> None:
    answer = ask(DOWNLOAD, post("/api/download", body, x_api_key=key))
    assert (answer.status, answer.body["error"], answer.body["code"]) == (400, message, "validation_error")
    assert accounts.show(table, "acme").balance == GRANTED


def test_nobody_is_anonymous_here(environment: pytest.MonkeyPatch, send: Sent) -> None:
    environment.setenv("ALLOW_ANONYMOUS", "true")
    answer = ask(DOWNLOAD, post("/api/download", {"url": ID}))
    assert (answer.status, answer.body["error"]) == (401, "Invalid API token")


def test_too_few_credits(send: Sent, table: Table) -> None:
    answer = ask(DOWNLOAD, post("/api/download", {"url": ID}, x_api_key=keys.create(table, "poor")))
    assert (answer.status, answer.body["error"], answer.body["code"]) == (
        402,
        "Insufficient credits",
        "insufficient_credits",
    )
