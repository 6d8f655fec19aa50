"""The functions of the machine and of the queue, each with its event."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.functions import run, sample
from tests.jobs import AWAY, DELETED
from tokstack.api import submissions
from tokstack.config import settings
from tokstack.jobs import machine, queue
from tokstack.jobs.errors import BusyError, FinalError
from tokstack.media import fetch
from tokstack.media.source import Source
from tokstack.media.storage import Stored

JOB_ID = "0" * 40 + "-1"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/tokstack-jobs"
SOURCE = Source("web", "1", "item-1")
FILE = {"site": "web", "post_id": "1", "rendition": "item-1", "part": [1, 3], "job": JOB_ID}


@pytest.fixture(autouse=True)
def _function(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("JOBS_QUEUE_URL", QUEUE_URL)
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.parametrize(
    ("name", "step", "asked"),
    [
        ("media_resolve", "resolve", (JOB_ID,)),
        ("media_convert", "convert", (JOB_ID, 900.0)),
        ("media_finish", "finish", (JOB_ID,)),
        ("media_fail", "fail", (JOB_ID, sample("media_fail")["error"])),
    ],
)
def test_a_step_is_done_for_the_job_of_its_event(
    monkeypatch: pytest.MonkeyPatch, name: str, step: str, asked: tuple[Any, ...]
) -> None:
    calls: list[tuple[Any, ...]] = []

    def done(*given: Any) -> dict[str, str]:
        calls.append(given)
        return {"said": step}

    monkeypatch.setattr(machine, step, done)
    answer = run(name)
    assert calls == [asked]
    assert answer == ({"said": step} if name in ("media_resolve", "media_fail") else None)


@pytest.mark.parametrize("name", ["media_resolve", "media_convert", "media_finish", "media_fail"])
def test_what_fails_in_a_step_leaves_it_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def fails(*_: object) -> None:
        raise FinalError("no")

    monkeypatch.setattr(machine, name.removeprefix("media_"), fails)
    with pytest.raises(FinalError):
        run(name)


class FakeFetcher:
    def __init__(self, outcome: Stored | Exception | None) -> None:
        self.outcome = outcome

    def fetch(self, source: Source, progress: Any = None) -> Stored | None:
        assert source == SOURCE
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if self.outcome:
            progress(0.5)
        return self.outcome


def test_a_job_s_file_is_fetched_and_its_share_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(fetch, "fetcher", lambda: FakeFetcher(Stored(SOURCE.key, "video/mp4", 5)))
    monkeypatch.setattr(machine, "table", lambda: None)
    monkeypatch.setattr("tokstack.jobs.store.advance", lambda _, *given: told.append(given))
    assert run("media_download", FILE) is None
    assert told == [(JOB_ID, pytest.approx(0.05 + 0.4 / 3 + 0.2 / 3))]


@pytest.mark.parametrize(("outcome", "error"), [(None, BusyError), (DELETED, FinalError), (AWAY, Exception)])
def test_a_file_that_a_job_waits_for_and_cannot_have_is_an_error(
    monkeypatch: pytest.MonkeyPatch, outcome: Exception | None, error: type[Exception]
) -> None:
    monkeypatch.setattr(fetch, "fetcher", lambda: FakeFetcher(outcome))
    monkeypatch.setattr(machine, "table", lambda: None)
    with pytest.raises(error):
        run("media_download", FILE)


class Desk:
    """Submissions that take what they are told to take."""

    def __init__(self, **fails: Exception) -> None:
        self.fails = fails
        self.taken: list[tuple[str, str, bool]] = []

    def take(self, message: str, message_id: str, *, last: bool) -> SimpleNamespace:
        self.taken.append((message, message_id, last))
        if message_id in self.fails:
            raise self.fails[message_id]
        return SimpleNamespace(id=JOB_ID)


def messages(*names: str, received: int = 1) -> dict[str, Any]:
    (record, _) = sample("jobs")["Records"]
    attributes = {**record["attributes"], "ApproximateReceiveCount": str(received)}
    return {
        "Records": [
            {**record, "messageId": name, "receiptHandle": f"receipt-{name}", "body": name, "attributes": attributes}
            for name in names
        ]
    }


@pytest.fixture
def returned(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the queue is asked to give again, and when."""
    calls: list[dict[str, Any]] = []
    client = SimpleNamespace(change_message_visibility=lambda **call: calls.append(call))
    monkeypatch.setattr(queue, "_client", lambda: client)
    return calls


def desk(monkeypatch: pytest.MonkeyPatch, **fails: Exception) -> Desk:
    made = Desk(**fails)
    monkeypatch.setattr(submissions, "submissions", lambda: made)
    return made


def test_each_message_is_taken(monkeypatch: pytest.MonkeyPatch, returned: list[Any]) -> None:
    made = desk(monkeypatch)
    assert run("jobs") == {"batchItemFailures": []}
    bodies = [(record["body"], record["messageId"], False) for record in sample("jobs")["Records"]]
    assert made.taken == bodies
    assert returned == []


def test_what_fails_comes_back_alone_and_soon(monkeypatch: pytest.MonkeyPatch, returned: list[Any]) -> None:
    made = desk(monkeypatch, b=AWAY, d=DELETED)
    failed = run("jobs", messages("a", "b", "c", "d"))
    assert failed == {"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "d"}]}
    assert [name for name, _, _ in made.taken] == ["a", "b", "c", "d"]
    assert returned == [
        {"QueueUrl": QUEUE_URL, "ReceiptHandle": f"receipt-{name}", "VisibilityTimeout": 2} for name in "bd"
    ]


def test_a_batch_that_fails_whole_is_told_as_such(monkeypatch: pytest.MonkeyPatch, returned: list[Any]) -> None:
    desk(monkeypatch, a=AWAY, b=AWAY)
    assert len(run("jobs", messages("a", "b"))["batchItemFailures"]) == 2
    assert len(run("jobs", messages("a"))["batchItemFailures"]) == 1


@pytest.mark.parametrize(("received", "last", "seconds"), [(1, False, 2), (2, False, 4), (3, True, 8), (4, True, 16)])
def test_a_message_comes_back_ever_later_and_the_third_time_is_the_last(
    monkeypatch: pytest.MonkeyPatch, returned: list[Any], received: int, last: bool, seconds: int
) -> None:
    made = desk(monkeypatch, a=AWAY)
    run("jobs", messages("a", received=received))
    assert made.taken == [("a", "a", last)]
    assert [call["VisibilityTimeout"] for call in returned] == [seconds]


def test_a_fault_of_ours_comes_back_at_the_queue_s_own_time(
    monkeypatch: pytest.MonkeyPatch, returned: list[Any]
) -> None:
    desk(monkeypatch, a=ZeroDivisionError())
    assert run("jobs", messages("a", "b")) == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert returned == []


def test_a_queue_that_is_away_keeps_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.example")

    monkeypatch.setattr(queue, "_client", lambda: SimpleNamespace(change_message_visibility=unreachable))
    desk(monkeypatch, a=AWAY)
    assert run("jobs", messages("a")) == {"batchItemFailures": [{"itemIdentifier": "a"}]}


def test_only_the_function_that_reads_the_queue_may_give_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOBS_QUEUE_URL")
    assert settings().jobs_queue_url is None
    with pytest.raises(RuntimeError, match="JOBS_QUEUE_URL"):
        queue.come_back("receipt", 1)
