"""What is put into the jobs queue: each message is one job, however often it comes, and each end is told."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from mypy_boto3_sqs import SQSClient

from local.account import STACK
from tests.clouds import Stack
from tests.front_door import Account, FrontDoor
from tests.media_calls import BUCKET, job, post, until

GRANTED = 100
POISON = (
    "this is no message",
    "[]",
    "{}",
    '{"kind": "convert", "url": "https://files.example/clip.mp4", "account": "a"}',
    '{"kind": "dance", "url": "https://files.example/clip.mp4", "account": "a"}',
    '{"kind": "download", "url": "http://169.254.169.254/", "account": "a"}',
    '{"kind": "statistic", "url": "https://files.example/clip.mp4", "account": "a"}',
    '{"kind": "download", "url": "https://files.example/clip.mp4", "account": "a", "extra": 1}',
)


@dataclass(frozen=True)
class Queue:
    """The owner's way in (`jobs`), what came back from there (`dead`), and what the event bus told (`told`)."""

    sqs: SQSClient
    jobs: str
    dead: str
    told: str
    account: Account
    poor: Account

    def send(self, message: Mapping[str, Any] | str, account: Account | None = None) -> None:
        whose = {"account": (account or self.account).name}
        body = message if isinstance(message, str) else json.dumps({**whose, **message})
        self.sqs.send_message(QueueUrl=self.jobs, MessageBody=body)

    def taken(self, queue: str) -> list[str]:
        """Messages of a queue, which are gone from it then."""
        found = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in found]


MESSAGES: Mapping[str, Mapping[str, Any]] = {
    "convert": {"kind": "convert", "url": post("ad").url, "format": "wav", "options": {"start_time": 0.5}},
    "download": {"kind": "download", "url": post("slides-2").url},
    "page": {"kind": "download", "url": "https://tag.video.example/pair"},
    "statistic": {"kind": "statistic", "url": post("ad").url},
    "refused": {"kind": "convert", "url": post("private").url, "format": "mp3"},
    "gone": {"kind": "statistic", "url": post("deleted").url},
    "mute": {"kind": "convert", "url": post("slides-sound-removed").url, "format": "wav"},
}
COSTS = 2 + 1 + 1 + 1  # of those that succeed


