"""Third step of the media machine: {"job"} → the job's result, made of its files with ffmpeg, is in storage."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.jobs import machine
from tokstack.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    logger.append_keys(job=event["job"])
    machine.convert(event["job"], context.get_remaining_time_in_millis() / 1000)
