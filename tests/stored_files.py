"""Results of conversions in a storage of this process, and jobs that have come to an end."""

from dataclasses import dataclass, field
from urllib.parse import quote

from tokstack.jobs import store
from tokstack.jobs.job import Job, Result
from tokstack.jobs.plan import Plan
from tokstack.media.storage import Stored
from tokstack.table import Table


@dataclass
class FakeStorage:
    """`read` counts: what is given by a link is not read."""

    files: dict[str, bytes] = field(default_factory=dict)
    reads: int = 0

    def find(self, key: str) -> Stored | None:
        return Stored(key, "?", len(self.files[key])) if key in self.files else None

    def read(self, key: str) -> bytes:
        self.reads += 1
        return self.files[key]

    def link(self, key: str, *, disposition: str) -> str:
        return f"https://storage.example.com/{key}?disposition={quote(disposition)}"


def finish(table: Table, storage: FakeStorage, job_id: str, content: bytes, title: str | None = "A title") -> Job:
    """The machine's work: the job succeeds with that file."""
    job = store.find(table, job_id)
    assert job
    assert job.work.format
    store.begin(table, job, Plan(title, ()))
    storage.files[job.work.result_key] = content
    return store.succeed(table, job, Result(job.work.result_key, job.work.format.media_type, len(content)))
