"""What API Gateway does around a function: routes, throttle, time limit, CORS, access log. No socket here."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from uuid import uuid4

from local.api import Api
from local.events import BadAnswerError, HttpAnswer, HttpRequest, answer, event, message
from local.routes import find
from local.runtime import Answer

INTEGRATION_SECONDS = 30.0

_MAX_CALLS = 256  # at once
_VARIABLE = re.compile(r"\$context\.([\w.]+)")

Invoke = Callable[[str, bytes], Answer]


class Bucket:
    """A token bucket: `rate` calls per second on average, `burst` at once."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._now = rate, burst, now
        self._tokens, self._filled = burst, now()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more call may pass."""
        with self._lock:
            now = self._now()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
            self._filled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


@dataclass(frozen=True, slots=True)
class _Outcome:
    """An answer, the route that gave it, and what went wrong in between ("-" for nothing)."""

    route_key: str
    answer: HttpAnswer
    error: str = "-"


class Gateway:
    """Answers requests by the functions that `invoke` reaches; `log` takes the access log's lines."""

    def __init__(
        self, api: Api, invoke: Invoke, log: Callable[[str], None], integration_seconds: float = INTEGRATION_SECONDS
    ) -> None:
        self._api, self._invoke, self._log = api, invoke, log
        self._integration_seconds = integration_seconds
        self._buckets = {route.key: Bucket(api.rate, api.burst) for route in api.routes}
        self._calls = ThreadPoolExecutor(_MAX_CALLS, thread_name_prefix="call")

    def stop(self) -> None:
        self._calls.shutdown(wait=False, cancel_futures=True)

    def handle(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request, with what API Gateway adds to it."""
        started = time.monotonic()
        request_id = uuid4().hex[:15] + "="
        outcome = self._outcome(request, request_id)
        outcome.answer.headers.append(("apigw-requestid", request_id))
        facts = {
            "requestId": request_id,
            "responseLatency": str(round((time.monotonic() - started) * 1000)),
            **_facts(request, outcome),
        }
        self._log(_VARIABLE.sub(lambda match: facts.get(match[1], "-"), self._api.access_log))
        return outcome.answer

    def _outcome(self, request: HttpRequest, request_id: str) -> _Outcome:
        cors = self._api.cors
        origin = next((value for name, value in request.headers if name.lower() == "origin"), "")
        if cors and origin and request.method == "OPTIONS":
            return _Outcome("-", HttpAnswer(204, cors.preflight(origin), b""))
        outcome = self._route(request, request_id)
        if cors and origin:
            outcome.answer.headers.extend(cors.answer(origin))
        return outcome

    def _route(self, request: HttpRequest, request_id: str) -> _Outcome:
        found = find(self._api.routes, request.method, request.path)
        if found is None:
            return _Outcome("-", message(404, "Not Found"))
        route, variables = found
        if not self._buckets[route.key].take():
            return _Outcome(route.key, message(429, "Too Many Requests"), "too many requests")
        payload = json.dumps(event(request, route.key, variables, request_id)).encode()
        try:
            result = self._calls.submit(self._invoke, route.function, payload).result(self._integration_seconds)
        except FutureTimeoutError:
            return _Outcome(route.key, message(503, "Service Unavailable"), "the function took too long")
        if result.failed:
            return _Outcome(route.key, message(500, "Internal Server Error"), "the function failed")
        try:
            return _Outcome(route.key, answer(result.payload))
        except BadAnswerError as error:
            return _Outcome(route.key, message(500, "Internal Server Error"), f"the answer makes no sense: {error}")


def _facts(request: HttpRequest, outcome: _Outcome) -> Mapping[str, str]:
    """What the access log's format may ask of a request and its answer."""
    return {
        "error.message": outcome.error,
        "httpMethod": request.method,
        "identity.sourceIp": request.client,
        "integrationErrorMessage": outcome.error,
        "path": request.path,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
        "responseLength": str(len(outcome.answer.body)),
        "routeKey": outcome.route_key,
        "status": str(outcome.answer.status),
    }
