"""Every way to give a key, every name of a route, and what a call costs."""

import pytest

from tests.front_door import FrontDoor


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("Authorization", "Bearer {}"),
        ("Authorization", "{}"),
        ("Authorization", "key {}"),
        ("Authorization", "key: {}"),
        ("x-api-key", "{}"),
    ],
)
def test_every_form_of_key(door: FrontDoor, header: str, form: str) -> None:
    assert door.ask("GET", "/v1/usage", {header: form.format(door.key)}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        ("video", ("/api/tiktok/statistic", "/api/tiktok/statistics", "/api/tiktok/stats")),
        ("slides", ("/api/tiktok/slides", "/api/tiktok/images", "/api/tiktokslide/downloader")),
    ],
)
def test_a_route_by_each_of_its_names(door: FrontDoor, kind: str, paths: tuple[str, ...]) -> None:
    post = next(post for post in door.catalog["posts"] if post["type"] == kind and post["trait"] == "plain")
    assert {door.get(path, url=post["url"]).json()["data"]["id"] for path in paths} == {post["id"]}


def test_random_by_each_of_its_names(door: FrontDoor) -> None:
    for path in ("/api/tiktok/random", "/api/tiktok/random-post"):
        answer = door.get(path, username="maple.kitchen")
        assert answer.json()["data"]["post_author"]["unique_id"] == "maple.kitchen"


def test_a_success_costs_one_credit_and_a_failure_none(door: FrontDoor) -> None:
    account = door.account(2)
    deleted = next(post for post in door.catalog["posts"] if post["trait"] == "deleted")
    video = next(post for post in door.catalog["posts"] if post["type"] == "video" and post["trait"] == "plain")
    paid = [
        (answer.status_code, answer.headers["x-credits-used"], answer.headers["x-credits-remaining"])
        for answer in (
            door.get("/api/tiktok/downloader", account.key, url=post["url"]) for post in (deleted, video, video, video)
        )
    ]
    assert paid == [(410, "0", "2"), (200, "1", "1"), (200, "1", "0"), (402, "0", "0")]
    usage = door.get("/v1/usage", account.key).json()["data"]
    assert sum(usage.pop("byDay").values()) == 2
    assert usage == {
        "account": account.name,
        "creditsRemaining": 0,
        "creditsUsed": 2,
        "byRoute": {"downloader": 2},
    }
