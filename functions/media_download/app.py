"""Brings one file of a post or page into storage.

Begun by functions/media, which waits for the file and not for an answer, and by the media machine as its second step.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokstack.errors import TokstackError
from tokstack.jobs import machine
from tokstack.media.fetch import fetcher
from tokstack.media.source import Source
from tokstack.media.storage import Stored
from tokstack.observability import MetricUnit, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    source = Source(event["site"], event["post_id"], event["rendition"])
    logger.append_keys(source=source.path, job=event.get("job"))
    metrics.add_metric("MediaAsked", MetricUnit.Count, 1)
    try:
        stored = _stored(event, source)
    except TokstackError as error:  # noted for those who wait; not a fault of this function
        logger.warning("media refused", extra={"code": error.code, "cause": error.message})
        metrics.add_metric("MediaRefused", MetricUnit.Count, 1)
    else:
        _observe(stored)


def _stored(event: dict[str, Any], source: Source) -> Stored | None:
    """None where another worker is at it, and nobody's job waits."""
    if "job" in event:
        return machine.download(event["job"], source, event["part"])
    return fetcher().fetch(source)


def _observe(stored: Stored | None) -> None:
    if stored:
        logger.info("media in storage", extra={"media_type": stored.media_type, "bytes": stored.size})
        metrics.add_metric("MediaStored", MetricUnit.Count, 1)
        metrics.add_metric("MediaBytes", MetricUnit.Bytes, stored.size)
