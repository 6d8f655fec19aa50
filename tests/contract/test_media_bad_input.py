"""What the media family refuses: with its code, its status and its shape, for nothing, and leaving nothing."""

import json
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from local.upstream.sites import trap
from tests.clouds import Stack
from tests.front_door import Account, FrontDoor
from tests.media_calls import FILES, convert, followed, nothing_left, post, send, together

GRANTED = 20
CLIP = f"{FILES}/clip.mp4"
DOWNLOAD, MP4 = "/api/download", "/api/convert/mp4"
JSON = {"content-type": "application/json"}

BODIES: Mapping[str, bytes] = {
    "no JSON": b"{",
    "an array": b"[]",
    "an array of fields": json.dumps([{"url": CLIP}]).encode(),
    "a text": json.dumps(CLIP).encode(),
    "a number": b"1",
    "true": b"true",
    "a form": b"url=https%3A%2F%2Ffiles.example%2Fclip.mp4",
    "XML": b"<url>https://files.example/clip.mp4</url>",
    "not UTF-8": b'{"url": "https://files.example/\xff"}',
    "UTF-16": json.dumps({"url": CLIP}).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps({"url": CLIP}).encode(),
    "half a surrogate": b'{"url": "https://files.example/\\ud800"}',
    "a zero byte": b'{"url": "https://files.example/clip.mp4\\u0000"}',
    "nested deeply": b'{"url":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "the same field twice": json.dumps({"url": CLIP}).encode()[:-1] + b', "url": "' + CLIP.encode() + b'"}',
    "a comment": b'{"url": "https://files.example/clip.mp4"} // please',
    "two objects": json.dumps({"url": CLIP}).encode() * 2,
    "a field too many": json.dumps({"url": CLIP, "quality": "best"}).encode(),
    "a number for a URL": b'{"url": 7300000000000000001}',
    "a list of URLs": json.dumps({"url": [CLIP]}).encode(),
    "an object for a URL": json.dumps({"url": {"url": CLIP}}).encode(),
    "true for a URL": b'{"url": true}',
}
WITHOUT_URL: Mapping[str, bytes] = {
    "no body": b"",
    "blanks": b"  \n",
    "no field": b"{}",
    "null": b'{"url": null}',
    "empty": b'{"url": ""}',
    "blank": b'{"url": " \\t"}',
    "by another name": json.dumps({"URL": CLIP}).encode(),
    "other fields alone": b'{"options": {}}',
}
OPTIONS: Mapping[str, str] = {
    "a list": "[]",
    "a text": '"start_time=1"',
    "an unknown one": '{"speed": 2}',
    "a number in quotes": '{"start_time": "1"}',
    "true for a number": '{"start_time": true}',
    "below zero": '{"start_time": -1}',
    "no number": '{"start_time": NaN}',
    "without end": '{"end_time": Infinity}',
    "beyond a float": '{"end_time": 1e999}',
    "beyond a day": '{"end_time": 86401}',
    "5000 digits": f'{{"end_time": {"9" * 5000}}}',
    "a start behind the end": '{"start_time": 2, "end_time": 1}',
    "a start at the end": '{"start_time": 1, "end_time": 1}',
    "an end at zero": '{"end_time": 0}',
    "next to nothing": '{"start_time": 1, "end_time": 1.0001}',
    "an odd quality": '{"video_quality": "1"}',
    "a quality of no kind": '{"video_quality": "4320"}',
    "a number for a quality": '{"video_quality": 720}',
    "a quality with a unit": '{"video_quality": "720p"}',
    "an odd bit rate": '{"audio_quality": "1"}',
    "a number for a bit rate": '{"audio_quality": 192}',
    "a bit rate with a blank": '{"audio_quality": "192 "}',
    "other digits": '{"audio_quality": "\\u0661\\u0669\\u0662"}',
    "a text for a flag": '{"h264": "true"}',
    "a number for a flag": '{"subtitles": 1}',
    "the same twice": '{"h264": true, "h264": true}',
}
PRIVATE = (
    "127.0.0.1",
    "127.1",
    "127.0.0.1.",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "2852039166",
    "100.100.100.200",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::7f00:1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "localhost",
    "LOCALHOST.",
    "printer",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
)
URLS = (
    "file:///etc/passwd",
    "ftp://files.example/clip.mp4",
    "gopher://files.example/clip.mp4",
    "data:video/mp4;base64,AAAA",
    "javascript:alert(1)",
    "concat:https://files.example/clip.mp4|/etc/passwd",
    "//files.example/clip.mp4",
    "https://",
    "https:///clip.mp4",
    "https://files.example:22/clip.mp4",
    "https://files.example:99999/clip.mp4",
    "https://user:word@files.example/clip.mp4",
    "https://user@127.0.0.1/clip.mp4",
    "https://files.example\\@127.0.0.1/clip.mp4",
    "https://files.example\r\nHost: 127.0.0.1/clip.mp4",
    "https://fi les.example/clip.mp4",
    f"https://files.example/{'a' * 9000}",
    "hello",
    "ytsearch:cats",
    "7",
    "https://www.tiktok.com/",
    "https://www.tiktok.com/explore",
)


