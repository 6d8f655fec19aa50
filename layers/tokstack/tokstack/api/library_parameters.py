"""The kinds of parameters that the library's routes take: one reading of each, in a query string as in a JSON body.

A query string has texts, and several where a parameter is repeated; it is read with TEXTS as pydantic's context. What
is wrong with a value is said as what it is to be: "must not be greater than 50".
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tokstack.library.entry import milliseconds

TEXTS = "texts"
LONGEST = 1_000  # characters of a text
MOST_TERMS = 50
MOST_VALUES = 200  # of a list
GREATEST = 10**15  # of anything that is counted

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # JSON's
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(_DATE.pattern + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?")
_DAY = 86_400_000  # milliseconds


def wrong(must: str, name: str | None = None) -> PydanticCustomError:
    """What the value is to be, or that of the parameter `name`."""
    return PydanticCustomError("wrong", "{must}", {"must": must, "name": name})


class Parameter(ABC):
    """Stands in the annotation of a model's field, and makes its value."""

    @abstractmethod
    def read(self, given: Any) -> Any:
        """The value of what JSON gave. Raises `wrong`."""

    def of_texts(self, texts: Sequence[str]) -> Any:
        """What JSON would have given."""
        if len(texts) > 1:
            raise wrong("must be given once")
        return texts[0]

    @property
    @abstractmethod
    def schema(self) -> Mapping[str, Any]: ...

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._value)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)

    def _value(self, given: Any, info: ValidationInfo) -> Any:
        return self.read(self.of_texts(given) if info.context == TEXTS else given)


@dataclass(frozen=True)
class Text(Parameter):
    schema: ClassVar = {"type": "string", "maxLength": LONGEST}

    def read(self, given: Any) -> str:
        if not isinstance(given, str):
            raise wrong("must be text")
        if len(given) > LONGEST:
            raise wrong(f"must not be longer than {LONGEST} characters")
        if "\0" in given:
            raise wrong("must not contain the character U+0000")
        return given


@dataclass(frozen=True)
class Choice(Parameter):
    values: Sequence[str]

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "string", "enum": [*self.values]}

    def read(self, given: Any) -> str:
        if given not in self.values:
            raise wrong(f"must be one of: {', '.join(self.values)}")
        return str(given)


@dataclass(frozen=True)
class Several(Parameter):
    """A list. What is blank in it is passed over."""

    each: Parameter
    most: int = MOST_VALUES

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "array", "items": self.each.schema, "maxItems": self.most}

    def of_texts(self, texts: Sequence[str]) -> Any:
        return [part for text in texts for part in text.split(",")]

    def read(self, given: Any) -> tuple[Any, ...]:
        if not isinstance(given, list):
            raise wrong("must be a list")
        if len(given) > self.most:
            raise wrong(f"must not have more than {self.most} values")
        return tuple(self.each.read(value) for value in given if not is_blank(value))


@dataclass(frozen=True)
class Terms(Several):
    """A list of texts; a text alone is a list of one."""

    each: Parameter = Text()
    most: int = MOST_TERMS

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"anyOf": [self.each.schema, super().schema]}

    def read(self, given: Any) -> tuple[Any, ...]:
        return super().read([given] if isinstance(given, str) else given)


@dataclass(frozen=True)
class Term(Parameter):
    """One text, commas and all, as a list of one."""

    schema: ClassVar = Text.schema

    def read(self, given: Any) -> tuple[str, ...]:
        return (Text().read(given),)


@dataclass(frozen=True)
class Numeric(Parameter):
    least: int = 0
    greatest: int = GREATEST

    @property
    def schema(self) -> Mapping[str, Any]:
        return {"type": "number", "minimum": self.least, "maximum": self.greatest}

    def of_texts(self, texts: Sequence[str]) -> Any:
        text = super().of_texts(texts)
        return json.loads(text) if len(text) <= LONGEST and _NUMBER.fullmatch(text) else text

    def read(self, given: Any) -> int | float:
        if not isinstance(given, int | float) or isinstance(given, bool):
            raise wrong("must be a number")
        if given > self.greatest:
            raise wrong(f"must not be greater than {self.greatest}")
        if given < self.least:
            raise wrong(f"must not be less than {self.least}")
        return given


@dataclass(frozen=True)
class Whole(Numeric):
    @property
    def schema(self) -> Mapping[str, Any]:
        return {**super().schema, "type": "integer"}

    def read(self, given: Any) -> int:
        value = super().read(given)
        if value != int(value):
            raise wrong("must be a whole number")
        return int(value)


@dataclass(frozen=True)
class Flag(Parameter):
    schema: ClassVar = {"type": "boolean"}

    def read(self, given: Any) -> bool:
        if not isinstance(given, bool):
            raise wrong("must be true or false")
        return given


@dataclass(frozen=True)
class Moment(Parameter):
    """In milliseconds since 1970. A date is its whole day of UTC, of which this is the first or the last."""

    last: bool
    schema: ClassVar = {
        "anyOf": [
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": r"^\s*$"},  # as if it were not given
        ]
    }

    def read(self, given: Any) -> int:
        text = given if isinstance(given, str) else ""
        try:
            if _DATE.fullmatch(text):
                first = milliseconds(datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))
                return first + _DAY - 1 if self.last else first
            if _DATE_TIME.fullmatch(text):
                return self._to_the_millisecond(datetime.fromisoformat(text.upper()))
        except ValueError:
            pass
        raise wrong("must be a date or date-time")

    def _to_the_millisecond(self, moment: datetime) -> int:
        """What names no zone is UTC. Between two milliseconds it is the one on the inner side."""
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        between = zoned.microsecond % 1000 > 0
        return milliseconds(zoned) + (between and not self.last)


def is_blank(given: Any) -> bool:
    """What is as if it were not given."""
    return given is None or (isinstance(given, str) and not given.strip())
