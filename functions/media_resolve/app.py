"""First step of the media machine: {"job"} → which files the job needs, and whether they are then converted."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.jobs import machine
from tokstack.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.append_keys(job=event["job"])
    return machine.resolve(event["job"])
