"""The one way out: every byte that this stack fetches, for anyone and through any library, passes here.

client                      a guarded httpx.Client, one per job: its cookies, connections and budget are the job's
└─ GuardedTransport         sees every hop, redirects too: checks it, counts it, turns it to the gateway if there is one
   ├─ check                 what a URL must be like
   ├─ Budget                the bytes, seconds and requests that the job has left
   ├─ _Network              connects to the very address that was checked, so no second look-up can give another
   │  ├─ public_addresses   resolves a name once, refused if any of its addresses is not public
   │  └─ _TimedStream       no read, write or handshake outlasts the job
   └─ _Body                 counts what comes in, inflates gzip in small steps
RefusedError, Reason        what the guard says no to; never worth a retry
"""

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache, partial
from typing import Any, TypeVar

import certifi
import httpcore
import httpx

from tokstack.public_internet import is_public_address, is_public_name

T = TypeVar("T")

MAX_REDIRECTS = 5
MAX_REQUESTS = 64
MAX_CONNECTIONS = 8
OPERATION_SECONDS = 10.0  # one connect, read or write
REDIRECT_BODY_BYTES = 64 * 1024  # httpx reads the body of a redirect whole
STEP_BYTES = 64 * 1024

_PORTS = frozenset({None, 80, 443})


class Reason(StrEnum):
    """Why a request was refused; the last three are spent budgets."""

    URL = "url"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    PORT = "port"
    HOST = "host"
    PRIVATE = "private"
    ENCODING = "encoding"
    BYTES = "bytes"
    TIME = "time"
    REQUESTS = "requests"


class RefusedError(httpx.TransportError):
    """Policy or budget forbids the request or the rest of its answer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def is_timeout(error: httpx.HTTPError) -> bool:
    """Whether time ran out: an operation's, or the job's."""
    return isinstance(error, httpx.TimeoutException) or (
        isinstance(error, RefusedError) and error.reason is Reason.TIME
    )


def client(
    hosts: frozenset[str] | None,
    *,
    seconds: float,
    max_bytes: int,
    max_requests: int = MAX_REQUESTS,
    gateway: str | None,
) -> httpx.Client:
    """A client for one job, to be closed after it. Follows at most 5 redirects.

    `hosts` are the names that it may ask, each with all names below it; None is any public name. `seconds`,
    `max_bytes` and `max_requests` cover all requests together, from now on. `gateway` is asked instead of every host.
    """
    budget = Budget(seconds=seconds, max_bytes=max_bytes, max_requests=max_requests)
    return _Client(
        transport=GuardedTransport(hosts, budget, gateway=gateway),
        headers={"accept-encoding": "gzip"},
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        timeout=OPERATION_SECONDS,
        trust_env=False,
    )


class Budget:
    """What is left of a job's allowance. Safe to share between threads."""

    def __init__(self, *, seconds: float, max_bytes: int, max_requests: int) -> None:
        self._deadline = time.monotonic() + seconds
        self._bytes = max_bytes
        self._requests = max_requests
        self._lock = threading.Lock()

    @property
    def bytes_left(self) -> int:
        return self._bytes

    def spend_bytes(self, count: int) -> None:
        with self._lock:
            self._bytes -= count
            if self._bytes < 0:
                raise RefusedError(Reason.BYTES, "the answer is larger than allowed")

    def spend_request(self) -> None:
        with self._lock:
            self._requests -= 1
            if self._requests < 0:
                raise RefusedError(Reason.REQUESTS, "too many requests for one job")

    def seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise RefusedError(Reason.TIME, "the job's time is up")
        return left

    def within(self, timeout: float | None, operation: Callable[[float], T]) -> T:
        """Runs `operation(timeout)`, its timeout cut to the time left. httpx alone would never end a slow trickle."""
        left = self.seconds_left()
        try:
            return operation(left if timeout is None else min(timeout, left))
        except httpcore.TimeoutException:
            self.seconds_left()  # was it the job's time that ended?
            raise


