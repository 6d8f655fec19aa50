"""The template as the local cloud reads it: parameters, intrinsic functions, names, functions, routes, triggers."""

import json
import shutil
from pathlib import Path
from typing import Any, cast

import pytest

from local.api import api
from local.aws import Aws
from local.functions import functions
from local.iam.policy import Decision, decide
from local.iam.roles import roles
from local.intrinsics import Resolver
from local.machines import machines
from local.resources import _rule, generated
from local.stack import Stack
from local.template import TemplateError, load, parameter_values
from local.triggers import QueueTrigger, queue_triggers, schedules

ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "data" / "local_cloud" / "template.yaml"
QUEUES = "arn:aws:sqs:us-east-1:123456789012"

TEXT = {"Type": "String", "Default": "a"}
NUMBER = {"Type": "Number", "Default": 5, "MinValue": 1, "MaxValue": 10}


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        (TEXT, {}, "a"),
        (TEXT, {"P": "b"}, "b"),
        (NUMBER, {}, "5"),
        (NUMBER, {"P": "10"}, "10"),
        ({"Type": "String", "AllowedPattern": "|https?://[^/]+"}, {"P": "http://127.0.0.1:1"}, "http://127.0.0.1:1"),
        ({"Type": "String", "Default": "", "AllowedPattern": "|https?://[^/]+"}, {}, ""),
        ({"Type": "CommaDelimitedList", "Default": ""}, {}, [""]),
        ({"Type": "CommaDelimitedList", "Default": ""}, {"P": "a,b"}, ["a", "b"]),
    ],
)
def test_a_parameter_has_its_default_or_what_was_given(
    declared: dict[str, Any], given: dict[str, str], value: Any
) -> None:
    assert parameter_values({"P": declared}, given) == {"P": value}


@pytest.mark.parametrize(
    ("declared", "given", "says"),
    [
        ({"Type": "String"}, {}, "has no default"),
        (TEXT, {"Q": "b"}, "no parameter 'Q'"),
        (TEXT | {"AllowedValues": ["a", "b"]}, {"P": "c"}, "not one of a, b"),
        (TEXT | {"AllowedPattern": "[a-z]"}, {"P": "ab"}, "does not match"),
        (NUMBER, {"P": "11"}, "out of its bounds"),
        (NUMBER, {"P": "0"}, "out of its bounds"),
        (NUMBER, {"P": "many"}, "not a number"),
    ],
)
def test_a_wrong_parameter_is_named(declared: dict[str, Any], given: dict[str, str], says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        parameter_values({"P": declared}, given)


RESOLVER = Resolver(
    conditions={
        "Yes": {"Fn::Equals": [1, "1"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
        "Either": {"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]},
    },
    reference={"Name": "name", "List": ["a", "b"]}.__getitem__,
    attribute=lambda logical_id, attribute: f"{logical_id}/{attribute}",
)
NOTHING = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("text", "text"),
        ({"Ref": "Name"}, "name"),
        ({"Fn::GetAtt": ["A", "Arn"]}, "A/Arn"),
        ({"Fn::GetAtt": "A.Arn"}, "A/Arn"),
        ({"Fn::Sub": "${Name}-${A.Arn}-${!Name}"}, "name-A/Arn-${Name}"),
        ({"Fn::Sub": ["${Name}-${x}", {"x": {"Ref": "Name"}, "Name": "own"}]}, "own-name"),
        ({"Fn::Join": ["", {"Ref": "List"}]}, "ab"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, "a-name"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Select": [1, {"Ref": "List"}]}, "b"),
        ({"Fn::If": ["Yes", {"Ref": "Name"}, {"Ref": "Unknown"}]}, "name"),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"a": {"Fn::If": ["No", 1, NOTHING]}, "b": [NOTHING, 1]}, {"b": [1]}),
        (NOTHING, None),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}},) * 2,
    ],
)
def test_an_intrinsic_function(value: Any, resolved: Any) -> None:
    assert RESOLVER.resolve(value) == resolved


