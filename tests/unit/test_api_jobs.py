"""A job as its owner sees it, and its file by a ticket."""

from base64 import b64decode
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.exchanges import Answer, ask, event
from tests.stored_files import FakeStorage, finish
from tests.tables import Clock
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.api import access, files, jobs
from tokstack.api.files import INLINE_BYTES
from tokstack.api.jobs import JOB, JOB_FILE, MAX_HOPS
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store, tickets, waiting
from tokstack.jobs.job import Job, Result, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Kind, Site, Subject, Work
from tokstack.media.formats import Format
from tokstack.table import Table

ID = "7300000000000000001"
SECRET = b"secret"
WORK = Work(Kind.CONVERT, Subject(Site.TIKTOK, ID), Format.MP3)

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def storage(table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> FakeStorage:
    made = FakeStorage()

    def sleep(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(waiting, "wait", partial(waiting.wait, sleep=sleep))
    monkeypatch.setattr(files, "storage", lambda: made)
    monkeypatch.setattr(jobs, "signing_secret", lambda: SECRET)
    for module in (access, jobs):
        monkeypatch.setattr(module, "table", lambda: table)
    return made


@pytest.fixture
def job(storage: FakeStorage, table: Table) -> Job:
    accounts.grant(table, "acme", 10)
    queued = Job(WORK, 1, Status.QUEUED, table.now(), frozenset({"acme"}), "acme", 2)
    assert store.create(table, queued)
    return queued


@pytest.fixture
def look(job: Job, table: Table) -> Callable[[], Answer]:
    key = keys.create(table, "acme")
    return lambda: ask(JOB, event(f"/v1/jobs/{job.id}", x_api_key=key))


def fetch(job: Job, clock: Clock, *, query: str = "", ticket: str | None = None) -> Answer:
    ticket = ticket or tickets.issue(job.id, expires=clock.now + 3600, secret=SECRET)
    return ask(JOB_FILE, event(f"/v1/jobs/{job.id}/file", f"ticket={ticket}{query}"))


def test_a_job_from_its_beginning_to_its_end(
    job: Job, storage: FakeStorage, table: Table, clock: Clock, look: Callable[[], Answer]
) -> None:
    told = {
        "id": job.id,
        "status": "queued",
        "kind": "convert",
        "createdAt": "2027-01-15T08:00:00.250Z",
        "finishedAt": None,
        "progress": 0.0,
        "result": None,
        "error": None,
    }
    answer = look()
    assert (answer.status, answer.body) == (200, {"data": told})
    assert (answer.headers["X-Credits-Used"], answer.headers["X-Credits-Remaining"]) == ("0", "8")
    store.begin(table, job, Plan("A title", ()))
    store.advance(table, job.id, 0.5)
    assert look().body["data"] == {**told, "status": "running", "progress": 0.5}
    clock.now += 5
    finish(table, storage, job.id, b"file", "Ein Titel ü")
    told = look().body["data"]
    url = told["result"].pop("url")
    assert (told["status"], told["progress"], told["finishedAt"]) == ("succeeded", 1.0, "2027-01-15T08:00:05.250Z")
    assert told["result"] == {"mediaType": "audio/mpeg", "bytes": 4, "expiresAt": "2027-01-15T08:15:05.250Z"}
    assert urlsplit(url).path == f"/{WORK.result_key}"
    assert "Ein%2520Titel%2520%25C3%25BC.mp3" in url
    assert storage.reads == 0


def test_a_job_that_failed(job: Job, table: Table, look: Callable[[], Answer]) -> None:
    store.fail(table, job, TokstackError(Code.NO_AUDIO_TRACK, "No sound."))
    told = look().body["data"]
    assert (told["status"], told["result"]) == ("failed", None)
    assert told["error"] == {"code": "no_audio_track", "message": "No sound."}


def test_a_job_without_a_format_has_json(storage: FakeStorage, table: Table) -> None:
    work = Work(Kind.DOWNLOAD, Subject(Site.TIKTOK, ID))
    other = Job(work, 1, Status.QUEUED, table.now(), frozenset({"acme"}))
    store.create(table, other)
    store.begin(table, other, Plan(None, ()))
    storage.files[work.result_key] = b"[]"
    store.succeed(table, other, Result(work.result_key, "application/json", 2))
    told = ask(JOB, event(f"/v1/jobs/{other.id}", x_api_key=keys.create(table, "acme"))).body["data"]
    assert told["kind"] == "download"
    assert f"{ID}.json" in told["result"]["url"]


@pytest.mark.parametrize("job_id", ["x", "a" * 40 + "-1", "a" * 40, "a" * 5000, "..", "%2e%2e", "A" * 40 + "-1"])
def test_there_is_no_such_job(job: Job, table: Table, job_id: str) -> None:
    answer = ask(JOB, event(f"/v1/jobs/{job_id}", x_api_key=keys.create(table, "acme")))
    assert (answer.status, answer.body["error"]["code"]) == (404, "job_not_found")


def test_only_who_started_it_sees_it(job: Job, table: Table) -> None:
    other = keys.create(table, "other")
    strange = ask(JOB, event(f"/v1/jobs/{job.id}", x_api_key=other))
    missing = ask(JOB, event(f"/v1/jobs/{'a' * 40}-1", x_api_key=other))
    assert strange.status == missing.status == 404
    assert strange.body["error"]["message"] == missing.body["error"]["message"]
    assert ask(JOB, event(f"/v1/jobs/{job.id}")).status == 401
    store.join(table, job, "other")
    assert ask(JOB, event(f"/v1/jobs/{job.id}", x_api_key=other)).status == 200


def test_a_file_by_its_ticket(job: Job, storage: FakeStorage, table: Table, clock: Clock) -> None:
    finish(table, storage, job.id, b"\xffsound")
    answer = fetch(job, clock)
    assert (answer.status, b64decode(answer.text)) == (200, b"\xffsound")
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert 'filename="A title.mp3"' in answer.headers["Content-Disposition"]
    assert "X-Credits-Used" not in answer.headers


def test_a_large_file_by_its_ticket(job: Job, storage: FakeStorage, table: Table, clock: Clock) -> None:
    finish(table, storage, job.id, bytes(INLINE_BYTES + 1))
    answer = fetch(job, clock)
    assert (answer.status, storage.reads) == (303, 0)
    assert answer.headers["Location"].startswith(f"https://storage.example.com/{WORK.result_key}?")


@pytest.mark.parametrize(("query", "hop"), [("", "1"), ("&hop=0", "1"), ("&hop=14", "15")])
def test_a_file_that_takes_longer_is_asked_for_again(job: Job, clock: Clock, query: str, hop: str) -> None:
    began = clock.now
    answer = fetch(job, clock, query=query)
    assert 24 < clock.now - began <= 25.1
    assert answer.status == 303
    location = urlsplit(answer.headers["Location"])
    asked = parse_qs(location.query)
    assert location.path == f"/v1/jobs/{job.id}/file"
    assert asked["hop"] == [hop]
    assert tickets.verify(asked["ticket"][0], now=clock.now, secret=SECRET) == job.id
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_it_is_asked_for_so_often_and_no_more(job: Job, storage: FakeStorage, table: Table, clock: Clock) -> None:
    answer = fetch(job, clock, query=f"&hop={MAX_HOPS}")
    assert (answer.status, answer.body["code"]) == (504, "upstream_timeout")
    finish(table, storage, job.id, b"file")
    assert fetch(job, clock, query=f"&hop={MAX_HOPS}").status == 200


def test_a_failure_in_the_shape_of_the_media_family(job: Job, table: Table, clock: Clock) -> None:
    store.fail(table, job, TokstackError(Code.UNSUPPORTED_MEDIA, "A live stream."))
    answer = fetch(job, clock)
    assert answer.status == 422
    assert answer.body == {
        "error": "A live stream.",
        "code": "unsupported_media",
        "request_id": answer.headers["X-Request-Id"],
    }


@pytest.mark.parametrize(
    ("job_id", "seconds", "secret", "code"),
    [
        ("b" * 40 + "-1", 3600, SECRET, "invalid_media_token"),
        (None, 3600, b"other", "invalid_media_token"),
        (None, 0, SECRET, "expired_media_token"),
    ],
)
def test_a_ticket_that_is_none(
    job: Job, clock: Clock, job_id: str | None, seconds: float, secret: bytes, code: str
) -> None:
    ticket = tickets.issue(job_id or job.id, expires=clock.now + seconds, secret=secret)
    answer = fetch(job, clock, ticket=ticket)
    assert (answer.status, answer.body["code"]) == (403, code)


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("ticket=", 403), ("ticket=x&hop=16", 400), ("ticket=x&hop=-1", 400), ("ticket=a&ticket=b", 400)],
)
def test_a_made_up_link(job: Job, query: str, status: int) -> None:
    assert ask(JOB_FILE, event(f"/v1/jobs/{job.id}/file", query)).status == status


def test_a_job_that_was_forgotten(storage: FakeStorage, clock: Clock) -> None:
    answer = fetch(Job(WORK, 7, Status.QUEUED, clock.now), clock)
    assert (answer.status, answer.body["code"]) == (404, "job_not_found")


def test_a_file_that_is_not_kept_any_more(
    job: Job, storage: FakeStorage, table: Table, clock: Clock, look: Callable[[], Answer]
) -> None:
    finish(table, storage, job.id, b"file")
    storage.files.clear()
    answer = fetch(job, clock)
    assert (answer.status, answer.body["code"]) == (404, "job_not_found")
    assert "not kept any more" in answer.body["error"]
    told = look().body["data"]
    assert (told["status"], told["result"]) == ("succeeded", None)