def check(url: httpx.URL, hosts: frozenset[str] | None) -> str:
    """The host that a URL leads to, in lower case. Raises RefusedError."""
    host = url.raw_host.decode("ascii").lower()
    if url.scheme not in ("http", "https"):
        raise RefusedError(Reason.SCHEME, f"scheme {url.scheme!r} is not allowed")
    if url.userinfo:
        raise RefusedError(Reason.USERINFO, "a user name in a URL is not allowed")
    if url.port not in _PORTS:
        raise RefusedError(Reason.PORT, f"port {url.port} is not allowed")
    if not is_public_name(host):
        raise RefusedError(Reason.HOST, f"{host!r} is not a public name")
    if hosts is not None and not any(host == name or host.endswith("." + name) for name in hosts):
        raise RefusedError(Reason.HOST, f"{host!r} is not on the list")
    return host


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order in which to try them."""
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def public_addresses(host: str, port: int, resolve: Callable[[str, int], list[str]] = resolve) -> list[str]:
    """The addresses of a name. Raises RefusedError if any is not public: half a trap is a trap."""
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: {error}") from error
    if not all(map(is_public_address, addresses)):
        raise RefusedError(Reason.PRIVATE, f"{host} has an address that is not public")
    return addresses


class GuardedTransport(httpx.HTTPTransport):
    """One per job. `addresses` and `backend` are where tests put a network of their own."""

    def __init__(
        self,
        hosts: frozenset[str] | None,
        budget: Budget,
        *,
        gateway: str | None = None,
        addresses: Callable[[str, int], list[str]] = public_addresses,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._hosts = hosts
        self._budget = budget
        self._gateway = httpx.URL(gateway) if gateway else None
        network = _Network(budget, _as_named if gateway else addresses, backend or httpcore.SyncBackend())
        # httpx offers no other way to give its pool a network. The pool is keyed by name, so Host, SNI and the
        # certificate's name are right by themselves; with the address in the URL they would not be.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(), max_connections=MAX_CONNECTIONS, network_backend=network
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = check(request.url, self._hosts)
        self._budget.spend_request()
        response = super().handle_request(_through(self._gateway, request, host) if self._gateway else request)
        try:
            return self._guarded(response, has_body=request.method != "HEAD")
        except RefusedError:
            response.close()
            raise

    def _guarded(self, response: httpx.Response, *, has_body: bool) -> httpx.Response:
        coding = response.headers.get("content-encoding", "identity").lower()
        if coding not in ("identity", "gzip"):
            raise RefusedError(Reason.ENCODING, f"content-encoding {coding!r} was not asked for")
        limit = self._budget.bytes_left
        if response.has_redirect_location:
            limit = min(limit, REDIRECT_BODY_BYTES)
        if has_body and int(response.headers.get("content-length", 0)) > limit:
            raise RefusedError(Reason.BYTES, "the answer is larger than allowed")
        settled = (b"content-encoding", b"content-length") if coding == "gzip" else ()
        return httpx.Response(
            response.status_code,
            headers=[(name, value) for name, value in response.headers.raw if name.lower() not in settled],
            stream=_Body(response, self._budget, limit=limit, gzip=coding == "gzip"),
            extensions=response.extensions,
        )


class _Client(httpx.Client):
    """What is not a URL is refused like the rest, a redirect's too: httpx raises no HTTPError, and callers miss it."""

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        with _urls():
            return super().build_request(method, url, **options)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with _urls():
            return super().send(request, **options)


@contextmanager
def _urls() -> Iterator[None]:
    try:
        yield
    except (httpx.InvalidURL, UnicodeError) as error:
        raise RefusedError(Reason.URL, f"not a URL: {error}") from error


class _Network(httpcore.NetworkBackend):
    def __init__(
        self, budget: Budget, addresses: Callable[[str, int], list[str]], backend: httpcore.NetworkBackend
    ) -> None:
        self._budget = budget
        self._addresses = addresses
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in self._addresses(host, port):
            connect = partial(
                self._backend.connect_tcp, address, port, local_address=local_address, socket_options=socket_options
            )
            try:
                return _TimedStream(self._budget.within(timeout, connect), self._budget)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._budget.within(timeout, partial(self._stream.read, max_bytes))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._budget.within(timeout, partial(self._stream.write, buffer))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        handshake = partial(self._stream.start_tls, ssl_context, server_hostname)
        return _TimedStream(self._budget.within(timeout, handshake), self._budget)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Body(httpx.SyncByteStream):
    """A body, given on as it comes. Compressed bytes count twice: as they come and as what they become."""

    def __init__(self, response: httpx.Response, budget: Budget, *, limit: int, gzip: bool) -> None:
        self._response = response
        self._budget = budget
        self._left = limit
        self._gzip = gzip

    def __iter__(self) -> Iterator[bytes]:
        received = self._counted(self._response.iter_raw())
        yield from self._counted(_inflated(received)) if self._gzip else received

    def close(self) -> None:
        self._response.close()

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._left -= len(chunk)
            if self._left < 0:
                raise RefusedError(Reason.BYTES, "the answer is larger than allowed")
            self._budget.spend_bytes(len(chunk))
            yield chunk


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Gzip undone, never more than a step at once: counting after a whole chunk would be too late for a bomb."""
    inflater = zlib.decompressobj(wbits=31)
    begun = False
    for chunk in chunks:
        begun = True
        pending = chunk
        while pending and not inflater.eof:
            try:
                piece = inflater.decompress(pending, STEP_BYTES)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            pending = inflater.unconsumed_tail
            yield piece
    if begun and not inflater.eof:
        raise httpx.DecodingError("the gzip stream ends early")


def _through(gateway: httpx.URL, request: httpx.Request, host: str) -> httpx.Request:
    """The request as the gateway gets it: https://HOST/PATH?Q is /HOST/PATH?Q there, all else as it was.

    The caller keeps the original, and so does all above the transport: host lists, redirects and cookies.
    """
    headers = request.headers.copy()
    headers["host"] = gateway.netloc.decode("ascii")
    headers["x-forwarded-host"] = host
    path = gateway.raw_path.rstrip(b"/") + b"/" + host.encode("ascii") + request.url.raw_path
    return httpx.Request(
        request.method,
        gateway.copy_with(raw_path=path),
        headers=headers,
        stream=request.stream,
        extensions=request.extensions,
    )


def _as_named(host: str, port: int) -> list[str]:  # noqa: ARG001 - the signature of public_addresses
    """The gateway is where the owner says it is; a private address is the usual one."""
    return [host]


@cache
def _tls() -> ssl.SSLContext:
    """One per process: reading the root certificates is nearly all that a client costs."""
    return ssl.create_default_context(cafile=certifi.where())
