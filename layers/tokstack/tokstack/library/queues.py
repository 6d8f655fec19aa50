"""The library's queues: what is to be taken, that there is something to index, and what is to be read anew."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from tokstack.config import settings
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_RECEIVED = 3  # times, as the template says; then a message is set aside


class Queue:
    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: Mapping[str, Any], delay: int = 0) -> None:
        """`delay` in seconds."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(message), DelaySeconds=delay)
        except (BotoCoreError, ClientError) as error:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "The queue cannot be reached.", retry_after=1) from error

    def come_back(self, receipt: str, received: int) -> None:
        """A message that failed, sooner than the queue would have it: 2 s, 4 s, 8 s."""
        self.hide(receipt, 2**received)

    def hide(self, receipt: str, seconds: int) -> None:
        """A message that is worked on: if it is still there then, it comes again."""
        from botocore.exceptions import BotoCoreError, ClientError

        with suppress(BotoCoreError, ClientError):  # then the queue's own time holds
            self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds)


@cache
def library_queue() -> Queue:
    """What is to be taken: items, or where they are."""
    return Queue(_client(), _named(settings().library_queue_url, "LIBRARY_QUEUE_URL"))


@cache
def index_queue() -> Queue:
    """That there is something to index, or that all of it is to be indexed anew."""
    return Queue(_client(), _named(settings().library_index_queue_url, "LIBRARY_INDEX_QUEUE_URL"))


@cache
def refresh_queue() -> Queue:
    """Whose turn it is to be read anew."""
    return Queue(_client(), _named(settings().library_refresh_queue_url, "LIBRARY_REFRESH_QUEUE_URL"))


def _named(url: str | None, name: str) -> str:
    if url is None:
        raise RuntimeError(f"{name} is not set for this function")
    return url


@cache
def _client() -> "SQSClient":
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 4, "mode": "standard"}, connect_timeout=2, read_timeout=5)
    return boto3.client("sqs", config=config)
