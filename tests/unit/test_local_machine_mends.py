"""Each mend of moto's Step Functions, and the shortfall that it mends: where the latter's test fails, it can go."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from mypy_boto3_stepfunctions import SFNClient

from local import machine_mends

ROLE = "arn:aws:iam::123456789012:role/machine"
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | LETTERS
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3))


@pytest.fixture
def machines() -> Iterator[SFNClient]:
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        yield client
        client.close()


@pytest.fixture(autouse=True)
def _whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto as it was, after each test."""
    monkeypatch.setitem(default_user_config, "stepfunctions", {})
    modules: tuple[Any, ...] = (jsonata, states, variable_store)
    for module in modules:
        name = "encode_jsonata_variable_declarations"
        monkeypatch.setattr(module, name, getattr(module, name))
    for module in machine_mends.modules_with_clients():
        monkeypatch.setattr(module, "boto_client_for", module.boto_client_for)
    monkeypatch.setattr(jsonata, "_eval_jsonata", None)
    monkeypatch.setattr(Execution, "stop", Execution.stop)
    monkeypatch.setattr(StepFunctionsParserBackend, "start_execution", StepFunctionsParserBackend.start_execution)
    monkeypatch.setattr(BaseExecutionWorkerCommunication, "terminated", BaseExecutionWorkerCommunication.terminated)


def start(machines: SFNClient, state: dict[str, Any], **more: str) -> str:
    """An execution of a machine of one state."""
    definition = {"QueryLanguage": "JSONata", "StartAt": "Only", "States": {"Only": state}}
    made = machines.create_state_machine(name="machine", definition=json.dumps(definition), roleArn=ROLE)
    return machines.start_execution(stateMachineArn=made["stateMachineArn"], **more)["executionArn"]


def status(machines: SFNClient, execution: str) -> str:
    return machines.describe_execution(executionArn=execution)["status"]


def end(machines: SFNClient, execution: str) -> str:
    deadline = time.monotonic() + 5
    while status(machines, execution) == "RUNNING" and time.monotonic() < deadline:
        time.sleep(0.005)
    return status(machines, execution)


FAIL = {"Type": "Fail", "Error": "Wrong", "Cause": "It is."}
CALL = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "f", "Payload": {}},
    "End": True,
}


# -------------------------------------------------------------------- running


def test_moto_runs_no_machine_unless_it_is_told_to() -> None:
    with mock_aws():
        client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        assert status(client, start(client, FAIL)) == "RUNNING"
        client.close()


def test_a_mended_moto_runs_machines() -> None:
    with mock_aws():
        machine_mends.machines_are_run()
        client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        assert end(client, start(client, FAIL)) == "FAILED"
        client.close()


# -------------------------------------------------------------------- clients


def test_moto_calls_as_nobody_with_a_new_client_each_time() -> None:
    with mock_aws():
        one, other = (boto_client_for("us-east-1", "lambda") for _ in range(2))
        assert one is not other
        assert one._request_signer._credentials.access_key == "ak"  # type: ignore[attr-defined]


def test_a_mended_task_calls_as_the_role_of_its_machine(machines: SFNClient) -> None:
    asked = []

    class Client:
        def invoke(self, **_: Any) -> dict[str, Any]:
            return {"Payload": BytesIO(b"{}"), "StatusCode": 200}

    def client_of(service: str, role: str) -> Client:
        asked.append((service, role))
        return Client()

    machine_mends.tasks_call_as_their_role(client_of)
    assert end(machines, start(machines, CALL)) == "SUCCEEDED"
    assert asked == [("lambda", ROLE)]


# -------------------------------------------------------------------- JSONata


def test_moto_evaluates_no_jsonata() -> None:
    with pytest.raises(TypeError, match="not callable"):
        jsonata.eval_jsonata_expression("1 + 1")


def test_a_mended_moto_evaluates_jsonata() -> None:
    machine_mends.jsonata_is_evaluated()
    assert jsonata.eval_jsonata_expression("($x := [1, 2]; {'sum': $sum($x), 'none': null})") == {
        "sum": 3,
        "none": None,
    }
    with pytest.raises(jsonata.JSONataException):
        jsonata.eval_jsonata_expression("1 +")


def test_moto_puts_a_variable_between_quotes_as_it_is() -> None:
    assert jsonata.encode_jsonata_variable_declarations({"$x": 'a"b'}) == '$x:="a"b";'


@given(JSON)
def test_a_mended_variable_may_have_any_value(value: Any) -> None:
    machine_mends.jsonata_is_evaluated()
    machine_mends.variables_may_have_any_text()
    declared = variable_store.encode_jsonata_variable_declarations({"$x": value})  # type: ignore[attr-defined]
    assert jsonata.eval_jsonata_expression(f"({declared}$x)") == value


# ---------------------------------------------------------------------- names


def test_moto_calls_an_execution_without_a_name_none(machines: SFNClient) -> None:
    assert start(machines, FAIL).endswith(":machine:None")


def test_a_mended_execution_has_a_name_of_its_own_unless_it_is_given_one(machines: SFNClient) -> None:
    machine_mends.executions_have_names()
    assert start(machines, FAIL).rpartition(":")[2].count("-") == 4
    assert start(machines, FAIL, name="given").endswith(":machine:given")


# ------------------------------------------------------------------- stopping


@pytest.fixture
def hanging(machines: SFNClient) -> Iterator[str]:
    """An execution whose task takes until the test has ended."""
    begun, over = threading.Event(), threading.Event()

    class Client:
        def invoke(self, **_: Any) -> dict[str, Any]:
            begun.set()
            over.wait(10)
            return {"Payload": BytesIO(b"{}"), "StatusCode": 200}

    machine_mends.tasks_call_as_their_role(lambda *_: Client())
    execution = start(machines, CALL)
    assert begun.wait(5)
    yield execution
    over.set()


def test_moto_stops_an_execution_when_its_task_has_ended(machines: SFNClient, hanging: str) -> None:
    machines.stop_execution(executionArn=hanging)
    assert status(machines, hanging) == "RUNNING"


def test_a_mended_execution_stops_at_once(machines: SFNClient, hanging: str) -> None:
    machine_mends.stopping_is_at_once()
    machines.stop_execution(executionArn=hanging)
    assert status(machines, hanging) == "ABORTED"


def test_what_has_ended_cannot_be_stopped(machines: SFNClient) -> None:
    machine_mends.stopping_is_at_once()
    execution = start(machines, FAIL)
    assert end(machines, execution) == "FAILED"
    machines.stop_execution(executionArn=execution)
    assert status(machines, execution) == "FAILED"


# ----------------------------------------------------------------------- ends


def test_moto_writes_down_its_interpreter_for_each_failure(
    machines: SFNClient, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("moto.stepfunctions").setLevel(logging.NOTSET)
    assert end(machines, start(machines, FAIL)) == "FAILED"
    assert "StateFail" in caplog.text


def test_the_end_of_a_mended_execution_is_one_line(machines: SFNClient, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    machine_mends.ends_are_told(told.append)
    execution = start(machines, FAIL, name="first")
    assert end(machines, execution) == "FAILED"
    deadline = time.monotonic() + 5
    while not told and time.monotonic() < deadline:
        time.sleep(0.005)
    assert told == ["machine first FAILED Wrong: It is."]
    assert caplog.text == ""
