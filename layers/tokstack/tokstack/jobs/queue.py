"""The queue that jobs are submitted to: how soon a message that failed comes back."""

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from tokstack.config import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_RECEIVED = 3  # times, as the template says; then a message is set aside


def come_back(receipt: str, received: int) -> None:
    """Sooner than the queue would have it, which waits for a worker that may be lost: 2 s, 4 s, 8 s."""
    from botocore.exceptions import BotoCoreError, ClientError

    url = settings().jobs_queue_url
    if url is None:
        raise RuntimeError("JOBS_QUEUE_URL is not set for this function")
    with suppress(BotoCoreError, ClientError):  # then the queue's own time holds
        _client().change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=2**received)


@cache
def _client() -> "SQSClient":
    import boto3

    return boto3.client("sqs")
