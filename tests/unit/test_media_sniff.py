"""A file's kind is read from its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.media.sniff import extension, media_type

FILES = {
    "video/mp4": [
        b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00",
        b"\x00\x00\x00\x1cftypmp42",
        b"\x00\x00\x00\x1cftypiso5",
    ],
    "video/quicktime": [b"\x00\x00\x00\x14ftypqt  \x00\x00"],
    "audio/mp4": [b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00"],
    "audio/mpeg": [b"ID3\x04\x00\x00", b"\xff\xfb\x90\x64", b"\xff\xf3\x44\xc4", b"\xff\xe3\x18\xc4"],
    "audio/aac": [b"\xff\xf1\x50\x80", b"\xff\xf9\x50\x80"],
    "image/jpeg": [b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\xff\xd8\xff\xe1"],
    "image/png": [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"],
    "image/webp": [b"RIFF\x24\x00\x00\x00WEBPVP8 "],
    "image/gif": [b"GIF89a\x01\x00", b"GIF87a\x01\x00"],
    "image/heic": [b"\x00\x00\x00\x18ftypheic\x00\x00", b"\x00\x00\x00\x18ftypmif1"],
    "image/avif": [b"\x00\x00\x00\x18ftypavif"],
    "audio/wav": [b"RIFF\x24\x00\x00\x00WAVEfmt "],
    "audio/ogg": [b"OggS\x00\x02"],
    "audio/flac": [b"fLaC\x00\x00\x00\x22"],
    "video/webm": [b"\x1aE\xdf\xa3\x01\x00\x00\x00"],
    "text/vtt": [b"WEBVTT\n\n", b"\xef\xbb\xbfWEBVTT - a title"],
}
OTHER = [
    b"",
    b"\xff",
    b"<!DOCTYPE html><html>",
    b'{"code":-1,"msg":"x"}',
    b"#EXTM3U\n",
    b"<?xml version",
    b"<svg xmlns=",
    b"RIFF\x24\x00\x00\x00AVI LIST",
    b"RIFF",
    b"1\r\n00:00:01,000 --> ",  # a subtitle of another kind
    b"\xff\xfe<\x00h\x00",  # UTF-16 text
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"\x47\x40\x00\x10",  # MPEG-TS
]
FAMILIES = ("video", "audio", "image", "text")
SOUND_ALONE = {"video/mp4": "audio/mp4", "video/webm": "audio/webm"}  # containers that often hold nothing else


@pytest.mark.parametrize(("named", "head"), [(named, head) for named, heads in FILES.items() for head in heads])
def test_each_kind_is_known_and_belongs_to_one_family(named: str, head: bytes) -> None:
    family = named.partition("/")[0]
    assert media_type(head, family) == named
    assert extension(named) not in ("", "bin")
    for other in set(FAMILIES) - {family}:
        expected = SOUND_ALONE.get(named) if other == "audio" else None
        assert media_type(head, other) == expected


@pytest.mark.parametrize("named", SOUND_ALONE.values())
def test_a_type_of_sound_has_an_extension_of_its_own(named: str) -> None:
    assert extension(named) not in ("", "bin", "mp4", "webm")


@pytest.mark.parametrize("head", OTHER)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_no_media_has_no_kind(head: bytes, family: str) -> None:
    assert media_type(head, family) is None


@given(st.text(min_size=1, max_size=16), st.sampled_from(FAMILIES))
def test_no_text_passes_for_media(text: str, family: str) -> None:
    head = text.encode()
    marks = ("GIF87a", "GIF89a", "ID3", "OggS", "fLaC", "WEBVTT", "\ufeffWEBVTT", "RIFF")
    if not text.startswith(marks) and head[4:8] != b"ftyp":
        assert media_type(head, family) is None
