"""`tokstack deploy check`, on a stack that CloudFormation would describe."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from samtranslator.yaml_helper import yaml_parse
from typer.testing import CliRunner, Result

from cli import ROOT, checking
from cli.main import app
from tests.command_line import answer
from tokstack.table import Table

Run = Callable[..., Result]

OUTPUTS = yaml_parse((ROOT / "template.yaml").read_text())["Outputs"]
MISSING = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, "DescribeSecret")


class Cloud:
    """A stack with one part of each kind; all of it is well unless a test says otherwise."""

    def __init__(self, table: Table) -> None:
        sqs = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
        self.dead = sqs.create_queue(QueueName=f"{uuid4().hex}-dead")["QueueUrl"]
        self.clients: dict[str, Any] = {"sqs": sqs, "dynamodb": table._client}
        self.status = "UPDATE_COMPLETE"
        self.outputs = {name: f"https://{name}.example" for name in OUTPUTS}
        self.function = {"State": "Active", "LastUpdateStatus": "Successful"}
        self.alarm = "INSUFFICIENT_DATA"
        self.stages: dict[str, list[str]] | None = {"1": ["AWSCURRENT"]}
        self.parts = {
            "AWS::Lambda::Function": "mine-statistic",
            "AWS::DynamoDB::Table": table._name,
            "AWS::SQS::Queue": self.dead,
            "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:r:1:secret:mine-signing",
            "AWS::CloudWatch::Alarm": "mine-errors",
            "AWS::IAM::Role": "mine-role",
        }

    def client(self, service: str, **_: Any) -> Any:
        return self.clients.get(service, self)

    def describe_stacks(self, **_: str) -> Any:
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs}]}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: str) -> Iterator[Any]:
        for type_, name in self.parts.items():
            yield {"StackResourceSummaries": [{"ResourceType": type_, "PhysicalResourceId": name}]}

    def get_function_configuration(self, **_: str) -> Any:
        return self.function

    def describe_secret(self, **_: str) -> Any:
        if self.stages is None:
            raise MISSING
        return {"VersionIdsToStages": self.stages}

    def describe_alarms(self, **_: Any) -> Any:
        return {"MetricAlarms": [{"AlarmName": "mine-errors", "StateValue": self.alarm}]}


@pytest.fixture
def cloud(table: Table, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    cloud = Cloud(table)
    monkeypatch.setattr(boto3, "client", cloud.client)
    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(200))
    return cloud


def check(*words: str) -> Result:
    return CliRunner().invoke(app, ["deploy", "check", "--stack", "mine", *words])


def unwell() -> list[tuple[str, str]]:
    """The kinds and the states of what is not well."""
    checked = check("--json")
    assert checked.exit_code == 1
    return [(part["kind"], part["state"]) for part in json.loads(checked.stdout) if not part["well"]]


def test_a_stack_that_is_well_is_shown_part_by_part(cloud: Cloud) -> None:
    heading, *lines = answer(check()).splitlines()
    assert heading.split() == ["PART", "NAME", "STATE", "WELL"]
    kinds = [line.split()[0] for line in lines]
    parts = ["function", "table", "queue", "secret", "alarm", "health"]
    assert kinds == ["stack", *["output"] * len(OUTPUTS), *parts]
    assert {line.split()[-1] for line in lines} == {"yes"}


def test_what_is_looked_for_is_what_the_template_gives() -> None:
    assert set(checking._OUTPUTS) == OUTPUTS.keys()


@pytest.mark.parametrize(
    ("part", "value", "found"),
    [
        ("status", "UPDATE_ROLLBACK_COMPLETE", [("stack", "UPDATE_ROLLBACK_COMPLETE")]),
        ("status", "UPDATE_IN_PROGRESS", [("stack", "UPDATE_IN_PROGRESS")]),
        ("function", {"State": "Failed"}, [("function", "Failed")]),
        (
            "function",
            {"State": "Active", "LastUpdateStatus": "InProgress"},
            [("function", "Active, update InProgress")],
        ),
        ("alarm", "ALARM", [("alarm", "ALARM")]),
        ("stages", {"1": ["AWSPENDING"]}, [("secret", "without a value")]),
        ("stages", None, [("secret", "ResourceNotFoundException")]),
    ],
)
def test_what_is_not_well_is_told(cloud: Cloud, part: str, value: Any, found: list[tuple[str, str]]) -> None:
    setattr(cloud, part, value)
    assert unwell() == found


def test_what_was_set_aside_is_not_well(cloud: Cloud) -> None:
    cloud.clients["sqs"].send_message(QueueUrl=cloud.dead, MessageBody="x")
    assert unwell() == [("queue", "1 waiting")]
    assert "Not well: queue " in check().stderr


def test_a_missing_output_and_a_missing_table_are_not_well(cloud: Cloud) -> None:
    del cloud.outputs["JobsQueue"]
    cloud.parts["AWS::DynamoDB::Table"] = "none"
    assert unwell() == [("output", "missing"), ("table", "ResourceNotFoundException")]


def test_an_api_that_does_not_answer_is_not_well(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> None:
        raise httpx.ConnectTimeout("timed out")

    monkeypatch.setattr(httpx, "get", silent)
    assert unwell() == [("health", "timed out")]
    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(503))
    assert unwell() == [("health", "answers 503")]
