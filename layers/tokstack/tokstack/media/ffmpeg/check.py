"""Whether a file is what was asked for. That ffmpeg ended well proves nothing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from tokstack.media.ffmpeg.probe import Kind, Probe

_SECONDS = 0.1
_FRAMES = 1.5


@dataclass(frozen=True, slots=True)
class Expected:
    """`streams`: those that must be there, and their seconds where the source told them."""

    seconds: float
    streams: Mapping[Kind, float | None]
    slack: float = _SECONDS


def slack(fps: float | None) -> float:
    """A slow video's last frame may make more of a difference."""
    return max(_SECONDS, _FRAMES / fps) if fps else _SECONDS


def problem(found: Probe, expected: Expected) -> str | None:
    """What is wrong with a result; None where nothing is."""
    for kind in Kind:
        there = found.first(kind)
        if (there is None) == (kind in expected.streams):
            return f"{kind} is {'missing' if there is None else 'not asked for'}"
        asked = expected.streams.get(kind)
        if there and there.seconds is not None and asked is not None and _off(there.seconds, asked, expected.slack):
            return f"{kind} has {there.seconds:.2f} s instead of {asked:.2f}"
    if found.seconds is None or _off(found.seconds, expected.seconds, expected.slack):
        return f"it has {found.seconds} s instead of {expected.seconds:.2f}"
    return None


def _off(found: float, asked: float, by: float) -> bool:
    return abs(found - asked) > by + 0.005  # ffmpeg tells hundredths
