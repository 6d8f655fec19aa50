"""The sample events: one for each function, of the shape that SAM generates, and answered as one would expect."""

import json
import shutil
import subprocess
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


def test_events_have_the_shape_that_sam_generates() -> None:
    sam = shutil.which("sam") or next(iter(map(str, ROOT.glob(".venv-sam/bin/sam"))), None)
    if sam is None:
        pytest.skip("The SAM CLI is not installed here.")
    command = [sam, "local", "generate-event", "apigateway", "http-api-proxy"]
    environment = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1", "HOME": str(Path.home())}
    generated = json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
    optional = {"cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"}
    unknown_here = {"authentication", "authorizer"}
    for name in HTTP_STATUSES:
        event = sample(name)
        assert generated.keys() - optional <= event.keys() <= generated.keys(), name
        context = generated["requestContext"]
        assert event["requestContext"].keys() == context.keys() - unknown_here, name
        assert event["requestContext"]["http"].keys() == context["http"].keys(), name


@pytest.mark.parametrize(("name", "status"), HTTP_STATUSES.items())
def test_an_event_is_answered(stack: RunningStack, name: str, status: int) -> None:
    event = (EVENTS / f"{name}.json").read_text().replace(KEY_PLACEHOLDER, stack.key)
    with stack.client("lambda") as client:
        answer = client.invoke(FunctionName=f"tokstack-{name.replace('_', '-')}", Payload=event)
        result = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, result
    assert result["statusCode"] == status, result
