"""Texts into a queue, as many at once as it takes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

T = TypeVar("T")

AT_ONCE = 10
BYTES_AT_ONCE = 256 << 10

_TRIES = 2


def batches(things: Iterable[T], text: Callable[[T], str]) -> Iterator[list[T]]:
    """The things in their order, as many together as the queue takes; one that is too large is alone."""
    batch: list[T] = []
    room = BYTES_AT_ONCE
    for thing in things:
        size = len(text(thing).encode())
        if batch and (len(batch) == AT_ONCE or size > room):
            yield batch
            batch, room = [], BYTES_AT_ONCE
        batch.append(thing)
        room -= size
    if batch:
        yield batch


def send(client: "SQSClient", url: str, texts: Sequence[str]) -> dict[int, str]:
    """Sends a batch. Why some were not taken, by their place in it: those were tried twice."""
    left = dict.fromkeys(range(len(texts)), "")
    for _ in range(_TRIES):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": texts[place]} for place in left
        ]
        answer = client.send_message_batch(QueueUrl=url, Entries=entries)
        left = {int(each["Id"]): each.get("Message") or each["Code"] for each in answer.get("Failed", ())}
        if not left:
            break
    return left
