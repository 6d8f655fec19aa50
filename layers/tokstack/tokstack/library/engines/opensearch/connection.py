"""The way to a domain: signed where it is AWS's, and told as `service_unavailable` where it fails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, OpenSearchException, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

from tokstack.errors import Code, TokstackError
from tokstack.observability import logger

_SECONDS = 10.0  # of one request, where it does not say otherwise
_CONNECTIONS = 16
_AWS_DOMAIN = re.compile(r"\.([a-z0-9-]+)\.es\.amazonaws\.com(?:\.cn)?")


def client(url: str) -> OpenSearch:
    return OpenSearch(
        hosts=[url],
        http_auth=_signature(url),
        connection_class=Urllib3HttpConnection,
        pool_maxsize=_CONNECTIONS,
        timeout=_SECONDS,
        max_retries=1,
    )


@contextmanager
def answering() -> Iterator[None]:
    """Whatever a node answers but what was asked for is `service_unavailable`; why it did is logged."""
    try:
        yield
    except OpenSearchException as error:
        raise unavailable(str(error)) from error


def unavailable(reason: str) -> TokstackError:
    logger.warning("OpenSearch failed", extra={"reason": reason[:500]})
    return TokstackError(Code.SERVICE_UNAVAILABLE, "The library cannot be searched right now.", retry_after=1)


def _signature(url: str) -> Urllib3AWSV4SignerAuth | None:
    parts = urlsplit(url)
    region = _AWS_DOMAIN.search(parts.hostname or "")
    if parts.scheme != "https" or region is None:
        return None
    import boto3

    return Urllib3AWSV4SignerAuth(boto3.Session().get_credentials(), region[1], "es")
