"""Identity policies against the evaluation logic that AWS documents."""

from typing import Any

import pytest

from local.iam.policy import Decision, PolicyError, decide, load

ALLOWED, DENIED, NOT_ALLOWED = Decision.ALLOWED, Decision.DENIED, Decision.NOT_ALLOWED
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/data"


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE} | elements


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("statement", "action", "resource", "decision"),
    [
        (allow(), "dynamodb:GetItem", TABLE, ALLOWED),
        (allow(), "dynamodb:getitem", TABLE, ALLOWED),
        (allow(), "dynamodb:PutItem", TABLE, NOT_ALLOWED),
        (allow(), "dynamodb:GetItem", f"{TABLE}2", NOT_ALLOWED),
        (allow(), "dynamodb:GetItem", TABLE.upper(), NOT_ALLOWED),
        (allow(Action="dynamodb:*"), "dynamodb:PutItem", TABLE, ALLOWED),
        (allow(Action="*"), "s3:GetObject", TABLE, ALLOWED),
        (allow(Action="dynamodb:?etItem"), "dynamodb:GetItem", TABLE, ALLOWED),
        (allow(Action=["s3:GetObject", "dynamodb:Get*"]), "dynamodb:GetItem", TABLE, ALLOWED),
        (allow(Action=[]), "dynamodb:GetItem", TABLE, NOT_ALLOWED),
        (allow(Resource="*"), "dynamodb:GetItem", TABLE, ALLOWED),
        (allow(Resource=f"{TABLE}/index/*"), "dynamodb:GetItem", TABLE, NOT_ALLOWED),
        (allow(Resource="arn:aws:s3:::b/source/*"), "dynamodb:GetItem", "arn:aws:s3:::b/source/x/y", ALLOWED),
        (allow(Resource="arn:aws:s3:::b.c/*"), "dynamodb:GetItem", "arn:aws:s3:::bxc/y", NOT_ALLOWED),
        (allow(Resource="arn:aws:s3:::b/[a]*"), "dynamodb:GetItem", "arn:aws:s3:::b/a", NOT_ALLOWED),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, "dynamodb:GetItem", TABLE, ALLOWED),
        ({"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}, "dynamodb:GetItem", TABLE, NOT_ALLOWED),
        ({"Effect": "Allow", "Action": "*", "NotResource": TABLE}, "dynamodb:GetItem", TABLE, NOT_ALLOWED),
        ({"Effect": "Allow", "Action": "*", "NotResource": TABLE}, "dynamodb:GetItem", f"{TABLE}2", ALLOWED),
        (allow(Effect="Deny"), "dynamodb:GetItem", TABLE, DENIED),
    ],
)
def test_a_statement(statement: dict[str, Any], action: str, resource: str, decision: Decision) -> None:
    assert decide(load([document(statement)]), action, resource, {}) is decision


def test_a_denial_outweighs_every_permission() -> None:
    policies = [document(allow(Resource="*")), document(allow(Effect="Deny", Action="dynamodb:*"))]
    assert decide(load(policies), "dynamodb:GetItem", TABLE, {}) is DENIED
    assert decide(load(policies), "dynamodb:GetItem", f"{TABLE}2", {}) is ALLOWED


def test_no_policy_allows_nothing() -> None:
    assert decide(load([]), "dynamodb:GetItem", TABLE, {}) is NOT_ALLOWED


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "have", "allowed"),
    [
        ("StringEquals", "s3:prefix", "a", ["a"], True),
        ("StringEquals", "S3:Prefix", ["b", "a"], ["a"], True),
        ("StringEquals", "s3:prefix", "a", ["A"], False),
        ("StringEquals", "s3:prefix", "a", [], False),
        ("StringEqualsIfExists", "s3:prefix", "a", [], True),
        ("StringEqualsIfExists", "s3:prefix", "a", ["b"], False),
        ("StringNotEquals", "s3:prefix", "a", [], True),
        ("StringNotEquals", "s3:prefix", ["a", "b"], ["b"], False),
        ("StringEqualsIgnoreCase", "s3:prefix", "A", ["a"], True),
        ("StringLike", "s3:prefix", "source/*", ["source/x"], True),
        ("StringNotLike", "s3:prefix", "source/*", ["source/x"], False),
        ("ArnLike", "aws:principalarn", "arn:aws:sts::*:assumed-role/a/*", ["arn:aws:sts::1:assumed-role/a/b"], True),
        ("Bool", "aws:SecureTransport", False, ["true"], False),
        ("Bool", "aws:SecureTransport", "true", ["true"], True),
        ("NumericLessThanEquals", "s3:max-keys", 10, ["10"], True),
        ("NumericLessThan", "s3:max-keys", 10, ["10"], False),
        ("NumericNotEquals", "s3:max-keys", 10, ["11"], True),
        ("ForAllValues:StringEquals", "aws:tagkeys", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", "aws:tagkeys", ["a"], ["a", "b"], False),
        ("ForAllValues:StringEquals", "aws:tagkeys", ["a"], [], True),
        ("ForAnyValue:StringEquals", "aws:tagkeys", ["a"], ["a", "b"], True),
        ("ForAnyValue:StringEquals", "aws:tagkeys", ["a"], [], False),
    ],
)
def test_a_condition(operator: str, key: str, wanted: Any, have: list[str], *, allowed: bool) -> None:
    statements = load([document(allow(Condition={operator: {key: wanted}}))])
    assert (decide(statements, "dynamodb:GetItem", TABLE, {key.lower(): have}) is ALLOWED) is allowed


def test_every_condition_must_hold() -> None:
    both = allow(Condition={"StringEquals": {"a:x": "1", "a:y": "2"}})
    statements = load([document(both)])
    assert decide(statements, "dynamodb:GetItem", TABLE, {"a:x": ["1"], "a:y": ["2"]}) is ALLOWED
    assert decide(statements, "dynamodb:GetItem", TABLE, {"a:x": ["1"], "a:y": ["3"]}) is NOT_ALLOWED


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (allow(Principal="*"), "Principal"),
        (allow(Effect="allow"), "Effect"),
        (allow(NotAction="s3:*"), "one of Action and NotAction"),
        ({"Effect": "Allow", "Action": "s3:*"}, "one of Resource and NotResource"),
        (allow(Resource={"Fn::GetAtt": ["Table", "Arn"]}), "Fn::GetAtt"),
        (allow(Resource="arn:aws:s3:::b/${aws:username}"), "aws:username"),
        (allow(Condition={"IpAddress": {"aws:sourceip": "10.0.0.0/8"}}), "IpAddress"),
        (allow(Condition={"StringEquals": {"aws:tagkeys": "a"}}), "many values"),
        (allow(Condition={"ForSomeValues:StringEquals": {"aws:tagkeys": "a"}}), "ForSomeValues"),
        (allow(Condition={"StringEquals": {"s3:prefix": "${aws:userid}"}}), "variables"),
    ],
)
def test_what_is_not_understood_is_refused_at_loading(statement: dict[str, Any], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        load([document(statement)])
