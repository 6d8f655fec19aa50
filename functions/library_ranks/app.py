"""Twice a day: every profile's snapshot and standing. What one call does not get to, it leaves to another one."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.library.ranking import again, ranking
from tokstack.observability import MetricUnit, logger, metrics

_MARGIN = 60_000  # milliseconds, for the profiles that are being ranked then


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """A run goes by the id of the schedule's event: when that is delivered again, the same run goes on."""
    run: str = event.get("run") or event["id"]
    done = ranking().run(run, lambda: context.get_remaining_time_in_millis() > _MARGIN)
    metrics.add_metric(name="ProfilesRanked", unit=MetricUnit.Count, value=done.profiles)
    logger.info("ranked", extra={"run": run, "profiles": done.profiles, "whole": done.whole})
    if not done.whole:
        again(context.function_name, run)
