"""What an official API allows in a day, counted across all workers; a day begins at 00:00 UTC.

QuotaSpentError     nothing is left of today
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tokstack.errors import Code, TokstackError
from tokstack.table import ConditionFailedError, Key, Table, Update

_KEPT = 7 * 86_400  # seconds, for the owner to look at


class QuotaSpentError(TokstackError):
    """`retry_after` is when the next day begins."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """In a day."""

    requests: int
    records: int


class Quota:
    def __init__(self, table: Table, name: str, allowance: Allowance) -> None:
        self._table = table
        self._name = name
        self._allowance = allowance

    def spend(self, records: int) -> None:
        """One request, for so many records at most. Raises QuotaSpentError."""
        try:
            self._add(
                1,
                records,
                condition="attribute_not_exists(requests) OR (requests < :most AND records <= :room)",
                most=self._allowance.requests,
                room=self._allowance.records - records,
            )
        except ConditionFailedError:
            raise QuotaSpentError(
                Code.UPSTREAM_RATE_LIMITED,
                f"{self._name} may be asked no more today.",
                retry_after=self._tomorrow - self._table.now(),
            ) from None

    def give_back(self, records: int, requests: int = 0) -> None:
        """Of what was spent, so much was not used."""
        self._add(-requests, -records)

    def _add(self, requests: int, records: int, condition: str | None = None, **limits: int) -> None:
        self._table.update(
            Update(
                Key(f"PROVIDER#{self._name}", f"QUOTA#{self._today:%Y-%m-%d}"),
                "SET expires_at = :until ADD requests :requests, records :records",
                condition=condition,
                values={
                    ":until": self._table.now() + _KEPT,
                    ":requests": requests,
                    ":records": records,
                    **{f":{name}": limit for name, limit in limits.items()},
                },
            )
        )

    @property
    def _today(self) -> datetime:
        return datetime.fromtimestamp(self._table.now(), UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def _tomorrow(self) -> float:
        return (self._today + timedelta(days=1)).timestamp()
