"""`tokstack providers`"""

import time
from typing import Annotated, Any

import typer

from cli.output import AsJson, iso, moment, say, say_json, tabulate
from cli.stack import Stack, fail, table_of
from tokstack.providers.circuit import Circuits, State

app = typer.Typer(no_args_is_help=True, help="The upstreams that posts are asked of.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `providers status` shows.")]


@app.command()
def status(*, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show which upstreams are asked, and how they fare."""
    with table_of(stack) as table:
        circuits = Circuits(table)
        states = {name: circuits.state(name) for name in names()}
    if as_json:
        say_json([_facts(name, state) for name, state in states.items()])
    else:
        rows = [_row(name, state) for name, state in states.items()]
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


def _facts(name: str, state: State) -> dict[str, Any]:
    return {
        "name": name,
        "enabled": state.enabled,
        "circuit": state.circuit(time.time()),
        "failures": state.failures,
        "lastError": state.last_error,
        "lastErrorAt": iso(state.last_error_at),
    }


def _row(name: str, state: State) -> tuple[str, ...]:
    return (
        name,
        "yes" if state.enabled else "no",
        state.circuit(time.time()),
        str(state.failures),
        state.last_error or "-",
        moment(state.last_error_at),
    )
