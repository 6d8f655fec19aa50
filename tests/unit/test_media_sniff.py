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
}
OTHER = [
    b"",
    b"\xff",
    b"<!DOCTYPE html><html>",
    b'{"code":-1,"msg":"x"}',
    b"#EXTM3U\n",
    b"<?xml version",
    b"<svg xmlns=",
    b"RIFF\x24\x00\x00\x00WAVEfmt ",
    b"\xff\xfe<\x00h\x00",  # UTF-16 text
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"\x47\x40\x00\x10",  # MPEG-TS
]
FAMILIES = ("video", "audio", "image")


@pytest.mark.parametrize(("named", "head"), [(named, head) for named, heads in FILES.items() for head in heads])
def test_each_kind_is_known_and_belongs_to_one_family(named: str, head: bytes) -> None:
    family = named.partition("/")[0]
    assert media_type(head, family) == named
    assert extension(named) not in ("", "bin")
    for other in set(FAMILIES) - {family}:
        if not (named == "video/mp4" and other == "audio"):
            assert media_type(head, other) is None


def test_sound_in_a_plain_iso_file_is_sound() -> None:
    assert media_type(FILES["video/mp4"][0], "audio") == "audio/mp4"


@pytest.mark.parametrize("head", OTHER)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_no_media_has_no_kind(head: bytes, family: str) -> None:
    assert media_type(head, family) is None


@given(st.text(min_size=1, max_size=16), st.sampled_from(FAMILIES))
def test_no_text_passes_for_media(text: str, family: str) -> None:
    head = text.encode()
    if not text.startswith(("GIF87a", "GIF89a", "ID3")) and head[4:8] != b"ftyp":
        assert media_type(head, family) is None
