"""The sample upstream over HTTP: how it delivers, how it counts, how faults feel, and how it is started."""

import gzip
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.upstream.links import BROKEN
from local.upstream.media import library
from local.upstream.server import Upstream
from tests.sample_upstream import first, serving, through, world

POST = first(lambda post: post.clip)
SLIDES = first(lambda post: post.images)
REFERER = {"Referer": "https://www.tiktok.com/"}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with serving(world()) as server:
        yield server


@pytest.fixture
def client(upstream: Upstream) -> Iterator[httpx.Client]:
    with through(upstream.url) as client:
        yield client


@pytest.fixture
def control(upstream: Upstream) -> Iterator[httpx.Client]:
    """Its controls; what was set is undone."""
    with httpx.Client(base_url=f"{upstream.url}/_control/") as client:
        yield client
        client.post("faults", json={"rate": 0})
        client.delete("requests")


def play_url(client: httpx.Client) -> str:
    """A video's link, for which the client has the cookie now."""
    client.get(POST.url)
    (video,) = POST.playable[:1]
    return world().mint().web(POST.id, video)[0]


def test_pages_are_of_real_size_and_packed_if_asked(client: httpx.Client) -> None:
    page = client.get(POST.url, headers={"Accept-Encoding": "gzip"})

    assert 200_000 <= len(page.content) <= 500_000
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < len(page.content)
    assert client.get(POST.url, headers={"Accept-Encoding": "identity"}).content[:15] == b"<!DOCTYPE html>"


def test_files_come_whole_in_ranges_and_as_headers_alone(client: httpx.Client) -> None:
    url, whole = play_url(client), library()[POST.playable[0]].path.read_bytes()

    assert client.get(url, headers=REFERER).content == whole
    head = client.head(url, headers=REFERER)
    assert (head.headers["content-length"], head.headers["content-type"], head.content) == (
        str(len(whole)),
        "video/mp4",
        b"",
    )
    for asked, start, end in (("0-99", 0, 99), ("100-", 100, len(whole) - 1), ("-50", len(whole) - 50, len(whole) - 1)):
        part = client.get(url, headers={**REFERER, "Range": f"bytes={asked}"})
        assert (part.status_code, part.content) == (206, whole[start : end + 1])
        assert part.headers["content-range"] == f"bytes {start}-{end}/{len(whole)}"
    assert client.get(url, headers={**REFERER, "Range": f"bytes={len(whole)}-"}).status_code == 416


def test_the_cookie_of_the_page_opens_its_media(client: httpx.Client) -> None:
    url = play_url(client)

    assert client.get(url, headers=REFERER).is_success
    client.cookies.clear()
    assert client.get(url, headers=REFERER).status_code == 403
    assert BROKEN not in url


def test_requests_are_counted_by_host_and_path_and_controls_are_not(
    client: httpx.Client, control: httpx.Client
) -> None:
    control.delete("requests")
    for _ in range(2):
        client.get("https://www.tiktok.com/player/api/v1/items", params={"item_ids": SLIDES.id})
    client.get("https://vm.tiktok.com/ZMvideo01/")

    assert control.get("requests").json() == {
        "total": 3,
        "hosts": {"www.tiktok.com": {"/player/api/v1/items": 2}, "vm.tiktok.com": {"/ZMvideo01/": 1}},
    }
    assert control.delete("requests").json() == {"total": 0, "hosts": {}}


def test_the_limiter_lets_through_one_request_a_second(client: httpx.Client) -> None:
    ask = {"url": POST.id}
    answers = [client.post("https://www.tikwm.com/api/", data=ask).json() for _ in range(2)]

    assert [answer["code"] for answer in answers] == [0, -1]
    assert answers[1]["msg"] == "Free Api Limit: 1 request/second."


@pytest.mark.parametrize(
    ("kind", "error"),
    [("reset", httpx.ReadError), ("truncated", httpx.RemoteProtocolError), ("timeout", httpx.ReadTimeout)],
)
def test_faults_of_the_network(client: httpx.Client, control: httpx.Client, kind: str, error: type[Exception]) -> None:
    assert control.post("faults", json={"rate": 1, "kinds": [kind], "seed": 3}).json()["kinds"] == [kind]

    with pytest.raises(error):
        client.get(POST.url, timeout=0.5)
    control.post("faults", json={"rate": 0})
    assert client.get(POST.url).is_success


def test_slow_answers_arrive_in_the_end(client: httpx.Client, control: httpx.Client) -> None:
    control.post("faults", json={"rate": 1, "kinds": ["slow"], "hosts": ["www.tiktok.com"]})

    with client.stream("GET", POST.url, headers={"Accept-Encoding": "gzip"}) as slow:
        parts = list(slow.iter_raw())

    assert len(parts) > 3
    assert gzip.decompress(b"".join(parts)).endswith(b"</html>")


def test_wrong_controls_are_refused(control: httpx.Client) -> None:
    assert control.post("faults", json={"rate": 7}).status_code == 400
    assert control.post("faults", content=b"{").status_code == 400
    assert control.get("nothing").status_code == 404
    assert control.get("faults").json()["rate"] == 0


def test_the_catalogue_is_told_with_what_to_expect(control: httpx.Client) -> None:
    told = control.get("catalog.json").json()

    assert len(told["posts"]) >= 300
    assert {post["id"] for post in told["posts"]} >= {POST.id, SLIDES.id}
    assert all(post["expected"].keys() == {"statistic", "downloader", "slides"} for post in told["posts"])
    assert all(profile["expected"].keys() == {"random", "user"} for profile in told["profiles"])
    assert {link["url"] for link in told["short_links"] if link["expected"]} >= {"https://vm.tiktok.com/ZMlocal01/"}


def test_the_path_and_the_forwarded_host_must_agree(upstream: Upstream) -> None:
    answer = httpx.get(f"{upstream.url}/www.tiktok.com/oembed", headers={"X-Forwarded-Host": "vm.tiktok.com"})

    assert answer.status_code == 400


def test_it_starts_as_a_program_and_says_when_it_is_ready() -> None:
    command = [sys.executable, "-m", "local.upstream"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            word, url = process.stdout.readline().split()
            assert word == "ready"
            assert httpx.get(f"{url}/_control/requests").json()["total"] == 0
        finally:
            process.terminate()


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "local.upstream", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "cannot be used" in ended.stderr
