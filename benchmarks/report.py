"""Figures, and the page that shows them."""

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line. `bound` says what must hold of it; `held` whether it did, None where nothing must."""

    what: str
    ours: str
    peer: str = ""
    ratio: str = ""
    bound: str = ""
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    how: str
    figures: Sequence[Figure]


def in_turn(cases: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each case, run A B C A B C …, so that a machine's drift falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, run in cases.items():
            times[name].append(timed(run))
    return {name: statistics.median(values) for name, values in times.items()}


def timed(run: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def page(sections: Iterable[Section]) -> str:
    """The whole of RESULTS.md."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    head = f"# Results\n\nMeasured {_today()} on {machine}. Times are medians; ratios are of the same run."
    return _joined([head, *map(_section, sections)])


def renewed(page: str, sections: Iterable[Section]) -> str:
    """The page with these sections in the place of those of the same titles, or at its end."""
    head, *others = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    parts = {_title(other): other for other in others}
    for section in sections:
        part = _section(section, f"Measured {_today()}, by itself.")
        parts[_title(part)] = part
    return _joined([head, *parts.values()])


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _title(part: str) -> str:
    return part.partition("\n")[0]


def _section(section: Section, *said: str) -> str:
    rows = [f"| {f.what} | {f.ours} | {f.peer} | {f.ratio} | {f.bound} | {_mark(f.held)} |" for f in section.figures]
    table = "\n".join(["| what | ours | peer | ratio | bound | |", "|---|---|---|---|---|---|", *rows])
    return _joined([f"## {section.title}", section.how, *said, table])


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _mark(held: bool | None) -> str:
    return "" if held is None else "holds" if held else "**does not hold**"
