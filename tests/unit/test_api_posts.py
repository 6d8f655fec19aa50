"""The posts family: what is asked of the upstreams, and every field of what is answered."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.exchanges import Answer, ask, event
from tokstack.api import backends
from tokstack.api.post_data import DownloaderData, RandomData, SlidesData, StatisticData
from tokstack.api.posts import DOWNLOADER, RANDOM, SLIDES, STATISTIC
from tokstack.api.routes import Route
from tokstack.errors import Code, TokstackError
from tokstack.media.links import Links
from tokstack.posts.models import Author, Codec, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.references import PostRef, ShortLink
from tokstack.providers import upstream

ID = "7300000000000000001"


class PlainLinks(Links):
    """Links that show what they lead to."""

    def __init__(self) -> None:
        super().__init__("https://api.example.com", b"", 1)

    def url(self, post_id: str, name: str, site: str = "tiktok") -> str:
        return f"link:{post_id}/{name}"


VIDEO = Post(
    id=ID,
    kind=Kind.VIDEO,
    caption="A caption",
    created_at=datetime(2026, 1, 30, 17, 5, 12, tzinfo=UTC),
    duration=14.6,
    region="DE",
    plays=1,
    likes=2,
    comments=3,
    shares=4,
    saves=5,
    downloads=6,
    hashtags=("baking", "日本"),
    mentions=("mill.house",),
    author=Author(id="68", handle="lake", name="Lake", avatar_url="https://p16.example/a.jpeg"),
    sound=Sound(url="https://sf16.example/m.mp3"),
    renditions=(
        Rendition(urls=("u1",), codec=Codec.H264, width=576, height=1024, bitrate=900, bytes=1000),
        Rendition(urls=("u2",), codec=Codec.H265, width=1080, height=1920),
        Rendition(urls=("u3",), watermark=True),
    ),
    cover_url="https://p16.example/c.jpeg",
)
SLIDESHOW = Post(
    id=ID,
    kind=Kind.SLIDES,
    author=Author(handle="lake"),
    sound=Sound(url="https://sf16.example/m.mp3"),
    slides=(Slide(urls=("i1",)), Slide(urls=("i2",), live_urls=("l2",))),
)
BARE = Post(id=ID, kind=Kind.VIDEO)

MEDIA = {"music": f"link:{ID}/music", "no_watermark": f"link:{ID}/video", "watermark": f"link:{ID}/watermark"}
NO_MEDIA = {"music": None, "no_watermark": None, "watermark": None}
PROFILED = {"id": "68", "nickname": "Lake", "profile": "https://www.tiktok.com/@lake"}
PICTURED = {"avatar": "https://p16.example/a.jpeg", "id": "68", "nickname": "Lake", "unique_id": "lake"}


def test_statistic() -> None:
    assert StatisticData.of(VIDEO, PlainLinks()).model_dump(mode="json") == {
        "duration": 15,
        "hashtags": ["#baking", "#日本"],
        "id": ID,
        "media": MEDIA,
        "post_author": PROFILED,
        "published_at": "2026-01-30T17:05:12.000Z",
        "region": "DE",
        "tags": ["@mill.house"],
        "thumbnail": "https://p16.example/c.jpeg",
        "title": "A caption",
        "total_comment": 3,
        "total_download": 6,
        "total_like": 2,
        "total_play": 1,
        "total_save": 5,
        "total_share": 4,
        "type": "video",
        "unique_id": "lake",
    }


def test_downloader_of_a_video() -> None:
    assert DownloaderData.of(VIDEO, PlainLinks()).model_dump(mode="json") == {
        "id": ID,
        "images": [],
        "media": MEDIA,
        "post_author": PROFILED,
        "renditions": [
            {
                "quality": "576p",
                "codec": "h264",
                "width": 576,
                "height": 1024,
                "bitrate": 900,
                "bytes": 1000,
                "url": f"link:{ID}/video-576-h264",
            },
            {
                "quality": "1080p",
                "codec": "h265",
                "width": 1080,
                "height": 1920,
                "bitrate": None,
                "bytes": None,
                "url": f"link:{ID}/video-1080-h265",
            },
        ],
        "thumbnail": "https://p16.example/c.jpeg",
        "title": "A caption",
        "type": "video",
    }


def test_downloader_of_slides() -> None:
    data = DownloaderData.of(SLIDESHOW, PlainLinks())
    assert data.images == [f"link:{ID}/image-1", f"link:{ID}/image-2"]
    assert data.renditions == []
    assert data.media.model_dump() == {**NO_MEDIA, "music": f"link:{ID}/music"}


def test_slides() -> None:
    assert SlidesData.of(SLIDESHOW, PlainLinks()).model_dump(mode="json") == {
        "cover": None,
        "id": ID,
        "images": [f"link:{ID}/image-1", f"link:{ID}/image-2"],
        "live_images": [None, f"link:{ID}/live-2"],
        "media": {"music": f"link:{ID}/music"},
        "post_author": {"avatar": None, "id": None, "nickname": None, "unique_id": "lake"},
        "title": None,
    }


def test_random() -> None:
    assert RandomData.of(VIDEO, PlainLinks()).model_dump(mode="json") == {
        "cover": "https://p16.example/c.jpeg",
        "hashtags": ["#baking", "#日本"],
        "id": ID,
        "images": [],
        "media": MEDIA,
        "post_author": PICTURED,
        "tags": ["@mill.house"],
        "title": "A caption",
        "type": "video",
        "url": f"https://www.tiktok.com/@lake/video/{ID}",
    }
    assert RandomData.of(SLIDESHOW, PlainLinks()).images == [f"link:{ID}/image-1", f"link:{ID}/image-2"]


def test_what_nobody_knows_is_null() -> None:
    data = StatisticData.of(BARE, PlainLinks()).model_dump(mode="json")
    assert data.pop("media") == NO_MEDIA
    assert data.pop("post_author") == {"id": None, "nickname": None, "profile": None}
    assert (data.pop("id"), data.pop("type"), data.pop("hashtags"), data.pop("tags")) == (ID, "video", [], [])
    assert set(data.values()) == {None}


class FakeUpstream:
    """Knows one post, and remembers what was asked of it."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.asked: dict[str, Any] = {}

    def post(self, reference: PostRef | ShortLink, *, required: frozenset[str], wanted: frozenset[str]) -> Post:
        self.asked = {"reference": reference, "required": required, "wanted": wanted}
        return self._post

    def draw(self, handle: str, limit: int, choose: Callable[[Sequence[Post]], Post]) -> Post:
        if handle == "empty":
            raise TokstackError(Code.NO_POSTS, "This user has no public posts.")
        self.asked = {"handle": handle, "limit": limit}
        return choose([self._post])


