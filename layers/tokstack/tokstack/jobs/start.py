"""From what is asked to a running machine, or to the job that is at it already."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.job import Job, Status
from tokstack.jobs.work import Work
from tokstack.media.storage import Storage, storage
from tokstack.table import Table, table

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_RACES = 5  # that one call may lose before it gives up


@dataclass(frozen=True, slots=True)
class Started:
    """`new` says that this call began it; only then it was charged."""

    job: Job
    new: bool

    @property
    def charged(self) -> int:
        """Credits: none where a stored result or a running job serves."""
        return self.job.credits if self.new else 0


@dataclass(frozen=True, slots=True)
class Starter:
    table: Table
    storage: Storage
    launch: Callable[[str], None]  # begins the machine for a job; safe to repeat

    def start(self, work: Work, account: str, credits: int) -> Started:
        """A job for this work, begun now or found; an `account` of "" pays nothing.

        Raises INSUFFICIENT_CREDITS, SERVICE_UNAVAILABLE.
        """
        for _ in range(_RACES):
            last = store.latest(self.table, work)
            if last and self._serves(last):
                return Started(self._join(last, account), new=False)
            job = Job(
                work=work,
                attempt=last.attempt + 1 if last else 1,
                status=Status.QUEUED,
                created_at=self.table.now(),
                accounts=frozenset({account} if account else ()),
                payer=account,
                credits=credits if account else 0,
            )
            if store.create(self.table, job):
                self._launch(job)
                return Started(job, new=True)
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "Too many ask for the same at once.", retry_after=1)

    def _serves(self, job: Job) -> bool:
        if job.status is Status.FAILED:
            return False
        return job.status is not Status.SUCCEEDED or self.storage.find(job.work.result_key) is not None

    def _join(self, job: Job, account: str) -> Job:
        if job.status is Status.QUEUED:  # whoever began it may have been lost before the launch
            self.launch(job.id)
        return store.join(self.table, job, account)

    def _launch(self, job: Job) -> None:
        try:
            self.launch(job.id)
        except TokstackError as error:
            store.fail(self.table, job, error)
            raise


@cache
def starter() -> Starter:
    """This function's starter."""
    return Starter(table(), storage(), _launch)


@cache
def keeper() -> Starter:
    """The same for jobs that no machine works at: whoever keeps one ends it too."""
    return Starter(table(), storage(), lambda _: None)


def _launch(job_id: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    machine, client = settings().media_machine_arn, _client()
    try:
        client.start_execution(stateMachineArn=machine, name=job_id, input=json.dumps({"job": job_id}))
    except client.exceptions.ExecutionAlreadyExists:
        return
    except (BotoCoreError, ClientError) as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The job cannot be started.", retry_after=1) from error


@cache
def _client() -> "SFNClient":
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 4, "mode": "standard"}, connect_timeout=2, read_timeout=5)
    return boto3.client("stepfunctions", config=config)
