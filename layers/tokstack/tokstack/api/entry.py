"""The way in: a route becomes a Lambda handler."""

import math
import time
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from tokstack.api.families import COME_BACK, STATUS, failure_at
from tokstack.api.http import Reply, Request
from tokstack.api.routes import Call, Query, Route
from tokstack.errors import Code, TokstackError
from tokstack.observability import MetricUnit, logger, metrics

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def serve(route: Route[Query]) -> Handler:
    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        started = time.perf_counter()
        call = Call(Request.read(event))
        with logger.append_context_keys(request_id=call.request.id, route=route.name):
            reply = _reply(route, call)
            _observe(route.name, call, reply, time.perf_counter() - started)
        return reply.payload(_headers(call))

    return handler


def _reply(route: Route[Query], call: Call) -> Reply:
    try:
        return _answer(route, call)
    except TokstackError as error:
        return _failure(call, error)
    except Exception:  # noqa: BLE001 - the last one: what nobody foresaw is logged, never shown
        logger.exception("unexpected")
        return _failure(call, TokstackError(Code.INTERNAL_ERROR, "Something went wrong on our side."))


def _answer(route: Route[Query], call: Call) -> Reply:
    try:
        query = _read(route.query, call.request)
    except TokstackError:
        route.access.identify(call)  # whoever may not ask is told that first
        raise
    with route.access.charge(call, route.name):
        return route.answer(query, call)


def _read(model: type[Query], request: Request) -> Query:
    """The query parameters that the model knows; others are ignored."""
    given = {name: value for name in model.model_fields if (value := request.parameter(name)) is not None}
    try:
        return model.model_validate(given)
    except ValidationError as invalid:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in invalid.errors())
        raise TokstackError(Code.VALIDATION_ERROR, faults) from None


def _failure(call: Call, error: TokstackError) -> Reply:
    call.failure = error.code
    body = failure_at(call.request.path).of(error, call.exchange())
    headers = {}
    if error.retry_after is not None or error.code in COME_BACK:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after or 0)))
    return Reply.json(STATUS[error.code], body, headers)


def _headers(call: Call) -> dict[str, str]:
    headers = {"X-Request-Id": call.request.id}
    if call.credits_remaining is not None:
        headers["X-Credits-Used"] = str(call.credits_used)
        headers["X-Credits-Remaining"] = str(call.credits_remaining)
    return headers


def _observe(route: str, call: Call, reply: Reply, seconds: float) -> None:
    milliseconds = round(seconds * 1000, 1)
    logger.info(
        "answered",
        extra={"status": reply.status, "failure": call.failure, "account": call.account, "milliseconds": milliseconds},
    )
    metrics.add_dimension("route", route)
    metrics.add_metric("Answers", MetricUnit.Count, 1)
    metrics.add_metric("ServerErrors", MetricUnit.Count, int(reply.status >= STATUS[Code.INTERNAL_ERROR]))
    metrics.add_metric("Latency", MetricUnit.Milliseconds, milliseconds)
    metrics.flush_metrics()
