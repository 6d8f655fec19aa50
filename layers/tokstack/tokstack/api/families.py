"""What each family of routes answers: the status of every error, and the shapes of success and failure.

Posts…                  /api/tiktok…
Media…                  /api/download, /api/convert…, /media…, and a job's file
Library…                /v1/tiktok/library…, /v1/shops…
Social…                 /v1/tiktok…, but for the library
Rpc…                    /mcp
Service…                /v1… and everything else
failure_at              the failure shape that a path's family has

POST_ERRORS             what may stand against a post, whoever asks for it
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from tokstack.api.dates import Moment
from tokstack.errors import PASSING, Code, TokstackError

STATUS: Mapping[Code, HTTPStatus] = {
    Code.MISSING_API_KEY: HTTPStatus.UNAUTHORIZED,
    Code.INVALID_API_KEY: HTTPStatus.UNAUTHORIZED,
    Code.API_KEY_DISABLED: HTTPStatus.FORBIDDEN,
    Code.API_KEY_EXPIRED: HTTPStatus.FORBIDDEN,
    Code.INSUFFICIENT_CREDITS: HTTPStatus.PAYMENT_REQUIRED,
    Code.VALIDATION_ERROR: HTTPStatus.BAD_REQUEST,
    Code.POST_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.USER_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.AUDIO_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.ITEM_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.JOB_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.ROUTE_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.POST_DELETED: HTTPStatus.GONE,
    Code.POST_PRIVATE: HTTPStatus.FORBIDDEN,
    Code.ACCOUNT_PRIVATE: HTTPStatus.FORBIDDEN,
    Code.AGE_RESTRICTED: HTTPStatus.FORBIDDEN,
    Code.REGION_BLOCKED: HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    Code.NOT_SLIDES: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.NO_POSTS: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.NO_AUDIO_TRACK: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.UNSUPPORTED_MEDIA: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.MEDIA_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.INVALID_MEDIA_TOKEN: HTTPStatus.FORBIDDEN,
    Code.EXPIRED_MEDIA_TOKEN: HTTPStatus.FORBIDDEN,
    Code.IDEMPOTENCY_CONFLICT: HTTPStatus.CONFLICT,
    Code.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Code.UPSTREAM_RATE_LIMITED: HTTPStatus.BAD_GATEWAY,
    Code.UPSTREAM_CHALLENGE: HTTPStatus.BAD_GATEWAY,
    Code.UPSTREAM_EMPTY: HTTPStatus.BAD_GATEWAY,
    Code.UPSTREAM_CHANGED: HTTPStatus.BAD_GATEWAY,
    Code.UPSTREAM_UNAVAILABLE: HTTPStatus.BAD_GATEWAY,
    Code.UPSTREAM_TIMEOUT: HTTPStatus.GATEWAY_TIMEOUT,
    Code.SERVICE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.INTERNAL_ERROR: HTTPStatus.INTERNAL_SERVER_ERROR,
}


# Those that always say when to come back, in Retry-After.
COME_BACK = frozenset({Code.RATE_LIMITED, Code.SERVICE_UNAVAILABLE})

POST_ERRORS = (
    Code.POST_NOT_FOUND,
    Code.POST_DELETED,
    Code.POST_PRIVATE,
    Code.ACCOUNT_PRIVATE,
    Code.AGE_RESTRICTED,
    Code.REGION_BLOCKED,
    *sorted(PASSING),
)


class Shape(BaseModel):
    """A body. Its schema is built at its first use: INIT is billed."""

    model_config = ConfigDict(frozen=True, defer_build=True, json_schema_serialization_defaults_required=True)


Data = TypeVar("Data", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a body says of the exchange that it is part of."""

    service: str  # the deployment's name
    base_url: str
    request_id: str
    now: datetime

    @property
    def docs(self) -> str:
        return f"{self.base_url}/docs"


class Failure(Shape, ABC):
    """A family's error body."""

    @classmethod
    @abstractmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self: ...

    @classmethod
    def http_status(cls, code: Code) -> HTTPStatus:
        return STATUS[code]

    @classmethod
    def code_name(cls, code: Code) -> str:
        """What the family calls it."""
        return code.value


# --------------------------------------------------------------------- Posts
class PostsSuccess(Shape, Generic[Data]):
    author: str
    code: Literal[200] = 200
    data: Data
    docs: str
    server_time: Moment
    status: Literal["success"] = "success"

    @classmethod
    def of(cls, data: Data, exchange: Exchange) -> Self:
        return cls(author=exchange.service, data=data, docs=exchange.docs, server_time=exchange.now)


class PostsFailure(Failure):
    author: str
    code: int
    docs: str
    message: str
    server_time: Moment
    status: Literal["failed"] = "failed"
    error: Code
    request_id: str

    @classmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self:
        return cls(
            author=exchange.service,
            code=STATUS[error.code],
            docs=exchange.docs,
            message=error.message,
            server_time=exchange.now,
            error=error.code,
            request_id=exchange.request_id,
        )


# --------------------------------------------------------------------- Media
class MediaFailure(Failure):
    error: str
    code: Code
    request_id: str

    @classmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self:
        message = _MEDIA_MESSAGES.get(error.code, error.message)
        return cls(error=message, code=error.code, request_id=exchange.request_id)


# What clients of this family compare with; the third one, "Missing URL", is in `media_body.py`.
_MEDIA_MESSAGES: Mapping[Code, str] = {
    Code.MISSING_API_KEY: "Invalid API token",
    Code.INVALID_API_KEY: "Invalid API token",
    Code.INSUFFICIENT_CREDITS: "Insufficient credits",
}


# ------------------------------------------------------------------- Service
class ServiceSuccess(Shape, Generic[Data]):
    data: Data


