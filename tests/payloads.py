"""Answers that upstreams once gave, kept beside the checkout; a test that reads one is skipped where there are none."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError

T = TypeVar("T")

_ROOT = Path(os.environ.get("TOKSTACK_PAYLOADS") or Path(__file__).parents[2] / "shared" / "payloads")

_JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(
        ["", " ", "0", "-1", "9" * 30, "nul\0", "lone \ud83d surrogate", "//host/path", "https://[", "#a @b"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["urlList", "id", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def recorded_bytes(name: str) -> bytes:
    """A payload as it came; `name` is its path among the payloads."""
    path = _ROOT / name
    if not path.is_file():
        pytest.skip(f"the recorded payload {name} is not here (TOKSTACK_PAYLOADS names its folder)")
    return path.read_bytes()


def recorded(name: str) -> Any:
    """A JSON payload."""
    return json.loads(recorded_bytes(name))


@st.composite
def altered(draw: st.DrawFn, payload: Any) -> Any:
    """The payload with a few values, anywhere in it, taken out or replaced."""
    changed = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 4))):
        node = changed
        while keys := _keys(node):
            key = draw(st.sampled_from(keys))
            if not _keys(node[key]) or draw(st.integers(0, 2)) == 0:
                break
            node = node[key]
        else:
            break
        if draw(st.booleans()):
            node[key] = draw(_JUNK)
        else:
            del node[key]
    return changed


def unless_changed(read: Callable[[Any], T], payload: Any) -> T | None:
    """What is read of the payload, None where it is refused as changed; any other failure is one of the reader."""
    try:
        return read(payload)
    except TokstackError as error:
        if error.code is not Code.UPSTREAM_CHANGED:
            raise
        return None


def _keys(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node)
    return list(range(len(node))) if isinstance(node, list) else []
