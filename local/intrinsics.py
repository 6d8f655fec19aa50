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
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, argument)
            if name.startswith("Fn::"):
                raise TemplateError(f"{name} is not known here.")
            if name == "Condition" and isinstance(argument, str):
                return self.holds(argument)
        members = ((name, self._resolve(member)) for name, member in value.items())
        return {name: member for name, member in members if member is not _ABSENT}

    def _ref(self, name: str) -> Any:
        return _ABSENT if name == "AWS::NoValue" else self.reference(name)

    def _get_att(self, argument: Any) -> Any:
        return self.attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))

    def _sub(self, argument: Any) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else (argument[0], self._resolve(argument[1]))

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in variables:
                return str(variables[name])
            return str(self._get_att(name) if "." in name else self.reference(name))

        return _VARIABLE.sub(value, text).replace("${!", "${")

    def _join(self, argument: Any) -> str:
        delimiter, items = argument
        return str(delimiter).join(map(str, self._resolve(items)))

    def _split(self, argument: Any) -> list[str]:
        delimiter, text = argument
        return str(self._resolve(text)).split(delimiter)

    def _select(self, argument: Any) -> Any:
        index, items = argument
        return self._resolve(items)[int(index)]

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self._resolve(then if self.holds(condition) else otherwise)

    def _equals(self, argument: Any) -> bool:
        left, right = (str(self._resolve(side)) for side in argument)
        return left == right

    def _not(self, argument: Any) -> bool:
        return not self._resolve(argument[0])

    def _and(self, argument: Any) -> bool:
        return all(self._resolve(argument))

    def _or(self, argument: Any) -> bool:
        return any(self._resolve(argument))


_FUNCTIONS: dict[str, Callable[[Resolver, Any], Any]] = {
    "Ref": Resolver._ref,
    "Fn::GetAtt": Resolver._get_att,
    "Fn::Sub": Resolver._sub,
    "Fn::Join": Resolver._join,
    "Fn::Split": Resolver._split,
    "Fn::Select": Resolver._select,
    "Fn::If": Resolver._if,
    "Fn::Equals": Resolver._equals,
    "Fn::Not": Resolver._not,
    "Fn::And": Resolver._and,
    "Fn::Or": Resolver._or,
}
