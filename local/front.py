"""The HTTP API in front of the functions, as API Gateway is: routes, limits, CORS, throttle, access log."""

import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Final
from uuid import uuid4

from local.api import Api
from local.events import BadAnswerError, HttpAnswer, HttpRequest, answer, event, message
from local.routes import find
from local.runtime import Answer
from local.server import Handler, Server, TooLargeError

MAX_BODY: Final = 10 * 1024 * 1024  # bytes
INTEGRATION_SECONDS: Final = 30.0

_MAX_CALLS = 256  # at once

_VARIABLE = re.compile(r"\$context\.([\w.]+)")

Invoke = Callable[[str, bytes], Answer]


class Bucket:
    """A token bucket: `rate` calls per second on average, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._filled = burst, time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more call may pass."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
            self._filled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Front:
    """Listens from the moment that it is made, answers from `open` on."""

    def __init__(self, port: int) -> None:
        self._server = Server(port, _handler(self))
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._calls = ThreadPoolExecutor(_MAX_CALLS, thread_name_prefix="call")

    def open(self, api: Api, invoke: Invoke, log: Callable[[str], None]) -> None:
        self._api, self._invoke, self._log = api, invoke, log
        self._buckets = {route.key: Bucket(api.rate, api.burst) for route in api.routes}
        self._server.start()

    def close(self) -> None:
        self._server.server_close()
        self._calls.shutdown(wait=False, cancel_futures=True)

    def handle(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request, with what API Gateway adds to it and its line in the access log."""
        started = time.monotonic()
        origin = next((value for name, value in request.headers if name.lower() == "origin"), "")
        request_id = uuid4().hex[:15] + "="
        if origin and self._api.cors and request.method == "OPTIONS":
            route_key, given, why = "-", HttpAnswer(204, self._api.cors.preflight(origin), b""), ""
        else:
            route_key, given, why = self._route(request, request_id)
            if origin and self._api.cors:
                given.headers.extend(self._api.cors.answer(origin))
        given.headers.append(("apigw-requestid", request_id))
        self._log_access(request, route_key, request_id, given, why, time.monotonic() - started)
        return given

    def _route(self, request: HttpRequest, request_id: str) -> tuple[str, HttpAnswer, str]:
        found = find(self._api.routes, request.method, request.path)
        if found is None:
            return "-", message(404, "Not Found"), ""
        route, variables = found
        if not self._buckets[route.key].take():
            return route.key, message(429, "Too Many Requests"), "throttled"
        payload = json.dumps(event(request, route.key, variables, request_id)).encode()
        try:
            result = self._calls.submit(self._invoke, route.function, payload).result(INTEGRATION_SECONDS)
        except FutureTimeoutError:
            return route.key, message(503, "Service Unavailable"), "the integration took too long"
        if result.failed:
            return route.key, message(500, "Internal Server Error"), "the function failed"
        try:
            return route.key, answer(result.payload), ""
        except BadAnswerError as error:
            return route.key, message(500, "Internal Server Error"), f"the function's answer makes no sense: {error}"

    def _log_access(
        self, request: HttpRequest, route_key: str, request_id: str, given: HttpAnswer, why: str, seconds: float
    ) -> None:
        values = {
            "error.message": why or "-",
            "httpMethod": request.method,
            "identity.sourceIp": request.client,
            "integrationErrorMessage": why or "-",
            "path": request.path,
            "requestId": request_id,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "responseLatency": str(round(seconds * 1000)),
            "responseLength": str(len(given.body)),
            "routeKey": route_key,
            "status": str(given.status),
        }
        self._log(_VARIABLE.sub(lambda match: values.get(match[1], "-"), self._api.access_log))


def _handler(front: Front) -> type[Handler]:
    class HttpApi(Handler):
        def _handle(self) -> None:
            try:
                body = self.body(MAX_BODY)
            except TooLargeError:
                self.close_connection = True
                self._send(message(413, "Request Entity Too Large"))
                return
            except ValueError:  # a length or a chunk that is no number
                self.close_connection = True
                self._send(message(400, "Bad Request"))
                return
            headers = list(self.headers.items())
            self._send(front.handle(HttpRequest(self.command, self.path, headers, body, self.client_address[0])))

        def _send(self, given: HttpAnswer) -> None:
            self.answer(given.status, given.headers, given.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - its names

    return HttpApi
