"""The secret that signs media links, kept by Secrets Manager."""

from tokstack.config import settings
from tokstack.errors import Code, TokstackError

_KEPT = 300  # seconds; a changed secret is seen after that


def signing_secret() -> bytes:
    """Asked for once every few minutes; `service_unavailable` where it cannot be had."""
    from aws_lambda_powertools.utilities.parameters import get_secret
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        return get_secret(settings().signing_secret_arn, max_age=_KEPT).encode()
    except GetParameterError as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The signing secret cannot be had.", retry_after=1) from error
