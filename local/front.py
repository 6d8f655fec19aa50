"""The HTTP API's port: requests in, a gateway's answers out."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from local.events import HttpAnswer, HttpRequest, message
from local.server import Handler, Server, TooLargeError

MAX_BODY: Final = 10 * 1024 * 1024  # bytes

Handle = Callable[[HttpRequest], HttpAnswer]


class Front:
    """Listens from the moment that it is made, answers from `open` on. Raises PortError."""

    def __init__(self, port: int) -> None:
        self._server = Server(port, _handler(self))
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.handle: Handle = lambda _: message(503, "Service Unavailable")

    def open(self, handle: Handle) -> None:
        self.handle = handle
        self._server.start()

    def close(self) -> None:
        self._server.server_close()


def _handler(front: Front) -> type[Handler]:
    class HttpApi(Handler):
        def _handle(self) -> None:
            try:
                body = self.body(MAX_BODY)
            except TooLargeError:
                self._refuse(message(413, "Request Entity Too Large"))
            except ValueError:  # a length or a chunk that is no number
                self._refuse(message(400, "Bad Request"))
            else:
                headers = list(self.headers.items())
                self._send(front.handle(HttpRequest(self.command, self.path, headers, body, self.client_address[0])))

        def _refuse(self, answer: HttpAnswer) -> None:
            """Nobody reads the rest of the body: the connection ends here."""
            self.close_connection = True
            self._send(answer)

        def send_error(self, code: int, *_: Any, **__: Any) -> None:
            """What is no request, or has a method of no API, is refused like the rest and not in HTML."""
            status = HTTPStatus(code)
            if status is HTTPStatus.NOT_IMPLEMENTED:  # what the library says of a method that it does not know
                status = HTTPStatus.METHOD_NOT_ALLOWED
            self._refuse(message(status, status.phrase))

        def _send(self, answer: HttpAnswer) -> None:
            self.answer(answer.status, answer.headers, answer.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle  # noqa: N815 - its names

    return HttpApi
