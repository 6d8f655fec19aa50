"""Hashtags and mentions: as listed, else as written."""

import pytest

from tokstack.posts.normalise.captions import hashtags, mentions


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("a #fyp b #ForYou", ("fyp", "ForYou")),
        ("#fyp#Fyp #FYP", ("fyp",)),
        ("高铁#china #中国高铁🚅 ", ("china", "中国高铁")),
        ("#حب #شعر", ("حب", "شعر")),
        ("# alone, #", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_written_hashtags(caption: str | None, expected: tuple[str, ...]) -> None:
    assert hashtags((), caption) == expected


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("with @burgerking_es, @a.b.c.", ("burgerking_es", "a.b.c")),
        ("看@user中文", ("user",)),
        ("mail me@example.com", ()),
        ("@ @.", ()),
        (None, ()),
    ],
)
def test_written_mentions(caption: str | None, expected: tuple[str, ...]) -> None:
    assert mentions((), caption) == expected


def test_what_is_listed_stands_before_what_is_written() -> None:
    assert hashtags(["", None, "Gemini3", "gemini3", "中国高铁🚅"], "#other") == ("Gemini3", "中国高铁🚅")
    assert mentions([None, "someone"], "@other") == ("someone",)


def test_nothing_listed_leaves_what_is_written() -> None:
    assert hashtags(["", None], "#other") == ("other",)
