"""The jobs queue: what a message asks for, and the job that comes of it.

A message is a JSON object: `kind` ("download", "convert" or "statistic"), `url`, `account`, of a conversion `format`
and perhaps `options` (as `POST /api/convert/{format}` takes them), and perhaps an `id`. What bears the same id is the
same submission, however often it comes; without one, the queue's own id of the message is taken.

    SUBMISSION#{account}#{sha256 of the id} / SUBMISSION    asked (the digest of the message), job

A message that makes no sense is poison: VALIDATION_ERROR, and no job. Whatever else goes wrong with what was asked,
the job says.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tokstack.accounts.credits import valid_name
from tokstack.api import convert
from tokstack.api.media_body import MediaBody, OneUrl
from tokstack.api.post_data import StatisticData
from tokstack.api.posts import statistic_of
from tokstack.api.reading import model_of
from tokstack.api.subjects import Address, One, subject
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.finish import JSON, Finisher, finisher
from tokstack.jobs.job import Job
from tokstack.jobs.plan import Plan
from tokstack.jobs.start import Starter, keeper, starter
from tokstack.jobs.work import Kind, Site, Subject, Work
from tokstack.media import pages
from tokstack.media.formats import Format, Options
from tokstack.posts.references import PostRef
from tokstack.table import Key, Put, Table, table

_KEPT = 14 * 86_400  # seconds: no queue keeps a message longer
_CREDITS: Mapping[Kind, int] = {Kind.DOWNLOAD: 1, Kind.CONVERT: convert.CREDITS, Kind.STATISTIC: 1}


class Submission(MediaBody):
    kind: Literal["download", "convert", "statistic"]
    url: OneUrl
    account: str
    id: Annotated[str | None, Field(pattern=r"^[\x21-\x7e]{1,128}$")] = None
    format: Literal["mp3", "mp4", "wav", "gif"] | None = None
    options: convert.ConvertOptions | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Submission":
        if (self.format is not None) != (self.kind == "convert"):
            raise PydanticCustomError("kind", "format should be given for a conversion, and for nothing else")
        if self.options and not self.format:
            raise PydanticCustomError("kind", "options should be given for a conversion only")
        if self.kind == "statistic" and isinstance(self.url, Address):
            raise PydanticCustomError("kind", "a statistic should be of a TikTok post")
        return self

    def work(self, about: Subject, name: str) -> Work:
        """A conversion is done once for all; the others are of the moment, so once for each submission."""
        if self.format is None:
            return Work(Kind(self.kind), about, once=name)
        options = self.options.shaping(Format(self.format)) if self.options else Options()
        return Work(Kind.CONVERT, about, Format(self.format), options)


@dataclass(frozen=True, slots=True)
class Submissions:
    """`keeper` keeps the jobs that are ended here: statistics, and what is refused."""

    table: Table
    starter: Starter
    keeper: Starter
    finisher: Finisher
    statistic: Callable[[PostRef], StatisticData]

    def take(self, message: str, message_id: str, *, last: bool) -> Job:
        """The job of a message; `last` says that the message does not come again.

        Raises VALIDATION_ERROR for poison, and what is worth another try.
        """
        asked = model_of(Submission, message.encode())
        account, name = valid_name(asked.account), asked.id or message_id
        place, digest = _place(account, name), sha256(message.encode()).hexdigest()
        job = self._submitted(place, digest)
        if job is None:
            job = self._start(asked, account, f"{account}/{name}", last=last)
            item = {"pk": place.pk, "sk": place.sk, "asked": digest, "job": job.id}
            self.table.put(Put({**item, "expires_at": self.table.now() + _KEPT}))
        elif job.work.kind is Kind.STATISTIC and job.ended:
            self.finisher.tell(job)  # perhaps the worker that ended it could not
        if job.work.kind is Kind.STATISTIC and not job.ended:
            self._answer(job, last=last)
        return job

    def _submitted(self, place: Key, digest: str) -> Job | None:
        item = self.table.get(place)
        if item is None:
            return None
        if item["asked"] != digest:
            raise TokstackError(Code.VALIDATION_ERROR, "id: submitted before, with another message")
        return store.find(self.table, item["job"])

    def _start(self, asked: Submission, account: str, name: str, *, last: bool) -> Job:
        try:
            work = asked.work(subject(asked.url, self.table), name)
        except TokstackError as error:  # a short link that leads nowhere, or whose site does not answer
            if _worth_another_try(error, last=last):
                raise
            return self._refuse(replace(asked.work(self._unresolved(asked.url), name), once=name), account, error)
        begin = self.keeper if work.kind is Kind.STATISTIC else self.starter
        try:
            return begin.start(work, account, _CREDITS[work.kind]).job
        except TokstackError as error:
            if error.code is not Code.INSUFFICIENT_CREDITS:
                raise
            return self._refuse(replace(work, once=name), account, error)

    def _unresolved(self, url: One) -> Subject:
        address = url.url
        return Subject(Site.WEB, pages.remember(self.table, address), address)

    def _refuse(self, work: Work, account: str, error: TokstackError) -> Job:
        """A job that fails before it begins, and costs nothing: who submitted it is told as of any other.

        Its work is of this submission alone (`once`), so that nobody else joins it.
        """
        return self.finisher.fail(self.keeper.start(work, account, 0).job.id, error)

    def _answer(self, job: Job, *, last: bool) -> None:
        try:
            data = self.statistic(PostRef(job.work.subject.id))
        except TokstackError as error:
            if _worth_another_try(error, last=last):
                raise
            self.finisher.fail(job.id, error)
            return
        store.begin(self.table, job, Plan(data.title))
        self.finisher.storage.put(job.work.result_key, io.BytesIO(data.model_dump_json().encode()), JSON)
        self.finisher.finish(job.id)


def find(table: Table, account: str, name: str) -> Job | None:
    """The job of what the account submitted under that id."""
    item = table.get(_place(account, name))
    return store.find(table, item["job"]) if item else None


@cache
def submissions() -> Submissions:
    """This function's submissions."""
    finish = finisher()
    return Submissions(table(), starter(), keeper(), finish, lambda post: statistic_of(post, finish.links()))


def _worth_another_try(error: TokstackError, *, last: bool) -> bool:
    return error.code is Code.SERVICE_UNAVAILABLE or (error.passing and not last)


def _place(account: str, name: str) -> Key:
    return Key(f"SUBMISSION#{account}#{sha256(name.encode()).hexdigest()}", "SUBMISSION")
