"""Batches of the log, prepared ahead: many by a process of their own, for one processor is not enough for all.

That process (`python -m tokstack.library.preparing`) gets what stands in the log and gives what that comes to. It knows
no key and asks nobody; it ends with whoever started it.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import IO, cast

from tokstack.errors import Code, TokstackError
from tokstack.library.log import Log, batch_of
from tokstack.library.prepared import Prepared, prepared

_MANY = 10  # batches, which a second to start a process is worth
_AHEAD = 4  # batches that wait to be read, for who reads them stops now and then to build a block
_LENGTH = 4  # bytes, of the number of those that follow


@contextmanager
def preparing(log: Log, names: Sequence[str]) -> Iterator[Iterator[list[Prepared]]]:
    """These batches in their order. To read one raises SERVICE_UNAVAILABLE."""
    if len(names) < _MANY:
        yield (prepared(log.read(name)) for name in names)
        return
    with _worker() as worker, ThreadPoolExecutor(1) as feeder, ThreadPoolExecutor(1) as reader:
        to, answers = cast("tuple[IO[bytes], IO[bytes]]", (worker.stdin, worker.stdout))
        feeding = feeder.submit(_feed, log, names, to)

        def ahead() -> Iterator[bytes]:
            """Read while others are worked at, each by its own."""
            waiting = deque(reader.submit(_answer, answers) for _ in range(_AHEAD))
            while answer := waiting.popleft().result():
                waiting.append(reader.submit(_answer, answers))
                yield answer
            feeding.result()  # which may be why there are no more
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "A batch could not be prepared.", retry_after=1)

        try:
            yield (pickle.loads(answer) for answer in ahead())  # noqa: S301 - written by this module
        finally:
            worker.kill()  # of no effect on one that has ended


def _worker() -> subprocess.Popen[bytes]:
    """With the ways to its modules, and to the library that Lambda's Python is in, and nothing else."""
    return subprocess.Popen(  # noqa: S603 - no shell; the words are our own
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")},
    )


def _feed(log: Log, names: Sequence[str], to: IO[bytes]) -> None:
    """It waits for who reads it, and nothing is lost with who reads no further."""
    with suppress(BrokenPipeError), to:
        for name in names:
            pickle.dump((name, log.content(name)), to)
            to.flush()


def _answer(answers: IO[bytes]) -> bytes:
    """The next one; empty where there are no more."""
    return answers.read(int.from_bytes(answers.read(_LENGTH)))


def _main(given: IO[bytes], answers: IO[bytes]) -> None:
    gc.disable()  # there are no cycles, and many objects to look for them in
    with suppress(EOFError, BrokenPipeError):
        while True:
            name, content = pickle.load(given)  # noqa: S301 - written by this module
            answer = pickle.dumps(prepared(batch_of(name, content)))
            answers.write(len(answer).to_bytes(_LENGTH) + answer)
            answers.flush()


if __name__ == "__main__":
    _main(sys.stdin.buffer, sys.stdout.buffer)
