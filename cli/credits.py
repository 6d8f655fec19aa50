"""`tokstack credits`"""

from typing import Annotated

import typer

from cli.output import AsJson, say_json, tabulate
from cli.stack import Stack, table_of
from tokstack.accounts import credits as accounts
from tokstack.accounts.credits import Account

app = typer.Typer(no_args_is_help=True, help="Credits of accounts.")

Name = Annotated[str, typer.Option("--account", help="Whose credits.")]


@app.command()
def grant(
    *,
    account: Name,
    credits: Annotated[int, typer.Option(min=1, max=accounts.MOST, help="Added to what the account has.")],
    as_json: AsJson = False,
    stack: Stack = None,
) -> None:
    """Add credits to an account."""
    with table_of(stack) as table:
        accounts.grant(table, account, credits)
        _print(accounts.show(table, account), as_json=as_json)


@app.command()
def show(*, account: Name, as_json: AsJson = False, stack: Stack = None) -> None:
    """Show what an account was granted, has left, and has used by route."""
    with table_of(stack) as table:
        _print(accounts.show(table, account), as_json=as_json)


def _print(account: Account, *, as_json: bool) -> None:
    totals = {"granted": account.granted, "left": account.balance, "used": account.used}
    if as_json:
        say_json({"account": account.name, **totals, "byRoute": dict(account.by_route)})
        return
    routes = {f"  {route}": used for route, used in sorted(account.by_route.items())}
    tabulate((account.name, "CREDITS"), ((name, str(amount)) for name, amount in (totals | routes).items()))
