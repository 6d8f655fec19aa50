"""yt-dlp, which reads the real pages, reads the sample's alike: what keeps the sample honest."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yt_dlp
from yt_dlp.networking.common import (
    Request,
    RequestDirector,
    RequestHandler,
    Response,
)
from yt_dlp.networking.exceptions import HTTPError

from local.upstream.catalog import Post
from local.upstream.media import library
from local.upstream.recordings import Recordings, folder
from tests.sample_upstream import CATALOG, serving, through, with_trait, world

Read = Callable[[str], dict[str, Any]]
LIBRARY = library()
SAMPLE = [post for post in CATALOG.posts if post.trait == "plain" and post.clip][::18][:22] + [
    with_trait(trait)
    for trait in (
        "caption-empty",
        "caption-rtl",
        "caption-cjk",
        "caption-emoji",
        "caption-script",
        "caption-long",
        "full-hd",
        "landscape",
        "long",
        "id-max",
    )
]


def name(post: Post) -> str:
    return f"{post.trait}-{post.id}"


class GatewayRH(RequestHandler):  # type: ignore[misc] # as above
    """yt-dlp's requests by way of the gateway, its cookies by the real names."""

    _SUPPORTED_URL_SCHEMES = ("https",)

    def __init__(self, client: httpx.Client, **options: Any) -> None:
        super().__init__(**options)
        self._client = client

    def _send(self, request: Request) -> Response:
        self._client.cookies = self._get_cookiejar(request)
        found = self._client.request(request.method, request.url, headers=self._get_headers(request))
        response = Response(io.BytesIO(found.content), str(found.url), found.headers, found.status_code)
        if not found.is_success:
            raise HTTPError(response)
        return response


class Director(RequestDirector):  # type: ignore[misc] # as above
    def send(self, request: Request) -> Response:
        (handler,) = self.handlers.values()
        return handler.send(request)


class Quiet:
    """A logger that keeps what yt-dlp warns of."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, message: str) -> None: ...

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    error = warning


class Extractor(yt_dlp.YoutubeDL):  # type: ignore[misc] # as above
    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        options = {"logger": Quiet(), "cachedir": False, "check_formats": False, "extractor_retries": 0}
        super().__init__(options, auto_init=False)
        self.add_info_extractor(yt_dlp.extractor.tiktok.TikTokIE())
        self.add_info_extractor(yt_dlp.extractor.tiktok.TikTokUserIE())

    def build_request_director(self, handlers: Any, preferences: Any = None) -> RequestDirector:
        one = super().build_request_director([lambda **options: GatewayRH(self._client, **options)])
        director = Director(one.logger)
        director.handlers = one.handlers
        return director


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """What yt-dlp makes of a link: each is read once."""
    with serving(world()) as upstream, through(upstream.url) as client, Extractor(client) as extractor:
        yield cache(lambda url: extractor.extract_info(url, download=False, process=False))


@pytest.mark.parametrize("post", SAMPLE, ids=name)
def test_reads_what_the_catalogue_says(read: Read, post: Post) -> None:
    info = read(post.url)

    author, counters = post.author, post.counters
    expected = {
        "id": post.id,
        "description": post.caption,
        "uploader": author.handle,
        "uploader_id": author.id,
        "channel": author.name,
        "channel_id": author.sec_uid,
        "view_count": counters.plays,
        "like_count": counters.likes,
        "comment_count": counters.comments,
        "repost_count": counters.shares,
        "save_count": counters.saves,
        "duration": post.seconds,
        "timestamp": post.created,
        "track": post.sound.title,
    }
    assert {field: info[field] for field in expected} == expected
    assert post.caption.startswith(info["title"].removesuffix("..."))


@pytest.mark.parametrize("post", SAMPLE, ids=name)
def test_sees_the_renditions_that_the_files_are(read: Read, post: Post) -> None:
    formats = read(post.url)["formats"]

    found = {(f["vcodec"], f["width"], f["height"], f["filesize"]) for f in formats if "filesize" in f}
    files = [LIBRARY[rendition.file] for rendition in post.renditions]
    assert found == {(file.codec, file.width, file.height, file.bytes) for file in files}
    assert any(f["format_id"] == "download" for f in formats) == post.downloadable
    assert any(f["format_id"] == "audio" for f in formats) == bool(post.sound.file)
    assert not any(urlsplit(f["url"]).hostname == "www.tiktok.com" for f in formats)  # that mirror is dropped


@pytest.mark.parametrize("trait", ["private", "deleted-code", "region", "age-gated", "account-private"])
def test_refuses_what_is_refused(read: Read, trait: str) -> None:
    with pytest.raises(yt_dlp.utils.DownloadError):
        read(with_trait(trait).url)


def test_finds_the_whole_of_a_feed(read: Read) -> None:
    person = CATALOG.by_handle["maple.kitchen"]

    found = [entry["id"] for entry in read(f"https://www.tiktok.com/@{person.handle}")["entries"]]

    assert sorted(found) == sorted(post.id for post in CATALOG.feed(person))


def test_reads_the_recorded_page(recorded_read: Read) -> None:
    info = recorded_read("https://www.tiktok.com/@illojuan/video/7571863205253778710")

    assert (info["uploader"], info["view_count"], info["duration"]) == ("illojuan", 192100, 64)


@pytest.fixture
def recorded_read() -> Iterator[Read]:
    place = folder()
    if place is None:
        pytest.skip("the recorded payloads are not here (TOKSTACK_PAYLOADS names their folder)")
    with serving(world(Recordings(place))) as upstream, through(upstream.url) as client, Extractor(client) as extractor:
        yield lambda url: extractor.extract_info(url, download=False, process=False)
