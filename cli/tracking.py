"""`tokstack library track`, `untrack` and `tracked`: what the library follows by itself."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import AsJson, iso, moment, remark, say, say_json, tabulate
from cli.stack import Stack, fail, library_table_of

if TYPE_CHECKING:
    from tokstack.library.tracking import Subject, Tracked

app = typer.Typer(no_args_is_help=True)

Handles = Annotated[list[str] | None, typer.Argument(metavar="@HANDLE…", help="Profiles.", show_default=False)]
Ads = Annotated[
    list[str] | None,
    typer.Option("--ads", metavar="DE:TERM", help="A search of the official ad library; ALL is every country."),
]
Research = Annotated[
    list[str] | None,
    typer.Option("--research", metavar="US:TERM", help="A search of the official research API; ALL is every region."),
]

_SPAN = re.compile(r"(\d{1,6})([mhd])", re.ASCII)
_UNITS = {"m": 60, "h": 3600, "d": 86_400}


@app.command()
def track(
    handles: Handles = None,
    *,
    ads: Ads = None,
    research: Research = None,
    every: Annotated[
        str, typer.Option(metavar="SPAN", help="How often, such as 90m, 6h or 2d; an hour at least.")
    ] = "6h",
    stack: Stack = None,
) -> None:
    """Follow profiles and searches: read at once, and then again and again.

    Searches want the credentials of the official APIs, which the stack is deployed with.
    """
    from tokstack.library.tracking import Tracking

    seconds = _seconds(every)
    with library_table_of(stack) as table:
        subjects = list(_subjects(handles, ads, research))
        for subject in subjects:
            Tracking(table).track(subject, seconds)
            say(f"{_called(subject)} is read every {_span(seconds)}.")
    remark("The first time within a quarter of an hour.")


@app.command()
def untrack(handles: Handles = None, *, ads: Ads = None, research: Research = None, stack: Stack = None) -> None:
    """Follow them no more. What came of them stays in the library."""
    from tokstack.library.tracking import Tracking

    missing = []
    with library_table_of(stack) as table:
        for subject in list(_subjects(handles, ads, research)):
            if Tracking(table).untrack(subject):
                say(f"{_called(subject)} is read no more.")
            else:
                missing.append(_called(subject))
    if missing:
        fail(f"Not tracked: {', '.join(missing)}.")


@app.command()
def tracked(*, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show what is followed, and how it went the last time."""
    from tokstack.library.tracking import Tracking

    with library_table_of(stack) as table:
        found = list(Tracking(table).every())
    if as_json:
        say_json([_facts(each) for each in found])
    else:
        tabulate(("TRACKED", "EVERY", "NEXT", "LAST", "RESULT", "ITEMS", "FAILURES", "MESSAGE"), map(_row, found))


def _subjects(handles: list[str] | None, ads: list[str] | None, research: list[str] | None) -> Iterator["Subject"]:
    """All that are named; raises VALIDATION_ERROR before anything is done."""
    from tokstack.library.tracking import Kind, subject_of

    named = [(Kind.PROFILE, handles), (Kind.ADS, ads), (Kind.RESEARCH, research)]
    if not any(texts for _, texts in named):
        fail("Name a profile (@handle) or a search (--ads DE:shoes, --research US:cats).")
    return (subject_of(kind, text) for kind, texts in named for text in texts or ())


def _facts(tracked: "Tracked") -> dict[str, Any]:
    return {
        "kind": tracked.subject.kind,
        "name": tracked.subject.name,
        "everySeconds": tracked.every,
        "nextAt": iso(tracked.next_at),
        "lastAt": iso(tracked.result_at),
        "result": tracked.result,
        "items": tracked.items,
        "failures": tracked.failures,
        "message": tracked.message,
    }


def _row(tracked: "Tracked") -> tuple[str, ...]:
    return (
        _called(tracked.subject),
        _span(tracked.every),
        moment(tracked.next_at),
        moment(tracked.result_at),
        tracked.result or "-",
        "-" if tracked.items is None else str(tracked.items),
        str(tracked.failures),
        tracked.message or "-",
    )


def _called(subject: "Subject") -> str:
    """As the command line names it."""
    from tokstack.library.tracking import Kind

    return f"@{subject.name}" if subject.kind is Kind.PROFILE else f"{subject.kind} {subject.name}"


def _seconds(span: str) -> int:
    from tokstack.library.tracking import LEAST, LONGEST

    found = _SPAN.fullmatch(span)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not LEAST <= seconds <= LONGEST:
        fail("How often is a number and m, h or d, from 1h to 30d.")
    return seconds


def _span(seconds: int) -> str:
    unit = next(unit for unit in ("d", "h", "m") if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"
