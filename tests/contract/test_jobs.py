"""What a conversion is answered with, and its job: how it is waited for, shared, paid for and told."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest

from tests.films import film, plays
from tests.front_door import Account, FrontDoor
from tests.media_calls import FILES, asked_of, convert, ended, followed, job, post, send, together
from tokstack.jobs import tickets

GRANTED = 40
ASYNC = {"prefer": "respond-async"}
SLOW_HOST, SLOW = "hls.video.example", "https://hls.video.example/film/master.m3u8?slow"
LARGE = {"start_time": 2, "end_time": 7.5}  # makes a gif of over 4 MiB of it
INLINE = 4 << 20
LIFE = 900  # seconds of a link into storage
INVALID, EXPIRED = "invalid_media_token", "expired_media_token"


@pytest.fixture(scope="module")
def account(door: FrontDoor) -> Account:
    return door.account(GRANTED)


@pytest.fixture(scope="module")
def other(door: FrontDoor) -> Account:
    return door.account(GRANTED)


@pytest.fixture(scope="module", autouse=True)
def waits(door: FrontDoor) -> Iterator[Mapping[str, Future[httpx.Response]]]:
    """Three that wait as long as they may, while the tests run, for a job whose site takes its time."""
    plan = {"rate": 1, "kinds": ["slow"], "hosts": [SLOW_HOST]}
    door.http.post(f"{door.upstream}/_control/faults", json=plan).raise_for_status()
    slow = accepted(convert(door, "mp3", SLOW, headers=ASYNC))["id"]
    with ThreadPoolExecutor() as pool:
        yield {
            "convert": pool.submit(convert, door, "mp3", SLOW),
            "file": pool.submit(door.ask, "GET", file_path(door, slow)),
            "last": pool.submit(door.ask, "GET", f"{file_path(door, slow)}&hop=15"),
        }


def file_path(door: FrontDoor, job_id: str, *, seconds: float = 600, ticket_of: str | None = None) -> str:
    ticket = tickets.issue(ticket_of or job_id, expires=time.time() + seconds, secret=door.secret)
    return f"/v1/jobs/{job_id}/file?ticket={ticket}"


def accepted(answer: httpx.Response) -> Any:
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body.keys() == {"job"}
    assert body["job"].keys() == {"id", "status", "url"}
    assert body["job"]["url"] == answer.headers["location"] == f"/v1/jobs/{body['job']['id']}"
    assert int(answer.headers["retry-after"]) > 0
    return body["job"]


# ------------------------------------------------------------------- Answers
def test_a_file_in_the_answer(door: FrontDoor) -> None:
    answer = convert(door, "mp3", post("caption-cjk").url)
    headers = answer.headers
    assert (answer.status_code, headers["content-type"]) == (200, "audio/mpeg")
    assert int(headers["content-length"]) == len(answer.content) < INLINE
    kind, plain, whole = headers["content-disposition"].split("; ")
    assert kind == "attachment"
    assert plain.startswith('filename="')
    assert plain.endswith('.mp3"')
    assert plain.isascii()
    assert whole.startswith("filename*=UTF-8''%E9%AB%98%E9%93%81")
    assert plays(answer.content)


@pytest.mark.parametrize("trait", ["caption-script", "caption-lines", "caption-nul"])
def test_a_name_is_no_way_out_of_its_header(door: FrontDoor, trait: str) -> None:
    disposition = convert(door, "mp3", post(trait).url).headers["content-disposition"]
    assert disposition.count('"') == 2
    assert not set(disposition) & set("<>\\\r\n\0")
    assert disposition.endswith(".mp3")


def test_a_post_without_words_is_named_by_its_id(door: FrontDoor) -> None:
    asked = post("caption-empty")
    assert f'filename="{asked.id}.mp3"' in convert(door, "mp3", asked.url).headers["content-disposition"]


def test_a_file_that_is_too_large_for_an_answer(door: FrontDoor) -> None:
    answer = convert(door, "gif", post("long").url, LARGE)
    assert (answer.status_code, answer.content) == (303, b"")
    assert not answer.headers["location"].startswith(door.url)
    stored = door.http.get(answer.headers["location"])
    assert stored.headers["content-type"] == "image/gif"
    assert stored.headers["content-disposition"].startswith('attachment; filename="')
    assert int(stored.headers["content-length"]) == len(stored.content) > INLINE
    assert film(stored.content).seconds == pytest.approx(5.5, abs=0.1)
    by_ticket = door.ask("GET", file_path(door, job_of(door, "gif", post("long").url, LARGE)))
    assert (by_ticket.status_code, followed(door, by_ticket).content) == (303, stored.content)


def job_of(door: FrontDoor, format: str, url: str, options: Mapping[str, Any] | None = None) -> str:
    return str(accepted(convert(door, format, url, options, headers=ASYNC))["id"])


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("respond-async", "respond-async"),
        ("Respond-Async", "respond-async"),
        ("handling=lenient, respond-async; x=1", "respond-async"),
        ("wait=0", "wait=0"),
        ('WAIT = "0"', "wait=0"),
        ("respond-async, wait=0", "respond-async, wait=0"),
        ("wait=1", "wait=1"),
    ],
)
def test_a_preference(door: FrontDoor, prefer: str, applied: str) -> None:
    answer = convert(door, "mp3", SLOW, headers={"prefer": prefer})
    assert accepted(answer)["status"] in ("queued", "running")
    assert answer.headers["preference-applied"] == applied


@pytest.mark.parametrize(
    "prefer", ["wait=99999", "wait=-1", "wait=1.5", "wait", "respond-async=0", "nothing", "", ",;="]
)
def test_a_preference_that_is_none(door: FrontDoor, prefer: str) -> None:
    answer = convert(door, "mp3", post("caption-cjk").url, headers={"prefer": prefer})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")


# ---------------------------------------------------------------------- Jobs
def moment(text: str) -> datetime:
    assert text.endswith("Z")
    assert len(text) == len("2026-11-27T00:00:00.000Z")
    return datetime.fromisoformat(text)


def test_a_job_that_succeeds(door: FrontDoor, account: Account) -> None:
    answer = convert(door, "wav", post("ad").url, account=account, headers=ASYNC)
    assert answer.headers["x-credits-used"] == "2"
    job_id = accepted(answer)["id"]
    seen = [job(door, job_id, account.key)]
    while not seen[-1]["finishedAt"]:
        seen.append(job(door, job_id, account.key))
    states = [found["status"] for found in seen]
    assert states == sorted(states, key=["queued", "running", "succeeded"].index)
    progress = [found["progress"] for found in seen]
    assert progress == sorted(progress)
    done = seen[-1]
    assert done.keys() == {"id", "status", "kind", "createdAt", "finishedAt", "progress", "result", "error"}
    assert (done["id"], done["status"], done["kind"]) == (job_id, "succeeded", "convert")
    assert (done["progress"], done["error"]) == (1, None)
    assert moment(done["createdAt"]) <= moment(done["finishedAt"]) <= datetime.now(UTC)
    result = done["result"]
    assert result.keys() == {"url", "mediaType", "bytes", "expiresAt"}
    file = door.http.get(result["url"])
    assert (file.headers["content-type"], len(file.content)) == (result["mediaType"], result["bytes"])
    assert 0 < (moment(result["expiresAt"]) - datetime.now(UTC)).total_seconds() <= LIFE
    assert f"X-Amz-Expires={LIFE}" in result["url"]
    assert door.http.get(result["url"].replace("result/", "result/0")).status_code == 403
    for early in seen[:-1]:
        assert early["finishedAt"] is None or early["status"] == "succeeded"
        assert early["result"] is None


def test_a_job_that_fails(door: FrontDoor, account: Account) -> None:
    before = door.balance(account)
    answer = convert(door, "mp3", post("silent").url, {"end_time": 3}, account=account, headers=ASYNC)
    done = ended(door, accepted(answer)["id"], account.key)
    assert (done["status"], done["result"]) == ("failed", None)
    assert done["error"].keys() == {"code", "message"}
    assert done["error"]["code"] == "no_audio_track"
    assert door.balance(account) == before
    by_ticket = door.ask("GET", file_path(door, done["id"]))
    assert (by_ticket.status_code, by_ticket.json()["code"]) == (422, "no_audio_track")
    assert by_ticket.json().keys() == {"error", "code", "request_id"}
    again = convert(door, "mp3", post("silent").url, {"end_time": 3}, account=account, headers=ASYNC)
    assert accepted(again)["id"] != done["id"]  # what failed may be tried again
    assert ended(door, accepted(again)["id"], account.key)["status"] == "failed"
    assert door.balance(account) == before


def test_a_job_is_told_to_those_who_asked_for_it(door: FrontDoor, account: Account, other: Account) -> None:
    url = post("h265-only").url
    job_id = accepted(convert(door, "wav", url, account=account, headers=ASYNC))["id"]
    refused = door.get(f"/v1/jobs/{job_id}", other.key)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "job_not_found")
    ended(door, job_id, account.key)
    assert convert(door, "wav", url, account=other).headers["x-credits-used"] == "0"
    assert job(door, job_id, other.key)["status"] == "succeeded"


@pytest.mark.parametrize(
    "job_id", ["x", "0", f"{'0' * 40}-1", f"{'0' * 40}-0", f"{'0' * 40}", "a" * 500, "%2e%2e", "%00"]
)
def test_no_job(door: FrontDoor, job_id: str) -> None:
    answer = door.get(f"/v1/jobs/{job_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "job_not_found")
    assert door.ask("GET", f"/v1/jobs/{job_id}").status_code == 401


def test_a_bad_ticket(door: FrontDoor) -> None:
    job_id = job_of(door, "mp3", post("caption-cjk").url)
    good = file_path(door, job_id)
    ticket = good.rpartition("=")[2]
    path, other_job = f"/v1/jobs/{job_id}/file", f"{'0' * 40}-1"
    for bad, status, code in (
        (path, 400, "validation_error"),
        (f"{path}?ticket=", 403, INVALID),
        (f"{path}?ticket={ticket[:-1]}", 403, INVALID),
        (f"{path}?ticket={'A' + ticket[1:] if ticket[0] != 'A' else 'B' + ticket[1:]}", 403, INVALID),
        (f"{path}?ticket={'a' * 5000}", 403, INVALID),
        (f"{path}?ticket={ticket}&ticket={ticket}", 400, "validation_error"),
        (f"/v1/jobs/{other_job}/file?ticket={ticket}", 403, INVALID),
        (f"/media/{ticket}", 403, INVALID),
        (file_path(door, job_id, seconds=-1), 403, EXPIRED),
        (file_path(door, other_job), 404, "job_not_found"),
        (f"{good}&hop=16", 400, "validation_error"),
        (f"{good}&hop=-1", 400, "validation_error"),
    ):
        answer = door.ask("GET", bad)
        assert (answer.status_code, answer.json()["code"]) == (status, code), bad
        assert answer.json().keys() == {"error", "code", "request_id"}
    assert door.ask("GET", good).status_code == 200


# ---------------------------------------------------------------------- Once
def test_the_same_again_is_free(door: FrontDoor, account: Account) -> None:
    asked = partial(convert, door, "mp3", post("ad").url, {"start_time": 1}, account=account)
    first, before = asked(), door.upstream_requests()
    second = asked()
    assert [answer.headers["x-credits-used"] for answer in (first, second)] == ["2", "0"]
    assert first.content == second.content
    assert door.upstream_requests() == before


def test_eight_at_once_are_one_job(door: FrontDoor) -> None:
    account, url = door.account(GRANTED), f"{FILES}/hevc.mp4?eight"
    answers = together([partial(convert, door, "mp3", url, account=account)] * 8, at_once=8)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers["x-credits-used"] for answer in answers) == ["0"] * 7 + ["2"]
    assert door.balance(account) == GRANTED - 2


def test_two_formats_fetch_their_source_once(door: FrontDoor) -> None:
    url = f"{FILES}/song.mp3"
    convert(door, "mp3", url, {"end_time": 1.25})
    before = asked_of(door, url)
    convert(door, "wav", url, {"end_time": 1.25})
    assert asked_of(door, url) - before <= 2  # the page is looked at again, its file is there


def test_too_few_credits(door: FrontDoor) -> None:
    poor = door.account(1)
    for headers in ({}, ASYNC):
        answer = convert(door, "mp3", post("scheduled").url, account=poor, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (402, "Insufficient credits")
        assert answer.headers["x-credits-remaining"] == "1"
    assert door.balance(poor) == 1


def test_too_few_credits_are_enough_for_what_is_there(door: FrontDoor) -> None:
    url = post("caption-cjk").url
    convert(door, "mp3", url)
    assert convert(door, "mp3", url, account=door.account(0)).status_code == 200


# --------------------------------------------------------------- Idempotency
def test_a_download_is_replayed(door: FrontDoor) -> None:
    account, body, key = door.account(GRANTED), {"url": post("ad").url}, {"idempotency-key": "one"}
    ask = partial(send, door, "/api/download", account=account, headers=key)
    first, second = ask(body), ask(body)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert (first.headers["x-credits-used"], second.headers["x-credits-used"]) == ("1", "0")
    assert door.balance(account) == GRANTED - 1
    conflict = ask({"url": post("long").url})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency_conflict")
    elsewhere = send(door, "/api/convert/mp3", body, account=account, headers=key)
    assert elsewhere.json()["code"] == "idempotency_conflict"
    assert send(door, "/api/download", body, account=door.account(1), headers=key).status_code == 200
    assert door.balance(account) == GRANTED - 1


def test_a_conversion_is_replayed(door: FrontDoor) -> None:
    account, key = door.account(GRANTED), {"idempotency-key": "a b c"}
    ask = partial(convert, door, "mp3", post("scheduled").url, account=account, headers=key)
    first, second = ask({"end_time": 2}), ask({"end_time": 2})
    assert first.content == second.content
    assert (first.headers["x-credits-used"], second.headers["x-credits-used"]) == ("2", "0")
    assert ask({"end_time": 1}).json()["code"] == "idempotency_conflict"
    assert door.balance(account) == GRANTED - 2


def test_a_failure_is_no_answer_to_keep(door: FrontDoor) -> None:
    account, key = door.account(GRANTED), {"idempotency-key": "failing"}
    for _ in range(2):
        answer = convert(door, "mp3", post("deleted").url, account=account, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (410, "post_deleted")
    assert door.balance(account) == GRANTED


@pytest.mark.parametrize("key", ["", "a" * 256, "\x7f", "é".encode()])
def test_a_bad_idempotency_key(door: FrontDoor, account: Account, key: str | bytes) -> None:
    answer = send(door, "/api/download", {"url": FILES}, account=account, headers={"idempotency-key": key})  # type: ignore[dict-item] # httpx takes bytes too
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


# ---------------------------------------------------- What takes its time
def test_what_takes_longer_is_answered_in_the_end(door: FrontDoor, waits: Mapping[str, Future[httpx.Response]]) -> None:
    long, file, last = (waits[name].result() for name in ("convert", "file", "last"))
    door.http.post(f"{door.upstream}/_control/faults", json={"rate": 0}).raise_for_status()
    assert [answer.status_code for answer in (long, file, last)] == [303, 303, 504]
    assert last.json()["code"] == "upstream_timeout"
    place = long.headers["location"]
    assert place.startswith(f"{door.url}/v1/jobs/")
    assert "/file?ticket=" in place
    assert file.headers["location"].endswith("&hop=1")
    done = followed(door, long)
    assert (done.status_code, done.headers["content-type"]) == (200, "audio/mpeg"), done.text[:300]
    assert "x-credits-used" not in done.headers
    assert film(done.content).seconds == pytest.approx(12, abs=0.1)
    assert followed(door, file).content == done.content
