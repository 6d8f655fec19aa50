"""WebVTT as cues: what is said when. The text itself is left as it came."""

import html
import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

_TIME = r"(?:(\d{2,}):)?(\d{2}):(\d{2})\.(\d{3})"
_TIMES = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?", re.ASCII)
_TAG = re.compile(r"<[^>]*>")
_BOM = "\ufeff"


class Cue(BaseModel):
    """`start` and `end` in seconds."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    start: float
    end: float
    text: str


def is_webvtt(text: str) -> bool:
    return re.match(r"WEBVTT(?:[ \t\r\n]|\Z)", text.removeprefix(_BOM)) is not None


def cues(text: str) -> tuple[Cue, ...]:
    """In their order, without markup; what is no cue is passed over, as players do."""
    return tuple(_cues(text.replace("\r\n", "\n").replace("\r", "\n")))


def _cues(text: str) -> Iterator[Cue]:
    for block in re.split(r"\n{2,}", text):
        lines = block.split("\n")
        for number, line in enumerate(lines):
            if times := _TIMES.fullmatch(line):
                said = "\n".join(lines[number + 1 :]).strip("\n")
                yield Cue(
                    start=_seconds(*times.groups()[:4]),
                    end=_seconds(*times.groups()[4:]),
                    text=html.unescape(_TAG.sub("", said)),
                )
                break


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
