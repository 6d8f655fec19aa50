"""`tokstack`, the owner's command line."""

import typer

from cli import credits as credits_commands
from cli import deploy, jobs, keys, library, providers

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Keys, credits, jobs, library, upstreams of a deployed stack (--stack), or else the one that `make run` runs.",
)
app.add_typer(keys.app, name="keys")
app.add_typer(credits_commands.app, name="credits")
app.add_typer(providers.app, name="providers")
app.add_typer(jobs.app, name="jobs")
app.add_typer(library.app, name="library")
app.add_typer(deploy.app, name="deploy")
