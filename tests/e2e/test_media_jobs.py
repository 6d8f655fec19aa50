"""Media jobs from every side while upstreams fail and workers die: each ends once, and nothing is lost or left."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from boto3.dynamodb.types import TypeDeserializer
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client
from mypy_boto3_sqs import SQSClient

from local.account import ACCOUNT, REGION, STACK
from local.upstream.media import library
from tests import workers
from tests.clouds import Stack, running
from tests.front_door import Account, FrontDoor, front_door
from tokstack.jobs.job import Status
from tokstack.table import Item, Table

OVER_HTTP, BY_QUEUE, BY_UPLOAD = 100, 60, 40
CLIENTS = 8
CREDITS = 5000
FAULTS = {"rate": 0.2, "kinds": "all", "seed": 11}
KILLED = ("media-resolve", "media-download", "media-convert", "media-finish", "media-fail", "uploads", "jobs")
KILL_SECONDS = 3.0  # between two; a new worker takes a processor for a second
PATIENCE, QUIET = 240.0, 3  # seconds until all have ended, and looks at which they have
BUCKET = f"{STACK}-media-{ACCOUNT}-{REGION}"
POISON = "this is no message"
FORMATS = (*("mp3", "mp4", "wav") * 4, "gif")  # which takes a processor for a second
OPTIONS: tuple[dict[str, Any], ...] = ({}, {"start_time": 0.5, "end_time": 2}, {"end_time": 1.5})


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own: its workers die, and open circuits are no start for other tests."""
    with running(tmp_path_factory.mktemp("jobs")) as stack:
        yield stack


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[FrontDoor]:
    with front_door(stack) as door:
        yield door


def test_every_job_ends_once(stack: Stack, door: FrontDoor) -> None:
    account, rng = door.account(CREDITS), random.Random(11)
    videos = [post["url"] for post in door.catalog["posts"] if post["trait"] == "plain" and post["type"] == "video"]
    door.http.post(f"{door.upstream}/_control/faults", json=FAULTS).raise_for_status()
    done = threading.Event()
    with ThreadPoolExecutor(CLIENTS + 1) as pool, stack.client("s3") as s3, stack.client("sqs") as sqs:
        queue = sqs.get_queue_url(QueueName=f"{STACK}-jobs")["QueueUrl"]
        # A killed worker's messages come back soon, but not while one that is slow still works at them.
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "30"})
        killing = pool.submit(_kill_now_and_then, stack, random.Random(12), done)
        for _ in range(BY_QUEUE):
            sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(_message(rng, videos, account)))
        sqs.send_message(QueueUrl=queue, MessageBody=POISON)
        uploads = [_upload(s3, rng, number) for number in range(BY_UPLOAD)]
        asked = [(rng.choice(videos), rng.choice(FORMATS), rng.choice(OPTIONS)) for _ in range(OVER_HTTP)]
        statuses = Counter(pool.map(lambda call: _convert(door, account, *call), asked))
        jobs = _wait_for_all(stack)
        done.set()
        assert killing.result() > 0
        assert set(statuses) <= {200, 303, 403, 404, 410, 422, 451, 502, 503, 504}, statuses
        assert statuses[200] > OVER_HTTP // 2, statuses
        _hold_ledger_to_balance(door.table, account, jobs)
        _hold_bucket_to_jobs(s3, jobs, uploads)
        _hold_dead_letters_to_poison(sqs)


def _convert(door: FrontDoor, account: Account, url: str, format: str, options: dict[str, Any]) -> int:
    """The status of a call; one whose worker was killed is asked again, as clients do."""
    headers = {"x-api-key": account.key}
    for _ in range(5):
        answer = door.http.post(
            f"{door.url}/api/convert/{format}", headers=headers, json={"url": url, "options": options}
        )
        if answer.status_code != 500:
            break
    return answer.status_code


