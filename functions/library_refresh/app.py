"""The refresh queue: each message is one tracked profile or search, read anew as far as the time allows."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.errors import TokstackError
from tokstack.library.queues import refresh_queue
from tokstack.library.refresh import refresher
from tokstack.observability import MetricUnit, logger, metrics

_MARGIN = 100_000  # milliseconds: a page may take 40 s, and what was seen is to be taken in

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(event=event, record_handler=_take, processor=_processor, context=context)


def _take(record: SQSRecord, lambda_context: LambdaContext) -> None:
    metrics.add_metric("Refreshes", MetricUnit.Count, 1)
    try:
        message = json.loads(record.body)
        outcome = refresher().take(message, lambda: lambda_context.get_remaining_time_in_millis() > _MARGIN)
    except TokstackError as error:
        logger.warning("message failed", extra={"message_id": record.message_id, "cause": str(error)})
        refresh_queue().come_back(record.receipt_handle, int(record.attributes.approximate_receive_count))
        raise
    logger.info("message taken", extra={"tracked": message["subject"], "outcome": outcome})
