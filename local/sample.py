"""The sample upstream as a child process."""

import json
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from local import processes

_START_SECONDS = 120.0  # the first time it makes its media


class SampleError(Exception):
    """The sample upstream does not start."""


class Sample:
    """A context manager; it starts at entry, `catalog` waits until it answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> "Sample":
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = processes.start(sys.executable, "local.upstream", "--port", str(port), folder=self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        processes.kill(self._process)

    def catalog(self) -> Mapping[str, Any]:
        """What it serves; raises SampleError."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urlopen(f"{self.url}/_control/catalog.json", timeout=5) as answer:  # noqa: S310 - our own child
                    catalog: Mapping[str, Any] = json.load(answer)
                    return catalog
            except (URLError, OSError):
                time.sleep(0.05)
        raise SampleError("The sample upstream does not start; the lines above say why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