@pytest.mark.parametrize(
    "value", [{"Fn::FindInMap": ["a", "b", "c"]}, {"Fn::If": ["Unknown", 1, 2]}, {"Fn::Join": "a"}]
)
def test_what_is_not_known_is_an_error(value: Any) -> None:
    with pytest.raises(TemplateError):
        RESOLVER.resolve(value)


@pytest.fixture(scope="module")
def small() -> Stack:
    return Stack(load(SMALL, {}), "http://127.0.0.1:4566")


def test_functions_are_as_the_template_says(small: Stack) -> None:
    probe = next(each for each in functions(small) if each.name == "tokstack-probe")
    assert (probe.logical_id, probe.handler, probe.code) == (
        "ProbeFunction",
        "app.handler",
        SMALL.parent / "functions" / "probe",
    )
    assert (probe.memory, probe.timeout, probe.retries) == (256, 2.0, 1)
    assert probe.on_failure == "arn:aws:sqs:us-east-1:123456789012:tokstack-failed"
    assert probe.environment == {
        "TABLE_NAME": "tokstack-data",
        "BUCKET": "tokstack-bucket",
        "QUEUE_URL": "http://127.0.0.1:4566/123456789012/tokstack-queue",
    }


def test_a_role_may_what_its_policies_say_and_write_logs(small: Stack) -> None:
    statements = roles(small)["arn:aws:iam::123456789012:role/tokstack-ProbeFunctionRole"]
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/tokstack-data"
    assert decide(statements, "dynamodb:PutItem", table, {}) is Decision.ALLOWED
    assert decide(statements, "dynamodb:GetItem", table, {}) is Decision.NOT_ALLOWED
    assert decide(statements, "logs:PutLogEvents", "*", {}) is Decision.ALLOWED


def test_the_api_has_its_routes_the_most_exact_first(small: Stack) -> None:
    found = api(small)
    assert [route.key for route in found.routes] == ["GET /items/{id}", "ANY /rest/{path+}", "$default"]
    assert {route.function for route in found.routes} == {"tokstack-probe"}
    assert (found.rate, found.burst, found.access_log) == (1000, 1000, "$context.routeKey=$context.status")
    assert found.cors
    assert found.cors.origins == {"https://app.example", "https://www.example"}


def test_without_origins_browsers_are_told_nothing() -> None:
    assert api(Stack(load(SMALL, {"AllowedOrigins": ""}), "http://127.0.0.1:1")).cors is None


def test_a_queue_triggers_its_function(small: Stack) -> None:
    usual, wide = queue_triggers(small)
    assert usual == QueueTrigger(f"{QUEUES}:tokstack-queue", "tokstack-batch", 10, partial=True, at_once=2)
    assert wide == QueueTrigger(f"{QUEUES}:tokstack-wide", "tokstack-batch", 1, partial=False, at_once=3)


def test_a_state_machine_has_its_definition_with_what_it_stands_for(small: Stack) -> None:
    (machine,) = machines(small)
    assert (machine.name, machine.kind) == ("tokstack-machine", "STANDARD")
    assert machine.role in roles(small)
    begin = json.loads(machine.definition)["States"]["Begin"]
    assert begin["Arguments"]["FunctionName"] == "arn:aws:lambda:us-east-1:123456789012:function:tokstack-probe"


def test_a_built_template_has_its_definition_in_the_source(tmp_path: Path) -> None:
    (tmp_path / ".aws-sam" / "build").mkdir(parents=True)
    shutil.copy(SMALL.parent / "machine.asl.json", tmp_path)
    built = tmp_path / ".aws-sam" / "build" / "template.yaml"
    built.write_text(SMALL.read_text().replace("machine.asl.json", "../../machine.asl.json"))
    assert machines(Stack(load(built, {}), "http://127.0.0.1:1")) == machines(
        Stack(load(SMALL, {}), "http://127.0.0.1:1")
    )


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("DefinitionUri: machine.asl.json", "DefinitionUri: nowhere.json", "Machine: nowhere.json cannot be read"),
        ("DefinitionUri: machine.asl.json", "DefinitionUri: broken.json", "Machine: the definition is not JSON"),
        ("ProbeFunctionArn: !", "OtherFunctionArn: !", r"Machine: the definition has \$\{ProbeFunctionArn\}"),
    ],
)
def test_a_definition_that_is_wrong_is_named(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    shutil.copy(SMALL.parent / "machine.asl.json", tmp_path)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "template.yaml").write_text(SMALL.read_text().replace(right, wrong))
    with pytest.raises(TemplateError, match=says):
        machines(Stack(load(tmp_path / "template.yaml", {}), "http://127.0.0.1:1"))


