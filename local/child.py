"""Runs a module as a child that dies with its parent, however that ends: `python -P child.py PARENT MODULE [ARG …]`.

Linux sends the signal when the *thread* that started the child ends, so a thread that lives on must start it.
"""

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Binds this process to the parent's life (on Linux; elsewhere the parent must end it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
