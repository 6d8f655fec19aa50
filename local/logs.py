"""One readable stream of what every function says: time, function, level, message."""

import json
import sys
import threading
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TextIO

# Terminal codes: what sources are told apart by, and what tells a level.
_COLOURS = (36, 32, 35, 33, 34, 96, 92, 95)
_LEVEL_COLOURS = {"WARNING": 33, "ERROR": 31, "CRITICAL": 31, "DEBUG": 2}
_DIM = 2

# What a line shows in a place of its own, or what is the same on every line of a function.
_FRAME = {
    "cold_start", "exception", "exception_name", "function_arn", "function_memory_size", "function_name",
    "function_request_id", "level", "location", "message", "service", "timestamp", "xray_trace_id", "stack_trace",
}  # fmt: skip


class Log:
    """Writes whole lines, whoever calls from whichever thread; in colour where a terminal reads them."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._in_colour = stream.isatty()
        self._lock = threading.Lock()

    def line(self, source: str, text: str) -> None:
        """One line of `source`: Powertools' JSON is flattened, other text is shown as it is."""
        level, message = flatten(text)
        time = datetime.now().astimezone().strftime("%H:%M:%S.%f")[:-3]
        name = self._coloured(f"{source:<12}", _COLOURS[zlib.crc32(source.encode()) % len(_COLOURS)])
        line = f"{self._coloured(time, _DIM)} {name} {self._coloured(message, _LEVEL_COLOURS.get(level))}\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()

    def _coloured(self, text: str, colour: int | None) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._in_colour and colour else text


def flatten(text: str) -> tuple[str, str]:
    """Level and one line (with its traceback, if it has one) of what a function wrote."""
    text = text.rstrip().replace("\r", "\n")  # how the runtime keeps a traceback in one event
    try:
        record = json.loads(text)
    except ValueError:
        return "", text
    if not isinstance(record, dict):
        return "", text
    if "_aws" in record:
        return "DEBUG", _metrics(record)
    level = str(record.get("level", ""))
    parts = [level, _plain(record.get("message", ""))]
    parts += [f"{name}={_plain(value)}" for name, value in record.items() if name not in _FRAME]
    line = " ".join(part for part in parts if part)
    return level, f"{line}\n{record['exception']}" if record.get("exception") else line


def _metrics(record: Mapping[str, Any]) -> str:
    """CloudWatch's embedded metric format: its names are listed apart from the values."""
    names = [metric["Name"] for group in record["_aws"]["CloudWatchMetrics"] for metric in group["Metrics"]]
    dimensions = [name for name in record if name not in {*names, "_aws", "service"}]
    return " ".join(["metric", *(f"{name}={_plain(record[name])}" for name in [*names, *dimensions])])


def _plain(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
