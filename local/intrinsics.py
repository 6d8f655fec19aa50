"""CloudFormation's intrinsic functions. One that is not known here is an error, never passed over."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.template import TemplateError

_ABSENT = object()  # what !Ref AWS::NoValue stands for
_VARIABLE = re.compile(r"\$\{([^!}]+)\}")


@dataclass(frozen=True, slots=True)
class Resolver:
    """Puts values where a template has functions.

    `reference` and `attribute` answer !Ref and !GetAtt; `conditions` are the template's own, by name.
    """

    conditions: Mapping[str, Any]
    reference: Callable[[str], Any]
    attribute: Callable[[str, str], Any]

    def resolve(self, value: Any) -> Any:
        """`value` without any function; raises TemplateError."""
        resolved = self._resolve(value)
        return None if resolved is _ABSENT else resolved

    def holds(self, condition: str) -> bool:
        """Whether the template's condition of that name is true."""
        if condition not in self.conditions:
            raise TemplateError(f"The template has no condition {condition!r}.")
        return bool(self._resolve(self.conditions[condition]))

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            items = (self._resolve(item) for item in value)
            return [item for item in items if item is not _ABSENT]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name.startswith("Fn::") or name == "Ref" or (name == "Condition" and isinstance(argument, str)):
                return self._call(name, argument)
        members = ((name, self._resolve(member)) for name, member in value.items())
        return {name: member for name, member in members if member is not _ABSENT}

    def _call(self, name: str, argument: Any) -> Any:  # noqa: PLR0911 - one for each function
        match name, argument:
            case "Ref", "AWS::NoValue":
                return _ABSENT
            case "Ref", _:
                return self.reference(argument)
            case "Condition", _:
                return self.holds(argument)
            case "Fn::GetAtt", _:
                return self.attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            case "Fn::Sub", str():
                return self._substitute(argument, {})
            case "Fn::Sub", [text, variables]:
                return self._substitute(text, self._resolve(variables))
            case "Fn::If", [condition, then, otherwise]:
                return self._resolve(then if self.holds(condition) else otherwise)
        return self._combine(name, self._resolve(argument))

    def _combine(self, name: str, argument: Any) -> Any:  # noqa: PLR0911 - one for each function
        """The functions whose arguments are resolved first, whatever they are."""
        match name, argument:
            case "Fn::Join", [delimiter, items]:
                return str(delimiter).join(map(str, items))
            case "Fn::Split", [delimiter, text]:
                return str(text).split(delimiter)
            case "Fn::Select", [index, items]:
                return items[int(index)]
            case "Fn::Equals", [left, right]:
                return str(left) == str(right)
            case "Fn::Not", [condition]:
                return not condition
            case "Fn::And", conditions:
                return all(conditions)
            case "Fn::Or", conditions:
                return any(conditions)
        raise TemplateError(f"{name} is not known here, or not in this form: {argument!r}.")

    def _substitute(self, text: str, variables: Mapping[str, Any]) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in variables:
                return str(variables[name])
            return str(self._call("Fn::GetAtt" if "." in name else "Ref", name))

        return _VARIABLE.sub(value, text).replace("${!", "${")
