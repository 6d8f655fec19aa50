"""The local cloud on its small template: the state machine, the event bus, and what large or odd things do to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.clouds import ROOT, Stack, running

SMALL = ("--template", str(ROOT / "tests" / "data" / "local_cloud" / "template.yaml"), "--upstream", "live")
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:tokstack-machine"
MEGABYTE = 1024 * 1024

Run = Callable[[dict[str, Any]], dict[str, Any]]
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("cloud"), *SMALL) as stack:
        yield stack


@pytest.fixture(scope="module")
def machines(cloud: Stack) -> Iterator[Any]:
    with cloud.client("stepfunctions") as client:
        yield client


@pytest.fixture(scope="module")
def run(machines: Any) -> Run:
    """Executes the machine with an input: what it came to."""

    def to_its_end(given: dict[str, Any]) -> dict[str, Any]:
        started = machines.start_execution(
            stateMachineArn=MACHINE, input=json.dumps({"text": "", "items": [], **given})
        )
        return ended(machines, started["executionArn"])

    return to_its_end


@pytest.fixture(scope="module")
def call(cloud: Stack) -> Iterator[Call]:
    """Invokes the starter: its answer."""
    with cloud.client("lambda") as client:

        def invoke(do: str, argument: Any = None, **more: str) -> Any:
            event = json.dumps({"do": do, "with": argument, **more})
            return json.loads(client.invoke(FunctionName="tokstack-starter", Payload=event)["Payload"].read())

        yield invoke


def ended(machines: Any, execution: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while (found := machines.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline, "the execution does not end"
        time.sleep(0.05)
    return dict(found)


# ------------------------------------------------------------------ the machine


def test_a_machine_hands_any_text_on_and_knows_its_name(run: Run) -> None:
    text = 'a "b" \\ c\n\té 😀 ${x} {% $y %} \x01'
    found = run({"text": text})
    assert found["status"] == "SUCCEEDED"
    assert json.loads(found["output"]) == {"echoed": {"text": text, "name": found["name"]}, "done": []}


def test_a_machine_does_each_item_and_catches_an_error_by_its_class(run: Run) -> None:
    items = [
        {"do": "echo", "with": {"a": [1]}},
        {"do": "raise", "with": 'why "so"'},
        {"do": "echo", "with": None},
        {"do": "version"},
    ]
    found = run({"items": items})
    assert json.loads(found["output"])["done"] == [{"a": [1]}, {"caught": 'why "so"'}, None, 1]


@pytest.mark.parametrize(
    ("do", "error", "says"),
    [
        ("exit", "Runtime.ExitError", "exit status 3"),
        ("die", "Runtime.ExitError", "signal: killed"),
        ("hang", "Sandbox.Timedout", "timed out after 2.00 seconds"),
    ],
)
def test_a_worker_that_ends_badly_is_tried_again_by_the_name_that_lambda_gives_it(
    run: Run, machines: Any, do: str, error: str, says: str
) -> None:
    found = run({"items": [{"do": do}]})
    assert (found["status"], found["error"]) == ("FAILED", error)
    assert found["cause"].startswith("It said: ")
    assert says in found["cause"]
    history = machines.get_execution_history(executionArn=found["executionArn"])["events"]
    failed = [each["taskFailedEventDetails"]["error"] for each in history if each["type"] == "TaskFailed"]
    assert failed.count(error) >= 2


def test_a_state_may_be_impatient(run: Run) -> None:
    assert run({"do": "impatient"})["error"] == "States.Timeout"


def test_a_machine_may_call_what_its_own_role_may_call(run: Run) -> None:
    found = run({"do": "forbidden"})
    assert found["status"] == "FAILED"
    assert "AccessDenied" in found["error"]
    assert "assumed-role/tokstack-MachineRole/tokstack-machine is not authorized" in found["cause"]
    assert "lambda:InvokeFunction" in found["cause"]


def test_a_name_starts_once(machines: Any) -> None:
    """The same again while it runs is the same execution; afterwards the name is used up."""
    given = json.dumps({"text": "", "items": [{"do": "hang"}]})

    def start(_: int) -> str:
        arn: str = machines.start_execution(stateMachineArn=MACHINE, name="once", input=given)["executionArn"]
        return arn

    with ThreadPoolExecutor(4) as pool:
        (execution,) = set(pool.map(start, range(8)))
    listed = machines.list_executions(stateMachineArn=MACHINE)["executions"]
    assert [each["name"] for each in listed].count("once") == 1
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.start_execution(stateMachineArn=MACHINE, name="once", input="{}")
    machines.stop_execution(executionArn=execution)
    assert machines.describe_execution(executionArn=execution)["status"] == "ABORTED"
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(0)


def test_how_an_execution_ended_is_in_the_log(run: Run, cloud: Stack) -> None:
    name = run({"items": [{"do": "exit"}]})["name"]
    assert cloud.logged(f"tokstack-machine {name} FAILED Runtime.ExitError")
    assert "StateTaskService" not in cloud.log.read_text()


def test_a_function_may_start_a_machine_and_wait_for_it(call: Call) -> None:
    status, output = call("run", {"text": "from a function", "items": []})
    assert (status, output["echoed"]["text"]) == ("SUCCEEDED", "from a function")


def test_a_function_that_is_invoked_alone_has_the_machine_too(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"do": "run", "with": {"text": "alone", "items": []}}')
    command = [sys.executable, "-m", "local", "invoke", "starter", "-e", str(event), *SMALL]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    status, output = json.loads(found.stdout)
    assert (status, output["echoed"]["text"]) == ("SUCCEEDED", "alone")


def test_a_function_is_told_where_the_api_answers(call: Call, cloud: Stack) -> None:
    environment = call("environment")
    assert environment["API_URL"] == cloud.url
    assert environment["MACHINE_ARN"] == MACHINE


# ------------------------------------------------------------------- the events


def test_an_event_reaches_the_queue_and_the_function_of_its_rule(call: Call, cloud: Stack) -> None:
    assert call("put event", {"word": "é"}, kind="told") == 0
    assert cloud.logged('"detail": {"word": "\\u00e9"}')
    assert call("put event", {"word": "for the queue"}, kind="queued") == 0
    assert noted(cloud, "message", "for the queue")


@pytest.mark.parametrize(
    ("key", "quoted"),
    [
        ("uploads/a b+c%d.mp4", "uploads/a+b%2Bc%25d.mp4"),
        ("uploads/a/日本 & ü?#=.mp4", "uploads/a/%E6%97%A5%E6%9C%AC+%26+%C3%BC%3F%23%3D.mp4"),
    ],
)
def test_an_upload_calls_its_function_with_the_key_as_s3_quotes_it(cloud: Stack, key: str, quoted: str) -> None:
    with cloud.client("s3") as s3:
        s3.put_object(Bucket="tokstack-bucket", Key="elsewhere/" + key, Body=b"x")
        s3.put_object(Bucket="tokstack-bucket", Key=key, Body=b"x")
    assert noted(cloud, "upload", quoted)
    assert not noted(cloud, "upload", "elsewhere/" + quoted, seconds=0)


def test_a_large_object_goes_up_in_parts_and_comes_down_in_ranges(cloud: Stack) -> None:
    content = os.urandom(6 * MEGABYTE) + b"the end"
    with cloud.client("s3") as s3:
        place = {"Bucket": "tokstack-bucket", "Key": "uploads/large.mp4"}
        upload = s3.create_multipart_upload(**place)["UploadId"]
        parts = []
        for number, part in enumerate((content[: 5 * MEGABYTE], content[5 * MEGABYTE :]), 1):
            sent = s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=part)
            parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
        assert s3.get_object(**place, Range="bytes=-7")["Body"].read() == b"the end"
        assert s3.get_object(**place)["Body"].read() == content
    assert noted(cloud, "upload", "uploads/large.mp4")


# ------------------------------------------------------------------- the queues


def test_as_many_messages_are_handled_at_once_as_the_template_says(cloud: Stack) -> None:
    names = [f"meet {number}" for number in range(3)]
    with cloud.client("sqs") as sqs:
        url = sqs.get_queue_url(QueueName="tokstack-wide")["QueueUrl"]
        for name in names:
            sqs.send_message(QueueUrl=url, MessageBody=name)
    assert all(noted(cloud, "met", name, seconds=30) for name in names)


def noted(cloud: Stack, kind: str, text: str, *, seconds: float = 15) -> bool:
    """Whether the batch function has noted something with the text, within the time."""
    deadline = time.monotonic() + seconds
    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": kind}}}
    with cloud.client("dynamodb") as dynamodb:
        while True:
            names = [item["sk"]["S"] for item in dynamodb.query(TableName="tokstack-data", **asked)["Items"]]
            if any(text in name for name in names):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)


# ------------------------------------------------------------------ the workers


def test_what_a_worker_has_started_dies_with_it_even_if_somebody_else_kills_it(call: Call) -> None:
    worker, child = call("have a child")
    assert alive(child)
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
