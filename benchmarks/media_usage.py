"""What a job used: how long its machine's functions ran, and which requests the embedded AWS got of it."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from benchmarks.cost import DISK_FREE_MB, Run
from tests.clouds import ROOT, Stack

STATES = {  # the machine's, and whose function each is
    "Resolve": "MediaResolveFunction",
    "DownloadFile": "MediaDownloadFunction",
    "Convert": "MediaConvertFunction",
    "Finish": "MediaFinishFunction",
}
CALL = "ConvertFunction"


@dataclass(frozen=True, slots=True)
class Requests:
    """Of the table in units of 1 KB; an item of the sparse index is written twice."""

    write_units: int
    read_units: int
    storage_writes: int
    storage_reads: int
    events: int


def newest_execution(stack: Stack) -> tuple[dict[str, float], int]:
    """The seconds of each function of the machine, and how many states it entered."""
    with stack.client("stepfunctions") as machine:
        arn = machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        executions = machine.list_executions(stateMachineArn=arn)["executions"]
        newest = max(executions, key=lambda execution: execution["startDate"])
        events = machine.get_execution_history(executionArn=newest["executionArn"], maxResults=1000)["events"]
    seconds: dict[str, float] = {}
    state, started, entered = "", None, 0
    for event in events:
        if event["type"].endswith("StateEntered"):
            state, entered = event["stateEnteredEventDetails"]["name"], entered + 1
        elif event["type"] == "TaskScheduled":
            started = event["timestamp"]
        elif event["type"] == "TaskSucceeded":
            seconds[state] = (event["timestamp"] - started).total_seconds()
    return seconds, entered


def runs(seconds: dict[str, float], call_seconds: float) -> list[Run]:
    """Of the call's function and of the machine's, with the template's memory."""
    resources = yaml_parse((ROOT / "template.yaml").read_text())
    memory = resources["Globals"]["Function"]["MemorySize"]

    def run(function: str, seconds: float) -> Run:
        properties: dict[str, Any] = resources["Resources"][function]["Properties"]
        disk = properties.get("EphemeralStorage", {}).get("Size", DISK_FREE_MB)
        return Run(1e3 * seconds, properties.get("MemorySize", memory), disk)

    return [run(CALL, call_seconds), *(run(STATES[state], spent) for state, spent in seconds.items())]


@contextmanager
def recording() -> Iterator[Path]:
    """Clouds that are started within it write down every request that they get, in this file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requests"
        told = {"MOTO_ENABLE_RECORDING": "true", "MOTO_RECORDER_FILEPATH": str(file)}
        os.environ.update(told)
        try:
            yield file
        finally:
            for name in told:
                del os.environ[name]


def requests(recorded: str) -> Requests:
    """What was asked, by a part of the file that `recording` gives."""
    writes = reads = puts = gets = events = 0
    for request in _decoded(recorded):
        headers = {name.lower(): value for name, value in request["headers"].items()}
        service, _, operation = headers.get("x-amz-target", "").partition(".")
        if service.startswith("DynamoDB"):
            units = _write_units(operation, json.loads(base64.b64decode(request["body"])))
            writes, reads = writes + units, reads + (units == 0)
        elif service == "AWSEvents":
            events += 1
        elif "/s3/" in headers.get("authorization", ""):
            puts += request["method"] in ("PUT", "POST")
            gets += request["method"] in ("GET", "HEAD")
    return Requests(writes, reads, puts, gets, events)


def _decoded(recorded: str) -> Iterator[dict[str, Any]]:
    """One after another; those that came at once share a line."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(recorded):
        if recorded[at].isspace():
            at += 1
            continue
        request, at = decoder.raw_decode(recorded, at)
        yield request


def _write_units(operation: str, body: dict[str, Any]) -> int:
    """0 of what only reads."""
    if operation == "TransactWriteItems":
        return sum(2 + _indexed(write) for item in body["TransactItems"] for write in item.values())
    return 1 + _indexed(body) if operation in ("PutItem", "UpdateItem", "DeleteItem") else 0


def _indexed(write: dict[str, Any]) -> int:
    """Whether it is of a job or of a charge."""
    key = write.get("Key") or write.get("Item") or {}
    return int(key["pk"]["S"].startswith("JOB#") or key["sk"]["S"].startswith("CHARGE#"))
