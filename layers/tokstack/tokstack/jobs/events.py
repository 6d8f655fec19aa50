"""What is told to the account's event bus when a job has ended: JobSucceeded or JobFailed, from "tokstack"."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.jobs.job import Job, Status

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_TYPES = {Status.SUCCEEDED: "JobSucceeded", Status.FAILED: "JobFailed"}


def detail(job: Job, bucket: str) -> dict[str, Any]:
    """What an event says of a job that has ended; also what lies beside an upload."""
    told: dict[str, Any] = {
        "id": job.id,
        "kind": job.work.kind,
        "status": job.status,
        "accounts": sorted(job.accounts),
        "subject": {"site": job.work.subject.site, "id": job.work.subject.id, "address": job.work.subject.address},
        "result": None,
        "error": None,
    }
    if job.result:
        told["result"] = {
            "bucket": bucket,
            "key": job.result.key,
            "mediaType": job.result.media_type,
            "bytes": job.result.size,
        }
    if job.error:
        told["error"] = {"code": job.error.code, "message": job.error.message}
    return told


def announce(job: Job) -> None:
    """At least once: whoever listens knows a job by its id. Raises SERVICE_UNAVAILABLE."""
    from botocore.exceptions import BotoCoreError, ClientError

    text = json.dumps(detail(job, settings().media_bucket))
    try:
        answer = _client().put_events(
            Entries=[{"Source": "tokstack", "DetailType": _TYPES[job.status], "Detail": text}]
        )
    except (BotoCoreError, ClientError) as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The event bus cannot be reached.", retry_after=1) from error
    if answer["FailedEntryCount"]:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The event bus did not take the event.", retry_after=1)


@cache
def _client() -> "EventBridgeClient":
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 4, "mode": "standard"}, connect_timeout=2, read_timeout=5)
    return boto3.client("events", config=config)
