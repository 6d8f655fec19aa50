"""The guard, over a network that exists only in memory."""

import gzip
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx
import pytest

from tokstack import outbound
from tokstack.outbound import Budget, GuardedTransport, Reason, RefusedError, public_addresses
from tokstack.public_internet import is_public_address, is_public_name

SITE = "https://www.tiktok.com/"
PUBLIC = "93.184.215.14"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    fields = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


class Memory(httpcore.NetworkBackend):
    """Answers the n-th connection with the n-th script, and keeps what was dialled, named for TLS and sent."""

    def __init__(self, *scripts: bytes | Iterable[bytes]) -> None:
        self.scripts = iter(scripts)
        self.dialled: list[tuple[str, int]] = []
        self.unreachable: set[str] = set()
        self.streams: list[MemoryStream] = []

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        self.dialled.append((host, port))
        if host in self.unreachable:
            raise httpcore.ConnectError(host)
        script = next(self.scripts)
        self.streams.append(MemoryStream([script] if isinstance(script, bytes) else script))
        return self.streams[-1]

    @property
    def sent(self) -> list[str]:
        return [stream.sent.decode() for stream in self.streams]


class MemoryStream(httpcore.NetworkStream):
    def __init__(self, script: Iterable[bytes]) -> None:
        self.script = iter(script)
        self.sent = b""
        self.server_name: str | None = None
        self.timeouts: list[float | None] = []
        self.pending = b""
        self.closed = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.timeouts.append(timeout)
        self.pending = self.pending or next(self.script, b"")
        piece, self.pending = self.pending[:max_bytes], self.pending[max_bytes:]
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.timeouts.append(timeout)
        self.sent += buffer

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        assert ssl_context.verify_mode is ssl.CERT_REQUIRED
        assert ssl_context.check_hostname
        self.timeouts.append(timeout)
        self.server_name = server_hostname
        return self

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, info: str) -> Any:
        return None


def guarded(
    network: Memory,
    hosts: frozenset[str] | None = None,
    *,
    seconds: float = 60,
    max_bytes: int = 1 << 30,
    max_requests: int = 64,
    gateway: str | None = None,
    resolve: Callable[[str, int], list[str]] = lambda host, port: [PUBLIC],
) -> httpx.Client:
    """What `outbound.client` gives, but over memory."""
    http = outbound.client(hosts, seconds=seconds, max_bytes=max_bytes, max_requests=max_requests, gateway=gateway)
    http._transport.close()
    http._transport = GuardedTransport(
        hosts,
        Budget(seconds=seconds, max_bytes=max_bytes, max_requests=max_requests),
        gateway=gateway,
        addresses=lambda host, port: public_addresses(host, port, resolve),
        backend=network,
    )
    return http


def refusal(http: httpx.Client, url: str, **options: Any) -> Reason:
    with http, pytest.raises(RefusedError) as refused:
        http.get(url, **options)
    return refused.value.reason


# What may be asked


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://www.tiktok.com/", Reason.SCHEME),
        ("file:///etc/passwd", Reason.SCHEME),
        ("www.tiktok.com/@u", Reason.SCHEME),
        ("https://user@www.tiktok.com/", Reason.USERINFO),
        ("https://user:pass@www.tiktok.com/", Reason.USERINFO),
        ("https://www.tiktok.com:8443/", Reason.PORT),
        ("http://www.tiktok.com:22/", Reason.PORT),
        ("http://127.0.0.1/", Reason.HOST),
        (f"http://{PUBLIC}/", Reason.HOST),
        ("http://2130706433/", Reason.HOST),
        ("http://0x7f.1/", Reason.HOST),
        ("http://0177.0.0.1/", Reason.URL),
        ("http://[::1]/", Reason.HOST),
        ("http://[::ffff:127.0.0.1]/", Reason.HOST),
        ("http://localhost/", Reason.HOST),
        ("http://www.tiktok.com./", Reason.HOST),
        ("https://tiktok.com.evil.example/", Reason.HOST),
        ("https://eviltiktok.com/", Reason.HOST),
        ("https://[/", Reason.HOST),
        ("https://www.tik\x00tok.com/", Reason.URL),
        ("https://www.tiktok.com/\ud800", Reason.URL),
        ("https://www.tiktok.com/" + "a" * 70_000, Reason.URL),
    ],
)
def test_what_is_refused_before_anything_is_dialled(url: str, reason: Reason) -> None:
    network = Memory(OK)
    assert refusal(guarded(network, frozenset({"tiktok.com"})), url) is reason
    assert network.dialled == []


