"""Schedules and queues, without AWS: what is sent to functions, and what is deleted afterwards."""

import json
from typing import Any

import pytest

from local.lambdas import Lambdas
from local.runtime import Answer
from local.triggers import Poller, QueueTrigger, Schedule, scheduled_event

QUEUE = "arn:aws:sqs:us-east-1:123456789012:jobs"


class FakeQueue:
    """SQS with one batch of messages."""

    def __init__(self, *bodies: str) -> None:
        self.bodies = bodies
        self.deleted: list[str] = []

    def receive_message(self, **_: Any) -> dict[str, Any]:
        messages = [
            {"MessageId": f"id-{body}", "ReceiptHandle": f"handle-{body}", "Body": body, "MD5OfBody": "md5",
             "Attributes": {"ApproximateReceiveCount": "1"},
             "MessageAttributes": {"kind": {"StringValue": "a", "DataType": "String"}}}
            for body in self.bodies
        ]  # fmt: skip
        return {"Messages": messages} if messages else {}

    def delete_message_batch(self, *, Entries: list[dict[str, str]], **_: Any) -> None:  # noqa: N803 - SQS's name
        self.deleted += [entry["ReceiptHandle"] for entry in Entries]


class FakeLambdas(Lambdas):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.events: list[Any] = []

    def invoke(self, name: str, event: bytes) -> Answer:
        self.events.append((name, json.loads(event)))
        return self.answer


def poll(queue: FakeQueue, answer: Answer, *, partial: bool = True) -> FakeLambdas:
    lambdas = FakeLambdas(answer)
    trigger = QueueTrigger(QUEUE, "tokstack-batch", 10, partial, 2)
    Poller(trigger, queue, "http://127.0.0.1/jobs", lambdas, lambda _: None).poll()
    return lambdas


def failures(*ids: str) -> Answer:
    return Answer(json.dumps({"batchItemFailures": [{"itemIdentifier": each} for each in ids]}).encode())


@pytest.mark.parametrize(
    ("answer", "partial", "deleted"),
    [
        (failures(), True, ["handle-a", "handle-b"]),
        (failures("id-b"), True, ["handle-a"]),
        (failures("id-a", "id-b"), True, []),
        (Answer(b"null"), True, ["handle-a", "handle-b"]),
        (failures("id-b"), False, ["handle-a", "handle-b"]),
        (Answer(b"{}", failed=True), True, []),
    ],
)
def test_what_succeeded_is_deleted(answer: Answer, partial: bool, deleted: list[str]) -> None:
    queue = FakeQueue("a", "b")
    poll(queue, answer, partial=partial)
    assert queue.deleted == deleted


def test_an_empty_queue_calls_nobody() -> None:
    assert poll(FakeQueue(), failures()).events == []


def test_a_batch_is_in_the_shape_of_sqs() -> None:
    ((name, event),) = poll(FakeQueue("a"), failures()).events
    assert name == "tokstack-batch"
    assert event == {
        "Records": [
            {
                "messageId": "id-a",
                "receiptHandle": "handle-a",
                "body": "a",
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {"kind": {"stringValue": "a", "dataType": "String"}},
                "md5OfBody": "md5",
                "eventSource": "aws:sqs",
                "eventSourceARN": QUEUE,
                "awsRegion": "us-east-1",
            }
        ]
    }


def test_a_schedule_sends_its_input_or_the_usual_event() -> None:
    assert scheduled_event(Schedule("s", 60, "f", '{"a": 1}')) == b'{"a": 1}'
    event = json.loads(scheduled_event(Schedule("s", 60, "f", None)))
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")
    assert event["resources"] == ["arn:aws:scheduler:us-east-1:123456789012:schedule/default/s"]
