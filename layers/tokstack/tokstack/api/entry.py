"""The way in: a route becomes a Lambda handler."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Any

from tokstack.api import collecting
from tokstack.api.families import COME_BACK, STATUS, LibraryFailure, failure_at
from tokstack.api.http import Reply, Request
from tokstack.api.reading import read
from tokstack.api.routes import OPEN, Asked, Call, Route
from tokstack.errors import Code, TokstackError
from tokstack.observability import MetricUnit, logger, metrics

if TYPE_CHECKING:
    from tokstack.api.idempotency import Turn

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def serve(route: Route[Asked]) -> Handler:
    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        call = Call(Request.read(event))
        with logger.append_context_keys(request_id=call.request.id, route=route.name):
            reply = _reply(route, call)
            _observe(route.name, call, reply)
        collecting()
        return reply.payload(_headers(call))

    return handler


def _reply(route: Route[Asked], call: Call) -> Reply:
    try:
        return _answer(route, call)
    except TokstackError as error:
        return _failure(call, error)
    except Exception:  # noqa: BLE001 - the last one: what nobody foresaw is logged, never shown
        logger.exception("unexpected")
        return _failure(call, TokstackError(Code.INTERNAL_ERROR, "Something went wrong on our side."))


def _answer(route: Route[Asked], call: Call) -> Reply:
    with ExitStack() as stack:
        try:
            asked = read(route, call.request)
            turn = stack.enter_context(_turn(route, call.request))
        except TokstackError:
            route.access.identify(call)  # whoever may not ask is told that first
            raise
        if turn and turn.first:
            route.access.identify(call)
            return turn.first
        with route.access.charge(call, route.name):
            reply = route.answer(asked, call)
            if turn:
                turn.keep(reply)
        return reply


def _turn(route: Route[Asked], request: Request) -> "AbstractContextManager[Turn | None]":
    """It brings boto3 along, so it is imported when somebody first gives an idempotency key."""
    if request.method != "POST" or route.access is OPEN or "idempotency-key" not in request.headers:
        return nullcontext()
    from tokstack.api.idempotency import turn
    from tokstack.table import table

    return turn(table(), request)


def _failure(call: Call, error: TokstackError) -> Reply:
    call.failure = error.code
    shape = failure_at(call.request.path)
    body = shape.of(error, call.exchange())
    headers = {}
    if error.retry_after is not None or error.code in COME_BACK:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after or 0)))
    return Reply.json(shape.http_status(error.code), body, headers)


def _headers(call: Call) -> dict[str, str]:
    headers = {"X-Request-Id": call.request.id}
    if call.credits_remaining is not None:
        headers["X-Credits-Used"] = str(call.credits_used)
        headers["X-Credits-Remaining"] = str(call.credits_remaining)
        if failure_at(call.request.path) is LibraryFailure:
            headers["X-Usage-Cost"] = str(call.credits_used)  # by which its clients know it
    return headers


def _observe(route: str, call: Call, reply: Reply) -> None:
    milliseconds = round(call.seconds * 1000, 1)
    logger.info(
        "answered",
        extra={"status": reply.status, "failure": call.failure, "account": call.account, "milliseconds": milliseconds},
    )
    metrics.add_dimension("route", route)
    metrics.add_metric("Answers", MetricUnit.Count, 1)
    metrics.add_metric("ServerErrors", MetricUnit.Count, int(reply.status >= STATUS[Code.INTERNAL_ERROR]))
    metrics.add_metric("Latency", MetricUnit.Milliseconds, milliseconds)
    metrics.flush_metrics()