class ServiceError(Shape):
    code: Code
    message: str
    request_id: str = Field(serialization_alias="requestId")


class ServiceFailure(Failure):
    error: ServiceError

    @classmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self:
        message = _SERVICE_MESSAGES.get(error.code, error.message)
        return cls(error=ServiceError(code=error.code, message=message, request_id=exchange.request_id))


# What clients of this family compare with.
_SERVICE_MESSAGES: Mapping[Code, str] = {
    Code.MISSING_API_KEY: "Provide an API key using Authorization: Bearer <api_key>.",
    Code.INVALID_API_KEY: "Invalid API key.",
}


# ------------------------------------------------------------------- Library
class LibrarySuccess(Shape, Generic[Data]):
    request_id: str = Field(serialization_alias="requestId")
    data: Data


class Pagination(Shape):
    page: int
    limit: int
    total: int = Field(description="How many there are in all: exactly.")
    total_pages: int = Field(serialization_alias="totalPages")


class LibraryPage(Shape, Generic[Data]):
    request_id: str = Field(serialization_alias="requestId")
    data: tuple[Data, ...]
    pagination: Pagination


class ValidationFault(Shape):
    field: str = Field(description="Where it stands in the request.")
    location: str = Field(description="`query-string` or `body`.")
    expected: tuple[str, ...]


class LibraryDetails(Shape):
    validation_errors: tuple[ValidationFault, ...] = Field(serialization_alias="validationErrors")


class LibraryError(ServiceError):
    details: LibraryDetails | None = Field(None, exclude_if=lambda details: details is None)


class LibraryFailure(Failure):
    """The service routes', with the faults of a `validation_error` one by one."""

    error: LibraryError

    @classmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self:
        faults = [
            ValidationFault(field=fault.field, location=fault.location, expected=(fault.expected,))
            for fault in error.faults
        ]
        told = ServiceFailure.of(error, exchange).error
        details = LibraryDetails(validation_errors=tuple(faults)) if faults else None
        return cls(error=LibraryError(**dict(told), details=details))


# -------------------------------------------------------------------- Social
class SocialSuccess(Shape, Generic[Data]):
    data: Data


class SocialError(Shape):
    code: str
    message: str


class SocialFailure(Failure):
    """It tells what is not there, or not for everyone, in one word, and every upstream's failure in another."""

    errors: tuple[SocialError]
    data: None = None

    @classmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self:  # noqa: ARG003 - the family tells nothing of it
        message = _SOCIAL_MESSAGES.get(error.code, error.message)
        return cls(errors=(SocialError(code=cls.code_name(error.code), message=message),))

    @classmethod
    def http_status(cls, code: Code) -> HTTPStatus:
        return HTTPStatus.NOT_FOUND if code in _SOCIAL_NOT_FOUND else STATUS[code]

    @classmethod
    def code_name(cls, code: Code) -> str:
        return "not_found" if code in _SOCIAL_NOT_FOUND else _SOCIAL_NAMES.get(code, code.value)


_SOCIAL_NOT_FOUND = frozenset(
    {
        *(Code.POST_NOT_FOUND, Code.USER_NOT_FOUND, Code.AUDIO_NOT_FOUND, Code.ITEM_NOT_FOUND, Code.JOB_NOT_FOUND),
        *(Code.POST_DELETED, Code.POST_PRIVATE, Code.ACCOUNT_PRIVATE),
    }
)
_SOCIAL_NAMES: Mapping[Code, str] = {
    Code.INSUFFICIENT_CREDITS: "credits_exhausted",
    Code.BODY_TOO_LARGE: Code.VALIDATION_ERROR.value,
    **dict.fromkeys(PASSING, "platform_error"),
}
_SOCIAL_MESSAGES: Mapping[Code, str] = {
    Code.MISSING_API_KEY: "Missing or malformed API key",
    Code.INVALID_API_KEY: "Invalid API key",
    Code.INSUFFICIENT_CREDITS: "Credits exhausted",
    Code.ROUTE_NOT_FOUND: "Route not found",
    Code.BODY_TOO_LARGE: "Request body too large",
    **dict.fromkeys(_SOCIAL_NOT_FOUND, "Not found"),
}


# ----------------------------------------------------------------------- MCP
class RpcError(Shape):
    code: int
    message: str
    data: dict[str, str]


class RpcFailure(Failure):
    """JSON-RPC's, for what is no message at all; what a tool refuses is in its answer."""

    jsonrpc: Literal["2.0"] = "2.0"
    id: None = None
    error: RpcError

    @classmethod
    def of(cls, error: TokstackError, exchange: Exchange) -> Self:
        number = _INVALID_REQUEST if STATUS[error.code] < HTTPStatus.INTERNAL_SERVER_ERROR else _INTERNAL_ERROR
        data = {"code": error.code.value, "requestId": exchange.request_id}
        return cls(error=RpcError(code=number, message=error.message, data=data))


_INVALID_REQUEST, _INTERNAL_ERROR = -32600, -32603


_BY_PATH: tuple[tuple[re.Pattern[str], type[Failure]], ...] = (
    (re.compile(r"/api/tiktok"), PostsFailure),
    (re.compile(r"/v1/(?:tiktok/library|shops)(?:/|$)"), LibraryFailure),
    (re.compile(r"/v1/tiktok(?:/|$)"), SocialFailure),
    (re.compile(r"/mcp$"), RpcFailure),
    (re.compile(r"/api/(?:download|convert)|/media|/v1/jobs/[^/]+/file$"), MediaFailure),
)


def failure_at(path: str) -> type[Failure]:
    return next((shape for form, shape in _BY_PATH if form.match(path)), ServiceFailure)
