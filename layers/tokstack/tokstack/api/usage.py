"""`/v1/usage`: what an account has left and what it has used."""

from datetime import date

from pydantic import Field

from tokstack.accounts import ledger
from tokstack.api.access import FREE
from tokstack.api.families import ServiceSuccess, Shape
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery, Route
from tokstack.table import table


class UsageData(Shape):
    account: str
    credits_remaining: int = Field(serialization_alias="creditsRemaining")
    credits_used: int = Field(serialization_alias="creditsUsed")
    by_route: dict[str, int] = Field(serialization_alias="byRoute", description="Credits used, by route.")
    by_day: dict[date, int] = Field(
        serialization_alias="byDay", description="Credits used, by day (UTC), of the last 30 days: those with any."
    )


def _usage(_: NoQuery, call: Call) -> Reply:
    usage = ledger.usage(table(), call.known_account)
    data = UsageData(
        account=usage.account,
        credits_remaining=usage.remaining,
        credits_used=usage.used,
        by_route=dict(usage.by_route),
        by_day=dict(usage.by_day),
    )
    return Reply.json(200, ServiceSuccess[UsageData](data=data))


USAGE = Route(
    name="usage",
    paths=("/v1/usage",),
    summary="What the account has left and what it has used",
    query=NoQuery,
    answer=_usage,
    success=ServiceSuccess[UsageData],
    access=FREE,
)
