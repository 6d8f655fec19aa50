"""Job tickets: who holds one may wait for one job's file until it expires (media/signing.py)."""

from tokstack.media import signing

_PURPOSE = b"job"


def issue(job_id: str, *, expires: float, secret: bytes) -> str:
    """A ticket for the job, good until `expires` (epoch seconds)."""
    return signing.issue(_PURPOSE, job_id, expires=expires, secret=secret)


def verify(ticket: str, *, now: float, secret: bytes) -> str:
    """The id of the job. Raises INVALID_MEDIA_TOKEN, EXPIRED_MEDIA_TOKEN."""
    return signing.verify(_PURPOSE, ticket, now=now, secret=secret)
