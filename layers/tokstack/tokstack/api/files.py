"""A job's file as an answer: its bytes where they fit, else where storage serves it with the same headers."""

from tokstack.api.http import Reply
from tokstack.errors import Code, TokstackError
from tokstack.jobs.job import Job, Result
from tokstack.media.filenames import content_disposition, filename
from tokstack.media.storage import storage

INLINE_BYTES = 4 << 20  # Lambda's answers end at 6 MB, in base64 and with their headers
UNCACHED = {"Cache-Control": "private, no-store"}


def file_of(job: Job) -> Reply:
    """Of a job that has ended. Raises its error where it failed, JOB_NOT_FOUND where its file is not kept any more."""
    if job.error:
        raise job.error
    result = kept_result(job)
    if result is None:
        raise TokstackError(Code.JOB_NOT_FOUND, "The job's file is not kept any more: ask for the conversion again.")
    if result.size > INLINE_BYTES:
        return see_other(link_to(job, result))
    headers = {"Content-Type": result.media_type, "Content-Disposition": _disposition(job), **UNCACHED}
    return Reply(200, storage().read(result.key), headers)


def kept_result(job: Job) -> Result | None:
    """None before there is one, and when storage has deleted it: jobs are kept for longer than files."""
    return job.result if job.result and storage().find(job.result.key) else None


def link_to(job: Job, result: Result) -> str:
    """A storage URL, good for `storage.LINK_SECONDS`."""
    return storage().link(result.key, disposition=_disposition(job))


def see_other(location: str) -> Reply:
    return Reply(303, headers={"Location": location, **UNCACHED})


def _disposition(job: Job) -> str:
    title = job.plan.title if job.plan else None
    return content_disposition(filename(title, job.work.format or "json", otherwise=job.work.subject.id))
