"""The price of a call or a job is the sum of its parts, each in proportion to what it is for."""

import pytest

from benchmarks.cost import Call, Job, Run, gb_seconds, per_thousand, per_thousand_jobs

CALL = Call(billed_ms=100, memory_mb=512, write_units=8, read_units=2, log_bytes=1000)
JOB = Job(
    runs=(Run(1000, 512), Run(2000, 2048, disk_mb=2048)),
    transitions=7,
    write_units=8,
    read_units=4,
    storage_writes=3,
    storage_reads=5,
    events=1,
    log_bytes=1 << 20,
)


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


def test_a_job_s_total_is_the_sum_of_its_parts() -> None:
    parts = per_thousand_jobs(JOB)
    assert parts.pop("total") == pytest.approx(sum(parts.values()))


def test_each_part_of_a_job_against_the_price_list_by_hand() -> None:
    parts = per_thousand_jobs(JOB)
    del parts["total"]
    assert parts == pytest.approx(
        {
            "HTTP API": 0.001,
            "Lambda requests": 0.0004,
            "Lambda time": 4.5 * 0.0133334,
            "Lambda disk": 3 * 0.0000309,
            "state transitions": 0.175,
            "table writes": 0.005,
            "table reads": 0.0005,
            "storage requests": 0.017,
            "events": 0.001,
            "logs": 0.5 / 1.024,
        }
    )


def test_gigabyte_seconds_are_of_all_runs() -> None:
    assert gb_seconds(JOB.runs) == 4.5
    assert gb_seconds(()) == 0
