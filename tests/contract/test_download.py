"""`POST /api/download`: the files of every kind of post and page as the catalogue expects them, and each one plays."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import pytest

from local.upstream.catalog import catalog
from local.upstream.expected import differences
from local.upstream.media import RATE
from local.upstream.sites import SITES
from tests.films import film, packets, plays
from tests.front_door import Account, FrontDoor
from tests.media_calls import followed, post, sample, send, together

GRANTED = 500
MOST = 50
PATH = "/api/download"
TRAITS = sorted({post.trait for post in catalog().posts})
URLS = {site.url: site for site in SITES}
BIG = "https://endless.example/clip.mp4"  # as large as any file may be, and tried elsewhere
FETCHED = [site.url for site in SITES if site.items and site.url != BIG]
LINKED = ("full-hd", "h265-only", "silent", "slides-2", "broken-rendition", "live-photos")
SIGNATURES = {
    "video/mp4": (b"ftyp", 4),
    "audio/mpeg": (b"ID3", 0),
    "image/jpeg": (b"\xff\xd8\xff", 0),
    "image/webp": (b"WEBP", 8),
    "image/png": (b"PNG", 1),
    "audio/mp4": (b"ftyp", 4),
}

Answers = Mapping[str, httpx.Response]


@pytest.fixture(scope="module")
def account(door: FrontDoor) -> Account:
    return door.account(GRANTED)


@pytest.fixture(scope="module")
def posts(door: FrontDoor, account: Account) -> Answers:
    """What is answered for a post of each trait."""
    urls = [post(trait).url for trait in TRAITS]
    calls = [partial(send, door, PATH, {"url": url}, account=account) for url in urls]
    return dict(zip(TRAITS, together(calls), strict=True))


@pytest.fixture(scope="module")
def pages(door: FrontDoor, account: Account) -> Answers:
    """What is answered for each page of another site."""
    calls = [partial(send, door, PATH, {"url": url}, account=account) for url in URLS]
    return dict(zip(URLS, together(calls), strict=True))


@pytest.fixture(scope="module")
def files(door: FrontDoor, pages: Answers) -> Answers:
    """What the first link of each of these pages leads to."""
    links = [pages[url].json()["items"][0]["url"].removeprefix(door.url) for url in FETCHED]
    answers = together([partial(fetched, door, link) for link in links])
    return dict(zip(FETCHED, answers, strict=True))


def fetched(door: FrontDoor, path: str) -> httpx.Response:
    return followed(door, door.ask("GET", path))


def hold_refusal(answer: httpx.Response, code: str, status: int) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() == {"error", "code", "request_id"}
    assert answer.headers["x-credits-used"] == "0"


def hold_items(door: FrontDoor, answer: httpx.Response) -> Any:
    assert answer.status_code == 200
    assert answer.headers["x-credits-used"] == "1"
    body = answer.json()
    assert body.keys() == {"success", "items"}
    assert body["success"] is True
    for item in body["items"]:
        assert item.keys() == {"url", "type", "thumbnail", "mime_type", "site", "title"}
        assert item["url"].startswith(f"{door.url}/media/")
        assert item["mime_type"].partition("/")[0] == item["type"]
    assert len({item["url"] for item in body["items"]}) == len(body["items"])
    return body["items"]


@pytest.mark.parametrize("trait", TRAITS)
def test_a_post(door: FrontDoor, posts: Answers, trait: str) -> None:
    asked, answer = post(trait), posts[trait]
    if asked.refusal:
        expected = next(listed for listed in door.catalog["posts"] if listed["id"] == asked.id)["expected"]["statistic"]
        hold_refusal(answer, expected["error"], expected["status"])
        return
    items = hold_items(door, answer)
    kinds = [item["type"] for item in items]
    assert kinds == (["image"] * len(asked.images) + ["audio"] * bool(asked.sound.file) if asked.images else ["video"])
    assert {item["site"] for item in items} == {"tiktok"}
    shown = asked.caption.replace("\0", "").strip() or None
    assert {item["title"] for item in items} == {shown}
    assert all(item["thumbnail"].startswith("https://") for item in items)


@pytest.mark.parametrize("url", URLS)
def test_a_page(door: FrontDoor, pages: Answers, url: str) -> None:
    expected = next(site for site in door.catalog["sites"] if site["url"] == url)["expected"]
    if "error" in expected:
        hold_refusal(pages[url], expected["error"], expected["status"])
    else:
        assert not list(differences(expected["items"], hold_items(door, pages[url])))


@pytest.mark.parametrize("url", FETCHED)
def test_its_file(door: FrontDoor, pages: Answers, files: Answers, url: str) -> None:
    expected, answer = next(site for site in door.catalog["sites"] if site["url"] == url)["file"], files[url]
    if expected:
        assert (answer.status_code, answer.json()["code"]) == (expected["status"], expected["error"])
        return
    media_type = pages[url].json()["items"][0]["mime_type"]
    mark, at = SIGNATURES[media_type]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.content[at : at + len(mark)] == mark


@pytest.mark.parametrize(
    ("url", "seconds"),
    [
        ("https://hls.video.example/film", 12),
        ("https://hls.video.example/film/low/index.m3u8", 12),
        ("https://hls.video.example/locked/index.m3u8", 2),
        ("https://dash.video.example/film.mpd", 6),
    ],
)
def test_what_comes_in_parts_is_one_file(files: Answers, url: str, seconds: int) -> None:
    content = files[url].content
    found = film(content)
    assert plays(content)
    assert (found.video, found.sound) == ("h264", "aac")
    assert found.seconds == pytest.approx(seconds, abs=0.1)
    assert len(packets(content, "v")) == seconds * RATE


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://og.video.example/watch/1", "counter/h264-540.mp4"),
        ("https://files.example/hevc.mp4", "counter/h265-540.mp4"),
        ("https://files.example/song.mp3", "song-1.mp3"),
        ("https://members.example/watch", "counter/h264-540.mp4"),
    ],
)
def test_a_file_comes_as_it_is(files: Answers, url: str, name: str) -> None:
    assert files[url].content == sample(name)


@pytest.mark.parametrize("trait", LINKED)
def test_every_link_of_a_post_plays(door: FrontDoor, posts: Answers, trait: str) -> None:
    items = posts[trait].json()["items"]
    answers = together([partial(fetched, door, item["url"].removeprefix(door.url)) for item in items])
    for item, answer in zip(items, answers, strict=True):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == item["mime_type"]
        mark, at = SIGNATURES[item["mime_type"]]
        assert answer.content[at : at + len(mark)] == mark
        assert plays(answer.content)


def test_fifty_of_a_feed(door: FrontDoor, pages: Answers) -> None:
    items = hold_items(door, pages["https://podcast.example/feed.xml"])
    assert [item["title"] for item in items] == [f"Episode {number}" for number in range(1, MOST + 1)]


def test_a_profile(door: FrontDoor, account: Account) -> None:
    items = hold_items(door, send(door, PATH, {"url": "https://www.tiktok.com/@night_market"}, account=account))
    assert len(items) == MOST
    assert {item["site"] for item in items} == {"tiktok"}


@pytest.mark.parametrize(
    ("handle", "code", "status"), [("nobody.is.here", "user_not_found", 404), ("locked.garden", "account_private", 403)]
)
def test_a_profile_that_is_not_shown(door: FrontDoor, account: Account, handle: str, code: str, status: int) -> None:
    hold_refusal(send(door, PATH, {"url": f"https://www.tiktok.com/@{handle}"}, account=account), code, status)


def test_short_links(door: FrontDoor, account: Account) -> None:
    for link in door.catalog["short_links"]:
        answer = send(door, PATH, {"url": link["url"]}, account=account)
        if link["expected"]:
            hold_refusal(answer, link["expected"]["error"], link["expected"]["status"])
        else:
            hold_items(door, answer)


def test_each_success_costs_one(door: FrontDoor, posts: Answers, pages: Answers) -> None:
    mine = door.account(GRANTED)
    asked = [*(post(trait).url for trait in TRAITS[:4]), *list(URLS)[:4], "https://status.example/404"]
    answers = [send(door, PATH, {"url": url}, account=mine) for url in asked]
    good = sum(answer.status_code == 200 for answer in answers)
    assert 0 < good < len(answers)
    assert door.balance(mine) == GRANTED - good
    assert answers[-1].headers["x-credits-remaining"] == str(GRANTED - good)
