"""What a request needs: actions on resources, by the tables of the Service Authorization Reference.

An operation without a rule is refused by its name. Add a rule then; never widen a policy for it.

    UnmappedError       there is no rule for the operation
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote

from local.account import ACCOUNT, REGION


class UnmappedError(LookupError):
    """No rule says what the operation needs."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of one operation: `parameters` as the service's API names them."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # the X-Amz ones, in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Need:
    """A permission: `context` holds what conditions may ask, by lower-case key."""

    action: str
    resource: str
    context: Mapping[str, list[str]] = field(default_factory=dict)


def needs(request: Request) -> list[Need]:
    """Every permission that the request takes; raises UnmappedError."""
    try:
        return _SERVICES[request.service](request)
    except KeyError:
        raise UnmappedError(f"There is no rule here for {request.service}:{request.operation}.") from None


# ----------------------------------------------------------------------- S3
S3_ACTIONS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "DeleteObjects": "DeleteObject",
    "GetObject": "GetObject",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_S3_CONTEXT_HEADERS = ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-storage-class", "x-amz-copy-source")
_S3_CONTEXT_QUERY = ("prefix", "delimiter", "max-keys")


def _s3(request: Request) -> list[Need]:
    action = "s3:" + S3_ACTIONS[request.operation]
    bucket = f"arn:aws:s3:::{request.parameters['Bucket']}"
    if request.operation == "DeleteObjects":
        keys = re.findall(r"<Key>(.*?)</Key>", request.body.decode(), re.DOTALL)
        return [Need(action, f"{bucket}/{unescape(key)}") for key in keys]
    context = {f"s3:{name}": [request.headers[name]] for name in _S3_CONTEXT_HEADERS if name in request.headers}
    context |= {f"s3:{name}": [request.query[name]] for name in _S3_CONTEXT_QUERY if name in request.query}
    resource = f"{bucket}/{request.parameters['Key']}" if "Key" in request.parameters else bucket
    found = [Need(action, resource, context)]
    if source := request.headers.get("x-amz-copy-source"):
        found.append(Need("s3:GetObject", "arn:aws:s3:::" + unquote(source.partition("?")[0]).lstrip("/")))
    if "x-amz-tagging" in request.headers:
        found.append(Need("s3:PutObjectTagging", resource))
    return found


# ----------------------------------------------------------------- DynamoDB
DYNAMODB_ACTIONS = {
    name: name
    for name in (
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "DescribeTable",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    )
}
# A transaction needs the permission of each of its parts.
DYNAMODB_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def _dynamodb(request: Request) -> list[Need]:
    parameters = request.parameters
    if request.operation in ("TransactWriteItems", "TransactGetItems"):
        parts = [(kind, part) for item in parameters["TransactItems"] for kind, part in item.items()]
        return [Need(f"dynamodb:{DYNAMODB_PARTS[kind]}", _table(part["TableName"])) for kind, part in parts]
    action = "dynamodb:" + DYNAMODB_ACTIONS[request.operation]
    if "RequestItems" in parameters:
        return [Need(action, _table(name)) for name in parameters["RequestItems"]]
    resource = _table(parameters["TableName"])
    if index := parameters.get("IndexName"):
        resource += f"/index/{index}"
    return [Need(action, resource)]


def _table(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


# ---------------------------------------------------------------------- SQS
SQS_ACTIONS = {
    "ChangeMessageVisibility": "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessage": "DeleteMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "GetQueueAttributes": "GetQueueAttributes",
    "GetQueueUrl": "GetQueueUrl",
    "ReceiveMessage": "ReceiveMessage",
    "SendMessage": "SendMessage",
    "SendMessageBatch": "SendMessage",
}


def _sqs(request: Request) -> list[Need]:
    action = "sqs:" + SQS_ACTIONS[request.operation]
    queue = request.parameters.get("QueueUrl") or request.parameters["QueueName"]
    return [Need(action, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.rpartition('/')[2]}")]


# ---------------------------------------------- Step Functions, EventBridge
STATES_ACTIONS = {
    "DescribeExecution": "DescribeExecution",
    "StartExecution": "StartExecution",
    "StopExecution": "StopExecution",
}
EVENTS_ACTIONS = {"PutEvents": "PutEvents"}


def _states(request: Request) -> list[Need]:
    action = "states:" + STATES_ACTIONS[request.operation]
    return [Need(action, request.parameters.get("executionArn") or request.parameters["stateMachineArn"])]


def _events(request: Request) -> list[Need]:
    """Each entry by itself: they may go to several buses."""
    action = "events:" + EVENTS_ACTIONS[request.operation]
    return [
        Need(
            action,
            _bus(entry.get("EventBusName") or "default"),
            {"events:source": [entry.get("Source", "")], "events:detail-type": [entry.get("DetailType", "")]},
        )
        for entry in request.parameters["Entries"]
    ]


def _bus(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}"


# ---------------------------- Secrets Manager, Parameter Store, Lambda, STS
SECRETS_ACTIONS = {name: name for name in ("GetSecretValue", "DescribeSecret")}
SSM_ACTIONS = {"GetParameter": "GetParameter"}
LAMBDA_ACTIONS = {"Invoke": "InvokeFunction"}


def _secretsmanager(request: Request) -> list[Need]:
    action = "secretsmanager:" + SECRETS_ACTIONS[request.operation]
    secret = request.parameters["SecretId"]
    # A secret that is asked for by name has six more letters in its ARN, which only the ARN's owner knows.
    prefix = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
    return [Need(action, secret if secret.startswith("arn:") else f"{prefix}{secret}-??????")]


def _ssm(request: Request) -> list[Need]:
    """The key of a SecureString is the account's own for Parameter Store, which everyone in it may use through it."""
    action = "ssm:" + SSM_ACTIONS[request.operation]
    name = request.parameters["Name"]
    return [Need(action, f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{name.removeprefix('/')}")]


def _lambda(request: Request) -> list[Need]:
    action = "lambda:" + LAMBDA_ACTIONS[request.operation]
    name = request.parameters["FunctionName"].rpartition(":function:")[2]
    return [Need(action, f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")]


def _sts(request: Request) -> list[Need]:
    return {"GetCallerIdentity": []}[request.operation]  # needs no permission


_SERVICES: dict[str, Callable[[Request], list[Need]]] = {
    "dynamodb": _dynamodb,
    "events": _events,
    "lambda": _lambda,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sqs": _sqs,
    "ssm": _ssm,
    "states": _states,
    "sts": _sts,
}
