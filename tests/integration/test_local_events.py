"""The sample events: one for each function, of the shape that SAM generates, and answered as one would expect."""

import json
import shutil
import subprocess
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from local.api import api
from local.demo import KEY_PLACEHOLDER
from local.functions import functions
from local.stack import Stack
from local.template import load
from tests.clouds import ROOT
from tests.clouds import Stack as RunningStack

EVENTS = ROOT / "events"
HTTP_STATUSES = {
    "statistic": 200,
    "downloader": 200,
    "slides": 200,
    "random": 200,
    "download": 200,
    "convert": 202,  # it prefers not to wait
    "job": 404,  # nobody's
    "job_file": 403,  # its ticket is another deployment's
    "media": 403,  # its link is another deployment's
    "health": 200,
    "usage": 200,
    "openapi": 200,
    "docs": 200,
    "not_found": 404,
}


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


@pytest.fixture(scope="module")
def described() -> Stack:
    """The stack as the template describes it."""
    stack = Stack(load(ROOT / "template.yaml", {}), "http://127.0.0.1:4566")
    stack.made["SigningSecret"] = "arn:aws:secretsmanager:us-east-1:123456789012:secret:tokstack-signing-AbCdEf"
    return stack


def test_every_function_has_a_sample_event(described: Stack) -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} == {function.code.name for function in functions(described)}


@pytest.mark.parametrize("name", HTTP_STATUSES)
def test_an_event_comes_by_a_route_of_its_function(described: Stack, name: str) -> None:
    event = sample(name)
    routes = {route.key: route.function for route in api(described).routes}
    assert routes[event["routeKey"]] == f"tokstack-{name.replace('_', '-')}"
    assert event["requestContext"]["routeKey"] == event["routeKey"]
    assert event["rawPath"] == event["requestContext"]["http"]["path"]


def generated_by_sam(*what: str) -> dict[str, Any]:
    sam = shutil.which("sam") or next(iter(map(str, ROOT.glob(".venv-sam/bin/sam"))), None)
    if sam is None:
        pytest.skip("The SAM CLI is not installed here.")
    command = [sam, "local", "generate-event", *what]
    environment = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1", "HOME": str(Path.home())}
    event: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    return event


def shape(value: Any) -> Any:
    """The names in an event, at every depth."""
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else None


def test_events_have_the_shape_that_sam_generates() -> None:
    generated = generated_by_sam("apigateway", "http-api-proxy")
    optional = {"cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"}
    unknown_here = {"authentication", "authorizer"}
    for name in HTTP_STATUSES:
        event = sample(name)
        assert generated.keys() - optional <= event.keys() <= generated.keys(), name
        context = generated["requestContext"]
        assert event["requestContext"].keys() == context.keys() - unknown_here, name
        assert event["requestContext"]["http"].keys() == context["http"].keys(), name


@pytest.mark.parametrize(
    ("name", "kind"), [("jobs", ("sqs", "receive-message")), ("uploads", ("s3", "put"))], ids=["jobs", "uploads"]
)
def test_records_have_the_shape_that_sam_generates(name: str, kind: tuple[str, str]) -> None:
    event, (generated,) = sample(name), generated_by_sam(*kind)["Records"]
    assert event.keys() == {"Records"}
    for record in event["Records"]:
        assert shape(record) == shape(generated)
        assert (record["eventSource"], record["awsRegion"]) == (generated["eventSource"], generated["awsRegion"])


def test_messages_say_what_they_are_made_of() -> None:
    for record in sample("jobs")["Records"]:
        assert record["md5OfBody"] == md5(record["body"].encode()).hexdigest()
        assert json.loads(record["body"])["account"] == "demo"
    assert len({record["messageId"] for record in sample("jobs")["Records"]}) == len(sample("jobs")["Records"])


def test_events_come_from_where_the_template_says(described: Stack) -> None:
    """A function looks at neither; whoever reads the sample does."""
    for record in sample("jobs")["Records"]:
        assert record["eventSourceARN"].rpartition(":")[2] == "tokstack-jobs"
    for record in sample("uploads")["Records"]:
        assert record["s3"]["bucket"]["name"] == "tokstack-media-123456789012-us-east-1"
        assert record["s3"]["object"]["key"].startswith("uploads/convert/")


def invoked(stack: RunningStack, name: str) -> tuple[str | None, Any]:
    """How the function failed, and what it gave back."""
    event = (EVENTS / f"{name}.json").read_text().replace(KEY_PLACEHOLDER, stack.key)
    with stack.client("lambda") as client:
        answer = client.invoke(FunctionName=f"tokstack-{name.replace('_', '-')}", Payload=event)
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())


@pytest.mark.parametrize(("name", "status"), HTTP_STATUSES.items())
def test_an_event_is_answered(stack: RunningStack, name: str, status: int) -> None:
    failed, result = invoked(stack, name)
    assert failed is None, result
    assert result["statusCode"] == status, result


@pytest.mark.parametrize(
    ("name", "expected"), [("jobs", {"batchItemFailures": []}), ("uploads", None), ("media_download", None)]
)
def test_an_event_of_a_trigger_is_taken(stack: RunningStack, name: str, expected: Any) -> None:
    failed, result = invoked(stack, name)
    assert failed is None, result
    assert result == expected


@pytest.mark.parametrize("name", ["media_resolve", "media_convert", "media_finish", "media_fail"])
def test_a_step_for_a_job_that_nobody_knows_is_final(stack: RunningStack, name: str) -> None:
    failed, result = invoked(stack, name)
    assert failed, result
    assert result["errorType"] == "FinalError"
    assert json.loads(result["errorMessage"])["code"] == "job_not_found"
