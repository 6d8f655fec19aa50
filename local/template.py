"""The SAM template, translated to CloudFormation by the translator that AWS itself uses.

TemplateError       the template, or a parameter given to it, is wrong: one line for people
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from local.account import REGION
from local.errors import LocalError

Properties = dict[str, Any]

# Paths pass through the translation as addresses of an imaginary bucket.
_SOURCE = "s3://source/"
_PATH_PROPERTIES = ("CodeUri", "ContentUri", "DefinitionUri")


class TemplateError(LocalError):
    """What is wrong with the template."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read, checked and translated; intrinsic functions still stand in it."""

    folder: Path
    parameters: Mapping[str, Any]
    conditions: Mapping[str, Any]
    resources: Mapping[str, Properties]


def load(path: Path, given: Mapping[str, str]) -> Template:
    """The template in `path` with its defaults overridden by the parameters in `given`."""
    document = _read(path)
    parameters = parameter_values(document.get("Parameters", {}), given)
    for properties in _blocks(document):
        for name in _PATH_PROPERTIES:
            if isinstance(properties.get(name), str):
                properties[name] = _SOURCE + properties[name]
    translated = _translate(document, {name: _text(value) for name, value in parameters.items()})
    return Template(path.parent, parameters, translated.get("Conditions", {}), translated["Resources"])


def parameter_values(declared: Mapping[str, Properties], given: Mapping[str, str]) -> dict[str, Any]:
    """Every parameter's value, checked as CloudFormation checks it."""
    if unknown := sorted(given.keys() - declared.keys()):
        raise TemplateError(f"The template has no parameter {unknown[0]!r}.")
    values = {}
    for name, declaration in declared.items():
        value = given.get(name, declaration.get("Default"))
        if value is None:
            raise TemplateError(f"Parameter {name} has no default and was not given.")
        _check(name, declaration, str(value))
        values[name] = str(value).split(",") if declaration["Type"] == "CommaDelimitedList" else str(value)
    return values


def _check(name: str, declaration: Properties, value: str) -> None:
    allowed = [str(each) for each in declaration.get("AllowedValues", [])]
    if allowed and value not in allowed:
        raise TemplateError(f"Parameter {name} is {value!r}, not one of {', '.join(allowed)}.")
    if not re.fullmatch(declaration.get("AllowedPattern", "(?s:.*)"), value):
        raise TemplateError(f"Parameter {name} is {value!r}, which does not match {declaration['AllowedPattern']}.")
    if declaration["Type"] == "Number":
        try:
            number = float(value)
        except ValueError:
            raise TemplateError(f"Parameter {name} is {value!r}, not a number.") from None
        if not declaration.get("MinValue", number) <= number <= declaration.get("MaxValue", number):
            raise TemplateError(f"Parameter {name} is {value}, out of its bounds.")


def _read(path: Path) -> Properties:
    import yaml
    from samtranslator.yaml_helper import yaml_parse

    try:
        document = yaml_parse(path.read_text())
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise TemplateError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{path} has no Resources.")
    return document


def _blocks(document: Properties) -> list[Properties]:
    """The properties of every resource, and the shared ones under Globals."""
    resources = [resource.get("Properties", {}) for resource in document["Resources"].values()]
    return [*resources, *document.get("Globals", {}).values()]


def _translate(document: Properties, parameters: dict[str, str]) -> Properties:
    import boto3
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    try:
        translated: Properties = translator.translate(document, parameters, get_managed_policy_map=_managed_arns)
    except InvalidDocumentException as error:
        raise TemplateError(" ".join(error.causes[0].message.split())) from error
    return translated


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


@cache
def managed_policies() -> dict[str, Properties]:
    """AWS's own policies: ARN to document."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, Properties] = json.loads(aws_managed_policies_data)
    return {f"arn:aws:iam::aws:policy{each['Path']}{name}": each["Document"] for name, each in policies.items()}


def _managed_arns() -> dict[str, str]:
    return {arn.rsplit("/", 1)[1]: arn for arn in managed_policies()}
