"""The jobs queue: each message is a job. What fails comes back a little later, and the third time is set aside."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.api import collecting
from tokstack.api.submissions import submissions
from tokstack.errors import TokstackError
from tokstack.jobs import queue
from tokstack.observability import MetricUnit, logger, metrics

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    collecting()
    return process_partial_response(event=event, record_handler=_take, processor=_processor, context=context)


def _take(record: SQSRecord) -> None:
    metrics.add_metric("SubmissionsAsked", MetricUnit.Count, 1)
    received = int(record.attributes.approximate_receive_count)
    try:
        job = submissions().take(record.body, record.message_id, last=received >= queue.MOST_RECEIVED)
    except TokstackError as error:
        logger.warning("message failed", extra={"message_id": record.message_id, "cause": str(error)})
        metrics.add_metric("SubmissionsFailed", MetricUnit.Count, 1)
        queue.come_back(record.receipt_handle, received)
        raise
    logger.info("message taken", extra={"message_id": record.message_id, "job": job.id})
