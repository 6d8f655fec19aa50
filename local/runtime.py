"""One worker of a function: a process of AWS's own runtime client, served by a small Lambda Runtime API.

The process sees what it would see on Lambda: its function's environment and keys and nothing of this machine's,
a temporary folder of its own, its handler's folder as the current one.
"""

import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from local import processes
from local.account import ACCOUNT, REGION
from local.functions import Function
from local.server import Handler, Headers, Server

# Lambda's limits on a synchronous answer, in bytes.
MAX_ANSWER: Final = 6 * 1024 * 1024

_INIT_SECONDS = 60  # generous: a busy laptop is slower than Lambda
_WATCH_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation gave: the handler's result, or Lambda's error object when it failed."""

    payload: bytes
    failed: bool = False


@dataclass(frozen=True, slots=True)
class _Invocation:
    request_id: str
    event: bytes
    deadline: float  # epoch seconds


class Worker:
    """One process; one invocation at a time. `on_ready` is called once: it waits for work, or it is dead.

    Its temporary folder is made in `folder` and goes when the process ends.
    """

    def __init__(
        self,
        function: Function,
        environment: Mapping[str, str],
        python: str,
        folder: Path,
        on_ready: Callable[["Worker"], None],
        log: Callable[[str], None],
    ) -> None:
        self._function = function
        self._on_ready = on_ready
        self._log = log
        # None in either says that the process has ended.
        self._invocations: queue.Queue[_Invocation | None] = queue.Queue()
        self._answers: queue.Queue[Answer | None] = queue.Queue()
        self._init_error: Answer | None = None
        self._started_well = False
        self._ready = threading.Event()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{function.name}-", dir=folder))
        self._server = Server(0, _handler(self))
        self._environment = {**environment, **self._own_environment()}
        self._python = python

    def start(self) -> None:
        self._server.start()
        self._process = processes.start(
            self._python,
            "awslambdaric",
            self._function.handler,
            folder=self._function.code,
            environment=self._environment,
            output=subprocess.PIPE,
        )
        for task in (self._read_output, self._await_end, self._end_slow_start):
            threading.Thread(target=task, daemon=True).start()

    @property
    def dead(self) -> bool:
        return self._process.poll() is not None

    @property
    def lost(self) -> bool:
        """Whether it died after a good start: that is no news for the next invocation, unlike a bad start."""
        return self._started_well and self.dead

    def invoke(self, event: bytes) -> Answer:
        """Waits for the answer; a worker that times out, dies or takes too much memory is dead afterwards."""
        if self.dead:
            return self._init_error or self._exited()
        invocation = _Invocation(str(uuid4()), event, time.time() + self._function.timeout)
        self._invocations.put(invocation)
        while True:
            try:
                answer = self._answers.get(timeout=_WATCH_SECONDS)
            except queue.Empty:
                if failure := self._overstepped(invocation):
                    self.stop()
                    return failure
            else:
                return self._sized(answer) if answer else self._init_error or self._exited()

    def stop(self) -> None:
        processes.kill(self._process)

    # What the Runtime API calls.

    def next(self) -> _Invocation | None:
        self._started_well = True
        self._announce()
        return self._invocations.get()

    def answered(self, answer: Answer) -> None:
        self._answers.put(answer)

    def init_failed(self, answer: Answer) -> None:
        self._init_error = answer

    def _announce(self) -> None:
        if not self._ready.is_set():
            self._ready.set()
            self._on_ready(self)

    def _overstepped(self, invocation: _Invocation) -> Answer | None:
        prefix = f"RequestId: {invocation.request_id} Error: "
        if time.time() > invocation.deadline:
            text = f"{prefix}Task timed out after {self._function.timeout:.2f} seconds"
            return self._failure("Sandbox.Timedout", text)
        if _resident_megabytes(self._process.pid) > self._function.memory:
            return self._failure("Runtime.OutOfMemory", f"{prefix}Runtime exited with error: signal: killed")
        return None

    def _sized(self, answer: Answer) -> Answer:
        if len(answer.payload) > MAX_ANSWER:
            text = f"Response payload size exceeded maximum allowed payload size ({MAX_ANSWER} bytes)."
            return self._failure("Function.ResponseSizeTooLarge", text)
        return answer

    def _exited(self) -> Answer:
        code = self._process.returncode
        end = f"exit status {code}" if code >= 0 else f"signal: {str(signal.strsignal(-code)).lower()}"
        return self._failure("Runtime.ExitError", f"Runtime exited with error: {end}")

    def _failure(self, kind: str, message: str) -> Answer:
        """What Lambda answers where the runtime cannot; the log has it too."""
        self._log(f"[ERROR] {kind}: {message}")
        return Answer(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)

    def _await_end(self) -> None:
        self._process.wait()
        processes.kill(self._process)  # whatever it started, where somebody else ended it
        self._answers.put(None)
        self._invocations.put(None)
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._announce()

    def _end_slow_start(self) -> None:
        if not self._ready.wait(_INIT_SECONDS):
            self._init_error = self._failure("Sandbox.Timedout", f"Init timed out after {_INIT_SECONDS:.2f} seconds")
            self.stop()

    def _read_output(self) -> None:
        for line in processes.lines(self._process):
            self._log(line)

    def _own_environment(self) -> dict[str, str]:
        function = self._function
        return {
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": self._folder.name,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.port}",
            "HOME": str(self._folder),
            "LAMBDA_TASK_ROOT": str(function.code),
            "PYTHONPATH": os.pathsep.join(map(str, (function.code, *function.layers))),
            "TMPDIR": str(self._folder),
            "TZ": ":UTC",
            "_HANDLER": function.handler,
        }


def _handler(worker: Worker) -> type[Handler]:
    """The Lambda Runtime API, version 2018-06-01, for one worker."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{worker._function.name}"  # noqa: SLF001 - its other half

    class RuntimeApi(Handler):
        def do_GET(self) -> None:  # noqa: N802 - its name; …/invocation/next
            invocation = worker.next()
            if invocation is None:
                return
            headers: Headers = [
                ("Content-Type", "application/json"),
                ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
                ("Lambda-Runtime-Deadline-Ms", str(int(invocation.deadline * 1000))),
                ("Lambda-Runtime-Invoked-Function-Arn", arn),
                ("Lambda-Runtime-Trace-Id", trace_id()),
            ]
            self.answer(200, headers, invocation.event)

        def do_POST(self) -> None:  # noqa: N802 - its name; …/ID/response, …/ID/error, …/init/error
            kind = self.path.rpartition("/")[2]
            answer = Answer(self.body(), failed=kind == "error")
            if self.path.endswith("/init/error"):
                worker.init_failed(answer)
            else:
                worker.answered(answer)
            self.answer(202, [("Content-Type", "application/json")], b'{"status":"OK"}')

    return RuntimeApi


def trace_id() -> str:
    """An X-Ray trace that is not sampled."""
    return f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]};Parent={uuid4().hex[:16]};Sampled=0"


def _resident_megabytes(pid: int) -> float:
    """0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
