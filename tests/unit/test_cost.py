"""The price of a call is the sum of its parts, each in proportion to what it is for."""

import pytest

from benchmarks.cost import Call, per_thousand

CALL = Call(billed_ms=100, memory_mb=512, write_units=8, read_units=2, log_bytes=1000)


def test_the_total_is_the_sum_of_the_parts() -> None:
    parts = per_thousand(CALL)
    assert parts.pop("total") == pytest.approx(sum(parts.values()))


def test_each_part_against_the_price_list_by_hand() -> None:
    parts = per_thousand(CALL)
    assert parts["HTTP API"] == pytest.approx(0.001)
    assert parts["Lambda requests"] == pytest.approx(0.0002)
    assert parts["Lambda time"] == pytest.approx(0.05 * 0.0133334)
    assert parts["table writes"] == pytest.approx(0.005)
    assert parts["table reads"] == pytest.approx(0.00025)
