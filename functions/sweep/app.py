"""Every few minutes: ends the jobs and gives back the charges that have no outcome."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.accounts import ledger
from tokstack.jobs.finish import finisher
from tokstack.observability import MetricUnit, logger, metrics
from tokstack.table import table


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 - a schedule says nothing
    jobs, charges = finisher().sweep(), ledger.sweep(table())
    metrics.add_metric(name="JobsSwept", unit=MetricUnit.Count, value=jobs)
    metrics.add_metric(name="ChargesSwept", unit=MetricUnit.Count, value=charges)
    logger.info("swept", extra={"jobs": jobs, "charges": charges})