def _message(rng: random.Random, videos: list[str], account: Account) -> dict[str, Any]:
    message = {"id": uuid4().hex, "url": rng.choice(videos), "account": account.name}
    match rng.choice(["convert", "download", "statistic"]):
        case "convert":
            return {**message, "kind": "convert", "format": rng.choice(["mp3", "wav"]), "options": rng.choice(OPTIONS)}
        case kind:
            return {**message, "kind": kind}


def _upload(s3: S3Client, rng: random.Random, number: int) -> str:
    """Every fifth is no media."""
    body = b"this is no media" if number % 5 == 0 else library()["counter/h264-540.mp4"].path.read_bytes()
    key = f"uploads/convert/{rng.choice(FORMATS)}/clip {number} +ü%20.mp4"
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return key


def _kill_now_and_then(stack: Stack, rng: random.Random, done: threading.Event) -> int:
    killed = 0
    while not done.wait(rng.uniform(0.5, 1.5) * KILL_SECONDS):
        killed += workers.kill(stack, rng.choice(KILLED))
    return killed


def _wait_for_all(stack: Stack) -> list[Item]:
    """Every job, once none is open and the queue's messages are all taken."""
    deadline, quiet = time.monotonic() + PATIENCE, 0
    with stack.client("dynamodb") as dynamodb:
        while quiet < QUIET:
            items = list(_items(dynamodb))
            jobs = [item for item in items if item["pk"].startswith("JOB#")]
            still = [job for job in jobs if "pending" in job]
            submitted = sum(item["pk"].startswith("SUBMISSION#") for item in items)
            quiet = quiet + 1 if submitted == BY_QUEUE and not still else 0
            assert time.monotonic() < deadline, (submitted, still)
            time.sleep(1)
    return jobs


def _items(dynamodb: DynamoDBClient) -> Iterator[Item]:
    decode = TypeDeserializer().deserialize
    for page in dynamodb.get_paginator("scan").paginate(TableName=f"{STACK}-data"):
        yield from ({name: decode(value) for name, value in item.items()} for item in page["Items"])


def _hold_ledger_to_balance(table: Table, account: Account, jobs: list[Item]) -> None:
    """A charge for each job that was paid for, settled if it succeeded and given back if not; no other."""
    holder = f"ACCOUNT#{account.name}"
    (balance,) = (item["balance"] for item in table.query(holder, "ACCOUNT"))
    charges = {
        charge["sk"].removeprefix("CHARGE#").partition("@")[0]: charge for charge in table.query(holder, "CHARGE#")
    }
    assert not [charge for charge in charges.values() if "pending" in charge]
    paid = {_id(job): job for job in jobs if job["payer"] == account.name and job["credits"]}
    assert paid.keys() == charges.keys()
    for job_id, charge in charges.items():
        outcome = {"settled_at", "refunded_at"} & charge.keys()
        assert outcome == {"settled_at" if paid[job_id]["status"] == Status.SUCCEEDED else "refunded_at"}, paid[job_id]
    assert balance == CREDITS - sum(charge["credits"] for charge in charges.values() if "settled_at" in charge)
    assert sum(day["used"] for day in table.query(holder, "DAY#")) == CREDITS - balance


def _hold_bucket_to_jobs(s3: S3Client, jobs: list[Item], uploads: list[str]) -> None:
    """A result for each job that succeeded and for no other, a word beside each upload, no upload in parts."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = {stored["Key"] for page in pages for stored in page.get("Contents", [])}
    results = {job["result"]["key"] for job in jobs if job["status"] == Status.SUCCEEDED}
    assert {key for key in keys if key.startswith("result/")} == results
    told = {key: [key + end in keys for end in (".result.json", ".error.json")] for key in uploads}
    assert all(sum(each) == 1 for each in told.values()), told
    assert len([key for key in keys if key.startswith("uploads/")]) == 2 * len(uploads)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def _hold_dead_letters_to_poison(sqs: SQSClient) -> None:
    dead = sqs.get_queue_url(QueueName=f"{STACK}-jobs-dead")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
    assert [message["Body"] for message in messages] == [POISON]


def _id(job: Item) -> str:
    return f"{job['pk'].removeprefix('JOB#')}-{job['attempt']}"
