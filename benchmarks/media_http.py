"""A post of 15 s converted through HTTP on the local cloud, from the call to the file's first byte and to its last.

Cold: nothing is known of the post, so the machine reads the page, fetches the file, converts and stores it; the
workers are warm. Stored: the result is there. The peer does the same by hand and keeps nothing: `yt-dlp --version`
for its start, the page, the file and ffmpeg (yt-dlp itself cannot be sent to the sample upstream); its file is whole
when it is there at all. The machine's interpreter and the embedded AWS, on the same processors, take most of a cold
job's time here; each state and each table request takes some ten milliseconds where AWS takes one or two.

The price is of a cold job at the billed milliseconds seen here: those of each function as its state took them, and
of `convert`, which waits for the job. Requests are counted as the embedded AWS got them. What leaves to the internet
and what is kept in storage is not in it.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import media_usage
from benchmarks.cost import Job, Run, gb_seconds, per_thousand_jobs
from benchmarks.http import LOG_BYTES, UNTHROTTLED
from benchmarks.media_files import SECONDS, clip, ffmpeg
from benchmarks.report import Figure, Section, timed
from local.account import ACCOUNT, REGION, STACK
from local.upstream.media import library
from local.upstream.recordings import Recordings
from local.upstream.world import World
from tests.clouds import Stack, running
from tests.front_door import FrontDoor, front_door
from tests.sample_upstream import CATALOG, serving, through, with_trait
from tokstack.posts.normalise import web
from tokstack.providers.pages import rehydrated
from tokstack.providers.session import BROWSER_HEADERS

BUCKET = f"{STACK}-media-{ACCOUNT}-{REGION}"
FILE = "counter/h264-540.mp4"  # of the sample, in whose place ours is
COLD, STORED = 5, 15  # rounds
POST = with_trait("h264-only")
TIKTOK = "https://www.tiktok.com/"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    format: str
    options: Mapping[str, Any]
    words: tuple[str, ...]  # of the peer's ffmpeg


MP3 = Case("mp3", "mp3", {}, ("-vn", "-c:a", "libmp3lame", "-b:a", "192k"))
COPY = Case("mp4, copied", "mp4", {}, ("-c", "copy", "-movflags", "+faststart"))
SMALLER = Case("mp4 of 720p, encoded", "mp4", {"video_quality": "720"}, ())


def measure() -> Section:
    with _cloud() as (stack, door):
        _convert(door, MP3)  # the workers start
        waits = [figure for case in (MP3, COPY) for figure in _waits(stack, door, case)]
        billed = {case.name: _billed(stack, door, case) for case in (MP3, SMALLER, COPY)}
    with media_usage.recording() as requests, _cloud() as (stack, door):
        _convert(door, MP3)
        prices = [_price(stack, door, case, billed[case.name], requests) for case in (MP3, SMALLER, COPY)]
    return Section("Conversion over HTTP", __doc__ or "", [*waits, *prices])


@contextmanager
def _cloud() -> Iterator[tuple[Stack, FrontDoor]]:
    """One whose upstream has our clip as a post's video."""
    files = library()
    ours = replace(files[FILE], path=clip(), seconds=SECONDS, width=1080, height=1920)
    files.files[FILE] = files.by_code[ours.code] = ours
    with (
        TemporaryDirectory() as folder,
        serving(World(CATALOG, files, Recordings(None))) as upstream,
        running(Path(folder), *UNTHROTTLED, "--upstream", upstream.url) as stack,
        front_door(stack) as door,
    ):
        yield stack, door


def _waits(stack: Stack, door: FrontDoor, case: Case) -> Iterator[Figure]:
    cold, peer = [], []
    for _ in range(COLD):
        _forget(stack)
        cold.append(_convert(door, case))
        peer.append(timed(lambda: _by_hand(door.upstream, case)))
    stored = [_convert(door, case) for _ in range(STORED)]
    typed = statistics.median(peer)
    for state, times in (("cold", cold), ("stored", stored)):
        for what, seconds in zip(("first", "last"), map(statistics.median, zip(*times, strict=True)), strict=True):
            yield Figure(
                f"{case.name}, {state}: {what} byte",
                f"{seconds * 1e3:.0f} ms",
                f"{typed * 1e3:.0f} ms",
                f"{seconds / typed:.2f}",
            )


def _convert(door: FrontDoor, case: Case) -> tuple[float, float]:
    """Seconds to the first byte of the file, and to the last."""
    body = {"url": POST.url, "options": dict(case.options)}
    call: dict[str, Any] = {"headers": {"x-api-key": door.key}, "json": body, "follow_redirects": True}
    started = time.perf_counter()
    with door.http.stream("POST", f"{door.url}/api/convert/{case.format}", **call) as answer:
        answer.raise_for_status()
        chunks = answer.iter_bytes()
        next(chunks)
        first = time.perf_counter() - started
        for _ in chunks:
            pass
    return first, time.perf_counter() - started


def _forget(stack: Stack) -> None:
    """Every file in storage, and the post."""
    with stack.client("s3") as s3, stack.client("dynamodb") as dynamodb:
        for stored in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=stored["Key"])
        table = f"{STACK}-data"
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["pk"]["S"].startswith("CACHE#"):
                dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})


def _by_hand(gateway: str, case: Case) -> None:
    subprocess.run([sys.executable, "-m", "yt_dlp", "--version"], check=True, stdout=subprocess.DEVNULL)
    with TemporaryDirectory() as folder, through(gateway) as client:
        client.headers.update(BROWSER_HEADERS)
        state = rehydrated(client.get(POST.url).raise_for_status().content, "webapp.video-detail")
        assert state
        link = web.post(state["itemInfo"]["itemStruct"]).renditions[0].urls[0]
        file = Path(folder) / "video.mp4"
        with client.stream("GET", link, headers={"Referer": TIKTOK}) as answer, file.open("wb") as target:
            for chunk in answer.raise_for_status().iter_bytes():
                target.write(chunk)
        ffmpeg("-i", file, *case.words, file.with_name(f"result.{case.format}"))


def _billed(stack: Stack, door: FrontDoor, case: Case) -> tuple[list[Run], int]:
    """The runs of a cold job that took as long as most do, and the states that its machine entered."""
    seen: list[tuple[list[Run], int]] = []
    for _ in range(3):
        _forget(stack)
        call, _ = _convert(door, case)
        seconds, states = media_usage.newest_execution(stack)
        seen.append((media_usage.runs(seconds, call), states))
    return sorted(seen, key=lambda each: gb_seconds(each[0]))[1]


def _price(stack: Stack, door: FrontDoor, case: Case, billed: tuple[list[Run], int], requests: Path) -> Figure:
    runs, states = billed
    _forget(stack)
    before = requests.stat().st_size
    _convert(door, case)
    asked = media_usage.requests(requests.read_text()[before:])
    cost = per_thousand_jobs(Job(runs, states + 1, **asdict(asked), log_bytes=LOG_BYTES * len(runs)))
    parts = ", ".join(f"{name} {dollars:.4f}" for name, dollars in cost.items() if name != "total")
    told = ", ".join(f"{run.billed_ms:.0f} ms at {run.memory_mb} MB" for run in runs)
    return Figure(
        f"1,000 cold jobs, {case.name}: convert, resolve, download, convert, finish took {told} "
        f"({gb_seconds(runs):.2f} GB-s)",
        f"${cost['total']:.4f}: {parts}",
    )
