"""What the template says of each state machine."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.stack import Stack
from local.template import TemplateError

TYPE = "AWS::StepFunctions::StateMachine"

_SUBSTITUTION = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine; `definition` is Amazon States Language, with the template's substitutions in it."""

    name: str
    definition: str
    kind: str  # STANDARD or EXPRESS
    role: str  # ARN


def machines(stack: Stack) -> list[Machine]:
    """Every state machine of the stack; raises TemplateError."""
    return [machine(stack, logical_id, properties) for logical_id, properties in stack.of_type(TYPE)]


def machine(stack: Stack, logical_id: str, properties: Mapping[str, Any]) -> Machine:
    """One of them, by its resolved properties; raises TemplateError."""
    return Machine(
        name=stack.name(logical_id),
        definition=_definition(stack, logical_id, properties),
        kind=properties.get("StateMachineType", "STANDARD"),
        role=properties["RoleArn"],
    )


def _definition(stack: Stack, logical_id: str, properties: Mapping[str, Any]) -> str:
    values = properties.get("DefinitionSubstitutions", {})

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise TemplateError(f"{logical_id}: the definition has {match[0]}, which DefinitionSubstitutions has not.")
        return str(values[match[1]])

    definition = _SUBSTITUTION.sub(value, _source(stack, logical_id, properties))
    try:
        json.loads(definition)
    except ValueError as error:
        raise TemplateError(f"{logical_id}: the definition is not JSON: {error}.") from error
    return definition


def _source(stack: Stack, logical_id: str, properties: Mapping[str, Any]) -> str:
    """The definition as it was written: in the template, or in a file beside it."""
    if "DefinitionString" in properties:
        return str(properties["DefinitionString"])
    file: str = properties["DefinitionS3Location"]["Key"]
    try:
        return (stack.template.folder / file).read_text("utf-8")
    except OSError as error:
        raise TemplateError(f"{logical_id}: {file} cannot be read: {error.strerror}.") from error
