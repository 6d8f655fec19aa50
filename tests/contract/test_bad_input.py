"""What makes no sense is refused with its code, its body and its status, and costs nothing."""

import time

import pytest

from tests.front_door import Account, FrontDoor, error_code
from tokstack.accounts import keys
from tokstack.accounts.keys import Status

ID = "7300000000000000001"
GRANTED = 5

BAD_LINKS = {
    "empty": "url=",
    "missing": "",
    "missing among others": "other=1",
    "repeated": f"url={ID}&url={ID}",
    "too long": f"url=https://www.tiktok.com/@u/video/{ID}?{'a' * 7500}",
    "not UTF-8": "url=%ff%fe",
    "broken escape": "url=%zz",
    "half an escape": "url=https://www.tiktok.com/@u/video/1%",
    "not a link": "url=hello",
    "blank": "url=%20%20",
    "another site": "url=https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "a look-alike host": f"url=https://www.tiktok.com.evil.example/@u/video/{ID}",
    "the right path elsewhere": f"url=https://evil.example/@u/video/{ID}",
    "a user name in the host": f"url=https://www.tiktok.com%40evil.example/@u/video/{ID}",
    "user and password": f"url=https://u:p%40www.tiktok.com/@u/video/{ID}",
    "punycode": f"url=https://www.xn--tktok-n4a.com/@u/video/{ID}",
    "a port": f"url=https://www.tiktok.com:8443/@u/video/{ID}",
    "loopback": "url=http://127.0.0.1/",
    "metadata": "url=http://169.254.169.254/latest/meta-data/",
    "loopback in six": f"url=http://[::1]/@u/video/{ID}",
    "a number for an address": f"url=http://2130706433/@u/video/{ID}",
    "another scheme": f"url=ftp://www.tiktok.com/@u/video/{ID}",
    "a file": "url=file:///etc/passwd",
    "an id of one digit": "url=7",
    "an id of forty digits": f"url={'7' * 40}",
    "a profile": "url=https://www.tiktok.com/@someone",
    "a zero byte": f"url={ID}%00",
    "a line break inside": f"url=https://www.tiktok.com/%0d%0a@u/video/{ID}",
}

BAD_USERNAMES = {
    "missing": "",
    "empty": "username=",
    "repeated": "username=a&username=b",
    "too long": f"username={'a' * 25}",
    "with a space": "username=a%20b",
    "with a slash": "username=a/b",
    "not UTF-8": "username=%ff",
    "broken escape": "username=%g1",
}


@pytest.fixture(scope="module")
def account(door: FrontDoor) -> Account:
    return door.account(GRANTED)


@pytest.mark.parametrize("query", BAD_LINKS.values(), ids=BAD_LINKS)
@pytest.mark.parametrize("route", ["statistic", "downloader", "slides"])
def test_a_bad_link(door: FrontDoor, account: Account, route: str, query: str) -> None:
    refused(door, account, f"/api/tiktok/{route}?{query}")


@pytest.mark.parametrize("query", BAD_USERNAMES.values(), ids=BAD_USERNAMES)
def test_a_bad_username(door: FrontDoor, account: Account, query: str) -> None:
    refused(door, account, f"/api/tiktok/random?{query}")


def refused(door: FrontDoor, account: Account, path: str) -> None:
    answer = door.ask("GET", path, {"x-api-key": account.key})
    body = answer.json()
    assert answer.status_code == 400
    assert (body["error"], body["code"], body["status"]) == ("validation_error", 400, "failed")
    assert body["request_id"] == answer.headers["x-request-id"]
    assert (answer.headers["x-credits-used"], answer.headers["x-credits-remaining"]) == ("0", str(GRANTED))
    assert door.balance(account) == GRANTED


def test_a_link_of_ten_kilobytes(door: FrontDoor, account: Account) -> None:
    refused(door, account, f"/api/tiktok/statistic?url={'a' * 10_240}")


def test_unknown_parameters_are_ignored(door: FrontDoor) -> None:
    post = next(post for post in door.catalog["posts"] if post["type"] == "video" and post["listed"])
    path = f"/api/tiktok/downloader?url={post['url']}?is_from_webapp=1&sender_device=pc&x=%ff&x=%zz"
    assert door.ask("GET", path, {"x-api-key": door.key}).json()["data"]["id"] == post["id"]


