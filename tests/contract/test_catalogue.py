"""Every route of the posts family answers for every kind of post and profile as the catalogue expects."""

from collections.abc import Mapping
from typing import Any

import pytest

from local.upstream.catalog import catalog
from local.upstream.expected import differences
from tests.front_door import FrontDoor

CATALOG = catalog()
TRAITS = sorted({post.trait for post in CATALOG.posts})
HANDLES = [person.handle for person in CATALOG.people]


def hold(answer: Any, expected: Mapping[str, Any]) -> None:
    assert answer.status_code == expected["status"]
    body = answer.json()
    if "error" in expected:
        assert (body["error"], body["code"], body["status"]) == (expected["error"], expected["status"], "failed")
        assert answer.headers["x-credits-used"] == "0"
    else:
        assert not list(differences(expected["data"], body["data"]))
        assert answer.headers["x-credits-used"] == "1"


def plain(rendition: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rendition[name] for name in ("codec", "width", "height", "bitrate", "bytes")}


@pytest.mark.parametrize("trait", TRAITS)
def test_a_post(door: FrontDoor, trait: str) -> None:
    post = next(post for post in door.catalog["posts"] if post["trait"] == trait)
    for route, expected in post["expected"].items():
        answer = door.get(f"/api/tiktok/{route}", url=post["url"])
        wanted = dict(expected.get("data", {}))
        renditions = wanted.pop("renditions", [])  # in an order of their own
        hold(answer, {**expected, "data": wanted})
        for rendition in renditions:
            assert plain(rendition) in map(plain, answer.json()["data"]["renditions"])


@pytest.mark.parametrize("handle", HANDLES)
def test_a_profile(door: FrontDoor, handle: str) -> None:
    profile = next(profile for profile in door.catalog["profiles"] if profile["handle"] == handle)
    expected = profile["expected"]["random"]
    answer = door.get("/api/tiktok/random", username=f"@{handle}")
    if "error" in expected:
        hold(answer, expected)
        return
    drawn = answer.json()["data"]["id"]
    assert drawn in expected["newest"]
    hold(answer, {"status": 200, "data": expected["data"][drawn]})


def test_nobody_knows_them(door: FrontDoor) -> None:
    unknown = door.catalog["unknown"]
    for post in unknown["posts"]:
        hold(door.get("/api/tiktok/statistic", url=post["id"]), post["expected"])
    for profile in unknown["profiles"]:
        hold(door.get("/api/tiktok/random", username=profile["handle"]), profile["expected"])


def test_short_links(door: FrontDoor) -> None:
    for link in door.catalog["short_links"]:
        answer = door.get("/api/tiktok/downloader", url=link["url"])
        if link["expected"]:
            assert (answer.status_code, answer.json()["error"]) == (
                link["expected"]["status"],
                link["expected"]["error"],
            ), link
        else:
            assert answer.json()["data"]["id"] == link["post_id"], link


@pytest.mark.parametrize(
    ("surfaces", "status"), [(["page"], 200), (["embed"], 200), (["tikwm"], 200), (["oembed", "page"], 451)]
)
def test_a_recorded_post(door: FrontDoor, surfaces: list[str], status: int) -> None:
    recorded = [post["id"] for post in door.catalog["recorded"] if post["surfaces"] == surfaces]
    if not recorded:
        pytest.skip("the recorded answers are not here")
    answer = door.get("/api/tiktok/statistic", url=recorded[0])
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["data"]["id"] == recorded[0]
        assert answer.json()["data"]["total_play"] > 0
