"""INIT of each API function, from the build's output, against `boto3.client("dynamodb")` alone."""

import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Figure, Section
from tests.exchanges import ENVIRONMENT

ROOT = Path(__file__).parents[1]
BUILD = ROOT / ".aws-sam/x86_64"
PYTHON = ROOT / ".venv-runtime/bin/python"
BOUND = 1.5
ROUNDS = 11
PEER = 'import boto3; boto3.client("dynamodb")'
# A function's first client belongs to its start, whether it is made at import or at the first call.
WITH_TABLE = "import app; from tokstack.table import table; table()"
WITHOUT_TABLE = "import app"
WITHOUT = {"Health", "Openapi", "Docs", "Console"}
API = (
    *("Statistic", "Downloader", "Slides", "Random", "Media", "Download", "Convert", "Job", "JobFile"),
    *("Library", "LibraryQuery", "LibraryItem", "ShopLibrary"),
    *("User", "UserVideos", "UserFollowers", "UserFollowing", "UserLikes"),
    *("Video", "VideoComments", "CommentReplies", "VideoDownload", "VideoTranscript"),
    *("Audio", "AudioVideos", "Tag", "Search"),
    *("Usage", "Mcp", "NotFound", "Health", "Openapi", "Docs", "Console"),
)


def measure() -> Section:
    programs = {name: WITHOUT_TABLE if name in WITHOUT else WITH_TABLE for name in API}
    times: dict[str, list[float]] = {"peer": [], **{name: [] for name in API}}
    for _ in range(ROUNDS):
        times["peer"].append(start(PEER, BUILD))
        for name, program in programs.items():
            times[name].append(start(program, BUILD / f"{name}Function"))
    medians = {name: statistics.median(values) for name, values in times.items()}
    return Section("INIT", __doc__ or "", list(_figures(medians)))


def start(program: str, code: Path) -> float:
    """Seconds of a fresh interpreter that runs `program` with what Lambda brings, the layer, and `code`."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(code), str(BUILD / "TokstackLayer/python")]),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        **ENVIRONMENT,
    }
    started = time.perf_counter()
    subprocess.run([PYTHON, "-c", program], env=environment, check=True)
    return time.perf_counter() - started


def _figures(medians: dict[str, float]) -> Iterator[Figure]:
    for name in API:
        ratio = medians[name] / medians["peer"]
        yield Figure(
            f"`{name}Function`",
            f"{medians[name] * 1e3:.0f} ms",
            f"{medians['peer'] * 1e3:.0f} ms",
            f"{ratio:.2f}",
            f"≤ {BOUND}",
            ratio <= BOUND,
        )
