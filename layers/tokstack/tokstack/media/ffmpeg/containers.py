"""Which of ffmpeg's demuxers may read a file, by its first bytes. What is not listed is not read at all."""

HEAD_BYTES = 64 << 10  # an MP3's ID3 tag may stand before its first frame, with a picture in it

ISO = "mov"  # MP4, M4A, MOV
TS = "mpegts"
WEBP = "webp_pipe"
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"styp", b"free", b"skip", b"wide"})
_STILLS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_PREFIXES = {
    b"\xff\xd8\xff": "jpeg_pipe",
    b"\x89PNG\r\n\x1a\n": "png_pipe",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"\x1aE\xdf\xa3": "matroska",
}
_RIFF = {b"WAVE": "wav", b"WEBP": WEBP}
# The first 16 bits of a bare audio frame: mask, value (ISO/IEC 13818-7, 6.2; 11172-3, 2.4.1.3, layer III).
_FRAMES = ((0xFFF6, 0xFFF0, "aac"), (0xFFE6, 0xFFE2, "mp3"))
_TS_PACKET = 188
_ID3_HEADER = 10


def demuxer(head: bytes) -> str | None:
    """Of a file that begins with `head` (HEAD_BYTES of it, or all); None for what is no media that is read."""
    for prefix, named in _PREFIXES.items():
        if head.startswith(prefix):
            return named
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] in _BOXES:
        return None if head[4:8] == b"ftyp" and head[8:12] in _STILLS else ISO
    if head[:1] == b"G" and head[_TS_PACKET : _TS_PACKET + 1] == b"G":
        return TS
    if head[:3] == b"ID3":
        return _frame(head[_tag_end(head) :]) or "mp3"
    return _frame(head)


def _tag_end(head: bytes) -> int:
    """Where an ID3v2 tag ends; its size is written in four times seven bits."""
    size = 0
    for byte in head[6:_ID3_HEADER]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER + size


def _frame(head: bytes) -> str | None:
    first = int.from_bytes(head[:2], "big")
    return next((named for mask, value, named in _FRAMES if first & mask == value), None)
