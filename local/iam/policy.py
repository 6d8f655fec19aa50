"""Identity policies, evaluated as IAM does. What is not understood is refused at loading, never ignored."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

# The facts of a request by lower-case condition key, each with all its values.
Context = Mapping[str, Sequence[str]]

_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_MANY_VALUED = {"dynamodb:leadingkeys", "dynamodb:attributes", "aws:tagkeys"}


class PolicyError(ValueError):
    """A policy that is wrong, or that says something which is not understood here."""


class Decision(Enum):
    ALLOWED = "allowed"
    DENIED = "denied"  # by a statement
    NOT_ALLOWED = "not allowed"  # no statement says anything


@cache
def _pattern(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    parts = (".*" if letter == "*" else "." if letter == "?" else re.escape(letter) for letter in text)
    return re.compile("".join(parts), re.DOTALL | flags)


def _like(wanted: str, value: str) -> bool:
    return _pattern(wanted).fullmatch(value) is not None


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
    "NumericEquals": lambda wanted, value: float(value) == float(wanted),
    "NumericLessThan": lambda wanted, value: float(value) < float(wanted),
    "NumericLessThanEquals": lambda wanted, value: float(value) <= float(wanted),
    "NumericGreaterThan": lambda wanted, value: float(value) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, value: float(value) >= float(wanted),
}
_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key: the values in `wanted` are alternatives."""

    key: str
    wanted: tuple[str, ...]
    test: Callable[[str, str], bool]
    negated: bool
    if_exists: bool
    quantifier: str

    @classmethod
    def read(cls, operator: str, key: str, wanted: Any) -> "Condition":
        quantifier, _, name = operator.rpartition(":")
        if_exists = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        values = tuple(_text(each) for each in _listed(wanted))
        key = key.lower()
        test = _TESTS.get(_NEGATIONS.get(name, name))
        if test is None or quantifier not in ("", "ForAllValues", "ForAnyValue"):
            raise PolicyError(f"The condition operator {operator!r} is not understood here.")
        if not quantifier and key in _MANY_VALUED:
            raise PolicyError(f"{key} has many values: use ForAllValues or ForAnyValue, not {operator}.")
        if any("${" in value for value in values):
            raise PolicyError(f"Policy variables are not understood here: {', '.join(values)}.")
        return cls(key, values, test, name in _NEGATIONS, if_exists, quantifier)

    def holds(self, context: Context) -> bool:
        values = context.get(self.key, ())
        if self.quantifier == "ForAllValues":
            return all(map(self._matches, values))
        if self.quantifier == "ForAnyValue":
            return any(map(self._matches, values))
        return self._matches(values[0]) if values else self.negated or self.if_exists

    def _matches(self, value: str) -> bool:
        return any(self.test(wanted, value) for wanted in self.wanted) != self.negated


@dataclass(frozen=True, slots=True)
class Statement:
    allows: bool
    actions: tuple[str, ...]
    all_actions_but: bool
    resources: tuple[str, ...]
    all_resources_but: bool
    conditions: tuple[Condition, ...]

    @classmethod
    def read(cls, statement: Mapping[str, Any]) -> "Statement":
        if unknown := sorted(statement.keys() - _ELEMENTS):
            raise PolicyError(f"{unknown[0]} in a policy statement is not understood here.")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError(f"A policy statement's Effect is {statement.get('Effect')!r}.")
        conditions = (
            Condition.read(operator, key, wanted)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
        return cls(
            allows=statement["Effect"] == "Allow",
            actions=_patterns(statement, "Action"),
            all_actions_but="NotAction" in statement,
            resources=_patterns(statement, "Resource"),
            all_resources_but="NotResource" in statement,
            conditions=tuple(conditions),
        )

    def applies(self, action: str, resource: str, context: Context) -> bool:
        named = any(_pattern(each, re.IGNORECASE).fullmatch(action) for each in self.actions)
        meant = any(_like(each, resource) for each in self.resources)
        return (
            named != self.all_actions_but
            and meant != self.all_resources_but
            and all(condition.holds(context) for condition in self.conditions)
        )


def load(documents: Iterable[Mapping[str, Any]]) -> tuple[Statement, ...]:
    """The statements of all the policies of a role; raises PolicyError."""
    return tuple(Statement.read(each) for document in documents for each in _listed(document["Statement"]))


def decide(statements: Iterable[Statement], action: str, resource: str, context: Context) -> Decision:
    """Denied if any statement denies; else allowed if any allows."""
    effects = {statement.allows for statement in statements if statement.applies(action, resource, context)}
    if False in effects:
        return Decision.DENIED
    return Decision.ALLOWED if True in effects else Decision.NOT_ALLOWED


def _patterns(statement: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if (name in statement) == (f"Not{name}" in statement):
        raise PolicyError(f"A policy statement has one of {name} and Not{name}.")
    patterns = tuple(_listed(statement.get(name, statement.get(f"Not{name}"))))
    for pattern in patterns:
        if not isinstance(pattern, str) or "${" in pattern:
            raise PolicyError(f"{pattern!r} in a policy statement is not understood here.")
    return patterns


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
