"""yt-dlp's requests, sent by the guarded client. What the guard refuses reaches yt-dlp as an error that it knows."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

import httpx
from yt_dlp.networking.common import Request, RequestDirector, RequestHandler, Response
from yt_dlp.networking.exceptions import HTTPError, IncompleteRead, RequestError, TransportError
from yt_dlp.utils import DownloadCancelled

from tokstack.outbound import Reason, RefusedError

_BUDGETS = frozenset({Reason.BYTES, Reason.TIME, Reason.REQUESTS})
_REFUSED, _TOO_MANY_REDIRECTS = 470, 310  # statuses that no server gives
_BLOCK_BYTES = 64 * 1024
_HEAD_BYTES = 512
_ERROR_BYTES = 256 * 1024
_PAGE_BYTES = 32 << 20  # what is read into memory at once: pages and lists


# yt-dlp says nothing of its types; that is what the comments at its subclasses are for.


class BudgetSpentError(DownloadCancelled):  # type: ignore[misc]
    """The one kind of error that yt-dlp never swallows and never tries again."""


class RefusedByGuardError(HTTPError):  # type: ignore[misc]
    """A refusal as a client's error: what is optional goes on without it, and nothing tries again."""

    def __init__(self, url: str, refusal: RefusedError) -> None:
        super().__init__(Response(io.BytesIO(), url, {}, status=_REFUSED, reason="refused"))
        self.cause = refusal


class GuardedRH(RequestHandler):  # type: ignore[misc]
    """The one handler. `refused` is the guard's last refusal: yt-dlp may hide the error that carried it."""

    def __init__(self, client: httpx.Client, **options: Any) -> None:
        super().__init__(**options)
        self._client = client
        self._heads: dict[str, bytes] = {}
        self.refused: RefusedError | None = None

    def head(self, url: str) -> bytes | None:
        """The first bytes that `url` gave, where it was asked."""
        return self._heads.get(url)

    def _send(self, request: Request) -> Response:
        self._client.cookies = self._get_cookiejar(request)  # kept, not copied: the jar of the whole job
        headers = self._get_headers(request)
        with self.errors(request.url):
            found = self._client.send(
                self._client.build_request(
                    request.method,
                    request.url,
                    content=request.data,
                    headers=headers,
                    timeout=self._calculate_timeout(request),
                ),
                stream=True,
            )
        response = _Response(found, self)
        if not found.is_success:
            response.detach()
            raise HTTPError(response)
        if request.method == "GET":
            self._heads[request.url] = response.peek()[:_HEAD_BYTES]
        return response

    def _prepare_headers(self, request: Request, headers: Any) -> None:  # noqa: ARG002 - yt-dlp's signature
        if headers.get("Accept-Encoding") != "identity":
            headers["Accept-Encoding"] = "gzip"  # the guard undoes no other

    @contextmanager
    def errors(self, url: str) -> Iterator[None]:
        """Whatever the client raises leaves as yt-dlp's own."""
        try:
            yield
        except RefusedError as error:
            self.refused = error
            if error.reason in _BUDGETS:
                raise BudgetSpentError(str(error)) from error
            raise RefusedByGuardError(url, error) from error
        except httpx.TooManyRedirects as error:
            raise HTTPError(Response(io.BytesIO(), url, {}, _TOO_MANY_REDIRECTS), redirect_loop=True) from error
        except httpx.RemoteProtocolError as error:  # mostly a body that ends early
            raise IncompleteRead(0, cause=error) from error
        except httpx.TransportError as error:
            raise TransportError(cause=error) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise RequestError(cause=error) from error


class OneDirector(RequestDirector):  # type: ignore[misc]
    """Sends all to the one handler. The stock one would try others after it, and refuses what ours only ignores."""

    @property
    def handler(self) -> GuardedRH:
        (handler,) = self.handlers.values()
        return handler  # type: ignore[no-any-return] # as above

    def send(self, request: Request) -> Response:
        return self.handler.send(request)


class _Response(Response):  # type: ignore[misc]
    def __init__(self, found: httpx.Response, handler: GuardedRH) -> None:
        headers = Message()
        for name, value in found.headers.multi_items():
            headers[name] = value
        self._body = io.BufferedReader(_Body(found), _BLOCK_BYTES)
        super().__init__(self._body, str(found.url), headers, found.status_code, found.reason_phrase or None)
        self._handler = handler

    def peek(self) -> bytes:
        """The first bytes, which `read` gives again; fewer than there are where they come slowly."""
        with self._handler.errors(self.url):
            return self._body.peek(1)

    def detach(self) -> None:
        """Keeps the beginning and gives the connection back: nobody closes the answers that are errors."""
        with self._handler.errors(self.url):
            beginning = self._body.read(_ERROR_BYTES)
        self._body.close()
        self.fp = io.BytesIO(beginning)

    def read(self, amt: int | None = None) -> bytes:
        with self._handler.errors(self.url):
            if amt is not None or self._body.closed:
                return bytes(self.fp.read(amt))
            whole = self._body.read(_PAGE_BYTES)
            if self._body.peek(1):
                raise RefusedError(Reason.BYTES, "a page is larger than allowed")
            return whole


class _Body(io.RawIOBase):
    """The bytes of an answer as a file."""

    def __init__(self, found: httpx.Response) -> None:
        self._found = found
        self._chunks = found.iter_bytes()
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._pending:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._pending = chunk
        count = min(len(buffer), len(self._pending))
        buffer[:count], self._pending = self._pending[:count], self._pending[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            self._found.close()
        super().close()
