"""The first picture of an animated WebP, which ffmpeg's decoder does not read. Pure (the container of RFC 9649)."""

from collections.abc import Iterator

_FILE_HEADER = 12  # RIFF, its size, WEBP
_FRAME_HEADER = 16  # of an ANMF: where the picture stands, and how long
_PICTURES = (b"VP8 ", b"VP8L")


def still(content: bytes) -> bytes | None:
    """A WebP of that picture alone, its transparency left out; None for what is not animated, or has no picture."""
    for kind, payload in _chunks(content[_FILE_HEADER:]):
        if kind == b"ANMF":
            pictures = (part for part in _chunks(payload[_FRAME_HEADER:]) if part[0] in _PICTURES)
            return next((_file(*picture) for picture in pictures), None)
    return None


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _file(kind: bytes, payload: bytes) -> bytes:
    padded = payload + b"\0" * (len(payload) % 2)
    body = b"WEBP" + kind + len(payload).to_bytes(4, "little") + padded
    return b"RIFF" + len(body).to_bytes(4, "little") + body
