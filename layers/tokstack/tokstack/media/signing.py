"""Signed claims: who holds one may do what it says until it expires, and nothing else.

A claim is base64url, unpadded, of

    version     1 byte
    expires     4 bytes, epoch seconds, big-endian
    text        ASCII
    signature   16 bytes: HMAC-SHA256 of the purpose and all of the above, cut in half (RFC 2104, section 5)
"""

import binascii
import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from tokstack.errors import Code, TokstackError

_VERSION = 1
_HEADER = struct.Struct(">BI")
_SIGNATURE_BYTES = 16
_LONGEST = 256  # characters; ours have fewer than 100

FORM = f"^[A-Za-z0-9_-]{{1,{_LONGEST}}}$"  # of a claim, as a pattern of JSON Schema


def issue(purpose: bytes, text: str, *, expires: float, secret: bytes) -> str:
    """A claim of `text`, good until `expires` (epoch seconds)."""
    claim = _HEADER.pack(_VERSION, int(expires)) + text.encode("ascii")
    return _encode(claim + _sign(purpose, claim, secret))


def verify(purpose: bytes, token: str, *, now: float, secret: bytes) -> str:
    """What was claimed. Raises INVALID_MEDIA_TOKEN unless it is ours to the last bit, then EXPIRED_MEDIA_TOKEN."""
    raw = _decode(token)
    claim, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign(purpose, claim, secret)):
        raise _invalid()
    version, expires = _HEADER.unpack_from(claim)
    if version != _VERSION:
        raise _invalid()
    if expires <= now:
        raise TokstackError(Code.EXPIRED_MEDIA_TOKEN, "This link has expired: ask for it again.")
    return claim[_HEADER.size :].decode("ascii")


def _sign(purpose: bytes, claim: bytes, secret: bytes) -> bytes:
    # The first word keeps a signature made for one purpose from passing for another's.
    return hmac.digest(secret, purpose + claim, hashlib.sha256)[:_SIGNATURE_BYTES]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(token: str) -> bytes:
    if len(token) > _LONGEST or not token.isascii():
        raise _invalid()
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error as error:
        raise _invalid() from error
    # base64 skips foreign characters and ignores spare bits: only the one spelling that was issued is ours.
    if len(raw) < _HEADER.size + _SIGNATURE_BYTES or _encode(raw) != token:
        raise _invalid()
    return raw


def _invalid() -> TokstackError:
    return TokstackError(Code.INVALID_MEDIA_TOKEN, "This is not a link of this service.")