def test_a_definition_may_stand_in_the_template(tmp_path: Path) -> None:
    text = SMALL.read_text().replace(
        "DefinitionUri: machine.asl.json", "Definition: { StartAt: A, States: { A: { Type: Succeed } } }"
    )
    (tmp_path / "template.yaml").write_text(text)
    (machine,) = machines(Stack(load(tmp_path / "template.yaml", {}), "http://127.0.0.1:1"))
    assert json.loads(machine.definition) == {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


def test_the_api_and_the_machine_are_known_to_functions() -> None:
    stack = Stack(load(SMALL, {}), "http://127.0.0.1:4566", "http://127.0.0.1:3000")
    starter = next(each for each in functions(stack) if each.name == "tokstack-starter")
    assert (
        starter.environment.items()
        >= {
            "API_URL": "http://127.0.0.1:3000",
            "MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:tokstack-machine",
            "MACHINE_NAME": "tokstack-machine",
        }.items()
    )


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("Resources:", "Sources:", "has no Resources"),
        ("CodeUri: functions/probe", "CodeUri: functions/nowhere", "there is no folder functions/nowhere"),
        ("Handler: app.handler", "Handlr: app.handler", "Handlr"),
        ('Action: "sqs:SendMessage"', "Acton: x", "Acton in a policy statement is not understood here"),
        ("!Ref DataTable", "!Ref NoTable", "NoTable"),
    ],
)
def test_a_broken_template_says_what_is_wrong(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    for folder in ("probe", "broken", "batch", "starter"):
        (tmp_path / "functions" / folder).mkdir(parents=True)
    (tmp_path / "template.yaml").write_text(SMALL.read_text().replace(right, wrong))
    with pytest.raises(TemplateError, match=says):
        read_whole(tmp_path / "template.yaml")


def read_whole(path: Path) -> None:
    stack = Stack(load(path, {}), "http://127.0.0.1:4566")
    functions(stack)
    roles(stack)


def test_the_real_template_can_be_run_here() -> None:
    stack = Stack(load(ROOT / "template.yaml", {}), "http://127.0.0.1:4566")
    stack.made["SigningSecret"] = "arn:aws:secretsmanager:us-east-1:123456789012:secret:tokstack-signing-AbCdEf"
    found = functions(stack)
    assert {function.role for function in found} <= roles(stack).keys()
    assert {route.function for route in api(stack).routes} <= {function.name for function in found}
    assert {schedule.function: schedule.seconds for schedule in schedules(stack)} == {
        "tokstack-library-index": 300,
        "tokstack-library-schedule": 900,
        "tokstack-library-ranks": 43_200,
        "tokstack-sweep": 300,
    }


def test_a_generated_secret_obeys_its_rules() -> None:
    plain = generated({"PasswordLength": 64, "ExcludePunctuation": True})
    assert len(plain) == 64
    assert plain.isalnum()
    assert plain != generated({"PasswordLength": 64, "ExcludePunctuation": True})
    assert len(generated({})) == 32
    keyed = generated({"SecretStringTemplate": '{"user": "a"}', "GenerateStringKey": "password"})
    assert '"user": "a"' in keyed


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        ({"ScheduleExpression": "rate(1 day)", "Targets": []}, "Rule: a rule's ScheduleExpression is not known here"),
        ({"Targets": [{"Id": "a", "Arn": "b", "InputPath": "$.x"}]}, "Rule: a target's InputPath is not known here"),
    ],
)
def test_a_rule_with_more_than_is_known_here_is_named(small: Stack, properties: dict[str, Any], says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        _rule(small, cast(Aws, None), "Rule", properties)
