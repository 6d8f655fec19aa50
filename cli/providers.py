"""`tokstack providers`"""

import time
from typing import Annotated

import typer

from cli.output import moment, say, tabulate
from cli.stack import Stack, fail, table_of
from tokstack.providers.circuit import Circuits, State

app = typer.Typer(no_args_is_help=True, help="The upstreams that posts are asked of.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `providers status` shows.")]


@app.command()
def status(*, stack: Stack = None) -> None:
    """Show which upstreams are asked, and how they fare."""
    with table_of(stack) as table:
        circuits = Circuits(table)
        rows = [_row(name, circuits.state(name)) for name in names()]
    tabulate(("PROVIDER", "ENABLED", "CIRCUIT", "FAILURES", "LAST ERROR", "AT"), rows)


@app.command()
def enable(name: Name, *, stack: Stack = None) -> None:
    """Ask an upstream again, at once."""
    _switch(name, enabled=True, stack=stack)


@app.command()
def disable(name: Name, *, stack: Stack = None) -> None:
    """Ask an upstream no more."""
    _switch(name, enabled=False, stack=stack)


def names() -> tuple[str, ...]:
    """Every upstream's, in the order in which they are asked."""
    from tokstack.providers.official import sources
    from tokstack.providers.upstream import NAMES

    return NAMES + sources.NAMES


def _switch(name: str, *, enabled: bool, stack: str | None) -> None:
    if name not in names():
        fail(f"There is no upstream {name}; there are {', '.join(names())}.")
    with table_of(stack) as table:
        Circuits(table).switch(name, enabled=enabled)
    say(f"{name} is {'asked again' if enabled else 'asked no more'}.")


def _row(name: str, state: State) -> tuple[str, ...]:
    return (
        name,
        "yes" if state.enabled else "no",
        state.circuit(time.time()),
        str(state.failures),
        state.last_error or "-",
        moment(state.last_error_at),
    )
