"""What the functions write, as one readable line."""

import io
import json

import pytest

from local.logs import Log, flatten

RECORD = {
    "level": "INFO",
    "location": "serve:40",
    "message": "answered",
    "timestamp": "2026-11-20 12:00:00,000+0000",
    "service": "tokstack",
    "function_name": "tokstack-statistic",
    "status": 200,
    "route": "statistic",
    "post": {"id": "1"},
}
METRICS = {
    "_aws": {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "T", "Metrics": [{"Name": "Answers"}]}]},
    "service": "tokstack",
    "route": "statistic",
    "Answers": [1.0],
}


@pytest.mark.parametrize(
    ("text", "level", "line"),
    [
        (json.dumps(RECORD), "INFO", 'INFO answered status=200 route=statistic post={"id": "1"}'),
        (json.dumps(RECORD | {"level": "ERROR", "exception": "Trace\n  line"}), "ERROR", None),
        (json.dumps(METRICS), "DEBUG", "metric Answers=1.0 route=statistic"),
        ("[ERROR] KeyError: 'a'\rTraceback\r  File\n", "", "[ERROR] KeyError: 'a'\nTraceback\n  File"),
        ("plain text\n", "", "plain text"),
        ("42", "", "42"),
        ("", "", ""),
    ],
)
def test_a_line_is_flattened(text: str, level: str, line: str | None) -> None:
    found_level, found = flatten(text)
    assert found_level == level
    if line is None:
        assert found.endswith("\nTrace\n  line")
    else:
        assert found == line


def test_a_line_has_its_time_and_its_function() -> None:
    stream = io.StringIO()
    Log(stream).line("statistic", "[bold]not markup[/bold] " + "x" * 300)
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert " statistic    [bold]not markup[/bold] xxx" in written
