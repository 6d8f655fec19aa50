"""The stack that the template describes: what its resources are called, and their resolved properties."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.account import ACCOUNT, REGION, STACK
from local.intrinsics import Resolver
from local.template import Properties, Template, TemplateError

# The property that names a resource of the type, and its ARN by that name.
_NAMES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::Lambda::LayerVersion": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{{}}:1",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{{}}",
}
_REFERRED_TO_BY_ARN = {
    "AWS::Lambda::LayerVersion",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
_NAME_ATTRIBUTES = {"Name", "QueueName", "TopicName"}


@dataclass(frozen=True)
class Stack:
    """Answers by logical id; `api_url` is where the HTTP API answers.

    `made` has the ARNs that only creation tells: a secret's ends in six random letters.
    """

    template: Template
    aws_url: str
    api_url: str = ""
    made: dict[str, str] = field(default_factory=dict)

    def of_type(self, kind: str) -> Iterator[tuple[str, Properties]]:
        """Logical id and resolved properties of every resource of that type whose condition holds."""
        for logical_id, resource in self.template.resources.items():
            if resource["Type"] == kind and self._exists(resource):
                yield logical_id, self._resolver.resolve(resource.get("Properties", {}))

    def name(self, logical_id: str) -> str:
        """What the resource is called in the account."""
        resource = self._resource(logical_id)
        given = resource.get("Properties", {}).get(_NAMES.get(resource["Type"], ""))
        return str(self._resolver.resolve(given)) if given else f"{STACK}-{logical_id}"

    def arn(self, logical_id: str) -> str:
        kind = self._resource(logical_id)["Type"]
        if logical_id in self.made:
            return self.made[logical_id]
        if kind not in _ARNS:
            raise TemplateError(f"The ARN of {logical_id} ({kind}) is not known here.")
        return _ARNS[kind].format(self.name(logical_id))

    @property
    def _resolver(self) -> Resolver:
        return Resolver(self.template.conditions, self._reference, self._attribute)

    def _resource(self, logical_id: str) -> Properties:
        try:
            resource: Properties = self.template.resources[logical_id]
        except KeyError:
            raise TemplateError(f"The template has no resource or parameter {logical_id!r}.") from None
        return resource

    def _exists(self, resource: Properties) -> bool:
        return "Condition" not in resource or self._resolver.holds(resource["Condition"])

    def _reference(self, name: str) -> Any:
        if name in self.template.parameters:
            return self.template.parameters[name]
        if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
        kind = self._resource(name)["Type"]
        if kind == "AWS::SQS::Queue":
            return f"{self.aws_url}/{ACCOUNT}/{self.name(name)}"
        return self.arn(name) if kind in _REFERRED_TO_BY_ARN else self.name(name)

    def _attribute(self, logical_id: str, attribute: str) -> Any:
        if attribute == "Arn":
            return self.arn(logical_id)
        if attribute in _NAME_ATTRIBUTES:
            return self.name(logical_id)
        if attribute == "ApiEndpoint":
            return self.api_url
        if attribute == "RegionalDomainName":  # of a bucket: here all of them are served by one host
            return self.aws_url.partition("://")[2]
        raise TemplateError(f"!GetAtt {logical_id}.{attribute} is not known here.")


_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
