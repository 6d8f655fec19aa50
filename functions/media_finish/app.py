"""Last step of the media machine: {"job"} → the job has succeeded, its charge stands, and whoever listens is told."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.jobs import machine
from tokstack.observability import MetricUnit, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    logger.append_keys(job=event["job"])
    metrics.add_metric("JobsSucceeded", MetricUnit.Count, 1)
    machine.finish(event["job"])
