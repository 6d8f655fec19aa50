"""Whether a stack is whole and well, part by part. It looks, and changes nothing.

deployed    all that CloudFormation made, and what each part says of itself
local       what the stack of `make run` has of it: tables, queues, the secret, the front
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from botocore.exceptions import ClientError

from cli.stack import ready
from local import account

Client = Callable[[str], Any]  # of a service, by its name

_OUTPUTS = ("Url", "Table", "MediaBucket", "JobsQueue", "LibraryTable", "LibraryBucket", "LibraryQueue")
_SET_ASIDE = ("-dead", "-failed-events")  # what the names of queues end with in which nothing should be
_SECONDS = 10.0  # an answer of a function that has to start
_AT_ONCE = 100  # alarms


@dataclass(frozen=True, slots=True)
class Finding:
    """`state` in the part's own words."""

    kind: str
    name: str
    state: str
    well: bool


def deployed(client: Client, stack: str) -> Iterator[Finding]:
    cloud = client("cloudformation")
    described = cloud.describe_stacks(StackName=stack)["Stacks"][0]
    status = described["StackStatus"]
    yield Finding("stack", stack, status, status.endswith("_COMPLETE") and "ROLLBACK" not in status)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    for name in _OUTPUTS:
        yield Finding("output", name, outputs.get(name, "missing"), name in outputs)
    resources = [
        each
        for page in cloud.get_paginator("list_stack_resources").paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
    ]
    for type_, look in _LOOKS.items():
        yield from look(client, [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == type_])
    if "Url" in outputs:
        yield _health(outputs["Url"])


def local(client: Client) -> Iterator[Finding]:
    yield from _tables(client, [f"{account.STACK}-data", f"{account.STACK}-library"])
    yield from _queues(client, client("sqs").list_queues(QueueNamePrefix=f"{account.STACK}-").get("QueueUrls", []))
    yield from _secrets(client, [f"{account.STACK}-signing"])
    yield _health(ready("url"))


def _functions(client: Client, names: list[str]) -> Iterator[Finding]:
    functions = client("lambda")
    for name in names:
        found = functions.get_function_configuration(FunctionName=name)
        state, update = found.get("State", "unknown"), found.get("LastUpdateStatus", "Successful")
        well = state in ("Active", "Inactive") and update == "Successful"  # idle for weeks, it wakes up when called
        yield Finding("function", name, state if update == "Successful" else f"{state}, update {update}", well)


def _tables(client: Client, names: list[str]) -> Iterator[Finding]:
    tables = client("dynamodb")
    for name in names:
        state = _asked(lambda table: tables.describe_table(TableName=table)["Table"]["TableStatus"], name)
        yield Finding("table", name, state, state == "ACTIVE")


def _queues(client: Client, urls: list[str]) -> Iterator[Finding]:
    queues = client("sqs")
    for url in urls:
        attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        waiting, name = int(attributes["Attributes"]["ApproximateNumberOfMessages"]), url.rpartition("/")[2]
        yield Finding("queue", name, f"{waiting} waiting", not (waiting and name.endswith(_SET_ASIDE)))


def _alarms(client: Client, names: list[str]) -> Iterator[Finding]:
    """One that knows nothing yet is as good as one that is silent."""
    for start in range(0, len(names), _AT_ONCE):
        found = client("cloudwatch").describe_alarms(AlarmNames=names[start : start + _AT_ONCE])
        for alarm in found["MetricAlarms"]:
            yield Finding("alarm", alarm["AlarmName"], alarm["StateValue"], alarm["StateValue"] != "ALARM")


def _secrets(client: Client, ids: list[str]) -> Iterator[Finding]:
    """That it has a value; the value itself is not asked for."""
    secrets = client("secretsmanager")
    for each in ids:
        name = each.rpartition(":")[2]
        state = _asked(lambda secret: _kept(secrets.describe_secret(SecretId=secret)), each)
        yield Finding("secret", name, state, state == "there")


def _kept(secret: Mapping[str, Any]) -> str:
    current = [stages for stages in secret.get("VersionIdsToStages", {}).values() if "AWSCURRENT" in stages]
    return "there" if current else "without a value"


def _health(url: str) -> Finding:
    try:
        answer = httpx.get(f"{url.rstrip('/')}/health", timeout=_SECONDS)
    except httpx.HTTPError as error:
        return Finding("health", url, str(error) or type(error).__name__, well=False)
    return Finding("health", url, f"answers {answer.status_code}", answer.status_code == httpx.codes.OK)


def _asked(state: Callable[[str], str], name: str) -> str:
    """A part's state, or what the cloud says instead."""
    try:
        return state(name)
    except ClientError as error:
        return str(error.response["Error"]["Code"])


_LOOKS: Mapping[str, Callable[[Client, list[str]], Iterator[Finding]]] = {
    "AWS::Lambda::Function": _functions,
    "AWS::DynamoDB::Table": _tables,
    "AWS::SQS::Queue": _queues,
    "AWS::SecretsManager::Secret": _secrets,
    "AWS::CloudWatch::Alarm": _alarms,
}
