"""What is pending in the library's log comes into its index: when a message says so, and every few minutes.

A message says no more than that there is something to do, so all that come at once are one turn. `{"rebuild": true}`
makes the index anew.
"""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.library.index import Outcome
from tokstack.library.indexer import indexer
from tokstack.library.queues import index_queue
from tokstack.observability import logger

_LATER = 10  # seconds after which it is looked again whether the other worker has ended its turn
_LOST = 60  # seconds after which a message comes again: if its worker is lost it is done, else it waits for it


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    records = list(SQSEvent(event).records) if "Records" in event else []

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    try:
        if any(_asks_for_all(record) for record in records):
            _do(indexer().rebuild, seconds_left, {"rebuild": True})
        else:
            for record in records:
                index_queue().hide(record.receipt_handle, _LOST)
        _do(indexer().turn, seconds_left, {})
    except Exception:
        for record in records:
            index_queue().come_back(record.receipt_handle, int(record.attributes.approximate_receive_count))
        raise


def _do(work: Callable[[Callable[[], float]], Outcome], seconds_left: Callable[[], float], message: Any) -> None:
    outcome = work(seconds_left)
    if outcome is not Outcome.DONE:
        index_queue().send(message, delay=_LATER if outcome is Outcome.BUSY else 0)


def _asks_for_all(record: SQSRecord) -> bool:
    try:
        message = json.loads(record.body)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("rebuild") is True