class Loopback(BaseHTTPRequestHandler):
    """Nobody's business; whoever asks all the same is counted."""

    asked = 0

    def do_GET(self) -> None:
        Loopback.asked += 1
        self.send_error(404)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: Any) -> None:
        """Counted, not printed."""


@pytest.fixture(scope="module")
def loopback() -> Iterator[str]:
    """The address of one that must not be asked, and was not in the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Loopback) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
    assert Loopback.asked == 0


@pytest.fixture(scope="module")
def account(stack: Stack, door: FrontDoor) -> Iterator[Account]:
    """Nothing that it asks for costs anything or leaves anything."""
    account = door.account(GRANTED)
    with nothing_left(stack):
        yield account
        assert door.balance(account) == GRANTED


def hold(answer: httpx.Response, code: str, status: int = 400) -> str:
    """The failure's message."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json().keys() == {"error", "code", "request_id"}
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["x-credits-used"] == "0"
    assert answer.headers["x-credits-remaining"] == str(GRANTED)
    return str(answer.json()["error"])


def raw(door: FrontDoor, path: str, account: Account, body: bytes, **headers: str) -> httpx.Response:
    return door.ask("POST", path, {"x-api-key": account.key, **JSON, **headers}, content=body)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", [DOWNLOAD, MP4])
def test_a_bad_body(door: FrontDoor, account: Account, path: str, body: bytes) -> None:
    hold(raw(door, path, account, body), "validation_error")


@pytest.mark.parametrize("body", WITHOUT_URL.values(), ids=WITHOUT_URL)
@pytest.mark.parametrize("path", [DOWNLOAD, MP4])
def test_a_missing_url(door: FrontDoor, account: Account, path: str, body: bytes) -> None:
    assert hold(raw(door, path, account, body), "validation_error") == "Missing URL"


