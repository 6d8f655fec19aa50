"""How far a job has come, told while it comes: a step's own share of the whole, some times a second at most."""

import time
from collections.abc import Callable
from contextlib import suppress

from tokstack.errors import TokstackError
from tokstack.jobs import store
from tokstack.table import Table

# What each step has of the whole.
DOWNLOAD = (0.05, 0.45)
CONVERT = (0.45, 0.95)

_PAUSE = 0.5  # seconds between two writes


class Progress:
    """Called with 0 to 1 of one part of a step."""

    def __init__(
        self,
        table: Table,
        job_id: str,
        share: tuple[float, float],
        part: tuple[int, int] = (0, 1),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        low, high = share
        number, parts = part
        self._width = (high - low) / parts
        self._low = low + number * self._width
        self._table, self._job_id, self._clock = table, job_id, clock
        self._told_at = float("-inf")

    def __call__(self, fraction: float) -> None:
        now = self._clock()
        if now - self._told_at < _PAUSE:
            return
        self._told_at = now
        with suppress(TokstackError):  # the work goes on without
            store.advance(self._table, self._job_id, self._low + min(fraction, 1.0) * self._width)
