"""Starting and ending child processes so that none outlives this one."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

_CHILD = Path(__file__).with_name("child.py")

_M_MMAP_THRESHOLD = -3
_LARGE = 1024 * 1024  # bytes

# Children die with the thread that started them (see child.py): this one lives as long as the process.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")


def start(
    python: str,
    module: str,
    *arguments: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: int | None = None,
) -> subprocess.Popen[bytes]:
    """`python -m module …` in a session of its own: the terminal's Ctrl-C is ours to pass on."""
    command = [python, "-P", str(_CHILD), str(os.getpid()), module, *arguments]
    return _starter.submit(
        subprocess.Popen,
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
    ).result()


def lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """What a process that was started with `output=PIPE` writes, until it ends."""
    if process.stdout is not None:
        with process.stdout as output:
            for line in output:
                yield line.decode(errors="replace")


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def give_memory_back() -> None:
    """Lets a large piece of memory go back to the system as soon as it is free: glibc would keep it, by the thread."""
    if sys.platform == "linux" and (set_option := getattr(ctypes.CDLL(None), "mallopt", None)):
        set_option(_M_MMAP_THRESHOLD, _LARGE)
