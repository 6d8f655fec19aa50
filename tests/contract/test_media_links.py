"""Every media link of an answer leads to bytes that play; a bent or late one leads nowhere."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
import pytest

from tests.front_door import FrontDoor
from tokstack.media.links import Links


def data_of(door: FrontDoor, trait: str = "plain", kind: str = "video", skip: int = 0) -> Any:
    posts = [post for post in door.catalog["posts"] if post["trait"] == trait and post["type"] == kind]
    return door.get("/api/tiktok/downloader", url=posts[skip]["url"]).json()["data"]


def fetch(door: FrontDoor, link: str, **headers: str) -> httpx.Response:
    return door.http.get(link, headers=headers, follow_redirects=True)


def plays(content: bytes, folder: Path) -> bool:
    """Whether ffmpeg decodes all of it without a complaint."""
    file = folder / "file"
    file.write_bytes(content)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(file), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0 and not done.stderr


@pytest.mark.parametrize(("name", "family"), [("no_watermark", "video/"), ("watermark", "video/"), ("music", "audio/")])
def test_the_files_of_a_video_play(door: FrontDoor, tmp_path: Path, name: str, family: str) -> None:
    answer = fetch(door, data_of(door)["media"][name])
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(family)
    assert plays(answer.content, tmp_path)


def test_every_rendition_has_its_bytes(door: FrontDoor, tmp_path: Path) -> None:
    renditions = data_of(door, "full-hd")["renditions"]
    assert {rendition["codec"] for rendition in renditions} == {"h264", "h265"}
    for rendition in renditions:
        content = fetch(door, rendition["url"]).content
        assert len(content) == rendition["bytes"]
        assert plays(content, tmp_path)


def test_the_images_of_slides_show(door: FrontDoor, tmp_path: Path) -> None:
    data = data_of(door, "live-photos", "slides")
    slides = door.get("/api/tiktok/slides", url=data["id"]).json()["data"]
    for link in slides["images"]:
        answer = fetch(door, link)
        assert answer.headers["content-type"].startswith("image/")
        assert plays(answer.content, tmp_path)
    assert fetch(door, slides["media"]["music"]).headers["content-type"].startswith("audio/")


def test_a_part_of_a_file(door: FrontDoor) -> None:
    link = data_of(door)["media"]["no_watermark"]
    whole = fetch(door, link).content
    part = fetch(door, link, range="bytes=100-199")
    assert part.status_code == 206
    assert part.content == whole[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"


def test_twenty_at_once_fetch_it_once(door: FrontDoor) -> None:
    link = data_of(door, skip=7)["media"]["no_watermark"]
    before = door.upstream_requests()
    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(lambda _: fetch(door, link), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert door.upstream_requests() == before + 1
    fetch(door, link)
    assert door.upstream_requests() == before + 1


def test_head_fetches_nothing(door: FrontDoor) -> None:
    link = data_of(door, skip=8)["media"]["no_watermark"]
    path = link.removeprefix(door.url)
    before = door.upstream_requests()
    assert door.ask("HEAD", path).status_code == 204
    assert door.upstream_requests() == before
    fetch(door, link)
    stored = door.ask("HEAD", path)
    assert stored.status_code == 302
    assert door.http.head(stored.headers["location"]).headers["content-type"].startswith("video/")


def test_a_link_needs_no_key_and_is_kept_by_no_cache(door: FrontDoor) -> None:
    answer = door.ask("GET", data_of(door)["media"]["music"].removeprefix(door.url))
    assert answer.status_code == 302
    assert "no-store" in answer.headers["cache-control"]
    assert "x-credits-remaining" not in answer.headers


def test_a_bent_link(door: FrontDoor) -> None:
    token = data_of(door)["media"]["music"].rpartition("/")[2]
    half = len(token) // 2
    changed = token[:half] + ("A" if token[half] != "A" else "B") + token[half + 1 :]
    for bent in (changed, token[:-1], token + "A", "abc", "%00", "a" * 3000):
        answer = door.ask("GET", f"/media/{bent}")
        assert answer.status_code == 403, bent
        assert answer.json()["code"] == "invalid_media_token"
        assert answer.json().keys() == {"error", "code", "request_id"}


def test_a_late_link(door: FrontDoor) -> None:
    post_id = data_of(door)["id"]
    late = Links(door.url, door.secret, 60, now=lambda: time.time() - 120).url(post_id, "music")
    good = Links(door.url, door.secret, 60).url(post_id, "music")
    answer = door.ask("GET", late.removeprefix(door.url))
    assert (answer.status_code, answer.json()["code"]) == (403, "expired_media_token")
    assert fetch(door, good).status_code == 200


def test_a_file_that_the_post_does_not_have(door: FrontDoor) -> None:
    post_id = data_of(door)["id"]
    link = Links(door.url, door.secret, 60).url(post_id, "image-1")
    answer = door.ask("GET", link.removeprefix(door.url))
    assert (answer.status_code, answer.json()["code"]) == (502, "upstream_empty")
