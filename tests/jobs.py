"""Works and jobs for tests, and what an account's ledger says of them."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from tokstack.accounts import credits
from tokstack.errors import Code, TokstackError
from tokstack.jobs.finish import Finisher
from tokstack.jobs.job import Job, Result, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.start import Starter
from tokstack.jobs.work import Kind, Site, Subject, Work
from tokstack.media.formats import Format, Options
from tokstack.media.item import Item
from tokstack.media.links import Links
from tokstack.media.storage import Storage
from tokstack.table import Table

SECRET = b"secret"
POST = Subject(Site.TIKTOK, "7300000000000000000")
PAGE = Subject(Site.WEB, "0123456789abcdef0123456789abcdef", "https://films.example/1")
UPLOAD = Subject(Site.UPLOAD, "ab" * 20, "uploads/convert/mp3/a memo.m4a")
VIDEO = Item("video", "video", "video/mp4", "tiktok", "A title", "https://p16.example/cover.jpeg")
PLAN = Plan("A title", (VIDEO,))
RESULT = Result("result/1.mp3", "audio/mpeg", 5)
DELETED = TokstackError(Code.POST_DELETED, "This post was deleted.")
AWAY = TokstackError(Code.SERVICE_UNAVAILABLE, "It is away.", retry_after=1)


def conversion(subject: Subject = POST, format: Format = Format.MP3, **options: Any) -> Work:
    return Work(Kind.CONVERT, subject, format, Options(**options))


def download(subject: Subject = POST, once: str = "1") -> Work:
    return Work(Kind.DOWNLOAD, subject, once=once)


def job(table: Table, work: Work | None = None, *, attempt: int = 1, account: str = "acme", credits: int = 2) -> Job:
    """One that is new, now."""
    return Job(
        work=work or conversion(),
        attempt=attempt,
        status=Status.QUEUED,
        created_at=table.now(),
        accounts=frozenset({account} if account else ()),
        payer=account,
        credits=credits if account else 0,
    )


def outcomes(table: Table, account: str = "acme") -> list[str]:
    """What became of each charge of the account. Its balance is what they say, or the test fails."""
    charges = list(table.query(f"ACCOUNT#{account}", "CHARGE#"))
    told: list[str] = []
    for charge in charges:
        known = [name for name in ("pending", "settled_at", "refunded_at") if name in charge]
        assert len(known) == 1, charge
        assert ("overdue_at" in charge) == (known == ["pending"]), charge
        told += known
    shown = credits.show(table, account)
    kept = sum(charge["credits"] for charge, became in zip(charges, told, strict=True) if became != "refunded_at")
    assert shown.balance == shown.granted - kept
    assert sum(shown.by_route.values()) == kept
    assert sum(day["used"] for day in table.query(f"ACCOUNT#{account}", "DAY#")) == kept
    return told


@dataclass
class World:
    """Where jobs are kept, begun and told of. `launch` may be made to fail, and so may `announce`."""

    table: Table
    storage: Storage
    launched: list[str] = field(default_factory=list)
    announced: list[tuple[str, Status]] = field(default_factory=list)
    launch_fails: TokstackError | None = None
    announce_fails: TokstackError | None = None

    @property
    def starter(self) -> Starter:
        return Starter(self.table, self.storage, self._launch)

    @property
    def keeper(self) -> Starter:
        return Starter(self.table, self.storage, lambda _: None)

    @property
    def finisher(self) -> Finisher:
        return Finisher(self.table, self.storage, self._announce, self._links)

    def store(self, key: str, content: bytes = b"sound", media_type: str = "audio/mpeg") -> None:
        self.storage.put(key, BytesIO(content), media_type)

    def _launch(self, job_id: str) -> None:
        if self.launch_fails:
            raise self.launch_fails
        self.launched.append(job_id)

    def _announce(self, job: Job) -> None:
        if self.announce_fails:
            raise self.announce_fails
        self.announced.append((job.id, job.status))

    def _links(self) -> Links:
        return Links("https://api.example", SECRET, 3600, self.table.now)