@pytest.mark.parametrize("named", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_called_something_else(door: FrontDoor, account: Account, named: str) -> None:
    body = json.dumps({"url": CLIP}).encode()
    answer = door.ask("POST", MP4, {"x-api-key": account.key, "content-type": named}, content=body)
    hold(answer, "validation_error")


@pytest.mark.parametrize("megabytes", [0.07, 5])
@pytest.mark.parametrize("path", [DOWNLOAD, MP4])
def test_a_large_body(door: FrontDoor, account: Account, path: str, megabytes: float) -> None:
    body = json.dumps({"url": "https://files.example/" + "a" * int(megabytes * 1_000_000)}).encode()
    hold(raw(door, path, account, body), "body_too_large", 413)


def test_a_body_that_the_gateway_does_not_take(door: FrontDoor, account: Account) -> None:
    headers = {"x-api-key": account.key, **JSON}
    answer = door.http.post(f"{door.url}{MP4}", content=b"a" * 10_500_000, headers=headers)
    assert answer.status_code == 413  # in the gateway's own shape


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_bad_option(door: FrontDoor, account: Account, options: str) -> None:
    body = f'{{"url": "{CLIP}", "options": {options}}}'.encode()
    message = hold(raw(door, MP4, account, body), "validation_error")
    assert len(message) < 300


@pytest.mark.parametrize("name", ["avi", "MP3", "mp33", "%2e%2e", "mp3%20", "m"])
def test_an_unknown_format(door: FrontDoor, account: Account, name: str) -> None:
    hold(raw(door, f"/api/convert/{name}", account, json.dumps({"url": CLIP}).encode()), "route_not_found", 404)


@pytest.mark.parametrize("path", [DOWNLOAD, MP4])
@pytest.mark.parametrize("url", URLS)
def test_a_url_that_is_none(door: FrontDoor, account: Account, path: str, url: str) -> None:
    hold(send(door, path, {"url": url}, account=account), "validation_error")


@pytest.mark.parametrize("path", [DOWNLOAD, MP4])
@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address(door: FrontDoor, account: Account, path: str, host: str) -> None:
    for scheme in ("http", "https"):
        hold(send(door, path, {"url": f"{scheme}://{host}/clip.mp4"}, account=account), "validation_error")


def test_a_private_server(door: FrontDoor, account: Account, loopback: str) -> None:
    for url in (f"http://{loopback}/clip.mp4", f"http://localhost:{loopback.rpartition(':')[2]}/clip.m3u8"):
        for path in (DOWNLOAD, MP4):
            hold(send(door, path, {"url": url}, account=account), "validation_error")


def test_a_private_server_behind_a_public_one(door: FrontDoor, account: Account, loopback: str) -> None:
    kinds = ("redirect", "page", "list.m3u8")
    urls = [trap(kind, f"http://{loopback}/clip.mp4") for kind in kinds]
    for url in urls:
        hold(convert(door, "mp4", url, account=account), "validation_error")
    hold(send(door, DOWNLOAD, {"url": urls[0]}, account=account), "validation_error")


def test_links_to_a_private_server(door: FrontDoor, loopback: str) -> None:
    for kind in ("page", "list.m3u8"):
        answer = send(door, DOWNLOAD, {"url": trap(kind, f"http://{loopback}/clip.mp4")})
        if answer.status_code == 200:
            link = answer.json()["items"][0]["url"].removeprefix(door.url)
            answer = followed(door, door.ask("GET", link))
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


CONVERSIONS: Mapping[str, tuple[str, str, Mapping[str, Any] | None, str, int]] = {
    "a start beyond the end": ("mp3", CLIP, {"start_time": 3}, "validation_error", 400),
    "a start beyond a film's end": ("mp4", CLIP, {"start_time": 99, "end_time": 100}, "validation_error", 400),
    "a start beyond a show's end": ("gif", post("slides-2").url, {"start_time": 100}, "validation_error", 400),
    "a bomb of an image": ("mp4", f"{FILES}/huge.png", None, "unsupported_media", 422),
    "a bomb of an image as gif": ("gif", f"{FILES}/huge.png", None, "unsupported_media", 422),
    "an image": ("mp3", f"{FILES}/picture.jpg", None, "no_audio_track", 422),
    "ten hours": ("mp4", f"{FILES}/ten-hours.mp4", None, "media_too_large", 413),
    "ten hours as gif": ("gif", f"{FILES}/ten-hours.mp4", {"end_time": 61}, "media_too_large", 413),
    "ten hours, half an hour too long": ("mp4", f"{FILES}/ten-hours.mp4", {"end_time": 1801}, "media_too_large", 413),
    "no sound": ("mp3", f"{FILES}/silent.mp4", None, "no_audio_track", 422),
    "no sound to write": ("wav", f"{FILES}/silent.mp4", None, "no_audio_track", 422),
    "a show without sound": ("wav", post("slides-sound-removed").url, None, "no_audio_track", 422),
    "no picture": ("mp4", f"{FILES}/song.mp3", None, "unsupported_media", 422),
    "no picture to move": ("gif", f"{FILES}/song.mp3", None, "unsupported_media", 422),
    "half a file": ("mp4", f"{FILES}/truncated.mp4", None, "unsupported_media", 422),
    "half a file's sound": ("mp3", f"{FILES}/truncated.mp4", None, "unsupported_media", 422),
    "no bytes": ("mp3", f"{FILES}/empty.mp4", None, "upstream_empty", 502),
    "a page for a film": ("mp4", f"{FILES}/page.mp4", None, "unsupported_media", 422),
    "a list for a film": ("mp4", f"{FILES}/playlist.mp4", None, "unsupported_media", 422),
    "words": ("mp3", "https://text.example/article", None, "unsupported_media", 422),
    "DRM": ("mp4", "https://hls.video.example/protected.m3u8", None, "unsupported_media", 422),
    "live": ("mp4", "https://hls.video.example/live.m3u8", None, "unsupported_media", 422),
    "a file that lies about its length": ("mp4", "https://broken.example/short.mp4", None, "upstream_unavailable", 502),
    "a link that leads nowhere": ("mp4", "https://broken.example/dead", None, "upstream_unavailable", 502),
    "a file without an end": ("mp4", "https://endless.example/clip.mp4", None, "media_too_large", 413),
    "a page without an end": ("mp4", "https://endless.example/page", None, "media_too_large", 413),
    "a page that is not there": ("mp3", "https://status.example/404", None, "post_not_found", 404),
    "a page that was removed": ("mp3", "https://status.example/410", None, "post_deleted", 410),
    "a deleted post": ("mp3", post("deleted").url, None, "post_deleted", 410),
    "a private post": ("gif", post("private").url, None, "post_private", 403),
    "a private account": ("mp4", post("account-private").url, None, "account_private", 403),
    "an adults' post": ("wav", post("age-gated").url, None, "age_restricted", 403),
    "a withheld post": ("mp3", post("region").url, None, "region_blocked", 451),
    "a post that nobody knows": ("mp3", "7400000000000000001", None, "post_not_found", 404),
    "a profile": ("mp3", "https://www.tiktok.com/@night_market", None, "validation_error", 400),
}


@pytest.fixture(scope="module")
def refusals(door: FrontDoor, account: Account) -> Mapping[str, httpx.Response]:
    """All of them in the end, asked for a few at a time; a charge is given back before the answer."""
    before = door.balance(account)
    answers = together(
        [partial(convert, door, name, url, options, account=account) for name, url, options, *_ in CONVERSIONS.values()]
    )
    assert door.balance(account) == before
    return dict(zip(CONVERSIONS, answers, strict=True))


@pytest.mark.parametrize("name", CONVERSIONS)
def test_what_cannot_be_converted(door: FrontDoor, refusals: Mapping[str, httpx.Response], name: str) -> None:
    *_, code, status = CONVERSIONS[name]
    answer = followed(door, refusals[name])  # the machine may be busy
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json().keys() == {"error", "code", "request_id"}
    assert len(answer.json()["error"]) < 200
    if answer is refusals[name]:
        assert answer.headers["x-credits-used"] == "0"


@pytest.mark.parametrize("path", [DOWNLOAD, MP4])
@pytest.mark.parametrize("headers", [{}, {"x-api-key": "tok_nobody"}, {"authorization": "Basic dXNlcjpwYXNz"}])
def test_a_bad_key_is_told_first(door: FrontDoor, path: str, headers: Mapping[str, str]) -> None:
    for body in (b"{", json.dumps({"url": CLIP}).encode()):
        answer = door.ask("POST", path, {**JSON, **headers}, content=body)
        assert (answer.status_code, answer.json()["error"]) == (401, "Invalid API token")
        assert answer.json()["code"] == ("invalid_api_key" if headers else "missing_api_key")
