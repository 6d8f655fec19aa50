"""The local cloud as a process, for tests that look at it from outside."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Stack:
    """A running cloud; what its functions and its front say is in `log`."""

    url: str
    key: str
    aws_endpoint: str
    upstream: str
    process: subprocess.Popen[bytes]
    log: Path

    @contextmanager
    def client(self, service: str) -> Iterator[Any]:
        """A boto3 client of the embedded AWS, as the account's owner."""
        session = boto3.Session("local", "local", region_name="us-east-1")
        client = session.client(service, endpoint_url=self.aws_endpoint)  # type: ignore[call-overload] # any service
        try:
            yield client
        finally:
            client.close()

    def logged(self, text: str, *, seconds: float = 10) -> bool:
        """Whether the text is in the log, or comes within the time."""
        deadline = time.monotonic() + seconds
        while text not in self.log.read_text():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """`python -m local run` on free ports, with its state and its log in the folder; with a library where one asks."""
    if "--library" not in options:
        options = (*options, "--no-library")
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "local", "run", "--port", "0", "--state-dir", str(folder / "state"), *options],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )


def wait(folder: Path, process: subprocess.Popen[bytes]) -> Stack:
    """The cloud that was started there, once it is ready."""
    ready, log = folder / "state" / "ready.json", folder / "log"
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"The local cloud does not start:\n{log.read_text()}")
        time.sleep(0.05)
    return Stack(**json.loads(ready.read_text()), process=process, log=log)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Stack]:
    """A cloud of one's own, ended at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    process = start(folder, *options)
    try:
        yield wait(folder, process)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