@pytest.mark.parametrize("url", ["https://tiktok.com/", "https://v16-webapp.tiktok.com/x", "HTTPS://WWW.TIKTOK.COM/"])
def test_a_listed_name_covers_the_names_below_it(url: str) -> None:
    with guarded(Memory(OK), frozenset({"tiktok.com"})) as http:
        assert http.get(url).text == "ok"


def test_without_a_list_any_public_name_may_be_asked() -> None:
    with guarded(Memory(OK)) as http:
        assert http.get("https://some.example.org/").text == "ok"


def test_a_list_of_none_refuses_all() -> None:
    assert refusal(guarded(Memory(OK), frozenset()), SITE) is Reason.HOST


# Where it leads


def test_the_address_that_was_checked_is_the_one_that_is_dialled() -> None:
    network, asked = Memory(OK), []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC]

    with guarded(network, resolve=resolve) as http:
        http.get(SITE)
    assert asked == [("www.tiktok.com", 443)]
    assert network.dialled == [(PUBLIC, 443)]
    assert network.streams[0].server_name == "www.tiktok.com"
    assert "Host: www.tiktok.com\r\n" in network.sent[0]


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    network = Memory(OK)
    assert refusal(guarded(network, resolve=lambda host, port: [PUBLIC, "127.0.0.1"]), SITE) is Reason.PRIVATE
    assert network.dialled == []


def test_a_name_that_changes_its_address_is_checked_again_for_the_next_connection() -> None:
    answers = iter([[PUBLIC], ["169.254.169.254"]])
    network = Memory(answer(b"one", Connection="close"), OK)
    with guarded(network, resolve=lambda host, port: next(answers)) as http:
        assert http.get(SITE).text == "one"
        with pytest.raises(RefusedError) as refused:
            http.get(SITE)
    assert refused.value.reason is Reason.PRIVATE
    assert network.dialled == [(PUBLIC, 443)]


def test_an_address_that_does_not_answer_leaves_the_next_one() -> None:
    network = Memory(OK)
    network.unreachable = {PUBLIC}
    with guarded(network, resolve=lambda host, port: [PUBLIC, "93.184.215.15"]) as http:
        assert http.get(SITE).text == "ok"
    assert network.dialled == [(PUBLIC, 443), ("93.184.215.15", 443)]


