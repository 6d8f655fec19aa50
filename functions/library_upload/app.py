"""Objects put at uploads/library/{name} in the bucket: each is taken into the library."""

from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.data_classes import S3Event
from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.library.uploads import uploads
from tokstack.observability import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    for record in S3Event(event).records:
        key = unquote_plus(record.s3.get_object.key)
        logger.append_keys(upload=key)
        uploads().take(key, lambda: context.get_remaining_time_in_millis() / 1000)
