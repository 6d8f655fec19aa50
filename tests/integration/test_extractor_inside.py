"""Where the extractor never goes, whoever sends it there: servers inside, other schemes, programs, files."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.upstream.server import Upstream
from local.upstream.sites import SITES, trap
from tests.extractors import file_failure, page_failure, through
from tests.sample_upstream import serving, world
from tokstack.errors import Code
from tokstack.providers.extractor.extractor import Extractor

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with serving(world()) as server:
        yield server


@pytest.fixture(scope="module")
def extractor(upstream: Upstream) -> Extractor:
    return through(upstream.url)


class Forbidden(BaseHTTPRequestHandler):
    """A server inside. It counts who comes."""

    server: "Inside"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.end_headers()
        self.wfile.write(b"\x00\x00\x00\x20ftypisom the secret")

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


class Inside(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Forbidden)
        self.asked: list[str] = []


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with Inside() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


HOSTS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "localhost.",
    "0.0.0.0",
    "１２７.０.０.１",
    "user@127.0.0.1",
    "example.org@127.0.0.1",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("gateway", [True, False], ids=["gateway", "live"])
def test_no_spelling_of_a_server_inside_is_asked(
    upstream: Upstream, inside: Inside, host: str, gateway: bool, tmp_path: Path
) -> None:
    extractor = through(upstream.url if gateway else None)
    address = f"http://{host}:{inside.server_port}/secret"
    assert page_failure(extractor, address) is Code.VALIDATION_ERROR
    if gateway:
        refusals = (Code.VALIDATION_ERROR, Code.UPSTREAM_UNAVAILABLE)  # the latter where it is no URL for httpx either
        assert page_failure(extractor, trap("redirect", address)) in refusals
        for kind in ("page", "list.m3u8"):
            assert file_failure(extractor, trap(kind, address), tmp_path) is Code.VALIDATION_ERROR
    assert inside.asked == []


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:video/mp4;base64,AAAA", "rtmp://127.0.0.1/a"]
)
@pytest.mark.parametrize("kind", ["page", "list.m3u8", "redirect"])
def test_no_other_scheme_is_followed(extractor: Extractor, kind: str, to: str, tmp_path: Path) -> None:
    assert file_failure(extractor, trap(kind, to), tmp_path) in (Code.VALIDATION_ERROR, Code.UNSUPPORTED_MEDIA)
    assert not any(path.stat().st_size for path in tmp_path.iterdir())


WATCHED = """
import json, sys, tempfile
from pathlib import Path

seen = []

def watch(event, args):
    if event in ("socket.connect", "socket.sendto"):
        seen.append((event, str(args[1])))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.append((event, str(args[0])))
    elif event.startswith(("subprocess.", "os.exec", "os.spawn", "os.posix_spawn", "os.system", "os.fork", "pty.")):
        seen.append((event, str(args[:2])))
    elif event == "open" and isinstance(args[0], str) and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append((event, str(args[0])))

sys.addaudithook(watch)
from tokstack import outbound
from tokstack.errors import TokstackError
from tokstack.providers.extractor.choice import Choice
from tokstack.providers.extractor.extractor import Extractor

gateway, urls = sys.argv[1], sys.argv[2:]
folder = Path(tempfile.mkdtemp())
extractor = Extractor(
    lambda seconds, requests: outbound.client(
        None, seconds=seconds, max_bytes=16 << 20, max_requests=requests, gateway=gateway
    ),
    8 << 20,
)
came = []
for url in urls:
    try:
        extractor.page(url, 20)
        with extractor.item(url, 1, Choice(), folder, 20, lambda done, total: None) as given:
            came.append(url)
    except TokstackError:
        pass
print(json.dumps({"seen": seen, "came": came, "folder": str(folder), "plugin": "evil" in sys.modules}))
"""


def test_nothing_is_asked_but_the_gateway_and_no_program_is_started(upstream: Upstream, tmp_path: Path) -> None:
    """With all that could lead yt-dlp astray: programs on the path, a plugin, a configuration, proxies."""
    bin_folder, plugins = tmp_path / "bin", tmp_path / "python/yt_dlp_plugins/extractor"
    bin_folder.mkdir()
    plugins.mkdir(parents=True)
    for name in ("ffmpeg", "ffprobe", "deno", "node", "aria2c", "phantomjs", "rtmpdump"):
        (bin_folder / name).write_text("#!/bin/sh\necho ffmpeg version 7\n")
        (bin_folder / name).chmod(0o755)
    (plugins / "evil.py").write_text("import sys\nsys.modules['evil'] = sys\n")
    (tmp_path / "yt-dlp.conf").write_text("--proxy http://127.0.0.1:9\n")
    environment = {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "layers/tokstack", tmp_path / "python"))),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "TMPDIR": str(tmp_path),
    }
    urls = [site.url for site in SITES]
    command = [sys.executable, "-B", "-c", WATCHED, upstream.url, *urls]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])

    address = str(upstream.server_address)
    assert len(told["came"]) > 15
    assert not told["plugin"]
    # The loader's own list, by which ctypes looks for a library of large numbers.
    asked = {(event, what) for event, what in told["seen"] if event != "open" and "/sbin/ldconfig" not in what}
    assert asked == {("socket.connect", address), ("socket.getaddrinfo", "127.0.0.1")}
    written = {what for event, what in told["seen"] if event == "open"}
    assert {what for what in written if not what.startswith(told["folder"])} == set()


def test_yt_dlp_is_known_to_the_extractor_alone_and_comes_at_its_first_use() -> None:
    layer = ROOT / "layers/tokstack/tokstack"
    users = {
        path
        for path in layer.rglob("*.py")
        if re.search(r"^\s*(?:from|import) yt_dlp\b", path.read_text(), re.MULTILINE)
    }
    assert {path.parent for path in users} == {layer / "providers/extractor"}
    script = (
        "import sys, tokstack.providers.extractor.extractor as one, tokstack.providers.extractor.choice\n"
        "assert 'yt_dlp' not in sys.modules\n"
        "one.Extractor(lambda *_: None, 1)\n"
        "assert 'yt_dlp' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": str(layer.parent)}, check=True)
