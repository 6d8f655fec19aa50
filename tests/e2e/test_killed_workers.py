"""A worker that dies at any moment of a job: the job ends once all the same, with one result and one charge."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mypy_boto3_s3 import S3Client

from local.account import STACK
from tests import workers
from tests.clouds import Stack, running
from tests.front_door import Account, FrontDoor, front_door
from tests.media_calls import BUCKET
from tokstack.jobs import store
from tokstack.jobs.job import Job, Status

CREDITS = 10
HAND_OVER = 0.5  # seconds
STEPS = ("media-resolve", "media-download", "media-convert", "media-finish")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own: its workers die."""
    with running(tmp_path_factory.mktemp("killed")) as stack:
        yield stack


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[FrontDoor]:
    """Every step has a warm worker."""
    with front_door(stack) as door:
        warm = door.account(CREDITS)
        assert _ended(door, _begin(door, warm, "mp3")).status is Status.SUCCEEDED
        yield door


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_before_its_work(stack: Stack, door: FrontDoor, step: str) -> None:
    account = door.account(CREDITS)
    with workers.halted(stack, step):
        job_id = _begin(door, account, "wav", end_time=1 + STEPS.index(step) / 10)
        _wait_until_handed_on(stack, door, job_id, step)
    _hold_to_one(door, account, job_id)


def test_a_worker_that_dies_while_it_downloads(stack: Stack, door: FrontDoor) -> None:
    account = door.account(CREDITS)
    _spoil(door, kinds=["slow"])
    try:
        job_id = _begin(door, account, "mp3", trait="full-hd")
        _wait_for(lambda: _job(door, job_id).progress > 0.06)  # bytes have come
        assert workers.kill(stack, "media-download")
    finally:
        _spoil(door)
    _hold_to_one(door, account, job_id)


def test_a_worker_that_dies_while_it_converts(stack: Stack, door: FrontDoor) -> None:
    account = door.account(CREDITS)
    job_id = _begin(door, account, "gif", trait="long")
    _wait_for(lambda: _job(door, job_id).progress > 0.46)  # frames are made
    assert workers.kill(stack, "media-convert")
    _hold_to_one(door, account, job_id)


@pytest.mark.parametrize("step", STEPS[2:])
def test_an_answer_that_is_lost_after_the_work(stack: Stack, door: FrontDoor, step: str) -> None:
    """Another worker does the step to its end, then the one that the machine waits for dies."""
    account = door.account(CREDITS)
    with workers.halted(stack, step), stack.client("lambda") as client:
        job_id = _begin(door, account, "wav", end_time=2 + STEPS.index(step) / 10)
        _wait_until_handed_on(stack, door, job_id, step)
        answer = client.invoke(FunctionName=f"{STACK}-{step}", Payload=json.dumps({"job": job_id}))
        assert "FunctionError" not in answer
    _hold_to_one(door, account, job_id)
    with stack.client("lambda") as client:  # and once more, when all is over
        client.invoke(FunctionName=f"{STACK}-{step}", Payload=json.dumps({"job": job_id}))
    _hold_to_one(door, account, job_id)


def test_a_worker_that_always_dies(stack: Stack, door: FrontDoor) -> None:
    """The job fails, once, and its credits are given back."""
    account = door.account(CREDITS)
    job_id = _begin(door, account, "gif", trait="long", start_time=0.1)
    deadline = time.monotonic() + 60
    while not (job := _job(door, job_id)).ended:
        workers.kill(stack, "media-convert")
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert job.status is Status.FAILED
    assert job.error
    assert job.error.code == "internal_error"
    assert door.balance(account) == CREDITS


def _begin(door: FrontDoor, account: Account, format: str, *, trait: str = "plain", **options: float) -> str:
    url = next(post["url"] for post in door.catalog["posts"] if post["trait"] == trait and post["type"] == "video")
    answer = door.http.post(
        f"{door.url}/api/convert/{format}",
        headers={"x-api-key": account.key, "Prefer": "respond-async"},
        json={"url": url, "options": options},
    )
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job"]["id"]
    return job_id


def _job(door: FrontDoor, job_id: str) -> Job:
    job = store.find(door.table, job_id)
    assert job
    return job


def _wait_until_handed_on(stack: Stack, door: FrontDoor, job_id: str, step: str) -> None:
    """Until all before the step is done, as storage shows it, and a moment more: then its worker has it."""
    with stack.client("s3") as s3:
        _wait_for(lambda: _done_before(step, _job(door, job_id), s3))
    time.sleep(HAND_OVER)


def _done_before(step: str, job: Job, s3: S3Client) -> bool:
    if step == "media-resolve":
        return True
    keys = [f"source/tiktok/{job.work.subject.id}/{file.name}" for file in job.plan.files] if job.plan else []
    match step:
        case "media-download":
            return job.plan is not None
        case "media-convert":
            return bool(keys) and all(_stored(s3, key) for key in keys)
    return _stored(s3, job.work.result_key)


def _stored(s3: S3Client, key: str) -> bool:
    return s3.list_objects_v2(Bucket=BUCKET, Prefix=key)["KeyCount"] > 0


def _ended(door: FrontDoor, job_id: str) -> Job:
    _wait_for(lambda: _job(door, job_id).ended, seconds=60)
    return _job(door, job_id)


def _hold_to_one(door: FrontDoor, account: Account, job_id: str) -> None:
    assert _ended(door, job_id).status is Status.SUCCEEDED
    charges = list(door.table.query(f"ACCOUNT#{account.name}", "CHARGE#"))
    assert [("settled_at" in charge, charge["credits"]) for charge in charges] == [(True, 2)]
    assert door.balance(account) == CREDITS - 2


def _spoil(door: FrontDoor, **plan: Any) -> None:
    faults = {"rate": 1 if plan else 0, **plan}
    door.http.post(f"{door.upstream}/_control/faults", json=faults).raise_for_status()


def _wait_for(met: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)