@pytest.fixture
def asking(environment: pytest.MonkeyPatch) -> Callable[[Route[Any], Post, str], tuple[Answer, dict[str, Any]]]:
    """Asks a route without a key, where that post is all that there is."""
    environment.setenv("ALLOW_ANONYMOUS", "true")
    environment.setattr(backends, "signing_secret", lambda: b"secret")

    def asking(route: Route[Any], post: Post, query: str) -> tuple[Answer, dict[str, Any]]:
        fake = FakeUpstream(post)
        environment.setattr(upstream, "upstream", lambda: fake)
        return ask(route, event(route.paths[0], query)), fake.asked

    return asking


Asking = Callable[[Route[Any], Post, str], tuple[Answer, dict[str, Any]]]


def test_statistic_asks_for_counters(asking: Asking) -> None:
    answer, asked = asking(STATISTIC, VIDEO, f"url=https://www.tiktok.com/@lake/video/{ID}")
    assert answer.status == 200
    assert answer.body["data"]["total_like"] == 2
    assert answer.body["data"]["media"]["music"].startswith("https://api.example.com/media/")
    assert asked["reference"] == PostRef(ID, "lake")
    assert asked["required"] == {"likes"}
    assert asked["wanted"] >= {"plays", "comments", "shares", "saves", "downloads", "region", "media"}


def test_downloader_asks_for_files(asking: Asking) -> None:
    answer, asked = asking(DOWNLOADER, VIDEO, "url=vm.tiktok.com/ZM1")
    assert answer.status == 200
    assert asked["reference"] == ShortLink("https://vm.tiktok.com/ZM1/")
    assert asked["required"] == {"media"}


def test_slides_of_slides(asking: Asking) -> None:
    answer, asked = asking(SLIDES, SLIDESHOW, f"url={ID}")
    assert len(answer.body["data"]["images"]) == 2
    assert asked["required"] == {"media"}


def test_slides_of_a_video(asking: Asking) -> None:
    answer, _ = asking(SLIDES, VIDEO, f"url={ID}")
    assert (answer.status, answer.body["error"]) == (422, "not_slides")


@pytest.mark.parametrize("username", ["lake", "@lake", "%40Lake"])
def test_random_draws_from_the_newest(asking: Asking, username: str) -> None:
    answer, asked = asking(RANDOM, VIDEO, f"username={username}")
    assert answer.body["data"]["id"] == ID
    assert asked == {"handle": "lake", "limit": 200}


def test_random_of_nobody(asking: Asking) -> None:
    assert asking(RANDOM, VIDEO, "username=empty")[0].body["error"] == "no_posts"
    assert asking(RANDOM, VIDEO, "username=no+one")[0].body["error"] == "validation_error"
    assert asking(RANDOM, VIDEO, "")[0].body["message"] == "username: Field required"
