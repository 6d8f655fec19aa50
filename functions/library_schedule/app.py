"""Every quarter of an hour: whatever is tracked and due is sent to be read anew."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.library.dispatch import dispatch
from tokstack.library.queues import refresh_queue
from tokstack.library.tracking import tracking
from tokstack.observability import MetricUnit, logger, metrics


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 - a schedule says nothing
    begun = dispatch(tracking(), refresh_queue())
    metrics.add_metric(name="RefreshesBegun", unit=MetricUnit.Count, value=begun)
    logger.info("dispatched", extra={"begun": begun})
