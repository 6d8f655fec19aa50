"""The worker processes of a running cloud, for tests that kill them."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.clouds import Stack


def workers(stack: Stack, function: str) -> Iterator[int]:
    """The processes of a function ("media-convert") that this cloud runs now."""
    name = f"AWS_LAMBDA_FUNCTION_NAME=tokstack-{function}".encode()
    endpoint = f"AWS_ENDPOINT_URL={stack.aws_endpoint}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = (process / "environ").read_bytes().split(b"\0")
            if name in environment and endpoint in environment:
                yield int(process.name)


@contextmanager
def halted(stack: Stack, function: str) -> Iterator[None]:
    """Workers of a function that take what they are given and do nothing; in the end they are killed."""
    held = list(workers(stack, function))
    for process in held:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in held:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def kill(stack: Stack, function: str) -> bool:
    """Kills a worker of a function, as a machine that fails does; False where there is none."""
    for process in workers(stack, function):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            return True
    return False
