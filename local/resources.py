"""Makes the stack's resources in the embedded AWS. A type that is not known here is an error, never passed over."""

import json
import string
from collections.abc import Callable, Mapping
from secrets import choice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import Aws
from local.machines import machine
from local.stack import Stack
from local.template import TemplateError

# Made by no call: they are read from the template where they matter, or matter only on AWS.
_WITHOUT_CREATION = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
}
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def create(stack: Stack, aws: Aws) -> None:
    """Makes everything; secrets first, since only their creation tells their ARNs. Raises TemplateError."""
    for logical_id, resource in stack.template.resources.items():
        if resource["Type"] not in _KNOWN:
            raise TemplateError(f"{logical_id}: {resource['Type']} is not known here.")
    for kind, make in _MAKERS:
        for logical_id, properties in stack.of_type(kind):
            try:
                make(stack, aws, logical_id, properties)
            except (BotoCoreError, ClientError) as error:
                raise TemplateError(f"{logical_id}: {error}") from error


def _secret(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    text = properties.get("SecretString") or generated(properties.get("GenerateSecretString", {}))
    made = aws.client("secretsmanager").create_secret(Name=stack.name(logical_id), SecretString=text)
    stack.made[logical_id] = made["ARN"]


def generated(rules: Mapping[str, Any]) -> str:
    letters = string.ascii_letters + string.digits
    if not rules.get("ExcludePunctuation"):
        letters += _PUNCTUATION
    letters = "".join(letter for letter in letters if letter not in rules.get("ExcludeCharacters", ""))
    password = "".join(choice(letters) for _ in range(int(rules.get("PasswordLength", 32))))
    if "GenerateStringKey" not in rules:
        return password
    return json.dumps({**json.loads(rules["SecretStringTemplate"]), rules["GenerateStringKey"]: password})


def _table(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    dynamodb, name = aws.client("dynamodb"), stack.name(logical_id)
    taken = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode", "StreamSpecification")
    dynamodb.create_table(TableName=name, **{each: properties[each] for each in taken if each in properties})
    if time_to_live := properties.get("TimeToLiveSpecification"):
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)


def _queue(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    taken = ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "FifoQueue", "ContentBasedDeduplication")
    attributes = {each: _attribute(properties[each]) for each in taken if each in properties}
    aws.client("sqs").create_queue(QueueName=stack.name(logical_id), Attributes=attributes)


def _redrive(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    """Where a queue's poison goes: another queue, which must stand by then."""
    if redrive := properties.get("RedrivePolicy"):
        url = aws.queue_url(stack.arn(logical_id))
        aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(redrive)})


def _attribute(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bucket(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    s3, name = aws.client("s3"), stack.name(logical_id)
    s3.create_bucket(Bucket=name)
    if notifications := properties.get("NotificationConfiguration"):
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"LambdaFunctionConfigurations": _to_functions(notifications)}
        )
    if cors := properties.get("CorsConfiguration"):
        s3.put_bucket_cors(
            Bucket=name, CORSConfiguration={"CORSRules": [_cors_rule(rule) for rule in cors["CorsRules"]]}
        )


def _to_functions(notifications: Mapping[str, Any]) -> list[dict[str, Any]]:
    if other := sorted(notifications.keys() - {"LambdaConfigurations"}):
        raise TemplateError(f"A bucket's {other[0]} is not known here.")
    return [
        {
            "LambdaFunctionArn": each["Function"],
            "Events": [each["Event"]],
            "Filter": {"Key": {"FilterRules": each.get("Filter", {}).get("S3Key", {}).get("Rules", [])}},
        }
        for each in notifications["LambdaConfigurations"]
    ]


def _cors_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    names = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds", "Id": "ID"}
    return {names.get(name, name): value for name, value in rule.items()}


def _rule(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    """Events that match the pattern go to the targets, as they are."""
    if other := sorted(properties.keys() - {"Name", "Description", "EventBusName", "EventPattern", "State", "Targets"}):
        raise TemplateError(f"{logical_id}: a rule's {other[0]} is not known here.")
    targets = properties["Targets"]
    for target in targets:
        if other := sorted(target.keys() - {"Arn", "Id", "DeadLetterConfig", "RetryPolicy"}):
            raise TemplateError(f"{logical_id}: a target's {other[0]} is not known here.")
    if properties.get("State", "ENABLED") != "ENABLED":
        return
    events, name = aws.client("events"), stack.name(logical_id)
    bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
    events.put_rule(Name=name, EventPattern=json.dumps(properties["EventPattern"]), **bus)
    events.put_targets(Rule=name, Targets=[{"Id": each["Id"], "Arn": each["Arn"]} for each in targets], **bus)


def _machine(stack: Stack, aws: Aws, logical_id: str, properties: Mapping[str, Any]) -> None:
    made = machine(stack, logical_id, properties)
    aws.client("stepfunctions").create_state_machine(
        name=made.name, definition=made.definition, roleArn=made.role, type=made.kind
    )


# In this order.
_MAKERS: list[tuple[str, Callable[[Stack, Aws, str, Mapping[str, Any]], None]]] = [
    ("AWS::SecretsManager::Secret", _secret),
    ("AWS::DynamoDB::Table", _table),
    ("AWS::SQS::Queue", _queue),
    ("AWS::SQS::Queue", _redrive),
    ("AWS::S3::Bucket", _bucket),
    ("AWS::Events::Rule", _rule),
    ("AWS::StepFunctions::StateMachine", _machine),
]
_KNOWN = _WITHOUT_CREATION | {kind for kind, _ in _MAKERS}
