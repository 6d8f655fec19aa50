"""What people read, and what programs do."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]

# Rows are lines, however narrow the window is: they are searched and cut as such.
_WIDEST = 1000

_answers, _remarks = (
    Console(highlight=False, emoji=False, soft_wrap=True, width=_WIDEST),
    Console(highlight=False, emoji=False, soft_wrap=True, stderr=True),
)


def say(line: str) -> None:
    """The answer itself, for people and pipes alike."""
    _answers.print(line, markup=False)


def say_json(value: Any) -> None:
    """The answer for programs, on one line."""
    say(json.dumps(value, ensure_ascii=False))


def remark(line: str) -> None:
    """Said beside the answer, on standard error."""
    _remarks.print(line, markup=False)


def tabulate(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    _answers.print(table, markup=False)


def watched(things: Iterable[T], doing: str, total: float | None = None, *, answering: bool = False) -> Iterable[T]:
    """The same things, with a bar on standard error while that is a window and `answering` does not fill it."""
    hidden = not _remarks.is_terminal or (answering and _answers.is_terminal)
    # What is printed meanwhile goes where it always does: a redirected stdout would end on standard error.
    with Progress(console=_remarks, transient=True, redirect_stdout=False, disable=hidden) as progress:
        yield from progress.track(things, total, description=doing)


def moment(seconds: float | None) -> str:
    """Epoch seconds as people write them, in UTC; "-" for never."""
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def iso(seconds: float | None) -> str | None:
    """The same as programs read them."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
