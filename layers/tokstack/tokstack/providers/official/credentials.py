"""A client's key and secret, a SecureString of Parameter Store: {"client_key": "…", "client_secret": "…"}."""

from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from tokstack.errors import Code, TokstackError

_KEPT = 300  # seconds; a changed secret is seen after that


class _Written(BaseModel):
    client_key: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Credentials:
    key: str
    secret: str = field(repr=False)


def credentials(parameter: str) -> Credentials:
    """Asked for once every few minutes; `service_unavailable` where they cannot be had."""
    from aws_lambda_powertools.utilities.parameters import get_parameter
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        written = _Written.model_validate_json(get_parameter(parameter, decrypt=True, max_age=_KEPT))
    except GetParameterError as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, f"The parameter {parameter} cannot be had.") from error
    except ValidationError:  # which would tell what is in it
        raise TokstackError(
            Code.SERVICE_UNAVAILABLE, f"The parameter {parameter} is no JSON with client_key and client_secret."
        ) from None
    return Credentials(written.client_key, written.client_secret)
