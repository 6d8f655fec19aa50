"""Does what the event says with the state machine and the event bus; notes what the bus tells it."""

import json
import os
import subprocess
import time
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: object) -> Any:
    if event.get("detail-type") == "told":
        print(f"told {json.dumps(event)}")
        return None
    if event["do"] == "environment":
        return {name: os.environ[name] for name in ("API_URL", "MACHINE_ARN", "MACHINE_NAME")}
    if event["do"] == "have a child":
        return [os.getpid(), subprocess.Popen(["sleep", "86399"]).pid]
    if event["do"] == "put event":
        detail = json.dumps(event["with"])
        entries: Any = [{"Source": "starter", "DetailType": event["kind"], "Detail": detail}]
        return boto3.client("events").put_events(Entries=entries)["FailedEntryCount"]
    return _run(event)


def _run(event: dict[str, Any]) -> Any:
    """The status and the output of an execution."""
    machines = boto3.client("stepfunctions")
    started = machines.start_execution(stateMachineArn=os.environ["MACHINE_ARN"], input=json.dumps(event["with"]))
    while True:
        execution = machines.describe_execution(executionArn=started["executionArn"])
        if execution["status"] != "RUNNING":
            return [execution["status"], json.loads(execution.get("output", "null"))]
        time.sleep(0.05)