@pytest.mark.parametrize("failure", [OSError("no such name"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_is_network_trouble(failure: Exception) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise failure

    with guarded(Memory(), resolve=resolve) as http, pytest.raises(httpx.ConnectError):
        http.get(SITE)


def test_a_name_without_addresses_is_network_trouble() -> None:
    with guarded(Memory(), resolve=lambda host, port: []) as http, pytest.raises(httpx.ConnectError):
        http.get(SITE)


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    network = Memory(OK)
    with guarded(network) as http:
        http.get(SITE)
    assert network.dialled == [(PUBLIC, 443)]


# Redirects and cookies


def redirect(location: str, body: bytes = b"") -> bytes:
    return answer(body, "302 Found", Location=location)


def test_redirects_are_followed_and_each_is_checked() -> None:
    network = Memory(redirect("https://m.tiktok.com/a") + redirect("/b") + OK, redirect("/b") + OK)
    with guarded(network, frozenset({"tiktok.com"})) as http:
        response = http.get(SITE)
    assert (str(response.url), response.text) == ("https://m.tiktok.com/b", "ok")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://evil.example/", Reason.HOST),
        ("http://127.0.0.1/latest/meta-data/", Reason.HOST),
        ("file:///etc/passwd", Reason.SCHEME),
        ("https://u:p@www.tiktok.com/", Reason.USERINFO),
        ("https://www.tiktok.com:6379/", Reason.PORT),
        ("data:text/plain,x", Reason.URL),
    ],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(location: str, reason: Reason) -> None:
    network = Memory(redirect(location), OK)
    assert refusal(guarded(network, frozenset({"tiktok.com"})), SITE) is reason
    assert len(network.dialled) == 1


def test_five_redirects_are_followed_and_the_sixth_is_not() -> None:
    with guarded(Memory([redirect("/x")] * 5 + [OK])) as http:
        assert http.get(SITE).text == "ok"
    with guarded(Memory([redirect("/x")] * 6 + [OK])) as http, pytest.raises(httpx.TooManyRedirects):
        http.get(SITE)


def test_the_body_of_a_redirect_is_capped() -> None:
    longest = b"x" * outbound.REDIRECT_BODY_BYTES
    with guarded(Memory(redirect("/x", longest) + OK)) as http:
        assert http.get(SITE).text == "ok"
    assert refusal(guarded(Memory(redirect("/x", longest + b"x"))), SITE) is Reason.BYTES


def test_the_body_of_a_redirect_without_a_length_is_capped_too() -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"
        while True:
            yield b"x" * 65536

    assert refusal(guarded(Memory(endless())), SITE) is Reason.BYTES


def test_a_cookie_goes_back_to_its_host_and_to_no_other() -> None:
    cookie = "tt_chain_token=abc; Domain=.tiktok.com; Path=/; Secure"
    network = Memory([answer(Set_Cookie=cookie), OK], OK, OK)
    with guarded(network) as http:
        for url in (SITE, SITE, "https://v16.tiktok.com/", "https://other.example/"):
            http.get(url)
    assert ["Cookie: tt_chain_token=abc" in sent for sent in network.sent] == [True, True, False]


# The gateway


GATEWAY = "http://127.0.0.1:9999"


def test_a_gateway_is_asked_in_place_of_every_host_and_nobody_above_knows() -> None:
    cookie = "tt_chain_token=abc; Domain=.tiktok.com; Path=/; Secure"
    network = Memory([answer(Set_Cookie=cookie), redirect("https://www.tiktok.com/b?x=%2F#f"), OK])

    def resolve(host: str, port: int) -> list[str]:
        raise AssertionError("DNS was asked")

    with guarded(network, frozenset({"tiktok.com"}), gateway=GATEWAY, resolve=resolve) as http:
        first = http.get("https://www.tiktok.com/@u/video/1?q=a%20b", headers={"Referer": SITE})
        last = http.get("https://v16.tiktok.com/a", headers={"Range": "bytes=0-"})
    assert network.dialled == [("127.0.0.1", 9999)]
    assert network.streams[0].server_name is None
    requests = network.sent[0].split("\r\n\r\n")
    assert requests[0].startswith("GET /www.tiktok.com/@u/video/1?q=a%20b HTTP/1.1\r\nhost: 127.0.0.1:9999\r\n")
    assert "x-forwarded-host: www.tiktok.com" in requests[0].lower()
    assert "Referer: https://www.tiktok.com/" in requests[0]
    assert requests[1].startswith("GET /v16.tiktok.com/a HTTP/1.1\r\n")
    assert "Range: bytes=0-" in requests[1]
    assert "Cookie: tt_chain_token=abc" in requests[1]
    assert requests[2].startswith("GET /www.tiktok.com/b?x=%2F HTTP/1.1\r\n")
    assert str(first.request.url) == "https://www.tiktok.com/@u/video/1?q=a%20b"
    assert str(last.url) == "https://www.tiktok.com/b?x=%2F#f"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9999/", "https://evil.example/", "ftp://www.tiktok.com/"])
def test_a_gateway_opens_no_door(url: str) -> None:
    network = Memory(OK)
    refusal(guarded(network, frozenset({"tiktok.com"}), gateway=GATEWAY), url)
    assert network.dialled == []


def test_a_gateway_may_have_a_path_of_its_own() -> None:
    network = Memory(OK)
    with guarded(network, gateway=f"{GATEWAY}/recorder/") as http:
        http.get(f"{SITE}x")
    assert network.sent[0].startswith("GET /recorder/www.tiktok.com/x HTTP/1.1\r\n")


# Budgets


def test_the_bytes_are_the_jobs_not_the_requests() -> None:
    with guarded(Memory(answer(b"x" * 600) * 2), max_bytes=1000) as http:
        assert len(http.get(SITE).content) == 600
        with pytest.raises(RefusedError) as refused:
            http.get(SITE)
    assert refused.value.reason is Reason.BYTES


def test_a_body_of_just_the_allowed_size_comes_through() -> None:
    with guarded(Memory(answer(b"x" * 1000)), max_bytes=1000) as http:
        assert len(http.get(SITE).content) == 1000


def test_a_body_that_says_it_is_too_large_is_not_begun() -> None:
    network = Memory([b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", b"x" * 1001])
    assert refusal(guarded(network, max_bytes=1000), SITE) is Reason.BYTES
    assert next(network.streams[0].script) == b"x" * 1001
    assert network.streams[0].closed


def test_a_head_may_tell_any_size() -> None:
    with guarded(Memory(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"), max_bytes=1000) as http:
        assert http.head(SITE).headers["content-length"] == "9999999"


def test_an_endless_body_is_cut() -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 65536

    network = Memory(endless())
    assert refusal(guarded(network, max_bytes=1_000_000), SITE) is Reason.BYTES
    assert network.streams[0].closed


def test_a_large_body_streams_without_being_held() -> None:
    def large() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"
        for _ in range(1600):
            yield b"x" * 65536

    with guarded(Memory(large())) as http, http.stream("GET", SITE) as response:
        sizes = [len(chunk) for chunk in response.iter_bytes()]
    assert sum(sizes) == 104857600
    assert max(sizes) <= 65536


def test_the_requests_are_counted_over_redirects() -> None:
    network = Memory([redirect("/x")] * 2 + [OK])
    assert refusal(guarded(network, max_requests=2), SITE) is Reason.REQUESTS


def test_a_job_whose_time_is_up_asks_nothing() -> None:
    network = Memory(OK)
    assert refusal(guarded(network, seconds=0), SITE) is Reason.TIME
    assert network.dialled == []


def test_no_operation_may_outlast_the_job() -> None:
    network = Memory(OK)
    with guarded(network, seconds=3) as http:
        http.get(SITE, timeout=None)
    assert network.streams[0].timeouts
    assert all(timeout is not None and timeout <= 3 for timeout in network.streams[0].timeouts)


def test_a_trickle_ends_with_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("tokstack.outbound.time.monotonic", lambda: float(next(clock)))

    def trickle() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x"

    assert refusal(guarded(Memory(trickle()), seconds=20), SITE) is Reason.TIME


def test_a_stall_is_the_upstreams_until_the_jobs_time_is_up() -> None:
    def stall(timeout: float) -> None:
        raise httpcore.ReadTimeout

    with pytest.raises(httpcore.ReadTimeout):
        Budget(seconds=60, max_bytes=1, max_requests=1).within(1, stall)
    now = iter([0.0, 0.0, 5.0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tokstack.outbound.time.monotonic", lambda: next(now))
        with pytest.raises(RefusedError) as refused:
            Budget(seconds=5, max_bytes=1, max_requests=1).within(10, stall)
    assert refused.value.reason is Reason.TIME


def test_threads_cannot_spend_more_than_there_is() -> None:
    budget = Budget(seconds=60, max_bytes=1000, max_requests=0)
    refused = []

    def spend() -> None:
        for _ in range(200):
            try:
                budget.spend_bytes(1)
            except RefusedError as error:
                refused.append(error.reason)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 600


# Codings


def zipped(body: bytes) -> bytes:
    return answer(gzip.compress(body), Content_Encoding="gzip")


def test_only_gzip_is_asked_for_and_undone() -> None:
    page = b"<html>" + b"\xe2\x99\xa5" * 100_000
    network = Memory(zipped(page))
    with guarded(network) as http:
        response = http.get(SITE)
    assert response.content == page
    assert "content-encoding" not in response.headers
    assert network.sent[0].lower().count("accept-encoding: gzip\r\n") == 1


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "x-gzip"])
def test_a_coding_that_was_not_asked_for_is_refused(coding: str) -> None:
    network = Memory(answer(b"x", Content_Encoding=coding))
    assert refusal(guarded(network), SITE) is Reason.ENCODING
    assert network.streams[0].closed


def test_a_bomb_bursts_in_small_steps_and_is_cut() -> None:
    bomb = zipped(bytes(50_000_000))
    with guarded(Memory(bomb)) as http, http.stream("GET", SITE) as response:
        assert max(len(chunk) for chunk in response.iter_bytes()) <= outbound.STEP_BYTES
    assert refusal(guarded(Memory(bomb), max_bytes=1_000_000), SITE) is Reason.BYTES


def test_gzip_that_never_gives_a_byte_is_cut_too() -> None:
    def hollow() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10]
        while True:
            yield b"\x00\x00\x00\xff\xff" * 1000  # a stored block of no bytes

    assert refusal(guarded(Memory(hollow()), max_bytes=100_000), SITE) is Reason.BYTES


@pytest.mark.parametrize("body", [gzip.compress(b"x" * 1000, mtime=0)[:-9], b"not gzip at all"])
def test_broken_gzip_is_a_decoding_error(body: bytes) -> None:
    with guarded(Memory(answer(body, Content_Encoding="gzip"))) as http, pytest.raises(httpx.DecodingError):
        http.get(SITE)


def test_what_follows_the_gzip_is_not_kept() -> None:
    with guarded(Memory(answer(gzip.compress(b"page") + b"x" * 100_000, Content_Encoding="gzip"))) as http:
        assert http.get(SITE).content == b"page"


def test_an_empty_answer_may_call_itself_gzip() -> None:
    with guarded(Memory(answer(Content_Encoding="gzip"))) as http:
        assert http.get(SITE).content == b""


# Names and addresses


@pytest.mark.parametrize(
    "host", ["tiktok.com", "v16-webapp-prime.tiktok.com", "a_b.example", "x.xn--p1ai", "1.example"]
)
def test_a_name_is_public(host: str) -> None:
    assert is_public_name(host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "tiktok", "127.0.0.1", "1.2.3.4", "0x7f.0.0.1", "2130706433", "::1", "[::1]"),
        *(
            "example.com.",
            ".example.com",
            "a..example",
            "-a.example",
            "a-.example",
            "a.b",
            "EXAMPLE.COM",
            "a b.example",
        ),
        *("a.localhost", "printer.local", "metadata.google.internal", "router.home.arpa", "a.test"),
        *(
            "exämple.com",
            "example.com\n",
            "a" * 64 + ".example",
            "a." * 126 + "example",
            "tiktok.com:80",
            "a%2e.example",
        ),
    ],
)
def test_a_name_is_not_public(host: str) -> None:
    assert not is_public_name(host)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "192.0.1.1"])
def test_an_address_is_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1"),
        *("172.31.255.255", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8"),
        *("100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
        *("fe80::1", "fe80::1%eth0", "2606:4700::1111%eth0", "fec0::1", "ff02::1"),
    ],
)
def test_an_address_is_not_public(address: str) -> None:
    assert not is_public_address(address)
