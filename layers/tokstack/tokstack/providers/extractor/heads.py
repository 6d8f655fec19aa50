"""What a file is by its first bytes, where a site gives one without a page around it."""

from yt_dlp.compat import imghdr
from yt_dlp.utils import is_html

_PREFIXES = {
    b"ID3": "audio/mpeg",
    b"fLaC": "audio/flac",
    b"OggS": "audio/ogg",
    b"\x1aE\xdf\xa3": "video/webm",
}
_PLAYLIST = b"#EXTM3U"


def media_type(head: bytes) -> str | None:
    """None where the bytes do not tell."""
    if image := imghdr.what(h=head):
        return f"image/{image}"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "image/avif" if brand == b"avif" else "audio/mp4" if brand == b"M4A " else "video/mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    return next((named for prefix, named in _PREFIXES.items() if head.startswith(prefix)), None)


def is_text(head: bytes) -> bool:
    """A page or a playlist, whatever its name says."""
    return bool(is_html(head)) or head.startswith(_PLAYLIST)
