"""What is told to the account's event bus."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from tests.exchanges import ENVIRONMENT
from tests.jobs import DELETED, RESULT, job
from tokstack.errors import Code, TokstackError
from tokstack.jobs import events
from tokstack.jobs.job import Job, Status
from tokstack.table import Table


@pytest.fixture
def succeeded(table: Table) -> Job:
    return replace(job(table), status=Status.SUCCEEDED, result=RESULT, accounts=frozenset({"b", "a"}))


@pytest.fixture
def failed(table: Table) -> Job:
    return replace(job(table), status=Status.FAILED, error=DELETED)


def test_a_success_names_its_result(succeeded: Job) -> None:
    assert events.detail(succeeded, "bucket") == {
        "id": succeeded.id,
        "kind": "convert",
        "status": "succeeded",
        "accounts": ["a", "b"],
        "subject": {"site": "tiktok", "id": "7300000000000000000", "address": ""},
        "result": {"bucket": "bucket", "key": "result/1.mp3", "mediaType": "audio/mpeg", "bytes": 5},
        "error": None,
    }


def test_a_failure_names_its_cause(failed: Job) -> None:
    told = events.detail(failed, "bucket")
    assert (told["status"], told["result"]) == ("failed", None)
    assert told["error"] == {"code": "post_deleted", "message": "This post was deleted."}


def test_what_is_told_is_what_was_written_down(succeeded: Job, failed: Job, environment: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []

    def put_events(Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as AWS names it
        calls.extend(Entries)
        return {"FailedEntryCount": 0}

    environment.setattr(events, "_client", lambda: SimpleNamespace(put_events=put_events))
    for one in (succeeded, failed):
        events.announce(one)
    assert [(call["Source"], call["DetailType"]) for call in calls] == [
        ("tokstack", "JobSucceeded"),
        ("tokstack", "JobFailed"),
    ]
    for call, one in zip(calls, (succeeded, failed), strict=True):
        assert json.loads(call["Detail"]) == events.detail(one, ENVIRONMENT["MEDIA_BUCKET"])


def test_the_bus_takes_it(succeeded: Job, environment: pytest.MonkeyPatch) -> None:
    with mock_aws():
        client = boto3.client("events", region_name="us-east-1")
        environment.setattr(events, "_client", lambda: client)
        events.announce(succeeded)


def test_a_bus_that_is_away_or_refuses_is_our_fault(succeeded: Job, environment: pytest.MonkeyPatch) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://events.example")

    for put_events in (unreachable, lambda **_: {"FailedEntryCount": 1}):
        environment.setattr(events, "_client", lambda put=put_events: SimpleNamespace(put_events=put))
        with pytest.raises(TokstackError) as caught:
            events.announce(succeeded)
        assert (caught.value.code, caught.value.retry_after) == (Code.SERVICE_UNAVAILABLE, 1)
