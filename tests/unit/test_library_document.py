"""What follows from a document alone."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.library.document import Document, days_running, engagement_rate
from tokstack.library.item import Item, Metrics

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COUNTS = st.none() | st.integers(0, 10**15) | st.integers(0, 20)


@pytest.mark.parametrize(
    ("metrics", "rate"),
    [
        ({}, None),
        ({"likes": 5}, None),
        ({"views": 0, "likes": 5}, None),
        ({"views": 100}, 0),
        ({"views": 100, "likes": 1, "comments": 2, "shares": 3, "saves": 4}, 1_000),
        ({"views": 100, "likes": 5, "reposts": 90}, 500),
        ({"views": 3, "likes": 1}, 3_333),
        ({"views": 3, "likes": 2}, 6_667),
        ({"views": 20_000, "likes": 1}, 1),
        ({"views": 20_001, "likes": 1}, 0),
        ({"views": 8_000, "likes": 1}, 1),
        ({"views": 10, "likes": 25}, 25_000),
        ({"views": 10**15, "likes": 10**15, "saves": 10**15}, 20_000),
    ],
)
def test_engagement(metrics: dict[str, int], rate: int | None) -> None:
    assert engagement_rate(Metrics(**metrics)) == rate


@given(views=COUNTS, likes=COUNTS, comments=COUNTS, shares=COUNTS, saves=COUNTS, reposts=COUNTS)
def test_engagement_is_exact(**counts: int | None) -> None:
    """To two decimals of a per cent, and half of one goes up."""
    rate = engagement_rate(Metrics(**counts))
    if not counts["views"]:
        assert rate is None
    else:
        engaged = sum(counts[name] or 0 for name in ("likes", "comments", "shares", "saves"))
        assert rate == floor(Fraction(engaged * 100 * 100, counts["views"]) + Fraction(1, 2))


def document(first: datetime, last: datetime | None) -> Document:
    return Document(
        item=Item(tiktok_id="1"), created_at=NOON, indexed_at=NOON, first_seen_at=first, last_active_at=last
    )


@pytest.mark.parametrize(
    ("seconds", "days"),
    [(0, 1), (1, 1), (86_399, 1), (86_400, 1), (172_799, 1), (172_800, 2), (30 * 86_400 - 0.001, 29), (-5, 1)],
)
def test_days_are_whole_and_at_least_one(seconds: float, days: int) -> None:
    assert days_running(document(NOON, NOON + timedelta(seconds=seconds))) == days


def test_what_was_never_seen_active_runs_no_days() -> None:
    assert days_running(document(NOON, None)) is None


@given(st.integers(0, 4 * 10**9), st.integers(-10, 10_000), st.integers(-12, 14))
def test_days_do_not_depend_on_the_zone(first: int, days: int, hours: int) -> None:
    begun = datetime.fromtimestamp(first, UTC)
    ended = (begun + timedelta(days=days)).astimezone(timezone(timedelta(hours=hours)))
    assert days_running(document(begun, ended)) == max(1, days)
