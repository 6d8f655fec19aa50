"""Batches of the log, prepared one ahead: many by a process of their own, for one processor is not enough for all.

That process (`python -m tokstack.library.preparing`) gets what stands in the log and gives what that comes to. It knows
no key and asks nobody; it ends with whoever started it.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import IO, cast

from tokstack.errors import Code, TokstackError
from tokstack.library.log import Log, batch_of
from tokstack.library.prepared import Prepared, prepared

_MANY = 10  # batches, which a second to start a process is worth


@contextmanager
def preparing(log: Log, names: Sequence[str]) -> Iterator[Iterator[list[Prepared]]]:
    """These batches in their order. To read one raises SERVICE_UNAVAILABLE."""
    if len(names) < _MANY:
        yield (prepared(log.read(name)) for name in names)
        return
    with _worker() as worker, ThreadPoolExecutor(1) as pool:
        to, answers = cast("tuple[IO[bytes], IO[bytes]]", (worker.stdin, worker.stdout))
        try:
            yield _answers(answers, pool.submit(_feed, log, names, to))
        finally:
            worker.kill()  # of no effect on one that has ended


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - no shell; the words are our own
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _feed(log: Log, names: Sequence[str], to: IO[bytes]) -> None:
    """It waits for who reads it, and nothing is lost with who reads no further."""
    with suppress(BrokenPipeError), to:
        for name in names:
            pickle.dump((name, log.content(name)), to)
            to.flush()


def _answers(answers: IO[bytes], feeding: Future[None]) -> Iterator[list[Prepared]]:
    try:
        while True:
            yield pickle.load(answers)  # noqa: S301 - written by this module
    except EOFError:
        feeding.result()  # which may be why there are no more
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "A batch could not be prepared.", retry_after=1) from None


def _main(given: IO[bytes], answers: IO[bytes]) -> None:
    gc.disable()  # there are no cycles, and many objects to look for them in
    with suppress(EOFError, BrokenPipeError):
        while True:
            name, content = pickle.load(given)  # noqa: S301 - written by this module
            pickle.dump(prepared(batch_of(name, content)), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    _main(sys.stdin.buffer, sys.stdout.buffer)
