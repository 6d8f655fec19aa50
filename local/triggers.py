"""What calls functions besides HTTP: schedules and queues. (A bucket's notifications come from moto, see mends.)"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local.account import ACCOUNT, REGION
from local.lambdas import Lambdas
from local.stack import Stack
from local.template import TemplateError

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_POLL_SECONDS = 1  # moto's long poll does not see a message that becomes visible again
_MAX_BATCH = 10
_AT_ONCE = 2  # batches of a queue whose mapping says nothing of it


@dataclass(frozen=True, slots=True)
class Schedule:
    name: str
    seconds: float
    function: str
    input: str | None


@dataclass(frozen=True, slots=True)
class QueueTrigger:
    queue_arn: str
    function: str
    batch: int
    partial: bool  # the function names the messages that failed
    at_once: int  # batches


def schedules(stack: Stack) -> list[Schedule]:
    """Every schedule that is switched on; raises TemplateError."""
    found = []
    for logical_id, properties in stack.of_type("AWS::Scheduler::Schedule"):
        rate = _RATE.fullmatch(properties["ScheduleExpression"])
        if rate is None:
            raise TemplateError(f"{logical_id}: {properties['ScheduleExpression']} is not known here, only rate(…).")
        if properties.get("State", "ENABLED") == "ENABLED":
            target = properties["Target"]
            seconds = int(rate[1]) * _UNITS[rate[2]]
            found.append(Schedule(properties["Name"], seconds, _function_name(target["Arn"]), target.get("Input")))
    return found


def queue_triggers(stack: Stack) -> list[QueueTrigger]:
    """Every queue that a function reads."""
    return [
        QueueTrigger(
            queue_arn=properties["EventSourceArn"],
            function=_function_name(properties["FunctionName"]),
            batch=min(int(properties.get("BatchSize", _MAX_BATCH)), _MAX_BATCH),
            partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
            at_once=int(properties.get("ScalingConfig", {}).get("MaximumConcurrency", _AT_ONCE)),
        )
        for _, properties in stack.of_type("AWS::Lambda::EventSourceMapping")
    ]


class Ticker:
    """Calls each schedule's function, the first time one period from now."""

    def __init__(self, schedules: list[Schedule], lambdas: Lambdas) -> None:
        self._lambdas = lambdas
        self._schedules = schedules
        self._stopped = threading.Event()

    def start(self) -> None:
        for schedule in self._schedules:
            threading.Thread(target=self._tick, args=(schedule,), name=schedule.name, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _tick(self, schedule: Schedule) -> None:
        while not self._stopped.wait(schedule.seconds):
            self._lambdas.invoke_later(schedule.function, scheduled_event(schedule))


class Poller:
    """Reads one queue with its function's own keys, as many batches at once as the trigger says.

    One waits for messages while the others are at work: each that waits keeps the embedded queue busy. What the
    function does not finish comes back by itself.
    """

    def __init__(self, trigger: QueueTrigger, sqs: Any, url: str, lambdas: Lambdas, log: Callable[[str], None]) -> None:
        self._trigger, self._sqs, self._url, self._lambdas, self._log = trigger, sqs, url, lambdas, log
        self._stopped = threading.Event()
        self._waits = threading.Lock()

    def start(self) -> None:
        for _ in range(self._trigger.at_once):
            threading.Thread(target=self._run, name=self._trigger.queue_arn, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        while not self._stopped.is_set():
            try:
                self.poll()
            except (BotoCoreError, ClientError) as error:
                if not self._stopped.is_set():
                    self._log(f"queue of {self._trigger.function}: {error}")
                    time.sleep(_POLL_SECONDS)

    def poll(self) -> None:
        """One batch: received, handled, and deleted but for what failed."""
        with self._waits:
            messages = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=self._trigger.batch,
                WaitTimeSeconds=_POLL_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
        if not messages:
            return
        event = {"Records": [_record(message, self._trigger.queue_arn) for message in messages]}
        answer = self._lambdas.invoke(self._trigger.function, json.dumps(event).encode())
        if answer.failed:
            return
        failed = _failed(answer.payload) if self._trigger.partial else set()
        done = [message for message in messages if message["MessageId"] not in failed]
        entries = [{"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]} for number, each in enumerate(done)]
        if entries:
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)


def scheduled_event(schedule: Schedule) -> bytes:
    """The schedule's own input, else what EventBridge Scheduler sends where there is none."""
    if schedule.input is not None:
        return schedule.input.encode()
    event = {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{schedule.name}"],
        "detail": "{}",
    }
    return json.dumps(event).encode()


def _record(message: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"stringValue": value.get("StringValue"), "dataType": value["DataType"]}
            for name, value in attributes.items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _failed(payload: bytes) -> set[str]:
    answer = json.loads(payload) or {}
    return {failure["itemIdentifier"] for failure in answer.get("batchItemFailures") or []}


def _function_name(reference: str) -> str:
    """The name in an ARN; a name as it is."""
    return reference.rpartition(":function:")[2]
