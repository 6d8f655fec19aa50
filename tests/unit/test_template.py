"""Architecture decisions that the template must keep; each is a build that fails where one is forgotten."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
TEMPLATE: Mapping[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
RESOURCES: Mapping[str, Any] = TEMPLATE["Resources"]
DEFAULTS: Mapping[str, Any] = TEMPLATE["Globals"]["Function"]
ASYNCHRONOUS = {"Schedule", "ScheduleV2", "EventBridgeRule", "S3", "SNS"}


def of_type(kind: str) -> dict[str, Any]:
    return {name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")
every_function = pytest.mark.parametrize("name", FUNCTIONS)


def statements(function: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in function.get("Policies", []):
        assert isinstance(policy, dict), "a managed policy is never exact"
        yield from policy["Statement"]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@every_function
def test_a_function_has_a_log_group_of_its_own_with_a_retention(name: str) -> None:
    group = of_type("AWS::Logs::LogGroup")[FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]]
    function_name = FUNCTIONS[name]["FunctionName"]["Fn::Sub"]
    assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{function_name}"}
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@every_function
def test_a_function_has_a_timeout_and_a_memory(name: str) -> None:
    function = {**DEFAULTS, **FUNCTIONS[name]}
    http = any(event["Type"] == "HttpApi" for event in FUNCTIONS[name].get("Events", {}).values())
    assert 0 < function["Timeout"] <= (29 if http else 900), "an HTTP API gives up after 30 s"
    assert function["MemorySize"] >= 128


@every_function
def test_an_asynchronous_function_has_a_failure_destination(name: str) -> None:
    events = FUNCTIONS[name].get("Events", {}).values()
    if any(event["Type"] in ASYNCHRONOUS for event in events) or not events:
        destination = FUNCTIONS[name]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
        assert destination == {"Fn::GetAtt": ["FailedEventsQueue", "Arn"]}
    for event in events:
        if event["Type"] == "ScheduleV2":
            assert "DeadLetterConfig" in event["Properties"]


@every_function
def test_a_policy_names_each_action_and_each_resource(name: str) -> None:
    for statement in statements(FUNCTIONS[name]):
        assert all("*" not in action for action in as_list(statement["Action"])), statement["Sid"]
        assert all(resource != "*" for resource in as_list(statement["Resource"])), statement["Sid"]


@every_function
def test_a_function_is_a_folder_named_like_it(name: str) -> None:
    folder = Path(FUNCTIONS[name]["CodeUri"])
    assert folder.parent == Path("functions")
    assert (ROOT / folder / "app.py").is_file()
    assert name == "".join(part.title() for part in folder.name.split("_")) + "Function"
    assert FUNCTIONS[name]["FunctionName"] == {"Fn::Sub": f"${{AWS::StackName}}-{folder.name.replace('_', '-')}"}


def test_every_folder_of_a_function_is_deployed() -> None:
    folders = {f"functions/{path.parent.name}" for path in (ROOT / "functions").glob("*/app.py")}
    assert folders == {function["CodeUri"] for function in FUNCTIONS.values()}


def test_every_queue_that_collects_failures_has_an_alarm() -> None:
    watched = [
        alarm["Dimensions"][0]["Value"] for alarm in of_type("AWS::CloudWatch::Alarm").values() if "Dimensions" in alarm
    ]
    for queue in of_type("AWS::SQS::Queue"):
        assert {"Fn::GetAtt": [queue, "QueueName"]} in watched


def test_the_bucket_is_private_encrypted_and_forgets() -> None:
    (bucket,) = of_type("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert any("ExpirationInDays" in rule for rule in rules)
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
    (policy,) = of_type("AWS::S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize("name", TEMPLATE["Parameters"])
def test_a_parameter_is_described_and_constrained(name: str) -> None:
    parameter = TEMPLATE["Parameters"][name]
    assert parameter["Description"].endswith(".")
    assert {"AllowedValues", "AllowedPattern", "MinValue"} & set(parameter)


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ("", True),
        ("https://a.example", True),
        ("https://a.example,http://127.0.0.1:5173", True),
        ("https://a.example/", False),  # which no browser ever sends
        ("https://a.example, https://b.example", False),
        ("a.example", False),
        ("*", False),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(origins: str, *, allowed: bool) -> None:
    pattern = TEMPLATE["Parameters"]["AllowedOrigins"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, origins)) == allowed
