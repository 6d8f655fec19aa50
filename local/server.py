"""The HTTP server under the API and under the Lambda Runtime API: the standard library's, quiet and quick."""

import os
import socket
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.errors import LocalError

Headers = Iterable[tuple[str, str]]

_LOOPBACK = "127.0.0.1"
_BACKLOG = 128
_STOP_SECONDS = 0.2  # that stopping may take
_WITHOUT_BODY = {204, 304}


class PortError(LocalError):
    """A port cannot be had."""


class TooLargeError(Exception):
    """A body is longer than it may be."""


def listen(port: int) -> socket.socket:
    """A listening socket that only this machine reaches, on any free port for 0; raises PortError."""
    try:
        return socket.create_server((_LOOPBACK, port), backlog=_BACKLOG)
    except OSError as error:
        raise PortError(f"Port {port} cannot be used: {os.strerror(error.errno or 0)}.") from error


class Server(ThreadingHTTPServer):
    """Listens from the moment that it is made; raises PortError."""

    daemon_threads = True

    def __init__(self, port: int, handler: type["Handler"]) -> None:
        super().__init__((_LOOPBACK, port), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listen(port)
        self.port: int = self.socket.getsockname()[1]

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(_STOP_SECONDS,), name="http", daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that went away is no event here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one segment

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def body(self, limit: int | None = None) -> bytes:
        """The request's body; raises TooLargeError, after which the connection must close."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks(limit)
        length = int(self.headers.get("Content-Length") or 0)
        if limit is not None and length > limit:
            raise TooLargeError
        return self.rfile.read(length)

    def _chunks(self, limit: int | None) -> bytes:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
            if limit is not None and len(body) > limit:
                raise TooLargeError
        while self.rfile.readline().strip():  # trailers
            pass
        return body

    def answer(self, status: int, headers: Headers, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in _WITHOUT_BODY:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in _WITHOUT_BODY:
            self.wfile.write(body)
        self.wfile.flush()
