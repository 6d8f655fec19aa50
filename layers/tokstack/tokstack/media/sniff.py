"""What a file is, by its first bytes. An upstream's own word for it is not asked."""

HEAD_BYTES = 16  # as many as are looked at

_PREFIXES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"ID3": "audio/mpeg",
    b"OggS": "audio/ogg",
    b"fLaC": "audio/flac",
    b"\x1aE\xdf\xa3": "video/webm",
    b"WEBVTT": "text/vtt",
    b"\xef\xbb\xbfWEBVTT": "text/vtt",
}
# What a RIFF file holds.
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
# Containers of picture and sound that often hold sound alone.
_SOUND_ALONE = {"video/mp4": "audio/mp4", "video/webm": "audio/webm"}
# The major brand of an ISO media file (mp4ra.org); what is not listed is video.
_BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"avif": "image/avif",
    b"avis": "image/avif",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
}
# The first 16 bits of a bare audio frame: mask, value (ISO/IEC 13818-7, 6.2; 11172-3, 2.4.1.3, layer III).
_FRAMES = (
    (0xFFF6, 0xFFF0, "audio/aac"),
    (0xFFE6, 0xFFE2, "audio/mpeg"),
)
_EXTENSIONS = {
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "text/vtt": "vtt",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
}


def media_type(head: bytes, family: str) -> str | None:
    """The media type of a file of `family` (video, audio, image or text) that begins with `head`.

    None for anything else: another family, or no media at all (HTML, JSON, nothing).
    """
    found = _media_type(head)
    if family == "audio":
        found = _SOUND_ALONE.get(found or "", found)  # many an m4a bears a plain ISO brand
    return found if found and found.startswith(f"{family}/") else None


def extension(media_type: str) -> str:
    """Of a type that `media_type` names, without the dot."""
    return _EXTENSIONS.get(media_type, "bin")


def _media_type(head: bytes) -> str | None:
    for prefix, named in _PREFIXES.items():
        if head.startswith(prefix):
            return named
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    first = int.from_bytes(head[:2], "big")
    return next((named for mask, value, named in _FRAMES if first & mask == value), None)
