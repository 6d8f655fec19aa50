"""Fetches one file of a post into storage. Begun by functions/media; nobody waits for its answer, only for the file."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.errors import TokstackError
from tokstack.media.fetch import fetcher
from tokstack.media.source import Source
from tokstack.observability import MetricUnit, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    source = Source(event["site"], event["post_id"], event["rendition"])
    logger.append_keys(source=source.path)
    metrics.add_metric("MediaAsked", MetricUnit.Count, 1)
    try:
        stored = fetcher().fetch(source)
    except TokstackError as error:  # noted for those who wait; not a fault of this function
        logger.warning("media refused", extra={"code": error.code, "cause": error.message})
        metrics.add_metric("MediaRefused", MetricUnit.Count, 1)
        return
    if stored:
        logger.info("media in storage", extra={"media_type": stored.media_type, "bytes": stored.size})
        metrics.add_metric("MediaStored", MetricUnit.Count, 1)
        metrics.add_metric("MediaBytes", MetricUnit.Bytes, stored.size)
