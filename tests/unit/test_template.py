"""Architecture decisions that the template must keep; each is a build that fails where one is forgotten."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.reach import libraries
from tokstack.jobs.queue import MOST_RECEIVED
from tokstack.providers.upstream import DEADLINE

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


def test_every_queue_has_an_alarm() -> None:
    watched = [
        alarm["Dimensions"][0]["Value"] for alarm in of_type("AWS::CloudWatch::Alarm").values() if "Dimensions" in alarm
    ]
    for queue in of_type("AWS::SQS::Queue"):
        assert {"Fn::GetAtt": [queue, "QueueName"]} in watched


QUEUES = of_type("AWS::SQS::Queue")
TRIGGERED = {
    event["Properties"]["Queue"]["Fn::GetAtt"][0]: name
    for name, function in FUNCTIONS.items()
    for event in function.get("Events", {}).values()
    if event["Type"] == "SQS"
}


def test_there_is_a_queue_with_a_trigger() -> None:
    assert TRIGGERED == {
        "JobsQueue": "JobsFunction",
        "LibraryQueue": "LibraryIngestFunction",
        "LibraryIndexQueue": "LibraryIndexFunction",
        "LibraryRefreshQueue": "LibraryRefreshFunction",
    }


@pytest.mark.parametrize(("queue", "function"), TRIGGERED.items())
def test_a_message_that_fails_is_set_aside_and_waits_for_its_function(queue: str, function: str) -> None:
    redrive = QUEUES[queue]["RedrivePolicy"]
    dead = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert dead in QUEUES.keys() - TRIGGERED.keys()
    assert redrive["maxReceiveCount"] == MOST_RECEIVED
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * {**DEFAULTS, **FUNCTIONS[function]}["Timeout"]
    assert QUEUES[dead]["MessageRetentionPeriod"] > QUEUES[queue]["MessageRetentionPeriod"]


def test_a_batch_of_messages_is_done_before_its_function_ends() -> None:
    """For each a short link may be followed, and a post asked for."""
    (event,) = FUNCTIONS["JobsFunction"]["Events"].values()
    assert event["Properties"]["BatchSize"] * 2 * DEADLINE < FUNCTIONS["JobsFunction"]["Timeout"]


@pytest.mark.parametrize(("queue", "function"), TRIGGERED.items())
def test_a_function_tells_which_messages_of_a_batch_failed(queue: str, function: str) -> None:
    (event,) = (event for event in FUNCTIONS[function]["Events"].values() if event["Type"] == "SQS")
    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    allowed = {
        action
        for statement in statements(FUNCTIONS[function])
        if statement["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
        for action in as_list(statement["Action"])
    }
    assert allowed == {f"sqs:{name}Message{more}" for name, more in (("Receive", ""), ("Delete", ""))} | {
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted(queue: str) -> None:
    assert QUEUES[queue]["SqsManagedSseEnabled"] is True


HEAVY = {"ExtractorLayer": "yt_dlp", "FfmpegLayer": "imageio_ffmpeg", "SearchLayer": "tantivy"}


@every_function
def test_a_heavy_layer_is_where_it_is_used_and_nowhere_else(name: str) -> None:
    used = libraries(ROOT / FUNCTIONS[name]["CodeUri"] / "app.py")
    layers = {layer["Ref"] for layer in FUNCTIONS[name].get("Layers", [])}
    assert layers == {layer for layer, library in HEAVY.items() if library in used}


def test_what_a_function_uses_is_read_from_its_source() -> None:
    by_layer = {
        layer: {name for name, function in FUNCTIONS.items() if {"Ref": layer} in function.get("Layers", [])}
        for layer in HEAVY
    }
    assert by_layer == {
        "ExtractorLayer": {"DownloadFunction", "MediaResolveFunction", "MediaDownloadFunction"},
        "FfmpegLayer": {"MediaConvertFunction", "MediaDownloadFunction"},
        "SearchLayer": {
            *("LibraryFunction", "LibraryQueryFunction", "LibraryItemFunction", "ShopLibraryFunction"),
            *("LibraryIndexFunction", "LibraryRefreshFunction", "LibraryRanksFunction"),
        },
    }


@every_function
def test_a_function_that_writes_much_to_disk_has_room_for_it(name: str) -> None:
    """The material and the result of a conversion, both of the largest size that is taken, and some more; or the
    library's index, the one that is in use and the next.
    """
    room = FUNCTIONS[name].get("EphemeralStorage", {"Size": 512})["Size"] << 20
    needs = {layer["Ref"] for layer in FUNCTIONS[name].get("Layers", [])} & {"FfmpegLayer", "SearchLayer"}
    assert (room > 3 * TEMPLATE["Parameters"]["MediaMaxBytes"]["Default"]) == bool(needs)


@pytest.mark.parametrize("layer", of_type("AWS::Serverless::LayerVersion"))
def test_a_layer_has_its_requirements(layer: str) -> None:
    folder = ROOT / of_type("AWS::Serverless::LayerVersion")[layer]["ContentUri"]
    assert (folder / "requirements.txt").is_file()
    assert re.search(
        rf"^{HEAVY.get(layer, 'httpx').replace('_', '-')}==", (folder / "requirements.in").read_text(), re.MULTILINE
    )


@pytest.mark.parametrize("name", of_type("AWS::S3::Bucket"))
def test_a_bucket_is_private_and_encrypted(name: str) -> None:
    bucket = of_type("AWS::S3::Bucket")[name]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    assert any("AbortIncompleteMultipartUpload" in rule for rule in bucket["LifecycleConfiguration"]["Rules"])
    policy = of_type("AWS::S3::BucketPolicy")[f"{name}Policy"]
    assert policy["Bucket"] == {"Ref": name}
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_media_are_forgotten_and_the_library_is_not() -> None:
    forgets = {
        name: any("ExpirationInDays" in rule for rule in bucket["LifecycleConfiguration"]["Rules"])
        for name, bucket in of_type("AWS::S3::Bucket").items()
    }
    assert forgets == {"MediaBucket": True, "LibraryBucket": False}
    assert RESOURCES["LibraryBucket"]["DeletionPolicy"] == RESOURCES["LibraryTable"]["DeletionPolicy"] == "Retain"


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
