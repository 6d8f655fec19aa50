"""Clients that are there already get what they ask for, and what browsers and curl save is called as it should be."""

import json
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.http import parse_options_header

from local.upstream.expected import differences
from tests import clients
from tests.clients import Saved, program, saved
from tests.clouds import Stack
from tests.conftest import NewKey
from tests.front_door import FrontDoor, front_door
from tokstack.library.text import words

WITHIN = 0.1  # seconds
SUBJECTS = ("video", "slides", "site")


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[FrontDoor]:
    with front_door(stack) as door:
        yield door


@pytest.fixture
def environment(door: FrontDoor, new_key: NewKey) -> dict[str, str]:
    return {"BASE": door.url, "KEY": new_key()}


def post(door: FrontDoor, kind: str) -> Any:
    """A post of the sample with nothing unusual about it."""
    return next(post for post in door.catalog["posts"] if (post["type"], post["trait"]) == (kind, "plain"))


def subject(door: FrontDoor, kind: str) -> tuple[str, list[str]]:
    """Its URL, and the types of its files."""
    if kind == "site":
        page = next(site for site in door.catalog["sites"] if site["what"] == "a page with og:video")
        return page["url"], [item["type"] for item in page["expected"]["items"]]
    found = post(door, kind)
    images = found["expected"]["downloader"]["data"].get("images")
    return found["url"], ["image"] * len(images) + ["audio"] if images else ["video"]


def fetched(url: str, file: Path) -> str:
    """Saves what a link leads to; its media type."""
    with closing(requests.get(url, timeout=60)) as answer:
        answer.raise_for_status()
        file.write_bytes(answer.content)
        return answer.headers["Content-Type"]


def near(seconds: float) -> Any:
    return pytest.approx(seconds, abs=WITHIN)


@pytest.mark.parametrize("kind", SUBJECTS)
@pytest.mark.parametrize("client", ["media_download.py", "media_download.mjs", "media_download.php"])
def test_the_files_are_listed(
    door: FrontDoor, environment: dict[str, str], tmp_path: Path, client: str, kind: str
) -> None:
    url, types = subject(door, kind)
    printed = [line.split() for line in clients.run(client, tmp_path, URL=url, **environment).splitlines()]
    assert [type_ for type_, _ in printed] == types
    for type_, link in printed[:: len(printed) - 1 or 1]:  # the first and the last
        assert fetched(link, tmp_path / "file").startswith(f"{type_}/")


@pytest.mark.parametrize(
    ("kind", "format", "expected"),
    [
        ("video", "mp4", Saved(("h264", "aac"), near(3), None)),
        ("video", "gif", Saved(("gif",), near(3), None)),
        ("slides", "mp3", Saved(("mp3",), near(3), 192)),
        ("site", "wav", Saved(("pcm_s16le",), near(2), None)),  # its three seconds end first
    ],
)
def test_a_part_is_converted(
    door: FrontDoor, environment: dict[str, str], tmp_path: Path, kind: str, format: str, expected: Saved
) -> None:
    url, _ = subject(door, kind)
    clients.run("media_convert.py", tmp_path, URL=url, FORMAT=format, OUT="out", **environment)
    found = saved(tmp_path / "out")
    assert (found.codecs, found.seconds) == (expected.codecs, expected.seconds)
    assert expected.kbps in (None, found.kbps)


@pytest.mark.parametrize("kind", SUBJECTS)
def test_all_of_it_is_converted(door: FrontDoor, environment: dict[str, str], tmp_path: Path, kind: str) -> None:
    url, types = subject(door, kind)
    listed = json.loads(clients.run("media.sh", tmp_path, URL=url, OUT="out.mp3", **environment))
    assert [item["type"] for item in listed["items"]] == types
    fetched(listed["items"][-1]["url"], tmp_path / "source")
    whole = saved(tmp_path / "source").seconds
    assert saved(tmp_path / "out.mp3") == Saved(("mp3",), near(whole), 192)


def test_what_is_known_of_posts_is_told(door: FrontDoor, environment: dict[str, str], tmp_path: Path) -> None:
    video, slides, profile = post(door, "video"), post(door, "slides"), door.catalog["profiles"][0]
    asked = {"URL": video["url"], "SLIDES": slides["url"], "USERNAME": profile["handle"]}
    answers = list(documents(clients.run("posts.sh", tmp_path, **asked, **environment)))
    drawn = answers[-1]["data"]["id"]
    expected = [
        video["expected"]["statistic"],
        plain(video["expected"]["downloader"]),
        slides["expected"]["slides"],
        {"data": profile["expected"]["random"]["data"][drawn]},
    ]
    assert drawn in profile["expected"]["random"]["newest"]
    for answer, wanted in zip(answers, expected, strict=True):
        assert answer["status"] == "success"
        assert not list(differences(wanted["data"], answer["data"]))


