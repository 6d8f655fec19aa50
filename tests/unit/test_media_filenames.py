"""A file's name: safe on every system, and read back by who reads headers."""

import re
import unicodedata
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.media.filenames import content_disposition, filename

ID = "7318517321748022531"
# RFC 6266, section 4.1: a quoted-string of ASCII, and RFC 8187's ext-value.
HEADER = re.compile(
    r"(?:attachment|inline); filename=\"(?P<plain>[ !#-\[\]-~]+)\"; "
    r"filename\*=UTF-8''(?P<coded>(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+)"
)
ANY = (
    st.text() | st.text(alphabet="\0\r\n\"'/\\..;%*<>|?:\u202e\u200b\u2028é́日🍮 ", max_size=300) | st.text(min_size=200)
)


@pytest.mark.parametrize(
    ("title", "name", "plain"),
    [
        (
            "Sourdough in one minute #baking",
            "Sourdough in one minute #baking.mp4",
            "Sourdough in one minute #baking.mp4",
        ),
        ("Crème brûlée 🍮", "Crème brûlée 🍮.mp4", "Creme brulee _.mp4"),
        ("日本語", "日本語.mp4", "file.mp4"),
        ("a/b\\c", "a b c.mp4", "a b c.mp4"),
        ("../../etc/passwd", "etc passwd.mp4", "etc passwd.mp4"),
        ('say "hi"', "say hi.mp4", "say hi.mp4"),
        ("one\r\nSet-Cookie: a=b", "one Set-Cookie a=b.mp4", "one Set-Cookie a=b.mp4"),
        ("a\u202egpj.exe", "a gpj.exe.mp4", "a gpj.exe.mp4"),
        ("a; filename=b", "a; filename=b.mp4", "a_ filename=b.mp4"),
        ("100%41", "100 41.mp4", "100 41.mp4"),
        ("e\u0301", "é.mp4", "e.mp4"),
        (".hidden.", "hidden.mp4", "hidden.mp4"),
        (None, f"{ID}.mp4", f"{ID}.mp4"),
        ("", f"{ID}.mp4", f"{ID}.mp4"),
        (" . / \u200b ", f"{ID}.mp4", f"{ID}.mp4"),
        ("é" * 100, "é" * 60 + ".mp4", "e" * 60 + ".mp4"),
    ],
)
def test_a_title_and_its_name(title: str | None, name: str, plain: str) -> None:
    assert filename(title, "mp4", otherwise=ID) == name
    header = HEADER.fullmatch(content_disposition(name))
    assert header
    assert (header["plain"], unquote(header["coded"])) == (plain, name)


def test_it_is_saved_or_shown() -> None:
    assert content_disposition("a.mp3") == "attachment; filename=\"a.mp3\"; filename*=UTF-8''a.mp3"
    assert content_disposition("a.mp3", "inline").startswith("inline; ")


@given(ANY)
def test_every_name_is_safe(title: str) -> None:
    name = filename(title, "mp3", otherwise=ID)
    stem = name.removesuffix(".mp3")
    assert 0 < len(stem.encode()) <= 120
    assert stem == stem.strip(" .")
    assert not set(stem) & set("/\\\"'`<>:|?*%")
    assert not {unicodedata.category(character) for character in stem} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert filename(stem, "mp3", otherwise=ID) == name


@given(ANY)
def test_every_header_is_read_back(title: str) -> None:
    name = filename(title, "mp3", otherwise=ID)
    value = content_disposition(name)
    header = HEADER.fullmatch(value)
    assert header
    assert unquote(header["coded"], errors="strict") == name
    assert len(value) < 600
    message = Message()
    message["Content-Disposition"] = value
    kind, *names = message.get_params(header="Content-Disposition") or []
    assert kind == ("attachment", "")
    assert [(key, collapse_rfc2231_value(said)) for key, said in names] == [
        ("filename", header["plain"]),
        ("filename", name),
    ]
