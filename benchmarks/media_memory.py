"""The most memory that a download and a conversion hold: the whole process, interpreter and libraries and all.

What ffmpeg holds is added, though the two need not peak together. Each is a process of its own, from a gateway on
this machine into an S3 server, or from that server into it; the memory is what Linux calls resident (VmHWM).
The peer is the same with 10 MB, of which an upload is never two parts at once, and the index is short.
"""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.media_files import clip
from benchmarks.media_place import Place, conversion, place, upload
from benchmarks.report import Figure, Section
from tokstack.media.formats import Format, Options

SIZES = {"10 MB": 2, "500 MB": 93}  # and how many clips that is
BOUND = 256  # MB, whatever the size
LOOK_SECONDS = 0.01
POST, PAGE = "https://v16-webapp-prime.tiktok.com", "https://files.example"
TASKS = {
    "download, a post's file": ("post", POST),
    "download, a page's file (yt-dlp)": ("page", PAGE),
    "convert, mp4 copied": ("convert", Format.MP4),
    "convert, mp3": ("convert", Format.MP3),
}


@dataclass(frozen=True, slots=True)
class Peak:
    """Megabytes."""

    ours: float
    ffmpeg: float

    @property
    def whole(self) -> float:
        return self.ours + self.ffmpeg


def measure() -> Section:
    return Section("Memory", __doc__ or "", list(_figures()))


def _figures() -> Iterator[Figure]:
    with _gateway() as gateway:
        for name, (task, of) in TASKS.items():
            small, large = (_peak(task, of, times, gateway) for times in SIZES.values())
            most, times = max(small.whole, large.whole), large.whole / small.whole
            bound, held = f"≤ {BOUND} MB", most <= BOUND
            yield Figure(f"{name}, 500 MB", _told(large), _told(small), f"{times:.2f}", bound, held)


def _told(peak: Peak) -> str:
    return f"{peak.whole:.0f} MB" + (f", {peak.ffmpeg:.0f} of them ffmpeg's" if peak.ffmpeg else "")


def _peak(task: str, of: str, times: int, gateway: str) -> Peak:
    with TemporaryDirectory() as folder, place(Path(folder)) as here:
        if task == "convert":
            upload(here.storage, "clip", clip(times))
            subject = conversion(here.table, "clip", Format(of), Options()).id
        else:
            subject = f"{of}/clip-{times}.mp4"
        return _of_process(task, subject, here, gateway)


def _of_process(task: str, subject: str, here: Place, gateway: str) -> Peak:
    where = json.dumps({**asdict(here), "gateway": gateway})
    command = [sys.executable, "-m", "benchmarks.media_memory_child", task, subject, where]
    ffmpeg = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            ffmpeg = max(ffmpeg, *_children(process.pid), 0.0)
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
        said = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{task} failed")
    return Peak(int(said) / 1024, ffmpeg)


def _children(pid: int) -> list[float]:
    """What each child of a process has held at most, in megabytes."""
    found: list[float] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                status = Path(f"/proc/{child}/status").read_text()
                # Until it runs its own program, a child is a picture of its parent.
                if status.startswith("Name:\tffmpeg") and (most := re.search(r"VmHWM:\s+(\d+)", status)):
                    found.append(int(most[1]) / 1024)
    return found


class _Handler(BaseHTTPRequestHandler):
    """Whatever the host, `/clip-N.mp4` is N clips one after another."""

    def do_GET(self) -> None:
        file = clip(int(self.path.rpartition("-")[2].removesuffix(".mp4")))
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(file.stat().st_size))
        self.end_headers()
        if self.command == "GET":
            with file.open("rb") as body, suppress(ConnectionError):  # whoever looks first hangs up soon
                shutil.copyfileobj(body, self.wfile, 1 << 20)

    do_HEAD = do_GET  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _gateway() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