def test_a_sound_is_told(door: FrontDoor, environment: dict[str, str], tmp_path: Path) -> None:
    sound = max(door.catalog["sounds"], key=lambda sound: sound["uses"])
    answer = json.loads(clients.run("social.sh", tmp_path, AUDIO=sound["id"], **environment))
    assert not list(differences(sound["expected"]["audio"]["data"], answer["data"]))


def test_the_library_is_searched(door: FrontDoor, environment: dict[str, str], tmp_path: Path) -> None:
    (sold,) = door.get("/v1/tiktok/library", domain="glowlab.example", type="ad", limit="1").json()["data"]
    asked = {"ITEM": sold["id"], "SHOP": sold["shop"]["id"]}
    answers = list(documents(clients.run("library.sh", tmp_path, **asked, **environment)))
    searched, queried, item, shop = (answer["data"] for answer in answers)
    views = [row["metrics"]["views"] for row in searched]
    assert views == sorted(views, reverse=True)
    for row in searched:
        said = [row["content"]["description"], row["profile"]["name"], *row["content"]["hashtags"]]
        assert row["type"] == "ad"
        assert any("skin care" in " ".join(words(text)) for text in said)
    rates = [row["metrics"]["engagementRate"] for row in queried]
    assert rates == sorted(rates, reverse=True)
    for row in queried:
        assert (row["status"], row["metrics"]["views"] >= 1000) == ("active", True)
        assert {"serum", "glow"} & {*words(row["content"]["description"])}
    assert len(searched) > 3
    assert len(queried) > 3
    assert {name: item[name] for name in sold if name != "metrics"} == {
        name: value for name, value in sold.items() if name != "metrics"
    }
    assert item["links"]["tiktokUrl"].endswith(f"/video/{sold['tiktokId']}")
    assert {row["shop"]["id"] for row in shop} == {sold["shop"]["id"]}
    assert answers[-1]["pagination"]["limit"] == len(shop) == 10


def documents(text: str) -> Iterator[Any]:
    """JSON after JSON."""
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        yield value
        text = text[end:].lstrip()


def plain(expected: Any) -> Any:
    """Without the renditions, which come in an order of their own."""
    return {"data": {name: value for name, value in expected["data"].items() if name != "renditions"}}


@pytest.fixture
def titled(door: FrontDoor) -> Any:
    """A video whose title is not ASCII, though some of it is."""
    titles = (
        post for post in door.catalog["posts"] if post["url"].startswith("https://www.tiktok.com/@tempo_lab/video/")
    )
    return next(post for post in titles if "ö" in post["expected"]["statistic"]["data"]["title"])


@pytest.mark.parametrize(("options", "format"), [("-OJ", "mp3"), ("-OJL", "gif")])
def test_curl_saves_under_the_title(
    environment: dict[str, str], titled: Any, tmp_path: Path, options: str, format: str
) -> None:
    """It reads the plain form of the name alone. The GIF is too large for an answer, so storage serves it."""
    url = f"{environment['BASE']}/api/convert/{format}"
    body = ["-H", "Content-Type: application/json", "-d", json.dumps({"url": titled["url"]})]
    command = [program("curl"), "-sSf", options, url, "-H", f"Authorization: {environment['KEY']}", *body]
    clients.ran(command, tmp_path)
    title = titled["expected"]["statistic"]["data"]["title"]
    (file,) = tmp_path.iterdir()
    assert file.name == f"{title.replace('ö', 'o')}.{format}"
    assert saved(file).codecs == (format,)


@pytest.mark.parametrize("format", ["mp3", "gif"])
def test_others_read_the_title(environment: dict[str, str], titled: Any, format: str) -> None:
    """As it is where both forms of the name are known, as in browsers; else the plain one."""
    url, body = f"{environment['BASE']}/api/convert/{format}", {"url": titled["url"]}
    with closing(requests.post(url, json=body, headers={"x-api-key": environment["KEY"]}, timeout=60)) as answer:
        answer.raise_for_status()
        said = answer.headers["Content-Disposition"]
    name = f"{titled['expected']['statistic']['data']['title']}.{format}"
    assert parse_options_header(said) == ("attachment", {"filename": name})
    header = EmailMessage()
    header["Content-Disposition"] = said
    assert header.get_filename() == name.replace("ö", "o")
