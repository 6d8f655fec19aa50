"""The job, as it is told. Times are epoch seconds.

A job's id is its work's digest and the number of the attempt: what failed may be asked for again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from tokstack.errors import Code, TokstackError
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Work
from tokstack.table import Item


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """What is in storage; `size` in bytes."""

    key: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Job:
    """`accounts` are those that asked for it; the one that `payer` names was charged `credits`, none for an upload."""

    work: Work
    attempt: int
    status: Status
    created_at: float
    accounts: frozenset[str] = frozenset()
    payer: str = ""
    credits: int = 0
    progress: float = 0.0
    finished_at: float | None = None
    plan: Plan | None = None
    result: Result | None = None
    error: TokstackError | None = None

    @property
    def id(self) -> str:
        return f"{self.work.digest}-{self.attempt}"

    @property
    def ended(self) -> bool:
        return self.status in (Status.SUCCEEDED, Status.FAILED)

    @classmethod
    def of(cls, item: Item) -> Self:
        return cls(
            work=Work.of(item["work"]),
            attempt=item["attempt"],
            status=Status(item["status"]),
            created_at=item["created_at"],
            accounts=frozenset(item.get("accounts", ())),
            payer=item.get("payer", ""),
            credits=item.get("credits", 0),
            progress=item["progress"],
            finished_at=item.get("finished_at"),
            plan=Plan.of(item["plan"]) if "plan" in item else None,
            result=_result(item.get("result")),
            error=_error(item.get("error")),
        )


def _result(found: dict[str, Any] | None) -> Result | None:
    return Result(**found) if found else None


def _error(found: dict[str, Any] | None) -> TokstackError | None:
    return TokstackError(Code(found["code"]), found["message"]) if found else None
