"""Where a video can be cut without encoding it again, read from ffmpeg's list of packets (framecrc). Pure."""

import math
import re
from collections.abc import Iterable
from fractions import Fraction

_TIME_BASE = re.compile(r"#tb 0: (\d+)/(\d+)$")
_PACKET = re.compile(r"0, +(-?\d+), +(-?\d+), +\d+, +\d+, 0x[0-9a-f]+(?:, F=0x([0-9A-Fa-f]+))?")
_KEY, _DISCARDED = 1, 4


def at(moment: float, within: float, lines: Iterable[str]) -> float | None:
    """The second of the keyframe nearest to `moment`, and at most `within` from it."""
    base = Fraction(1)
    found: list[float] = []
    for line in lines:
        if scale := _TIME_BASE.match(line):
            base = Fraction(int(scale[1]), int(scale[2]))
        elif packet := _PACKET.match(line):
            flags = int(packet[3], 16) if packet[3] else _KEY
            if flags & _KEY and not flags & _DISCARDED:
                # Never before it, or ffmpeg would begin at the keyframe before.
                found.append(math.ceil(int(packet[2]) * base * 1_000_000) / 1_000_000)
    nearest = min(found, key=lambda second: abs(second - moment), default=None)
    return nearest if nearest is not None and abs(nearest - moment) <= within else None
