"""The sample upstream over HTTP, in gateway form: `/HOST/PATH?QUERY` is what HOST would answer for /PATH?QUERY.

/_control/catalog.json      GET: everything in it, with the expected answer of every route
/_control/faults            GET, POST: what goes wrong on purpose
/_control/requests          GET: how often each host and path was asked; DELETE: count from zero
"""

import gzip
import json
import re
import select
import socket
import struct
import sys
import threading
import time
from collections import Counter, defaultdict
from functools import cached_property
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from local.upstream.answers import Answer, Delivery, Request, Surface, as_json, bare_page
from local.upstream.expected import listing
from local.upstream.faults import Faults, Plan
from local.upstream.routes import answer as answer_of
from local.upstream.spoiling import spoil
from local.upstream.world import World

_PATIENCE = 60.0  # seconds that a timeout keeps a client waiting
_SLOW_PARTS, _SLOW_PAUSE = 12, 0.25
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Tally:
    """How often each host and path was asked."""

    def __init__(self) -> None:
        self._lock, self._counts = threading.Lock(), Counter[tuple[str, str]]()

    def add(self, host: str, path: str) -> None:
        with self._lock:
            self._counts[host, path] += 1

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def as_mapping(self) -> dict[str, Any]:
        with self._lock:
            hosts: dict[str, dict[str, int]] = defaultdict(dict)
            for (host, path), count in sorted(self._counts.items()):
                hosts[host][path] = count
            return {"total": self._counts.total(), "hosts": hosts}


class Upstream(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.world, self.faults, self.tally = world, Faults(), Tally()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @cached_property
    def listing(self) -> Answer:
        return as_json(Surface.OTHER, listing(self.world))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are a part of life; anything else is a fault of ours and told."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Upstream
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host, _, path = parts.path.removeprefix("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if host == "_control":
            self._send(self._control(path, body))
        elif self.headers.get("X-Forwarded-Host", host) != host:
            self._send(bare_page(Surface.OTHER, HTTPStatus.BAD_REQUEST, "The path and X-Forwarded-Host disagree"))
        else:
            asked = dict(parse_qsl(f"{parts.query}&{body.decode('utf-8', 'replace')}"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._meet(Request(host, unquote(f"/{path}"), asked, headers, self._cookies()))

    do_HEAD = do_POST = do_DELETE = do_GET  # noqa: N815 - the names that http.server calls

    def _meet(self, request: Request) -> None:
        """Answers, unless a fault is due."""
        server = self.server
        server.tally.add(request.host, request.path)
        fault = server.faults.draw(request.host)
        answer = answer_of(server.world, request)
        self._send(spoil(answer, request, fault) if fault else answer)

    def _control(self, path: str, body: bytes) -> Answer:
        server = self.server
        match self.command, path:
            case "GET", "catalog.json":
                return server.listing
            case "GET", "requests":
                return as_json(Surface.OTHER, server.tally.as_mapping())
            case "DELETE", "requests":
                server.tally.clear()
                return as_json(Surface.OTHER, server.tally.as_mapping())
            case "GET", "faults":
                return as_json(Surface.OTHER, server.faults.plan.as_mapping())
            case "POST", "faults":
                return self._set_faults(body)
        return as_json(Surface.OTHER, {"error": "there is no such control"}, HTTPStatus.NOT_FOUND)

    def _set_faults(self, body: bytes) -> Answer:
        try:
            plan = Plan.read(json.loads(body))
        except ValueError as error:
            return as_json(Surface.OTHER, {"error": str(error)}, HTTPStatus.BAD_REQUEST)
        self.server.faults.set(plan)
        return as_json(Surface.OTHER, plan.as_mapping())

    def _send(self, answer: Answer) -> None:
        status, headers, body = self._composed(answer)
        if answer.delivery is Delivery.TIMEOUT:
            select.select([self.connection], [], [], _PATIENCE)  # until the client hangs up
        if answer.delivery in (Delivery.TIMEOUT, Delivery.RESET) or (
            answer.delivery is Delivery.TRUNCATED and not body
        ):
            self._break_off()
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._deliver(body, answer.delivery)

    def _composed(self, answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and bytes, as the request's Range and Accept-Encoding ask for them."""
        headers = [("Content-Type", answer.content_type), *answer.headers]
        if answer.file:
            status, extra, body = _ranged(answer.file.read_bytes(), self.headers.get("Range", ""))
            headers += extra
        else:
            status, body = answer.status, answer.body
            if answer.delivery is Delivery.ENDLESS:
                return status, [*headers, ("Connection", "close")], body
            if body and "gzip" in self.headers.get("Accept-Encoding", ""):
                headers.append(("Content-Encoding", "gzip"))
                body = gzip.compress(body, compresslevel=1)
        return status, [*headers, ("Content-Length", str(len(body)))], body

    def _deliver(self, body: bytes, delivery: Delivery) -> None:
        match delivery:
            case Delivery.SLOW:
                step = len(body) // _SLOW_PARTS + 1
                for at in range(0, len(body) or 1, step):
                    time.sleep(_SLOW_PAUSE)
                    self.wfile.write(body[at : at + step])
                    self.wfile.flush()
            case Delivery.TRUNCATED:
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case Delivery.ENDLESS:
                while True:
                    self.wfile.write(body)
            case _:
                self.wfile.write(body)

    def _break_off(self) -> None:
        """Ends the connection with a reset instead of a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _cookies(self) -> dict[str, str]:
        try:
            return {name: morsel.value for name, morsel in SimpleCookie(self.headers.get("Cookie", "")).items()}
        except CookieError:
            return {}

    def log_message(self, *_: Any) -> None:
        """Requests are counted, not printed."""


def _ranged(body: bytes, asked: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """The whole, or the one range that was asked for."""
    found = _RANGE.fullmatch(asked)
    if not found or found[0] == "bytes=-":
        return HTTPStatus.OK, [], body
    first, last = found.groups()
    start = int(first) if first else max(0, len(body) - int(last))
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    if start > end:
        return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, [("Content-Range", f"bytes */{len(body)}")], b""
    return HTTPStatus.PARTIAL_CONTENT, [("Content-Range", f"bytes {start}-{end}/{len(body)}")], body[start : end + 1]
