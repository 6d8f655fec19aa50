"""A conversion, from what is asked to the answer: a job that is waited for, and what it comes to."""

from tokstack.api.convert import CREDITS, ConvertBody
from tokstack.api.families import Shape
from tokstack.api.files import file_of, see_other
from tokstack.api.http import Reply
from tokstack.api.jobs import TICKET_SECONDS, job_path
from tokstack.api.preferences import Preferences, preferences
from tokstack.api.routes import Call
from tokstack.api.subjects import subject
from tokstack.errors import Code, TokstackError
from tokstack.jobs import tickets, waiting
from tokstack.jobs.job import Job, Status
from tokstack.jobs.start import starter
from tokstack.jobs.work import Kind, Work
from tokstack.media.formats import Format, Options
from tokstack.media.secret import signing_secret
from tokstack.table import table

_COME_BACK = 2  # seconds until it is worth asking for a job again


class AcceptedJob(Shape):
    id: str
    status: Status
    url: str


class Accepted(Shape):
    job: AcceptedJob


def convert(body: ConvertBody, call: Call) -> Reply:
    job = _start(_work(body, call), call)
    prefer = preferences(call.request.headers.get("prefer", ""))
    if prefer.respond_async and prefer.wait is None:
        return _accepted(job, prefer)
    job = waiting.wait(table(), job.id, call.left(prefer.patience))
    if job.error:
        _cost(call, 0)
    if job.ended:
        return file_of(job)
    return _accepted(job, prefer) if prefer.applied else _redirected(job, call)


def _work(body: ConvertBody, call: Call) -> Work:
    name = call.request.path_parameters["format"]
    if name not in list(Format):
        raise TokstackError(Code.ROUTE_NOT_FOUND, f"There is no conversion to this format: ask for {_formats()}.")
    options = body.options.shaping(Format(name)) if body.options else Options()
    return Work(Kind.CONVERT, subject(body.url, table()), Format(name), options)


def _start(work: Work, call: Call) -> Job:
    started = starter().start(work, call.known_account, CREDITS)
    _cost(call, started.charged)
    return started.job


def _cost(call: Call, credits: int) -> None:
    if call.credits_remaining is not None:
        call.credits_remaining -= credits - call.credits_used
    call.credits_used = credits


def _accepted(job: Job, prefer: Preferences) -> Reply:
    url = job_path(job.id)
    headers = {"Location": url, "Retry-After": str(_COME_BACK), "Preference-Applied": prefer.applied}
    return Reply.json(202, Accepted(job=AcceptedJob(id=job.id, status=job.status, url=url)), headers)


def _redirected(job: Job, call: Call) -> Reply:
    ticket = tickets.issue(job.id, expires=table().now() + TICKET_SECONDS, secret=signing_secret())
    return see_other(f"{call.request.base_url}{job_path(job.id)}/file?ticket={ticket}")


def _formats() -> str:
    return ", ".join(Format)
