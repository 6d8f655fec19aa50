"""The sample upstream as a child process."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from local import ROOT, processes
from local.errors import LocalError

_READY = "ready "  # and its address: the line that says that it answers


class SampleError(LocalError):
    """The sample upstream does not start."""


class Sample:
    """A context manager: it starts at entry."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._url: str | None = None
        self._known = threading.Event()

    def __enter__(self) -> Self:
        self._process = processes.start(
            sys.executable,
            "local.upstream",
            environment={**os.environ, "PYTHONPATH": str(ROOT)},
            output=subprocess.PIPE,
        )
        threading.Thread(target=self._read_output, name="upstream", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        processes.kill(self._process)

    @property
    def url(self) -> str:
        """Where it answers, as soon as it does; raises SampleError."""
        self._known.wait()
        if self._url is None:
            raise SampleError("The sample upstream does not start; the lines above say why.")
        return self._url

    def catalog(self) -> Mapping[str, Any]:
        """What it serves, with the answers that are expected of the API."""
        with urlopen(f"{self.url}/_control/catalog.json") as answer:  # noqa: S310 - our own child
            catalog: Mapping[str, Any] = json.load(answer)
            return catalog

    def _read_output(self) -> None:
        for line in processes.lines(self._process):
            if line.startswith(_READY):
                self._url = line.removeprefix(_READY).strip()
                self._known.set()
            else:
                self._log(line)
        self._known.set()
