"""`tokstack keys`"""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.output import AsJson, iso, moment, remark, say, say_json, tabulate
from cli.stack import Stack, fail, table_of
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.accounts.keys import ApiKey, Status

app = typer.Typer(no_args_is_help=True, help="API keys.")

Key = Annotated[str, typer.Argument(metavar="KEY", help="The key, or its beginning as `keys list` shows it.")]
DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]


@app.command()
def create(
    *,
    account: Annotated[str, typer.Option(help="Whose key it is; a new account begins to exist.")],
    credits: Annotated[int, typer.Option(min=0, max=accounts.MOST, help="Added to what the account has.")],
    expires: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE", formats=DATES, help="From when on it is refused, in UTC: 2030-01-31 or with T12:00:00Z."
        ),
    ] = None,
    rate: Annotated[
        int | None, typer.Option(min=1, max=keys.FASTEST, help="Requests per second; no limit by default.")
    ] = None,
    stack: Stack = None,
) -> None:
    """Make a key. It is shown this once."""
    expires_at = expires.replace(tzinfo=UTC).timestamp() if expires else None
    if expires_at is not None and expires_at <= time.time():
        fail("A key that has expired already is of no use: give a later --expires.")
    with table_of(stack) as table:
        key = keys.create(table, account, rate=rate, expires_at=expires_at)
        accounts.grant(table, account, credits)
        balance = accounts.show(table, account).balance
    say(key)
    remark(f"Keep it: it is not shown again. {account} has {balance} credits.")


@app.command("list")
def show_all(*, as_json: AsJson = False, stack: Stack = None) -> None:
    """List every key."""
    with table_of(stack) as table:
        found = sorted(keys.listing(table), key=lambda key: (key.account, key.created_at))
    if as_json:
        say_json([_facts(key) for key in found])
    else:
        tabulate(("KEY", "ACCOUNT", "STATUS", "RATE", "EXPIRES", "CREATED"), map(_row, found))


@app.command()
def disable(key: Key, *, stack: Stack = None) -> None:
    """Refuse a key until it is enabled."""
    _switch(key, Status.DISABLED, stack)


@app.command()
def enable(key: Key, *, stack: Stack = None) -> None:
    """Take a disabled key again."""
    _switch(key, Status.ACTIVE, stack)


@app.command()
def revoke(key: Key, *, stack: Stack = None) -> None:
    """Refuse a key for good."""
    _switch(key, Status.REVOKED, stack)


def _switch(key: str, status: Status, stack: str | None) -> None:
    with table_of(stack) as table:
        switched = keys.set_status(table, key, status)
    say(f"{switched.hint}… of {switched.account} is {switched.status}.")


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "key": key.hint,
        "account": key.account,
        "status": key.status,
        "rate": key.rate,
        "expiresAt": iso(key.valid_until),
        "createdAt": iso(key.created_at),
    }


def _row(key: ApiKey) -> tuple[str, ...]:
    rate = f"{key.rate}/s" if key.rate else "-"
    return f"{key.hint}…", key.account, key.status, rate, moment(key.valid_until), moment(key.created_at)
