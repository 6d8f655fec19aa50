"""The machine's last step: the job has an outcome, once, and whoever listens is told."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.jobs import events, store
from tokstack.jobs.job import Job, Result
from tokstack.jobs.work import Kind, Site, Subject
from tokstack.media.item import Item
from tokstack.media.links import Links
from tokstack.media.secret import signing_secret
from tokstack.media.storage import Storage, storage
from tokstack.observability import logger
from tokstack.table import Table, table

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Finisher:
    table: Table
    storage: Storage
    announce: Callable[[Job], None]
    links: Callable[[], Links]

    def finish(self, job_id: str) -> None:
        """The job has succeeded: what it was for is in storage, and is looked for there."""
        job = store.found(self.table, job_id)
        if job.work.kind is Kind.DOWNLOAD and not job.ended:
            self._put_manifest(job)
        stored = self.storage.find(job.work.result_key)
        if stored is None:
            raise TokstackError(Code.INTERNAL_ERROR, "The result is not in storage.")
        result = Result(stored.key, stored.media_type, stored.size)
        self.tell(store.succeed(self.table, job, result))

    def fail(self, job_id: str, error: TokstackError) -> Job:
        """The job has failed; its credits are given back."""
        ended = store.fail(self.table, store.found(self.table, job_id), error)
        self.tell(ended)
        return ended

    def sweep(self) -> int:
        """Fails every job whose machine ended without an outcome; how many those were."""
        lost = list(store.overdue(self.table))
        for job in lost:
            try:
                self.fail(job.id, TokstackError(Code.UPSTREAM_TIMEOUT, "This took too long."))
            except TokstackError:  # it has ended all the same, and the others are to
                logger.exception("a job's end is not told", extra={"job": job.id})
        return len(lost)

    def tell(self, ended: Job) -> None:
        """Safe to repeat: the first outcome stands, and is told again."""
        if ended.work.subject.site is Site.UPLOAD:
            tell_beside(self.storage, ended.work.subject.address, events.detail(ended, self.storage.bucket))
        self.announce(ended)

    def _put_manifest(self, job: Job) -> None:
        files = job.plan.files if job.plan else ()
        text = json.dumps({"success": True, "items": manifest(files, job.work.subject, self.links())})
        self.storage.put(job.work.result_key, io.BytesIO(text.encode()), JSON)


def manifest(files: tuple[Item, ...], subject: Subject, links: Links) -> list[dict[str, Any]]:
    """The files as `POST /api/download` tells of them."""
    return [
        {
            "url": links.url(subject.id, file.name, subject.site),
            "type": file.type,
            "thumbnail": file.thumbnail,
            "mime_type": file.media_type,
            "site": file.site,
            "title": file.title,
        }
        for file in files
    ]


def tell_beside(storage: Storage, key: str, detail: dict[str, Any]) -> None:
    """Writes beside an upload how it ended, in place of what an earlier upload of that name left."""
    good, bad = f"{key}.result.json", f"{key}.error.json"
    mine, other = (good, bad) if detail["error"] is None else (bad, good)
    storage.write(mine, json.dumps(detail, ensure_ascii=False, indent=2).encode(), JSON)
    storage.delete(other)


@cache
def finisher() -> Finisher:
    """This function's finisher."""
    return Finisher(table(), storage(), events.announce, _links)


def _links() -> Links:
    url = settings().api_url
    if url is None:
        raise RuntimeError("API_URL is not set for this function")
    return Links(url, signing_secret(), settings().media_link_ttl)
