"""Lambda itself: every function's workers, and invocation, at once or later.

NoSuchFunctionError     no function has that name
"""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from local.account import ACCOUNT, REGION, STACK
from local.functions import Function
from local.logs import Log
from local.runtime import Answer, Worker

_MAX_WORKERS = 16  # of one function; more invocations than that wait
_PATIENCE_SECONDS = 0.1  # that an invocation waits for a busy worker before it gets a new one
_STARTING_AT_ONCE = os.cpu_count() or 1  # of one function: starting takes a processor for half a second
_RETRY_SECONDS = 1.0  # Lambda waits for a minute, then for two

Deliver = Callable[[Function, str, bytes], None]  # as whom, queue ARN, message


class NoSuchFunctionError(LookupError):
    """No function has that name."""


class StoppedError(Exception):
    """The cloud is about to end: nothing is invoked any more."""


class Pool:
    """The workers of one function: warm ones are used again, new ones start while invocations wait."""

    def __init__(self, create: Callable[[Callable[[Worker], None]], Worker]) -> None:
        self._create = create
        self._changed = threading.Condition()
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._starting = 0
        self._waiting = 0
        self._stopped = False

    def invoke(self, event: bytes) -> Answer:
        worker = self._take()
        try:
            return worker.invoke(event)
        finally:
            self._put_back(worker)

    def renew(self) -> None:
        """Retires every worker: the idle ones at once, a busy one after its work."""
        with self._changed:
            retired, self._idle = self._idle, []
            self._workers.clear()
        for worker in retired:
            worker.stop()

    def stop(self) -> None:
        """Ends every worker, and every wait for one with StoppedError."""
        with self._changed:
            self._stopped = True
            workers = list(self._workers)
            self._workers.clear()
            self._idle.clear()
            self._changed.notify_all()
        for worker in workers:
            worker.stop()

    def _take(self) -> Worker:
        with self._changed:
            self._waiting += 1
            patient_until = time.monotonic() + _PATIENCE_SECONDS
            while not (worker := self._waiting_for_work()):
                if self._stopped:
                    raise StoppedError
                if not self._workers or time.monotonic() >= patient_until:
                    self._grow()
                self._changed.wait(_PATIENCE_SECONDS)
            self._waiting -= 1
            return worker

    def _waiting_for_work(self) -> Worker | None:
        """The one used last; those that died since are forgotten."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.lost:
                return worker
            self._workers.discard(worker)
        return None

    def _grow(self) -> None:
        if len(self._workers) < _MAX_WORKERS and self._starting < min(self._waiting, _STARTING_AT_ONCE):
            self._starting += 1
            worker = self._create(self._started)
            self._workers.add(worker)
            worker.start()

    def _started(self, worker: Worker) -> None:
        with self._changed:
            self._starting -= 1
        self._put_back(worker, may_be_dead=True)  # whoever takes it is told why it is dead

    def _put_back(self, worker: Worker, *, may_be_dead: bool = False) -> None:
        with self._changed:
            usable = worker in self._workers and (may_be_dead or not worker.dead)
            if usable:
                self._idle.append(worker)
            else:
                self._workers.discard(worker)
            self._changed.notify_all()
        if not usable:
            worker.stop()


class Lambdas:
    """Every function of the stack, by name. `deliver` sends what failed for good to its queue.

    `python` runs the workers; their temporary folders are made in `folder`.
    """

    def __init__(self, python: str, folder: Path, log: Log) -> None:
        self._python = python
        self._folder = folder
        self._log = log
        self._functions: dict[str, Function] = {}
        self._pools: dict[str, Pool] = {}
        self.deliver: Deliver = _undeliverable

    def add(self, function: Function, environment: Mapping[str, str]) -> None:
        """A function and the whole environment of its workers but for what the runtime adds."""

        def create(on_ready: Callable[[Worker], None]) -> Worker:
            log = partial(self._log.line, short_name(function))
            return Worker(function, environment, self._python, self._folder, on_ready, log)

        self._functions[function.name] = function
        self._pools[function.name] = Pool(create)

    def invoke(self, name: str, event: bytes) -> Answer:
        """Waits for the answer; raises NoSuchFunctionError."""
        return self._pool(name).invoke(event)

    def invoke_later(self, name: str, event: bytes) -> None:
        """Returns at once; a failure is tried again and then goes to the function's failure queue."""
        self._pool(name)
        threading.Thread(target=self._invoke_until_done, args=(name, event), daemon=True).start()

    def renew(self, name: str) -> None:
        """Lets the function's next invocations run its present source."""
        self._pool(name).renew()
        self._log.line(short_name(self._functions[name]), "reloaded")

    def stop(self) -> None:
        for pool in self._pools.values():
            pool.stop()

    def _pool(self, name: str) -> Pool:
        try:
            return self._pools[name]
        except KeyError:
            raise NoSuchFunctionError(name) from None

    def _invoke_until_done(self, name: str, event: bytes) -> None:
        function = self._functions[name]
        for attempt in range(function.retries + 1):
            time.sleep(attempt * _RETRY_SECONDS)
            answer = self.invoke(name, event)
            if not answer.failed:
                return
        if function.on_failure:
            self.deliver(function, function.on_failure, _failure_record(function, event, answer))


def short_name(function: Function) -> str:
    """The function's name without the stack's."""
    return function.name.removeprefix(f"{STACK}-")


def _undeliverable(function: Function, queue_arn: str, _: bytes) -> None:
    raise RuntimeError(f"{function.name} cannot reach {queue_arn} yet")


def _failure_record(function: Function, event: bytes, answer: Answer) -> bytes:
    """What Lambda sends to the destination of a failed asynchronous invocation."""
    record = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "requestContext": {
            "requestId": str(uuid4()),
            "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function.name}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": function.retries + 1,
        },
        "requestPayload": json.loads(event),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": json.loads(answer.payload),
    }
    return json.dumps(record).encode()
