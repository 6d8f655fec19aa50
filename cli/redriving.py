"""The messages that were set aside: shown, and moved back to the jobs queue.

By hand: StartMessageMoveTask moves in its own time, and moto has none. A message is sent before it is deleted. Where
that is cut short it is there twice, which is one submission if it bears an id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.sending import AT_ONCE, batches, send
from cli.stack import Queues

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef, MessageTypeDef

_HIDDEN = 60  # seconds, from other readers, while they are looked at
_WAIT = 1  # seconds; a long poll asks all of the queue's servers


@dataclass(frozen=True, slots=True)
class Moved:
    """`failed` tells why, by the ids of those that were not taken; they stay where they are."""

    count: int
    failed: dict[str, str]


def count(queues: Queues) -> int:
    """How many lie there."""
    answer = queues.client.get_queue_attributes(QueueUrl=queues.dead, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def move(queues: Queues, most: int) -> Iterator[Moved]:
    """Moves that many, by and by: what fails anew while they are moved is not moved again and again."""
    for batch in _received(queues, most):
        for messages in batches(batch, lambda message: message["Body"]):
            failed = send(queues.client, queues.jobs, [message["Body"] for message in messages])
            sent = [message for place, message in enumerate(messages) if place not in failed]
            _delete(queues, sent)
            yield Moved(len(sent), {messages[place]["MessageId"]: why for place, why in failed.items()})


def looked_at(queues: Queues, most: int) -> Iterator["MessageTypeDef"]:
    """So many of them, one by one; afterwards all are there again at once."""
    seen: list[str] = []
    try:
        for batch in _received(queues, most):
            seen.extend(message["ReceiptHandle"] for message in batch)
            yield from batch
    finally:
        for start in range(0, len(seen), AT_ONCE):
            _show_again(queues, seen[start : start + AT_ONCE])


def _received(queues: Queues, most: int) -> Iterator[list["MessageTypeDef"]]:
    while most > 0:
        answer = queues.client.receive_message(
            QueueUrl=queues.dead,
            MaxNumberOfMessages=min(AT_ONCE, most),
            VisibilityTimeout=_HIDDEN,
            WaitTimeSeconds=_WAIT,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        batch = answer.get("Messages", [])
        if not batch:
            return
        yield batch
        most -= len(batch)


def _delete(queues: Queues, messages: list["MessageTypeDef"]) -> None:
    entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
        {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]} for place, message in enumerate(messages)
    ]
    if entries:
        queues.client.delete_message_batch(QueueUrl=queues.dead, Entries=entries)


def _show_again(queues: Queues, handles: list[str]) -> None:
    queues.client.change_message_visibility_batch(
        QueueUrl=queues.dead,
        Entries=[
            {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": 0} for place, handle in enumerate(handles)
        ],
    )
