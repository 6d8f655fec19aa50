"""What an upstream answers for a file, on its way into storage: bounded, whole, and only if it is media."""

from collections.abc import Callable

import httpx

from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.media import sniff

Progress = Callable[[float], None]  # 0 to 1

_FAMILIES = ("video", "audio", "image")


def silent(_: float) -> None:
    """The progress of what nobody watches."""


class Body:
    """An answer's bytes as a file: an error unless all that was promised has come."""

    def __init__(self, response: httpx.Response, max_bytes: int, progress: Progress = silent) -> None:
        self.size = 0
        self._chunks = response.iter_bytes()
        self._promised = response.headers.get("Content-Length")
        self._max_bytes = max_bytes
        self._progress = progress
        self._buffer = bytearray()
        if self._promised and int(self._promised) > max_bytes:
            raise too_large(max_bytes)

    def head(self) -> bytes:
        """The first bytes, which `read` gives again."""
        self._fill(sniff.HEAD_BYTES)
        return bytes(self._buffer[: sniff.HEAD_BYTES])

    def read(self, size: int, /) -> bytes:
        self._fill(size)
        with memoryview(self._buffer) as whole:
            taken = bytes(whole[:size])
        del self._buffer[:size]
        return taken

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                if self._promised and self.size != int(self._promised):
                    raise TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream broke off in the middle of the file.")
                return
            self.size += len(chunk)
            if self.size > self._max_bytes:
                raise too_large(self._max_bytes)
            if self._promised:
                self._progress(self.size / max(1, int(self._promised)))
            self._buffer += chunk


def checked(head: bytes, family: str) -> str:
    """The media type of a file of `family` that begins so. Raises UPSTREAM_EMPTY, UPSTREAM_CHANGED."""
    if not head:
        raise TokstackError(Code.UPSTREAM_EMPTY, "The upstream gave an empty file.")
    media_type = sniff.media_type(head, family)
    if not media_type:
        raise TokstackError(Code.UPSTREAM_CHANGED, f"The upstream gave something other than {family}.")
    return media_type


def any_media(head: bytes) -> str:
    """The media type of whatever video, sound or image begins so. Raises UNSUPPORTED_MEDIA."""
    if not head:
        raise TokstackError(Code.UNSUPPORTED_MEDIA, "This file is empty.")
    for family in _FAMILIES:
        if media_type := sniff.media_type(head, family):
            return media_type
    raise TokstackError(Code.UNSUPPORTED_MEDIA, "This is no video, sound or image that is known here.")


def ours(error: httpx.HTTPError, max_bytes: int) -> TokstackError:
    """What went wrong on the way, as a caller is told."""
    if isinstance(error, outbound.RefusedError) and error.reason is outbound.Reason.BYTES:
        return too_large(max_bytes)
    if outbound.is_timeout(error):
        return TokstackError(Code.UPSTREAM_TIMEOUT, "The upstream took too long to give this file.")
    return TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream could not be read.")


def too_large(max_bytes: int) -> TokstackError:
    return TokstackError(Code.MEDIA_TOO_LARGE, f"This file has more than {max_bytes} bytes.")
