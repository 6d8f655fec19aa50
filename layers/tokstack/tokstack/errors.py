"""The one error taxonomy. What status a code has, and in which shape it is answered, is `api`'s alone.

TokstackError           what a caller is told: a code, a sentence, sometimes when to come back
Fault                   one thing that is wrong with what a caller asked
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every error that an answer can carry, as named in the HTTP contracts."""

    MISSING_API_KEY = "missing_api_key"
    INVALID_API_KEY = "invalid_api_key"
    API_KEY_DISABLED = "api_key_disabled"
    API_KEY_EXPIRED = "api_key_expired"
    INSUFFICIENT_CREDITS = "insufficient_credits"
    VALIDATION_ERROR = "validation_error"
    POST_NOT_FOUND = "post_not_found"
    USER_NOT_FOUND = "user_not_found"
    AUDIO_NOT_FOUND = "audio_not_found"
    ITEM_NOT_FOUND = "item_not_found"
    JOB_NOT_FOUND = "job_not_found"
    ROUTE_NOT_FOUND = "route_not_found"
    POST_DELETED = "post_deleted"
    POST_PRIVATE = "post_private"
    ACCOUNT_PRIVATE = "account_private"
    AGE_RESTRICTED = "age_restricted"
    REGION_BLOCKED = "region_blocked"
    NOT_SLIDES = "not_slides"
    NO_POSTS = "no_posts"
    NO_AUDIO_TRACK = "no_audio_track"
    UNSUPPORTED_MEDIA = "unsupported_media"
    MEDIA_TOO_LARGE = "media_too_large"
    BODY_TOO_LARGE = "body_too_large"
    INVALID_MEDIA_TOKEN = "invalid_media_token"
    EXPIRED_MEDIA_TOKEN = "expired_media_token"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    RATE_LIMITED = "rate_limited"
    UPSTREAM_RATE_LIMITED = "upstream_rate_limited"
    UPSTREAM_CHALLENGE = "upstream_challenge"
    UPSTREAM_EMPTY = "upstream_empty"
    UPSTREAM_CHANGED = "upstream_changed"
    UPSTREAM_UNAVAILABLE = "upstream_unavailable"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    SERVICE_UNAVAILABLE = "service_unavailable"
    INTERNAL_ERROR = "internal_error"


# Failures of one upstream that say nothing about the thing asked for: the next one may know.
PASSING = frozenset(
    {
        Code.UPSTREAM_RATE_LIMITED,
        Code.UPSTREAM_CHALLENGE,
        Code.UPSTREAM_EMPTY,
        Code.UPSTREAM_CHANGED,
        Code.UPSTREAM_UNAVAILABLE,
        Code.UPSTREAM_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is at fault, which stands in the part of the request that `location` names."""

    field: str
    location: str
    expected: str


class TokstackError(Exception):
    """A failure that the caller is told about.

    `message` is for people and holds no secret; `retry_after` is in seconds; `faults` are those of a VALIDATION_ERROR,
    where they are told one by one.
    """

    def __init__(
        self, code: Code, message: str, *, retry_after: float | None = None, faults: Sequence[Fault] = ()
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.faults = tuple(faults)

    @property
    def passing(self) -> bool:
        """Whether another upstream may still answer; the opposite is final."""
        return self.code in PASSING
