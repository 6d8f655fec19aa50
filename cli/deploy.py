"""`tokstack deploy`"""

from dataclasses import asdict

import typer

from cli import checking
from cli.output import AsJson, say_json, tabulate, watched
from cli.stack import Stack, clients_of, fail

app = typer.Typer(no_args_is_help=True, help="The deployed stack as a whole.")


@app.callback()
def _commands() -> None:
    """Of one command typer would make the whole."""


@app.command()
def check(*, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show whether the stack is whole and well.

    Its outputs, functions, tables, queues, secret and alarms, and whether it answers; of the one of `make run`, what
    it has of these. Exit 1 where a part is not well.
    """
    with clients_of(stack) as client:
        looked_at = checking.deployed(client, stack) if stack else checking.local(client)
        findings = list(watched(looked_at, "Looking"))
    unwell = [finding for finding in findings if not finding.well]
    if as_json:
        say_json([asdict(finding) for finding in findings])
    else:
        rows = ((each.kind, each.name, each.state, "yes" if each.well else "NO") for each in findings)
        tabulate(("PART", "NAME", "STATE", "WELL"), rows)
    if unwell:
        fail(f"Not well: {', '.join(f'{each.kind} {each.name}' for each in unwell)}.")
