"""`tokstack library`"""

import time
from collections import deque
from collections.abc import Iterator
from typing import IO, Annotated, Any

import typer

from cli import loading, shops, tracking
from cli.loading import NotTakenError, Piece, Taken
from cli.output import AsJson, iso, moment, remark, say, say_json, tabulate, watched
from cli.stack import Library, Stack, fail, library_of
from tokstack.library.log import Log
from tokstack.library.state import Rebuild, State

app = typer.Typer(no_args_is_help=True, help="The library of ads and organic posts: what goes in, and what it follows.")
app.add_typer(shops.app, name="shops")
app.add_typer(tracking.app)

_TOLD = 20  # lines that were not taken, one by one
_AHEAD = 4  # pieces that are under way at once
_PAUSE = 1.0  # seconds
_PATIENCE = 1200.0  # seconds


@app.command()
def load(
    files: Annotated[list[typer.FileBinaryRead], typer.Argument(metavar="FILE…", help="JSON lines, also as .gz.")],
    *,
    stack: Stack = None,
) -> None:
    """Take files of items into the library.

    A line is an item, or the answer of any upstream that tells of one or more. What is no such thing is told of, and
    the rest is taken. The same file may be loaded again: what is known already changes nothing.
    """
    lines = items = rejected = 0
    with library_of(stack) as library:
        for file in files:
            name = _name(file)
            for taken in watched(_loaded(library, file, name), f"Loading {name}"):
                for rejection in taken.rejections[: max(0, _TOLD - rejected)]:
                    remark(f"{name}, line {rejection.number}: {rejection.reason}")
                lines, items, rejected = lines + taken.lines, items + taken.items, rejected + taken.rejected
    say(f"{items} taken, {rejected} rejected, of {lines} lines.")
    if rejected:
        raise typer.Exit(1)


@app.command()
def status(*, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show how many items are found, and what is on its way to the index."""
    with library_of(stack) as library:
        published = State(library.table).last_publication()
        pending = sum(1 for _ in Log(library.bucket).pending())
        rebuilt = State(library.table).last_rebuild()
    if as_json:
        facts = {"items": published.items if published else 0, "publishedAt": iso(published.at if published else None)}
        say_json({**facts, "pending": pending, "rebuild": rebuilt and _facts(rebuilt)})
        return
    rows = [
        ("items", str(published.items) if published else "0"),
        ("published", moment(published.at if published else None)),
        ("batches pending", str(pending)),
        ("rebuilt", f"{moment(rebuilt.at)} {_said(rebuilt)}" if rebuilt else "-"),
    ]
    tabulate(("LIBRARY", ""), rows)


@app.command()
def rebuild(*, stack: Stack = None) -> None:
    """Make the index anew, out of the log of all that the library was ever told.

    What is found meanwhile is what was found before; what comes meanwhile waits.
    """
    with library_of(stack) as library:
        before = State(library.table).last_rebuild()
        library.index.send({"rebuild": True})
        last = None
        for state in watched(_rebuilding(library, before), "Rebuilding"):
            last = state
    if last is None or not last.ended:
        fail("Nobody says how it went on: see `tokstack library status`.")
    if last.failure:
        fail(last.failure)
    say(f"{last.batches} batches are in the new index.")


def _name(file: IO[bytes]) -> str:
    """Of standard input something that can be part of a key."""
    return str(getattr(file, "name", "")).strip("<>") or "stdin"


def _loaded(library: Library, file: IO[bytes], name: str) -> Iterator[Taken]:
    """What came of each piece, in their order; the next ones are on their way meanwhile."""
    ahead: deque[tuple[str, Piece]] = deque()
    try:
        for piece in loading.pieces(file):
            ahead.append((loading.upload(library.media, name, piece), piece))
            if len(ahead) == _AHEAD:
                yield loading.outcome(library.media, *ahead.popleft())
        while ahead:
            yield loading.outcome(library.media, *ahead.popleft())
    except NotTakenError:
        fail("Nobody says what came of a piece: see the alarms of the stack, and load the file again.")


def _rebuilding(library: Library, before: Rebuild | None) -> Iterator[Rebuild]:
    """How far it is, until it has ended."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        state = State(library.table).last_rebuild()
        if state and state != before:
            yield state
            if state.ended:
                return
        time.sleep(_PAUSE)


def _facts(rebuild: Rebuild) -> dict[str, Any]:
    return {
        "at": iso(rebuild.at),
        "ended": rebuild.ended,
        "batches": rebuild.batches,
        "total": rebuild.total,
        "failure": rebuild.failure,
    }


def _said(rebuild: Rebuild) -> str:
    if rebuild.failure:
        return f"failed: {rebuild.failure}"
    return "" if rebuild.ended else f"{rebuild.batches} of {rebuild.total} batches"
