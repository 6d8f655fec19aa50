"""Media tokens: who holds one may have one file of one post until it expires, and nothing else (signing.py)."""

from tokstack.media import signing
from tokstack.media.source import Source

_PURPOSE = b"media"


def issue(source: Source, *, expires: float, secret: bytes) -> str:
    """A token for `source`, good until `expires` (epoch seconds)."""
    return signing.issue(_PURPOSE, source.path, expires=expires, secret=secret)


def verify(token: str, *, now: float, secret: bytes) -> Source:
    """What the token names. Raises INVALID_MEDIA_TOKEN, EXPIRED_MEDIA_TOKEN."""
    return Source(*signing.verify(_PURPOSE, token, now=now, secret=secret).split("/"))
