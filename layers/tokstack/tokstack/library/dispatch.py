"""A turn is begun for all that is tracked and due: its message is sent, and whoever takes it does the reading."""

from typing import Any

from tokstack.library.queues import Queue
from tokstack.library.tracking import Subject, Tracking


def dispatch(tracking: Tracking, queue: Queue) -> int:
    """How many turns were begun. A message that is sent twice is one turn; one that is not sent is due again."""
    begun = 0
    for tracked in tracking.due():
        queue.send(message(tracked.subject, tracked.turn + 1))
        tracking.begin(tracked)
        begun += 1
    return begun


def message(subject: Subject, turn: int) -> dict[str, Any]:
    return {"subject": str(subject), "turn": turn}
