"""Readers take anything and invent nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError
from tokstack.posts.normalise import fields

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (192100, 192100),
        ("1311", 1311),
        ("0", 0),
        ("", None),
        (None, None),
        (True, None),
        (-1, None),
        ("-1", None),
        ("1.5K", None),
        (1.5, None),
        ("٣", None),
        ("9" * 21, 10**21 - 1),
        ("9" * 22, None),
        (10**21, None),
        ([1], None),
    ],
)
def test_a_count_is_a_whole_number_or_its_digits(value: Any, expected: int | None) -> None:
    assert fields.integer(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(0, None), ("0", None), (720, 720), ("720", 720), ("", None)])
def test_a_size_of_zero_is_not_known(value: Any, expected: int | None) -> None:
    assert fields.positive(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Grüße #fyp ", "Grüße #fyp "),
        ("", None),
        (" \n", None),
        ("a\0b", "ab"),
        ("ä\0b", "äb"),
        ("\0", None),
        ("half \ud83d an emoji", "half  an emoji"),
        (7, None),
        (None, None),
    ],
)
def test_text_is_clean_or_none(value: Any, expected: str | None) -> None:
    assert fields.text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7320768196569599275, "7320768196569599275"),
        ("9223372036854775807", "9223372036854775807"),
        ("", None),
        ("abc", None),
        (None, None),
    ],
)
def test_an_id_is_digits(value: Any, expected: str | None) -> None:
    assert fields.identifier(value) == expected


def test_a_post_without_an_id_is_a_changed_shape() -> None:
    with pytest.raises(TokstackError) as raised:
        fields.post_id("")
    assert raised.value.code is Code.UPSTREAM_CHANGED


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(64, 1, 64.0), ("64", 1, 64.0), (12000, 1000, 12.0), (9.5, 1, 9.5), (0, 1, None), (-3.0, 1, None), ("", 1, None)],
)
def test_durations_are_seconds_and_zero_is_none(value: Any, unit: int, expected: float | None) -> None:
    assert fields.seconds(value, unit=unit) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), (1, True), (0, False), (2, None), ("true", None), (1.0, None), (None, None)],
)
def test_a_flag_is_yes_no_or_not_said(value: Any, expected: bool | None) -> None:
    assert fields.flag(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1762961788", datetime(2025, 11, 12, 15, 36, 28, tzinfo=UTC)),
        (1762961788, datetime(2025, 11, 12, 15, 36, 28, tzinfo=UTC)),
        (0, None),
        ("", None),
        (1762961788000, None),
    ],
)
def test_a_moment_is_in_seconds(value: Any, expected: datetime | None) -> None:
    assert fields.moment(value) == expected


def test_addresses_are_whole_and_each_is_there_once() -> None:
    given_urls = ["https://a/1", "//b/2", "", None, "https://a/1", "ftp://c/3", "d.jpeg", 4]
    assert fields.urls(given_urls, "http://e/5") == ("https://a/1", "https://b/2", "http://e/5")
    assert fields.first_url("", [], ["//b/2"], "https://a/1") == "https://b/2"
    assert fields.first_url("", None) is None


def test_dig_stops_at_the_first_missing_step() -> None:
    payload = {"a": {"b": "c"}}
    assert fields.dig(payload, "a", "b") == "c"
    assert fields.dig(payload, "a", "b", "c") is None
    assert fields.dig(payload, "x", "b") is None
    assert fields.dig(None, "a") is None


@given(ANYTHING)
def test_no_value_breaks_a_reader(value: Any) -> None:
    for read in (
        fields.mapping,
        fields.mappings,
        fields.text,
        fields.identifier,
        fields.integer,
        fields.positive,
        fields.seconds,
        fields.flag,
        fields.moment,
        fields.urls,
        fields.first_url,
    ):
        read(value)
