"""Where jobs are kept: begun, joined, moved on and ended, each exactly once whoever tries how often.

JOB#{digest} / ATTEMPT#{number}    everything that is known of one job

A job that has not ended also has `pending` and `overdue_at`, the keys of a sparse index, so that `overdue` finds it.
It ends together with its charge, in one transaction: settled or given back, never both and never neither.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tokstack.accounts import ledger
from tokstack.accounts.ledger import Charge
from tokstack.errors import Code, TokstackError
from tokstack.jobs.job import Job, Result, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Work
from tokstack.table import ConditionFailedError, Item, Key, Put, Table, TransactionRefusedError, Update, Write

LONGEST = 3600.0  # seconds that a job may be at work: the machine ends before
_QUEUED = 1500.0  # seconds until it must have begun: a queue gives its message to three workers in turn
_CHARGE_MARGIN = 3600.0  # the job ends its charge; only where it is lost, the ledger's own sweep does
_KEPT = 100.0 * 86_400  # seconds after its end: the machine takes no name again for 90 days
_ID = re.compile(r"(?P<digest>[0-9a-f]{40})-(?P<attempt>[1-9][0-9]{0,5})")
_OPEN = "#status IN (:queued, :running)"
_STATUS = {"#status": "status"}
_OPEN_VALUES = {":queued": Status.QUEUED, ":running": Status.RUNNING}


def find(table: Table, job_id: str) -> Job | None:
    match = _ID.fullmatch(job_id)
    item = table.get(_key(match["digest"], int(match["attempt"]))) if match else None
    return Job.of(item) if item else None


def found(table: Table, job_id: str) -> Job:
    """The same where there must be one. Raises JOB_NOT_FOUND."""
    job = find(table, job_id)
    if job is None:
        raise TokstackError(Code.JOB_NOT_FOUND, "There is no such job.")
    return job


def latest(table: Table, work: Work) -> Job | None:
    """The last attempt at this work."""
    items = table.query(_key(work.digest, 1).pk, newest_first=True)
    return next((Job.of(item) for item in items), None)


def create(table: Table, job: Job) -> bool:
    """Keeps a new job and charges its payer; False where the job is there already.

    Raises INSUFFICIENT_CREDITS.
    """
    now = job.created_at
    # An item that has expired may stand there for days until the table removes it.
    free = "attribute_not_exists(pk) OR expires_at <= :now"
    writes: list[Write] = [Put(_new_item(job), condition=free, values={":now": now})]
    if job.credits:
        writes += ledger.taking(charge_of(job), overdue_at=now + _QUEUED + LONGEST + _CHARGE_MARGIN)
    try:
        table.transact(*writes)
    except TransactionRefusedError as refused:
        if refused.refused[0]:
            return False
        raise ledger.too_few(job.credits) from None
    return True


def join(table: Table, job: Job, account: str) -> Job:
    """The job, asked for by one more account."""
    if account in job.accounts or not account:
        return job
    change = Update(
        _key_of(job), "ADD accounts :account", condition="attribute_exists(pk)", values={":account": {account}}
    )
    return Job.of(table.update(change))


def begin(table: Table, job: Job, plan: Plan) -> None:
    """The job is at work, by that plan."""
    values = {**_OPEN_VALUES, ":plan": plan.as_item(), ":overdue": table.now() + LONGEST}
    change = "SET #status = :running, #plan = :plan, overdue_at = :overdue"
    _update_open(table, job.id, change, values, {"#plan": "plan"})


def advance(table: Table, job_id: str, progress: float) -> None:
    """It has come that far, 0 to 1; what is further already stays."""
    values = {**_OPEN_VALUES, ":progress": progress}
    _update_open(table, job_id, "SET progress = :progress", values, {}, " AND progress < :progress")


def succeed(table: Table, job: Job, result: Result) -> Job:
    """Ends the job and settles its charge. A job that has ended stays as it is."""
    kept = {"key": result.key, "media_type": result.media_type, "size": result.size}
    charge = [ledger.settlement(charge_of(job), table.now())] if job.credits else []
    return _end(table, job, Status.SUCCEEDED, {"progress": 1, "result": kept}, charge)


def fail(table: Table, job: Job, error: TokstackError) -> Job:
    """Ends the job and gives its charge back. A job that has ended stays as it is."""
    charge = list(ledger.reversal(charge_of(job), table.now())) if job.credits else []
    return _end(table, job, Status.FAILED, {"error": {"code": error.code, "message": error.message}}, charge)


def overdue(table: Table) -> Iterator[Job]:
    """Every job that nobody is at any more though it has not ended."""
    values = {":job": "JOB", ":now": table.now()}
    for item in table.query_index("pending", "pending = :job AND overdue_at < :now", values):
        yield Job.of(item)


def charge_of(job: Job) -> Charge:
    """The charge that was taken for it. Entries outlive jobs, whose ids may come again: so the time is in its id."""
    return Charge(
        id=f"{job.id}@{int(job.created_at)}",
        account=job.payer,
        credits=job.credits,
        remaining=0,
        route=job.work.kind,
        charged_at=job.created_at,
    )


def _end(table: Table, job: Job, status: Status, facts: dict[str, Any], charge: list[Update]) -> Job:
    now = table.now()
    facts = {"finished_at": now, "expires_at": now + _KEPT, **facts}
    sets = ", ".join(f"#{name} = :{name}" for name in facts)
    end = Update(
        _key_of(job),
        f"REMOVE pending, overdue_at SET #status = :status, {sets}",
        condition=_OPEN,
        names={**_STATUS, **{f"#{name}": name for name in facts}},
        values={**_OPEN_VALUES, ":status": status, **{f":{name}": fact for name, fact in facts.items()}},
    )
    try:
        table.transact(end, *charge)
    except TransactionRefusedError as refused:
        if not refused.refused[0]:  # nobody ended it in time, and the ledger's own sweep gave its charge back
            with suppress(TransactionRefusedError):
                table.transact(end)
    ended = find(table, job.id)
    if ended is None or not ended.ended:
        raise RuntimeError(f"job {job.id} does not end")
    return ended


def _update_open(
    table: Table, job_id: str, expression: str, values: dict[str, Any], names: dict[str, str], condition: str = ""
) -> None:
    match = _ID.fullmatch(job_id)
    if match is None:
        raise ValueError(job_id)
    key = _key(match["digest"], int(match["attempt"]))
    with suppress(ConditionFailedError):
        table.update(Update(key, expression, _OPEN + condition, {**_STATUS, **names}, values))


def _new_item(job: Job) -> Item:
    key = _key_of(job)
    item = {
        "pk": key.pk,
        "sk": key.sk,
        "work": job.work.as_item(),
        "attempt": job.attempt,
        "status": job.status,
        "created_at": job.created_at,
        "payer": job.payer,
        "credits": job.credits,
        "progress": job.progress,
        "pending": "JOB",
        "overdue_at": job.created_at + _QUEUED,
    }
    return {**item, "accounts": set(job.accounts)} if job.accounts else item


def _key_of(job: Job) -> Key:
    return _key(job.work.digest, job.attempt)


def _key(digest: str, attempt: int) -> Key:
    return Key(f"JOB#{digest}", f"ATTEMPT#{attempt:06}")
