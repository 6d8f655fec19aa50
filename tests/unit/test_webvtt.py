"""WebVTT as cues, and the languages of subtitles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.posts.languages import matching, tag
from tokstack.posts.models import Subtitle
from tokstack.posts.webvtt import Cue, cues, is_webvtt

WHOLE = """\ufeffWEBVTT - a title

NOTE
a comment --> of two lines

STYLE
::cue { color: red }

1
00:00:00.240 --> 00:00:01.880 align:start position:0%
<v Ana>¡Hola &amp; bienvenidos!</v>

00:01.900 --> 00:02.500
二行
<c.loud>ある</c>

01:00:00.000 --> 01:00:01.000
"""


def test_cues() -> None:
    assert cues(WHOLE) == (
        Cue(start=0.24, end=1.88, text="¡Hola & bienvenidos!"),
        Cue(start=1.9, end=2.5, text="二行\nある"),
        Cue(start=3600, end=3601, text=""),
    )


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_end_in_any_way(end: str) -> None:
    assert cues(WHOLE.replace("\n", end)) == cues(WHOLE)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("WEBVTT", True),
        ("WEBVTT\n", True),
        ("\ufeffWEBVTT x", True),
        ("WEBVTTx", False),
        ("", False),
        ("<html>", False),
    ],
)
def test_what_is_webvtt(text: str, *, is_one: bool) -> None:
    assert is_webvtt(text) == is_one


@pytest.mark.parametrize(
    "times", ["0:00.000 --> 00:01.000", "00:00.000 -> 00:01.000", "00:00,000 --> 00:01,000", "-->"]
)
def test_what_is_no_cue_is_passed_over(times: str) -> None:
    assert cues(f"WEBVTT\n\n{times}\nsaid\n\n00:02.000 --> 00:03.000\nheard") == (Cue(start=2, end=3, text="heard"),)


@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r<>&", exclude_categories=["Cs"]), min_size=1), max_size=5)
)
def test_every_script_survives(lines: list[str]) -> None:
    said = [line for line in lines if line.strip("\n")]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:01.000 --> 00:02.000\n{line}" for line in said)
    assert [cue.text for cue in cues(text)] == said


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(cue.end >= 0 for cue in cues(text))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("eng-US", "en-US"),
        ("spa-ES", "es-ES"),
        ("ind-ID", "id-ID"),
        ("cmn-Hans-CN", "cmn-Hans-CN"),
        ("zh-Hans", "zh-Hans"),
        ("en", "en"),
        ("ENG_us", "en-us"),
        ("no language", "no language"),
    ],
)
def test_tags(name: str, expected: str) -> None:
    assert tag(name) == expected


def subtitle(language: str, source: str) -> Subtitle:
    return Subtitle(language=language, url=f"https://v16.example/{language}/{source}", format="webvtt", source=source)


SUBTITLES = (subtitle("eng-US", "MT"), subtitle("spa-ES", "ASR"), subtitle("spa-MX", "MT"), subtitle("spa-ES", "MT"))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (None, ("spa-ES", "ASR")),
        ("en", ("eng-US", "MT")),
        ("EN-us", ("eng-US", "MT")),
        ("eng", ("eng-US", "MT")),
        ("es", ("spa-ES", "ASR")),
        ("es-MX", ("spa-MX", "MT")),
        ("es-AR", None),
        ("fr", None),
    ],
)
def test_who_asks_for_a_language_gets_it(language: str | None, expected: tuple[str, str] | None) -> None:
    found = matching(SUBTITLES, language)
    assert (found and (found.language, found.source)) == expected


def test_what_is_spoken_is_no_translation() -> None:
    assert matching(SUBTITLES[:1], None) is None
