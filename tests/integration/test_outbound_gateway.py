"""The guard over real sockets: a gateway on loopback, and sites that mean ill."""

import datetime as dt
import gzip
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tokstack import outbound
from tokstack.outbound import Budget, GuardedTransport, Reason, RefusedError

SITE = "https://www.tiktok.com"
TIKTOK = frozenset({"tiktok.com"})
MEGABYTE = 1 << 20


@cache
def bomb() -> bytes:
    """64 KB that become 64 MB."""
    return gzip.compress(bytes(64 * MEGABYTE))


class Handler(BaseHTTPRequestHandler):
    """A gateway: it answers by the host and path that were meant."""

    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        host, _, path = self.path.lstrip("/").partition("/")
        assert self.headers["X-Forwarded-Host"] == host
        getattr(self, path.partition("?")[0].replace("/", "_"))()

    def page(self) -> None:
        cookie = "tt_chain_token=abc; Domain=.tiktok.com; Path=/; Secure; HttpOnly"
        self.begin(
            302, ("Set-Cookie", cookie), ("Location", "https://v16.tiktok.com/media?x=1"), ("Content-Length", "0")
        )

    def media(self) -> None:
        body = f"{self.headers['Cookie']} {self.headers['Referer']}".encode()
        self.begin(200, ("Content-Length", str(len(body))))
        self.wfile.write(body)

    def inside(self) -> None:
        self.begin(302, ("Location", f"http://127.0.0.1:{self.server.server_port}/"), ("Content-Length", "0"))

    def endless(self) -> None:
        self.begin(200)
        while True:
            self.wfile.write(b"x" * 65536)

    def bomb(self) -> None:
        self.begin(200, ("Content-Encoding", "gzip"), ("Content-Length", str(len(bomb()))))
        self.wfile.write(bomb())

    def large(self) -> None:
        self.begin(200, ("Content-Length", str(64 * MEGABYTE)))
        for _ in range(1024):
            self.wfile.write(b"x" * 65536)

    def trickle(self) -> None:
        self.begin(200)
        while not self.server.ended.wait(0.02):
            self.wfile.write(b"x")

    def trickled_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.server.ended.wait(0.02):
            self.wfile.write(b"x")

    def stall(self) -> None:
        self.begin(200, ("Content-Length", "10"))
        self.server.ended.wait(30)

    def begin(self, status: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.ended = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A guard that hangs up is no error here."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def gateway() -> Iterator[Server]:
    with running(Server()) as server:
        yield server


@contextmanager
def running(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(gateway: Server, path: str, *, seconds: float = 60, max_bytes: int = MEGABYTE) -> Reason:
    with (
        outbound.client(TIKTOK, seconds=seconds, max_bytes=max_bytes, gateway=gateway.url) as http,
        pytest.raises(RefusedError) as refused,
    ):
        http.get(f"{SITE}{path}")
    return refused.value.reason


def test_a_page_its_redirect_and_its_cookie_come_through_the_gateway(gateway: Server) -> None:
    with outbound.client(TIKTOK, seconds=60, max_bytes=MEGABYTE, gateway=gateway.url) as http:
        response = http.get(f"{SITE}/page", headers={"Referer": SITE})
    assert response.text == f"tt_chain_token=abc {SITE}"
    assert str(response.request.url) == "https://v16.tiktok.com/media?x=1"
    assert [str(hop.url) for hop in response.history] == [f"{SITE}/page"]
    assert gateway.asked == ["/www.tiktok.com/page", "/v16.tiktok.com/media?x=1"]


def test_the_gateway_is_no_way_inside(gateway: Server) -> None:
    assert refusal(gateway, "/inside") is Reason.PORT
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("path", ["/endless", "/bomb", "/large"])
def test_too_many_bytes_are_cut(gateway: Server, path: str) -> None:
    assert refusal(gateway, path) is Reason.BYTES


@pytest.mark.parametrize("path", ["/trickle", "/trickled/head", "/stall"])
def test_a_slow_answer_ends_with_the_job(gateway: Server, path: str) -> None:
    assert refusal(gateway, path, seconds=0.3) is Reason.TIME


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_a_large_body_costs_no_memory(gateway: Server, path: str) -> None:
    bomb()
    with outbound.client(TIKTOK, seconds=60, max_bytes=256 * MEGABYTE, gateway=gateway.url) as http:
        tracemalloc.start()
        try:
            with http.stream("GET", SITE + path) as response:
                size = sum(map(len, response.iter_bytes()))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert size == 64 * MEGABYTE
    assert peak < 2 * MEGABYTE


# Without a gateway


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://[::1]/"])
def test_loopback_is_refused(url: str) -> None:
    with outbound.client(None, seconds=5, max_bytes=1, gateway=None) as http, pytest.raises(RefusedError) as refused:
        http.get(url)
    assert refused.value.reason is Reason.HOST


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with outbound.client(None, seconds=5, max_bytes=1, gateway=None) as http, pytest.raises(RefusedError) as refused:
        http.get("http://inside.example.org/")
    assert refused.value.reason is Reason.PRIVATE


# TLS


class Loopback(httpcore.SyncBackend):
    """Dials one local port, whatever address was found."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return super().connect_tcp("127.0.0.1", self.port, *args, **kwargs)


def certificate(folder: Path, name: str) -> Path:
    """A certificate for one name that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], httpx.Client]]:
    """Clients for a site with a certificate for one.example.org alone, trusted, on the address of every name."""
    pem = certificate(tmp_path, "one.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = Server()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusted = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(Handler, "do_GET", lambda self: self.begin(200, ("Content-Length", "0")))

    def client() -> httpx.Client:
        transport = GuardedTransport(
            None,
            Budget(seconds=30, max_bytes=1000, max_requests=10),
            addresses=lambda host, port: ["93.184.215.14"],
            backend=Loopback(server.server_port),
        )
        return httpx.Client(transport=transport, trust_env=False)

    with running(server):
        monkeypatch.setattr(outbound, "_tls", lambda: trusted)
        yield client


def test_a_certificate_holds_for_its_own_name_only(secure_site: Callable[[], httpx.Client]) -> None:
    with secure_site() as http:
        assert http.get("https://one.example.org/").status_code == 200
        with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
            http.get("https://two.example.org/")  # the same address, where a connection is already open


def test_a_certificate_of_nobodys_is_not_trusted(
    secure_site: Callable[[], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "_tls", ssl.create_default_context)
    with secure_site() as http, pytest.raises(httpx.ConnectError, match="certificate verify failed"):
        http.get("https://one.example.org/")
