"""What was asked once is not asked of the upstream again, however many ask."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.front_door import FrontDoor


def unasked(door: FrontDoor, kind: str = "video") -> Any:
    """The oldest plain post of this kind that the upstream was never asked for."""
    return next(
        post
        for post in reversed(door.catalog["posts"])
        if post["type"] == kind and post["trait"] == "plain" and not door.upstream_requests(post["id"])
    )


def test_a_post_is_asked_for_once(door: FrontDoor) -> None:
    post = unasked(door)
    first = door.get("/api/tiktok/statistic", url=post["url"]).json()["data"]
    before = door.upstream_requests()
    second = door.get("/api/tiktok/statistic", url=post["id"]).json()["data"]
    assert door.upstream_requests() == before
    assert {**second, "media": None} == {**first, "media": None}  # a link has its own expiry


def test_what_one_route_fetched_serves_another(door: FrontDoor) -> None:
    post = unasked(door, "slides")
    door.get("/api/tiktok/statistic", url=post["url"])
    before = door.upstream_requests()
    for route in ("downloader", "slides"):
        assert door.get(f"/api/tiktok/{route}", url=post["url"]).status_code == 200
    assert door.upstream_requests() == before


def test_fifty_at_once_fetch_one_page(door: FrontDoor) -> None:
    post = unasked(door)
    account = door.account(50)
    with ThreadPoolExecutor(50) as callers:
        answers = list(
            callers.map(lambda _: door.get("/api/tiktok/downloader", account.key, url=post["url"]), range(50))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["data"]["id"] for answer in answers} == {post["id"]}
    assert door.upstream_requests(post["id"]) == 1
    assert door.balance(account) == 0


def test_a_second_draw_asks_nobody(door: FrontDoor) -> None:
    door.get("/api/tiktok/random", username="night_market")
    before = door.upstream_requests()
    drawn = {door.get("/api/tiktok/random", username="night_market").json()["data"]["id"] for _ in range(12)}
    assert door.upstream_requests() == before
    assert len(drawn) > 1
