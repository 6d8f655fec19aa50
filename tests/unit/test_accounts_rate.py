"""The rate limit, as a pure rule."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.accounts.rate import step
from tokstack.errors import Code, TokstackError

NOW = 1_800_000_000.25


def write(arrival: int | None, values: dict[str, Any]) -> int:
    """What DynamoDB makes of the step: its condition holds for what was read, and this is the new arrival."""
    if ":next" in values:
        assert arrival is None or arrival <= values[":moment"]
        return int(values[":next"])
    assert arrival is not None
    assert values[":moment"] < arrival <= values[":limit"]
    return int(arrival + values[":interval"])


def admitted(rate: int, moments: list[float]) -> list[float]:
    """The moments that a key of this rate is let in at."""
    arrival, through = None, []
    for moment in moments:
        try:
            arrival = write(arrival, step(arrival, rate, moment).values)
        except TokstackError:
            continue
        through.append(moment)
    return through


@pytest.mark.parametrize("rate", [1, 2, 3, 7, 10, 1000])
def test_an_idle_key_has_a_burst_of_one_second(rate: int) -> None:
    assert len(admitted(rate, [NOW] * (rate + 5))) == rate


@pytest.mark.parametrize("rate", [1, 3, 10])
def test_the_refusal_says_when_to_come_back(rate: int) -> None:
    arrival = None
    for _ in range(rate):
        arrival = write(arrival, step(arrival, rate, NOW).values)
    with pytest.raises(TokstackError) as refused:
        step(arrival, rate, NOW)
    assert refused.value.code is Code.RATE_LIMITED
    assert refused.value.retry_after is not None
    wait = refused.value.retry_after
    assert wait == pytest.approx(1 / rate, abs=1e-5)
    step(arrival, rate, NOW + wait + 1e-6)
    with pytest.raises(TokstackError):
        step(arrival, rate, NOW + wait - 1e-4)


def test_time_that_goes_back_lets_nobody_in_twice() -> None:
    arrival = write(None, step(None, 1, NOW).values)
    with pytest.raises(TokstackError):
        step(arrival, 1, NOW - 30)


@given(
    rate=st.integers(1, 50),
    gaps=st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=80),
)
def test_no_window_holds_more_than_its_length_times_the_rate_and_one_burst(rate: int, gaps: list[float]) -> None:
    moments = [NOW]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    through = admitted(rate, moments)
    for first, start in enumerate(through):
        for last in range(first, len(through)):
            window = through[last] - start
            assert last - first + 1 <= rate + math.floor(window * rate * (1 + 1e-4) + 1e-4)


@given(rate=st.integers(1, 50), count=st.integers(1, 200))
def test_who_keeps_to_the_rate_is_never_refused(rate: int, count: int) -> None:
    moments = [NOW + at / rate + 1e-5 * at for at in range(count)]
    assert admitted(rate, moments) == moments
