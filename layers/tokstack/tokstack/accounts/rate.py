"""The rate limit of a key: GCRA with a burst of one second, exact under concurrency.

A key keeps one number, its theoretical arrival time: when the requests so far would have come had they
been evenly spaced. A request is let in if that time lies at most a burst ahead of now, and moves it on by
one interval. Whole microseconds, so that DynamoDB's arithmetic and ours agree to the last digit.

DynamoDB's expressions have no maximum, so which of the two cases holds, an idle key or a busy one, is
read beforehand and stands in the condition. The time only grows: at one `now`, a key that turns out busy
stays busy, hence a guess is wrong once at most.
"""

from typing import Any, NamedTuple

from tokstack.errors import Code, TokstackError

_SECOND = 1_000_000


class Step(NamedTuple):
    """What lets one request in, as parts of an update of the item that holds `arrival`."""

    expression: str
    condition: str
    values: dict[str, Any]


def step(arrival: int | None, rate: int, now: float) -> Step:
    """The write that lets a request in; `arrival` is what was read, `rate` in requests per second.

    Raises RATE_LIMITED with the seconds until the next request would be let in.
    """
    interval = _SECOND // rate
    moment = round(now * _SECOND)
    limit = moment + (rate - 1) * interval
    if arrival is None or arrival <= moment:
        return Step(
            "SET arrival = :next",
            "(attribute_not_exists(arrival) OR arrival <= :moment)",
            {":next": moment + interval, ":moment": moment},
        )
    if arrival > limit:
        message = f"This key may ask {rate} times per second."
        raise TokstackError(Code.RATE_LIMITED, message, retry_after=(arrival - limit) / _SECOND)
    return Step(
        "SET arrival = arrival + :interval",
        "arrival > :moment AND arrival <= :limit",
        {":interval": interval, ":moment": moment, ":limit": limit},
    )
