"""At most one request to an upstream in so many seconds, counted across all workers.

The table holds the time of the next free slot. A worker takes a slot by moving that time on, in one
conditional write that fails if another moved it first; then it waits for its slot and asks. A slot
that is too far off is not taken, so nobody queues for longer than he has patience.
"""

import time
from collections.abc import Callable

from tokstack.table import ConditionFailedError, Key, Table, Update


class Limiter:
    def __init__(self, table: Table, sleep: Callable[[float], None] = time.sleep) -> None:
        self._table = table
        self._sleep = sleep

    def wait(self, name: str, pause: float, patience: float) -> bool:
        """Waits for a slot, `patience` seconds at most; False at once where none is so near."""
        now = self._table.now()
        slot = self._take(name, pause, now, patience)
        if slot is None:
            return False
        self._sleep(max(0.0, slot - now))
        return True

    def _take(self, name: str, pause: float, now: float, patience: float) -> float | None:
        """The time of the slot taken. A write is refused only if another worker got that slot, so this ends."""
        slot = now
        while slot - now <= patience:
            try:
                self._table.update(
                    Update(
                        Key(f"PROVIDER#{name}", "LIMITER"),
                        "SET free_at = :next",
                        condition="attribute_not_exists(free_at) OR free_at <= :slot",
                        values={":slot": slot, ":next": slot + pause},
                    )
                )
            except ConditionFailedError as refused:
                if refused.item is None:
                    raise
                slot = refused.item["free_at"]
            else:
                return slot
        return None
