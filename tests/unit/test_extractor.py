"""The extractor over sites made of functions: what it asks, with what, and what it makes of what they tell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from yt_dlp.utils import DownloadCancelled, ExtractorError

from tokstack.errors import Code, TokstackError
from tokstack.outbound import Reason, RefusedError
from tokstack.posts.pages import MAX_ITEMS, MediaKind, Page
from tokstack.providers.extractor import handler, items
from tokstack.providers.extractor.choice import Choice
from tokstack.providers.extractor.extractor import Extractor, extractor
from tokstack.providers.extractor.library import Library
from tokstack.providers.extractor.verdicts import verdict

PAGE = "https://www.example.org/watch"
HEAD = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"
Site = Callable[[httpx.Request], httpx.Response]
Info = dict[str, Any]


class Sites:
    """Pages and files by URL; what is not there is 404."""

    def __init__(self, *, max_bytes: int = 1 << 20) -> None:
        self.asked: list[httpx.Request] = []
        self.found: dict[str, Site | httpx.Response | Exception] = {}
        self.extractor = Extractor(self._client, max_bytes)

    def _client(self, seconds: float, requests: int) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer), follow_redirects=True)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = self.found.get(str(request.url), httpx.Response(404))
        if isinstance(found, Exception):
            raise found
        if isinstance(found, httpx.Response):  # a fresh one each time
            return httpx.Response(found.status_code, headers=found.headers, content=found.content)
        return found(request)

    def page(self, address: str = PAGE) -> Page:
        return self.extractor.page(address, 10)

    def failure(self, address: str = PAGE) -> Code:
        with pytest.raises(TokstackError) as caught:
            self.page(address)
        return caught.value.code


@pytest.fixture
def sites() -> Sites:
    return Sites()


def html(body: str) -> httpx.Response:
    return httpx.Response(200, html=f"<!DOCTYPE html><html><head><title>T</title></head><body>{body}</body></html>")


def file(content: bytes, media_type: str) -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Content-Type": media_type})


# Pages


def test_a_page_is_told_without_asking_for_its_file(sites: Sites) -> None:
    sites.found[PAGE] = html('<video poster="/p.jpg" src="/a.mp4"></video>')
    page = sites.page()
    assert (page.site, page.title) == ("example.org", "T")
    assert [item.model_dump(mode="json") for item in page.items] == [
        {
            "kind": "video",
            "media_type": "video/mp4",
            "title": "T",
            "thumbnail": "https://www.example.org/p.jpg",
            "duration": None,
        }
    ]
    assert [str(request.url) for request in sites.asked] == [PAGE]


def test_an_address_is_read_before_anything_is_asked(sites: Sites) -> None:
    for text in ("ytsearch:cats", "http://127.0.0.1/", "file:///etc/passwd", "https://u:p@example.org/"):
        assert sites.failure(text) is Code.VALIDATION_ERROR
    assert sites.asked == []


@pytest.mark.parametrize(
    ("content", "told", "media_type"),
    [
        (HEAD, "video/mp4", "video/mp4"),
        (HEAD, "application/octet-stream", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00", "application/octet-stream", "audio/mp4"),
        (b"ID3\x04\x00\x00\x00\x00", "audio/mpeg", "audio/mpeg"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "video/mp4", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp"),
        (b"\x00\x01\x02\x03 no head that is known", "video/mp4", "video/mp4"),
    ],
)
def test_a_bare_file_is_what_its_first_bytes_are(sites: Sites, content: bytes, told: str, media_type: str) -> None:
    sites.found["https://example.org/f"] = file(content, told)
    (item,) = sites.page("https://example.org/f").items
    assert item.media_type == media_type
    assert item.kind == media_type.partition("/")[0]


@pytest.mark.parametrize(
    ("content", "told", "code"),
    [
        (b"", "video/mp4", Code.UPSTREAM_EMPTY),
        (b"<html>no</html>", "video/mp4", Code.UNSUPPORTED_MEDIA),
        (b"#EXTM3U\n", "video/mp4", Code.UNSUPPORTED_MEDIA),
        (b"%PDF-1.7", "application/pdf", Code.UNSUPPORTED_MEDIA),
        (b"PK\x03\x04", "application/zip", Code.UNSUPPORTED_MEDIA),
        (b'{"a": 1}', "application/json", Code.UNSUPPORTED_MEDIA),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", Code.UNSUPPORTED_MEDIA),
        (b"", "text/html", Code.UPSTREAM_EMPTY),
    ],
)
def test_what_is_no_media_is_not_taken_for_some(sites: Sites, content: bytes, told: str, code: Code) -> None:
    sites.found["https://example.org/f"] = file(content, told)
    assert sites.failure("https://example.org/f") is code


def test_a_page_that_never_ends_is_not_kept_in_memory(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_PAGE_BYTES", 4096)
    sites.found[PAGE] = html("<p>more</p>" * 1000)
    assert sites.failure() is Code.MEDIA_TOO_LARGE


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpx.ConnectError("no such name"), Code.UPSTREAM_UNAVAILABLE),
        (httpx.ReadTimeout("slow"), Code.UPSTREAM_TIMEOUT),
        (httpx.RemoteProtocolError("broken"), Code.UPSTREAM_UNAVAILABLE),
        (httpx.TooManyRedirects("round and round"), Code.UPSTREAM_UNAVAILABLE),
        (httpx.DecodingError("bad gzip"), Code.UPSTREAM_UNAVAILABLE),
        (RefusedError(Reason.PRIVATE, "no"), Code.VALIDATION_ERROR),
        (RefusedError(Reason.TIME, "no"), Code.UPSTREAM_TIMEOUT),
        (RefusedError(Reason.BYTES, "no"), Code.MEDIA_TOO_LARGE),
        (RefusedError(Reason.ENCODING, "no"), Code.UPSTREAM_CHANGED),
    ],
    ids=repr,
)
def test_what_goes_wrong_on_the_way(sites: Sites, failure: Exception, code: Code) -> None:
    sites.found[PAGE] = failure
    assert sites.failure() is code


# Files


def opened(sites: Sites, folder: Path, number: int = 1) -> bytes:
    given = sites.extractor.item(PAGE, number, Choice(), folder, 10, lambda done, total: None)
    with given as response:
        assert isinstance(response, httpx.Response)
        return response.read()


def test_a_file_is_asked_for_as_its_site_wants_it(sites: Sites, tmp_path: Path) -> None:
    sites.found[PAGE] = lambda request: httpx.Response(
        200, html='<video src="/a.mp4"></video>', headers={"Set-Cookie": "pass=1; Path=/; Secure"}
    )
    sites.found["https://www.example.org/a.mp4"] = file(HEAD, "video/mp4")
    assert opened(sites, tmp_path) == HEAD
    headers = sites.asked[-1].headers
    assert (headers["referer"], headers["cookie"], headers["accept-encoding"]) == (PAGE, "pass=1", "identity")
    assert "yt-dlp" not in headers["user-agent"]


def test_no_cookie_outlives_its_job(sites: Sites) -> None:
    sites.found[PAGE] = lambda request: httpx.Response(
        200, html="<p>", headers={"Set-Cookie": "pass=1; Path=/; Secure"}
    )
    for _ in range(2):
        sites.failure()
    assert not any("cookie" in request.headers for request in sites.asked)


@pytest.mark.parametrize("number", [0, 2, 51])
def test_a_file_that_the_page_has_not(sites: Sites, tmp_path: Path, number: int) -> None:
    sites.found[PAGE] = html('<video src="/a.mp4"></video>')
    with pytest.raises(TokstackError) as caught:
        opened(sites, tmp_path, number)
    assert caught.value.code is Code.POST_NOT_FOUND


def test_what_its_reader_meets_is_left_to_the_reader(sites: Sites, tmp_path: Path) -> None:
    sites.found[PAGE] = html('<video src="/a.mp4"></video>')
    sites.found["https://www.example.org/a.mp4"] = file(HEAD, "video/mp4")
    given = sites.extractor.item(PAGE, 1, Choice(), tmp_path, 10, lambda done, total: None)
    with pytest.raises(httpx.ReadError), given:
        raise httpx.ReadError("broken off")


def test_what_comes_in_parts_may_not_be_larger_than_allowed(tmp_path: Path) -> None:
    sites = Sites(max_bytes=100)
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n"
    sites.found[PAGE] = file(playlist.encode(), "application/vnd.apple.mpegurl")
    sites.found["https://www.example.org/a.ts"] = file(b"G" * 60, "video/mp2t")
    with pytest.raises(TokstackError) as caught:
        opened(sites, tmp_path)
    assert caught.value.code is Code.MEDIA_TOO_LARGE


def rendition(name: str, height: int | None, picture: str, sound: str, ext: str = "mp4") -> Info:
    width = height and height * 16 // 9
    codecs = {"vcodec": picture, "acodec": sound, "protocol": "https"}
    return {
        "format_id": name,
        "url": f"https://e.example/{name}",
        "ext": ext,
        "height": height,
        "width": width,
        **codecs,
    }


def settled(choice: Choice, *formats: Info) -> Info:
    info = video(extractor="vimeo", title="T", url=None, formats=[dict(one) for one in formats])
    transport = httpx.MockTransport(lambda _: httpx.Response(404))
    with httpx.Client(transport=transport) as client, Library(client, choice) as library:
        chosen: Info = library.settled(info)
    return chosen


RENDITIONS = [
    rendition("360", 360, "avc1.42", "mp4a.40.2"),
    rendition("720", 720, "avc1.42", "mp4a.40.2"),
    rendition("720-silent", 720, "avc1.42", "none"),
    rendition("1080-silent", 1080, "avc1.42", "none"),
    rendition("1080-vp9-silent", 1080, "vp9", "none", "webm"),
    rendition("2160-vp9-silent", 2160, "vp9", "none", "webm"),
    rendition("aac", None, "none", "mp4a.40.2", "m4a"),
    rendition("opus", None, "none", "opus", "webm"),
    {**rendition("flash", 4320, "avc1.42", "mp4a.40.2"), "protocol": "rtmp"},
]


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(), ["2160-vp9-silent", "aac"]),
        (Choice(short_side=1080), ["1080-silent", "aac"]),
        (Choice(short_side=720), ["720"]),
        (Choice(short_side=480), ["360"]),
        (Choice(short_side=240), ["360"]),
        (Choice(sound_only=True), ["aac"]),
    ],
)
def test_what_is_chosen_is_the_size_then_what_plays_everywhere_then_one_file(choice: Choice, names: list[str]) -> None:
    info = settled(choice, *RENDITIONS)
    assert [one["format_id"] for one in info.get("requested_formats") or [info]] == names


@pytest.mark.parametrize("change", [{"protocol": "rtmp"}, {"has_drm": True}])
def test_what_none_of_our_downloaders_may_fetch_is_not_chosen(change: Info) -> None:
    with pytest.raises((DownloadCancelled, ExtractorError)) as caught:
        settled(Choice(), {**RENDITIONS[0], **change})
    assert verdict(caught.value).code is Code.UNSUPPORTED_MEDIA


# What yt-dlp tells


def video(**fields: Any) -> Info:
    return {"id": "1", "extractor_key": "Vimeo", "url": "https://cdn.example.org/a", "ext": "mp4", **fields}


@pytest.mark.parametrize(
    ("info", "kind", "media_type"),
    [
        (video(), MediaKind.VIDEO, "video/mp4"),
        (video(ext="webm"), MediaKind.VIDEO, "video/webm"),
        (video(ext="unknown_video"), MediaKind.VIDEO, "video/mp4"),
        (video(ext="mp3"), MediaKind.AUDIO, "audio/mpeg"),
        (video(vcodec="none"), MediaKind.AUDIO, "audio/mp4"),
        (video(ext="webm", vcodec="none"), MediaKind.AUDIO, "audio/webm"),
        (video(ext="jpg"), MediaKind.IMAGE, "image/jpeg"),
        (
            video(requested_formats=[{"ext": "mp4", "acodec": "none"}, {"ext": "m4a", "vcodec": "none"}]),
            MediaKind.VIDEO,
            "video/mp4",
        ),
        (video(url=None, formats=[{"ext": "m4a", "vcodec": "none"}, {"ext": "webm"}]), MediaKind.VIDEO, "video/mp4"),
        (video(url=None, formats=[{"ext": "mp3", "vcodec": "none"}] * 2), MediaKind.AUDIO, "audio/mpeg"),
        ({"_type": "url", "url": "https://example.org/v/1"}, MediaKind.VIDEO, "video/mp4"),
        ({"_type": "url", "url": "https://example.org/a.mp3?b=c"}, MediaKind.AUDIO, "audio/mpeg"),
        (
            {"_type": "url", "url": 'https://example.org/a.mp3#__youtubedl_smuggle=%7B"a":1%7D'},
            MediaKind.AUDIO,
            "audio/mpeg",
        ),
    ],
)
def test_the_kind_of_a_file(info: Info, kind: MediaKind, media_type: str) -> None:
    item = items.item(info)
    assert (item.kind, item.media_type) == (kind, media_type)


def test_what_is_not_said_or_makes_no_sense_is_none() -> None:
    item = items.item(video(title=" ", thumbnail="data:image/png;base64,AA", duration=-1))
    assert (item.title, item.thumbnail, item.duration) == (None, None, None)


def test_a_list_gives_its_first_fifty_in_order_lists_in_it_opened_and_nothing_that_is_live() -> None:
    entries = [video(id=str(number)) for number in range(60)]
    live = [video(is_live=True), video(live_status="is_upcoming"), None, {"id": "hollow"}]
    result = {"entries": [*live, entries[0], {"entries": iter(entries[1:3])}, *entries[3:]]}
    assert items.first(result) == entries[:MAX_ITEMS]


@pytest.mark.parametrize(
    ("key", "site"),
    [("Vimeo", "vimeo"), ("Generic", "example.org"), ("HTML5MediaEmbed", "example.org"), (None, "example.org")],
)
def test_the_name_of_a_site(key: str | None, site: str) -> None:
    assert items.site({"extractor_key": key}, PAGE) == site


def test_it_is_wired_from_the_settings(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MEDIA_MAX_BYTES", "1000")
    environment.setenv("UPSTREAM_GATEWAY", "http://127.0.0.1:1")
    extractor.cache_clear()
    assert extractor().max_bytes == 1000
    with extractor().open_client(5.0, 3) as client, pytest.raises(RefusedError) as refused:
        client.get("http://127.0.0.1/")
    assert refused.value.reason is Reason.HOST
    extractor.cache_clear()
