"""The whole cloud: started in order, stopped in the opposite one."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from local import api, resources
from local.account import REGION
from local.aws import Aws
from local.front import Front
from local.functions import Function, functions
from local.gateway import Gateway
from local.iam.roles import Principal, assume, roles
from local.lambdas import Lambdas
from local.logs import Log
from local.machines import machines
from local.reload import Reloader
from local.stack import Stack
from local.template import TemplateError, load
from local.triggers import Poller, QueueTrigger, Ticker, queue_triggers, schedules


@dataclass(frozen=True, slots=True)
class Settings:
    """`port` and `aws_port` may be 0 for any free one; `python` runs the workers."""

    template: Path
    parameters: Mapping[str, str]
    port: int
    aws_port: int
    python: str


class Cloud:
    """A context manager: everything stands inside, nothing is left after. Raises LocalError at entry."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self._settings = settings
        self._log = log
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def open(self) -> None:
        """Lets HTTP callers, schedules and queues in."""
        gateway = Gateway(self._api, self.lambdas.invoke, partial(self._log.line, "api"))
        self._ends.callback(gateway.stop)
        self.front.open(gateway.handle)
        ticker = Ticker(schedules(self._stack), self.lambdas)
        self._ends.callback(ticker.stop)
        ticker.start()
        for trigger in queue_triggers(self._stack):
            self._read_queue(trigger)

    def function_named(self, name: str) -> Function:
        """By its folder, its logical id or its name; raises TemplateError."""
        for function in self.functions:
            if name in (function.code.name, function.logical_id, function.name):
                return function
        raise TemplateError(f"There is no function {name!r}: {', '.join(each.code.name for each in self.functions)}.")

    def _start(self) -> None:
        self.front = Front(self._settings.port)
        self._ends.callback(self.front.close)
        folder = self._ends.enter_context(TemporaryDirectory(prefix="tokstack-", ignore_cleanup_errors=True))
        self.lambdas = Lambdas(self._settings.python, Path(folder), self._log)
        self._ends.callback(self.lambdas.stop)
        template = load(self._settings.template, self._settings.parameters)
        self.aws = Aws(self._settings.aws_port, self.lambdas, self._log)
        self._ends.callback(self.aws.stop)
        self._stack = Stack(template, self.aws.url, self.front.url)
        resources.create(self._stack, self.aws)
        self._api = api.api(self._stack)
        self._roles = roles(self._stack)
        self._add_functions()
        self._add_machines()
        self._ends.callback(Reloader(self.functions, self.lambdas.renew).stop)

    def _add_functions(self) -> None:
        self.functions = functions(self._stack)
        self._principals = {}
        for function in self.functions:
            principal = self._assume(function.role, function.name)
            self._principals[function.name] = principal
            self.lambdas.add(function, {**_machine(), **self._access(principal), **function.environment})
        self.lambdas.deliver = self._deliver

    def _add_machines(self) -> None:
        for machine in machines(self._stack):
            self.aws.roles[machine.role] = self._assume(machine.role, machine.name)

    def _assume(self, role: str, session: str) -> Principal:
        principal = assume(role, session, self._roles[role])
        self.aws.admit(principal)
        return principal

    def _access(self, principal: Principal) -> dict[str, str]:
        """The standard variables that lead every AWS library here, as the principal."""
        return {
            "AWS_ACCESS_KEY_ID": principal.access_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": principal.secret_key,
            "AWS_SESSION_TOKEN": principal.token or "",
        }

    def _read_queue(self, trigger: QueueTrigger) -> None:
        """With the keys of the queue's function: its role must allow it."""
        sqs = self.aws.client("sqs", self._principals[trigger.function])
        url = self.aws.queue_url(trigger.queue_arn)
        poller = Poller(trigger, sqs, url, self.lambdas, partial(self._log.line, "queue"))
        self._ends.callback(poller.stop)
        poller.start()

    def _deliver(self, function: Function, queue_arn: str, message: bytes) -> None:
        """Sends as the function itself: its role must allow it."""
        sqs = self.aws.client("sqs", self._principals[function.name])
        sqs.send_message(QueueUrl=self.aws.queue_url(queue_arn), MessageBody=message.decode())


def _machine() -> dict[str, str]:
    """What a process needs of this machine."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
