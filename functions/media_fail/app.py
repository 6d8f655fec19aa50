"""Where the media machine goes from any failure: {"job", "error"} → the job has failed, its credits are given back."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.jobs import machine
from tokstack.observability import MetricUnit, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.append_keys(job=event["job"])
    metrics.add_metric("JobsFailed", MetricUnit.Count, 1)
    return machine.fail(event["job"], event["error"])
