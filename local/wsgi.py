"""The HTTP server under the embedded AWS: werkzeug's, but that a connection serves many requests and a write is one.

werkzeug ends the connection after each answer, since an application may leave a body unread. Here the guard reads
every body before anything else sees it, and a table's client keeps its connections: a small call takes half the time.
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from local.iam.guard import Application
from local.server import listen

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

_WITHOUT_BODY = ("1", "204", "304")
_BROKEN = "500 Internal Server Error"


def server(port: int, application: Application) -> "BaseWSGIServer":
    """Listens from now on; raises PortError."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with listen(port) as bound:  # werkzeug takes a copy; left to bind by itself, it would end the process
        return ThreadedWSGIServer("127.0.0.1", port, application, Handler, fd=bound.fileno())


class Handler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        if self.command == "OPTIONS":  # the one that the guard lets pass unread
            self.close_connection = True
        self.environ = self.make_environ()
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            begun[:] = [(status, headers)]
            return self.wfile.write

        try:
            body = self.server.app(self.environ, start_response)
        except Exception:  # noqa: BLE001 - the last one
            self.server.log("error", traceback.format_exc())
            begun[:], body = [(_BROKEN, [])], []
        try:
            self._answer(*begun[0], body)
        finally:
            if close := getattr(body, "close", None):
                close()

    def _answer(self, status: str, headers: list[tuple[str, str]], body: Iterable[bytes]) -> None:
        """In pieces where the length is told, else whole."""
        names = {name.lower() for name, _ in headers}
        if "content-length" not in names:
            body = [b"".join(body)]
            headers = [*headers, ("Content-Length", str(len(body[0])))]
        code, _, phrase = status.partition(" ")
        bare = status.startswith(_WITHOUT_BODY)
        self.send_response_only(int(code), phrase)
        for name, value in headers:
            if not (bare and name.lower() == "content-length"):
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and not bare:
            for piece in body:
                self.wfile.write(piece)
        self.wfile.flush()