@pytest.fixture(scope="module")
def queue(stack: Stack, door: FrontDoor) -> Iterator[Queue]:
    """With everything sent, each message twice."""
    with stack.client("sqs") as sqs, stack.client("events") as events:
        told = sqs.create_queue(QueueName=f"told-{uuid4().hex[:8]}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=told, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {"source": ["tokstack"], "detail-type": ["JobSucceeded", "JobFailed"]}
        events.put_rule(Name="told", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="told", Targets=[{"Id": "told", "Arn": arn}])
        jobs, dead = (sqs.get_queue_url(QueueName=f"{STACK}-{name}")["QueueUrl"] for name in ("jobs", "jobs-dead"))
        queue = Queue(sqs, jobs, dead, told, door.account(GRANTED), door.account(1))
        for poison in POISON:
            queue.send(poison)
        for name, message in [*MESSAGES.items()] * 2:
            queue.send({**message, "id": name})
        queue.send({**MESSAGES["mute"], "id": "convert"})  # the name of another
        queue.send({**MESSAGES["convert"], "options": {"start_time": 0.25}, "id": "dear"}, queue.poor)
        yield queue
        events.remove_targets(Rule="told", Ids=["told"])
        events.delete_rule(Name="told")
        sqs.delete_queue(QueueUrl=told)


@pytest.fixture(scope="module")
def events(queue: Queue) -> Mapping[str, Any]:
    """What the bus told of each of them, by account and what was asked; a job that is told twice is told alike."""
    found: dict[str, Any] = {}

    def look() -> bool:
        for body in queue.taken(queue.told):
            event = json.loads(body)
            detail = event["detail"]
            if {queue.account.name, queue.poor.name} & set(detail["accounts"]):
                assert found.setdefault(detail["id"], event)["detail"] == detail
        return len(found) == len(MESSAGES) + 1

    until(look)
    return found


def told(queue: Queue, events: Mapping[str, Any], name: str) -> Any:
    message = MESSAGES[name]
    (event,) = (
        event
        for event in events.values()
        if event["detail"]["kind"] == message["kind"]
        and event["detail"]["accounts"] == [queue.account.name]
        and is_of(event["detail"]["subject"], message["url"])
    )
    return event


def is_of(subject: Mapping[str, str], url: str) -> bool:
    return subject["address"] == url or url.endswith(f"/{subject['id']}")


@pytest.mark.parametrize("name", ["convert", "download", "page", "statistic"])
def test_a_message_is_a_job(stack: Stack, door: FrontDoor, queue: Queue, events: Mapping[str, Any], name: str) -> None:
    event = told(queue, events, name)
    assert (event["source"], event["detail-type"]) == ("tokstack", "JobSucceeded")
    detail = event["detail"]
    assert detail.keys() == {"id", "kind", "status", "accounts", "subject", "result", "error"}
    assert (detail["status"], detail["error"]) == ("succeeded", None)
    assert detail["result"].keys() == {"bucket", "key", "mediaType", "bytes"}
    told_over_http = job(door, detail["id"], queue.account.key)
    assert (told_over_http["status"], told_over_http["result"]["bytes"]) == ("succeeded", detail["result"]["bytes"])
    assert detail["result"]["bucket"] == BUCKET
    with stack.client("s3") as s3:
        stored = s3.get_object(Bucket=BUCKET, Key=detail["result"]["key"])
    assert (stored["ContentType"], stored["ContentLength"]) == (
        detail["result"]["mediaType"],
        detail["result"]["bytes"],
    )


@pytest.mark.parametrize(("name", "count"), [("download", 3), ("page", 2)])
def test_the_links_of_a_download(
    door: FrontDoor, queue: Queue, events: Mapping[str, Any], name: str, count: int
) -> None:
    result = job(door, told(queue, events, name)["detail"]["id"], queue.account.key)["result"]
    body = door.http.get(result["url"]).json()
    assert body["success"] is True
    assert len(body["items"]) == count
    for item in body["items"]:
        assert item["url"].startswith(f"{door.url}/media/")
        answer = door.http.get(item["url"], follow_redirects=True)
        assert (answer.status_code, answer.headers["content-type"]) == (200, item["mime_type"])


def test_the_data_of_a_statistic(door: FrontDoor, queue: Queue, events: Mapping[str, Any]) -> None:
    result = job(door, told(queue, events, "statistic")["detail"]["id"], queue.account.key)["result"]
    data = door.http.get(result["url"]).json()
    same = door.get("/api/tiktok/statistic", url=post("ad").url).json()["data"]
    assert {**data, "media": None} == {**same, "media": None}
    assert data["media"].keys() == same["media"].keys()


@pytest.mark.parametrize(
    ("name", "code"), [("refused", "post_private"), ("gone", "post_deleted"), ("mute", "no_audio_track")]
)
def test_a_job_that_fails(door: FrontDoor, queue: Queue, events: Mapping[str, Any], name: str, code: str) -> None:
    event = told(queue, events, name)
    assert event["detail-type"] == "JobFailed"
    assert (event["detail"]["result"], event["detail"]["error"]["code"]) == (None, code)
    assert job(door, event["detail"]["id"], queue.account.key)["error"] == event["detail"]["error"]


def test_too_few_credits(door: FrontDoor, queue: Queue, events: Mapping[str, Any]) -> None:
    (event,) = (event for event in events.values() if event["detail"]["accounts"] == [queue.poor.name])
    assert event["detail"]["error"]["code"] == "insufficient_credits"
    assert door.balance(queue.poor) == 1


def test_what_is_sent_twice_is_paid_once(door: FrontDoor, queue: Queue, events: Mapping[str, Any]) -> None:
    assert len(events) == len(MESSAGES) + 1
    assert door.balance(queue.account) == GRANTED - COSTS


def test_poison_is_set_aside(door: FrontDoor, queue: Queue, events: Mapping[str, Any]) -> None:
    expected = sorted([*POISON, json.dumps({"account": queue.account.name, **MESSAGES["mute"], "id": "convert"})])
    dead: list[str] = []

    def look() -> bool:
        dead.extend(queue.taken(queue.dead))
        return len(dead) >= len(expected)

    until(look)
    assert sorted(dead) == expected
    assert door.balance(queue.account) == GRANTED - COSTS
