"""`/v1/jobs/{jobId}`: how far a job is and what came of it; and `…/file`, which waits for its file."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from tokstack.api.access import FREE
from tokstack.api.dates import Moment
from tokstack.api.families import POST_ERRORS, ServiceSuccess, Shape
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery, Route
from tokstack.errors import Code, TokstackError
from tokstack.jobs import tickets
from tokstack.jobs.job import Job, Status
from tokstack.jobs.work import Kind
from tokstack.media import signing
from tokstack.media.secret import signing_secret
from tokstack.table import table

MAX_HOPS = 15
TICKET_SECONDS = 3600

_WAIT = 25.0  # seconds; the API ends an answer at 30


class JobResult(Shape):
    url: str
    media_type: str = Field(serialization_alias="mediaType")
    bytes: int
    expires_at: Moment = Field(serialization_alias="expiresAt")


class JobFailure(Shape):
    code: Code
    message: str


class JobData(Shape):
    id: str
    status: Status
    kind: Kind
    created_at: Moment = Field(serialization_alias="createdAt")
    finished_at: Moment | None = Field(serialization_alias="finishedAt")
    progress: float = Field(ge=0, le=1)
    result: JobResult | None
    error: JobFailure | None

    @classmethod
    def of(cls, job: Job, result: JobResult | None) -> "JobData":
        return cls(
            id=job.id,
            status=job.status,
            kind=job.work.kind,
            created_at=_moment(job.created_at),
            finished_at=None if job.finished_at is None else _moment(job.finished_at),
            progress=job.progress,
            result=result,
            error=JobFailure(code=job.error.code, message=job.error.message) if job.error else None,
        )


class FileQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    ticket: str = Field(
        description="Signed, for this job alone; the service puts it into its redirects.",
        json_schema_extra={"pattern": signing.FORM},
    )
    hop: int = Field(0, ge=0, le=MAX_HOPS, description="How often this link has led to itself; set by the service.")


def job_path(job_id: str) -> str:
    return f"/v1/jobs/{job_id}"


def _job(_: NoQuery, call: Call) -> Reply:
    from tokstack.jobs import store

    job = store.find(table(), call.request.path_parameters["jobId"])
    if job is None or call.known_account not in job.accounts:
        raise TokstackError(Code.JOB_NOT_FOUND, "There is no such job.")
    return Reply.json(200, ServiceSuccess[JobData](data=JobData.of(job, _result(job))))


def _result(job: Job) -> JobResult | None:
    from tokstack.api.files import kept_result, link_to
    from tokstack.media.storage import LINK_SECONDS

    result = kept_result(job)
    if result is None:
        return None
    return JobResult(
        url=link_to(job, result),
        media_type=result.media_type,
        bytes=result.size,
        expires_at=_moment(table().now() + LINK_SECONDS),
    )


def _job_file(query: FileQuery, call: Call) -> Reply:
    from tokstack.api.files import file_of, see_other
    from tokstack.jobs import waiting

    job_id = call.request.path_parameters["jobId"]
    if tickets.verify(query.ticket, now=table().now(), secret=signing_secret()) != job_id:
        raise TokstackError(Code.INVALID_MEDIA_TOKEN, "This ticket is for another job.")
    job = waiting.wait(table(), job_id, call.left(_WAIT))
    if job.ended:
        return file_of(job)
    if query.hop >= MAX_HOPS:
        raise TokstackError(Code.UPSTREAM_TIMEOUT, "The job takes too long to be waited for; it goes on.")
    return see_other(f"{call.request.base_url}{job_path(job_id)}/file?ticket={query.ticket}&hop={query.hop + 1}")


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


JOB = Route(
    name="job",
    paths=("/v1/jobs/{jobId}",),
    summary="A job of your own: how far it is, and what came of it",
    query=NoQuery,
    answer=_job,
    success=ServiceSuccess[JobData],
    errors=(Code.JOB_NOT_FOUND,),
    access=FREE,
)

JOB_FILE = Route(
    name="job-file",
    paths=("/v1/jobs/{jobId}/file",),
    summary="A job's file, waited for; where a conversion that takes longer leads to",
    query=FileQuery,
    answer=_job_file,
    errors=(
        Code.INVALID_MEDIA_TOKEN,
        Code.EXPIRED_MEDIA_TOKEN,
        Code.JOB_NOT_FOUND,
        *POST_ERRORS,
        Code.NO_AUDIO_TRACK,
        Code.UNSUPPORTED_MEDIA,
        Code.MEDIA_TOO_LARGE,
        Code.SERVICE_UNAVAILABLE,
    ),
)
