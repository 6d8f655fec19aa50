"""A Lambda function of `functions/`, called with an event as Lambda calls it, in this process."""

import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_FIFTEEN_MINUTES = 900_000


def sample(name: str) -> dict[str, Any]:
    """The function's event in `events/`."""
    event: dict[str, Any] = json.loads((_ROOT / "events" / f"{name}.json").read_text())
    return event


def run(name: str, event: Mapping[str, Any] | None = None, *, left: int = _FIFTEEN_MINUTES) -> Any:
    """What it answers to the event, or to its sample, with so many milliseconds left."""
    context = SimpleNamespace(
        function_name=f"tokstack-{name}",
        memory_limit_in_mb=512,
        invoked_function_arn=f"arn:aws:lambda:us-east-1:123456789012:function:tokstack-{name}",
        aws_request_id="1",
        get_remaining_time_in_millis=lambda: left,
    )
    handler = runpy.run_path(str(_ROOT / "functions" / name / "app.py"))["handler"]
    return handler(event or sample(name), context)
