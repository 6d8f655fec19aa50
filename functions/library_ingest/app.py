"""The library's queue: each message is items, or tells of a file. What fails comes back, and is set aside at last."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.errors import TokstackError
from tokstack.library.messages import messages
from tokstack.library.queues import library_queue
from tokstack.observability import MetricUnit, logger, metrics

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    take = partial(_take, context)
    return process_partial_response(event=event, record_handler=take, processor=_processor, context=context)


def _take(context: LambdaContext, record: SQSRecord) -> None:
    metrics.add_metric("LibraryMessagesAsked", MetricUnit.Count, 1)
    sent = datetime.fromtimestamp(int(record.attributes.sent_timestamp) / 1000, UTC)
    try:
        messages().take(record.body, sent, lambda: context.get_remaining_time_in_millis() / 1000)
    except TokstackError as error:
        logger.warning("message failed", extra={"message_id": record.message_id, "cause": str(error)})
        metrics.add_metric("LibraryMessagesFailed", MetricUnit.Count, 1)
        library_queue().come_back(record.receipt_handle, int(record.attributes.approximate_receive_count))
        raise
