"""What is put into the bucket to be converted: `uploads/convert/{format}/{name}`.

The options of a conversion may stand as JSON in the object's metadata, under `options`. Uploads are the owner's own and
cost no credits. A JSON beside the upload says how it ended: `….result.json`, which names the result, or
`….error.json`. What is told here of an upload that never became a job has the same shape.
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from tokstack.api.convert import ConvertOptions
from tokstack.api.reading import model_of
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.finish import Finisher, finisher, tell_beside
from tokstack.jobs.job import Job
from tokstack.jobs.start import Starter, starter
from tokstack.jobs.work import Kind, Site, Subject, Work
from tokstack.media.formats import Format, Options
from tokstack.media.storage import Storage, Uploaded, storage
from tokstack.table import Table, table

_KEY = re.compile(r"uploads/convert/(?P<format>[^/]+)/(?P<name>.+)", re.DOTALL)
_OURS = (".result.json", ".error.json")


@dataclass(frozen=True, slots=True)
class Uploads:
    table: Table
    storage: Storage
    starter: Starter
    finisher: Finisher
    max_bytes: int

    def take(self, key: str) -> None:
        """Begins the conversion of an upload. Safe to repeat; raises what is worth another try.

        What we wrote ourselves, what is gone by now and what a folder is made of is passed over.
        """
        match = _KEY.fullmatch(key)
        if match is None or key.endswith(_OURS):
            return
        uploaded = self.storage.uploaded(key)
        if uploaded is None or (key.endswith("/") and not uploaded.size):
            return
        try:
            work = self._work(uploaded, match["format"])
        except TokstackError as error:
            tell_beside(self.storage, key, _refused(uploaded, error))
            return
        done = store.latest(self.table, work)
        if done and done.ended and not _cut_short(done):
            self.finisher.tell(done)
        else:
            self.starter.start(work, "", 0)

    def _work(self, uploaded: Uploaded, name: str) -> Work:
        """Raises TokstackError where there is nothing that could be converted."""
        if name not in list(Format):
            message = f"There is no conversion to {name!r}: upload to one of {', '.join(Format)}."
            raise TokstackError(Code.VALIDATION_ERROR, message)
        if not uploaded.size:
            raise TokstackError(Code.UNSUPPORTED_MEDIA, "This file is empty.")
        if uploaded.size > self.max_bytes:
            raise TokstackError(Code.MEDIA_TOO_LARGE, f"This file has more than {self.max_bytes} bytes.")
        options = Options()
        if text := uploaded.metadata.get("options"):
            options = model_of(ConvertOptions, text.encode()).shaping(Format(name))
        return Work(Kind.CONVERT, Subject(Site.UPLOAD, _id(uploaded), uploaded.key), Format(name), options)


def _cut_short(job: Job) -> bool:
    """Whether it failed of a fault that passes: perhaps its machine could not even be begun."""
    return job.error is not None and job.error.code is Code.SERVICE_UNAVAILABLE


def _id(uploaded: Uploaded) -> str:
    """The same for every event of one upload; another one when it is uploaded again."""
    return sha256(f"{uploaded.key}\n{uploaded.etag}\n{uploaded.modified_at}".encode()).hexdigest()[:40]


def _refused(uploaded: Uploaded, error: TokstackError) -> dict[str, object]:
    return {
        "id": None,
        "kind": Kind.CONVERT,
        "status": "failed",
        "accounts": [],
        "subject": {"site": Site.UPLOAD, "id": _id(uploaded), "address": uploaded.key},
        "result": None,
        "error": {"code": error.code, "message": error.message},
    }


@cache
def uploads() -> Uploads:
    """This function's uploads."""
    return Uploads(table(), storage(), starter(), finisher(), settings().media_max_bytes)