@pytest.mark.parametrize("query", [f"url={ID}", "url=%zz", ""])
def test_a_bad_key_is_told_before_a_bad_question(door: FrontDoor, query: str) -> None:
    path = f"/api/tiktok/statistic?{query}"
    for headers, code in (
        ({}, "missing_api_key"),
        ({"authorization": ""}, "missing_api_key"),
        ({"authorization": "Bearer"}, "missing_api_key"),
        ({"x-api-key": "malformed"}, "invalid_api_key"),
        ({"authorization": "Basic dXNlcjpwYXNz"}, "invalid_api_key"),
        ({"x-api-key": f"tok_{'A' * 40}"}, "invalid_api_key"),
        ({"x-api-key": "a" * 5000}, "invalid_api_key"),
    ):
        answer = door.ask("GET", path, headers)
        assert (answer.status_code, answer.json()["error"]) == (401, code)
        assert "x-credits-remaining" not in answer.headers


def test_a_key_in_the_query_is_no_key(door: FrontDoor, account: Account) -> None:
    for name in ("key", "api_key", "apikey", "x-api-key", "access_token"):
        answer = door.ask("GET", f"/api/tiktok/statistic?url={ID}&{name}={account.key}")
        assert answer.json()["error"] == "missing_api_key"


@pytest.mark.parametrize(("status", "code"), [(Status.DISABLED, 403), (Status.REVOKED, 403)])
def test_a_key_that_is_switched_off(door: FrontDoor, status: Status, code: int) -> None:
    account = door.account(GRANTED)
    keys.set_status(door.table, account.key, status)
    answer = door.get("/api/tiktok/statistic", account.key, url=ID)
    assert (answer.status_code, answer.json()["error"]) == (code, "api_key_disabled")
    assert door.balance(account) == GRANTED


def test_a_key_that_has_expired(door: FrontDoor) -> None:
    account = door.account(GRANTED, expires_at=time.time() + 1)
    time.sleep(1.1)
    answer = door.get("/api/tiktok/statistic", account.key, url=ID)
    assert (answer.status_code, answer.json()["error"]) == (403, "api_key_expired")
    assert door.balance(account) == GRANTED


def test_an_account_without_credits(door: FrontDoor) -> None:
    account = door.account(0)
    answer = door.get("/api/tiktok/statistic", account.key, url=ID)
    assert (answer.status_code, answer.json()["error"]) == (402, "insufficient_credits")
    assert (answer.headers["x-credits-used"], answer.headers["x-credits-remaining"]) == ("0", "0")


def test_a_key_over_its_rate(door: FrontDoor) -> None:
    account = door.account(0, rate=1)
    answers = [door.get("/v1/usage", account.key) for _ in range(3)]
    assert answers[0].status_code == 200
    limited = answers[-1]
    assert (limited.status_code, error_code(limited.json())) == (429, "rate_limited")
    assert int(limited.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/tiktok", 404),
        ("GET", "/api/tiktok/nothing", 404),
        ("GET", "/api/tiktok/statistic/", 404),
        ("POST", "/api/tiktok/statistic", 404),
        ("DELETE", "/api/tiktok/random", 404),
        ("GET", "/api/download", 404),
        ("GET", "/api/convert/mp3", 404),
        ("POST", "/media/abc", 404),
        ("PUT", "/health", 404),
        ("GET", "/.env", 404),
        ("GET", "/v1/nothing", 401),
        ("POST", "/v1/usage", 401),
    ],
)
def test_an_unknown_route(door: FrontDoor, method: str, path: str, status: int) -> None:
    answer = door.ask(method, path)
    expected = "route_not_found" if status == 404 else "missing_api_key"
    assert (answer.status_code, error_code(answer.json())) == (status, expected)


def test_an_unknown_route_with_a_key(door: FrontDoor, account: Account) -> None:
    answer = door.get("/v1/nothing", account.key)
    assert (answer.status_code, error_code(answer.json())) == (404, "route_not_found")
    assert answer.headers["x-credits-used"] == "0"
    assert door.balance(account) == GRANTED
