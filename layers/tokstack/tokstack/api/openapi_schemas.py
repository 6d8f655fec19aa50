"""The schemas of the description's models, under names that programs can be made of."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

Schemas = dict[type[BaseModel], dict[str, Any]]  # a reference to each model's schema

PLACE = "#/components/schemas/"

# Of those whose own names are not theirs alone.
_NAMES: Mapping[str, str] = {
    "tokstack__api__post_data__Media": "PostMedia",
    "tokstack__jobs__job__Status": "JobStatus",
    "tokstack__jobs__work__Kind": "JobKind",
    "tokstack__library__item__Media": "ItemFile",
    "tokstack__library__item__Status": "ItemStatus",
    "tokstack__posts__models__Kind": "PostKind",
}


def schemas(answered: Iterable[type[BaseModel]], asked: Iterable[type[BaseModel]]) -> tuple[Schemas, dict[str, Any]]:
    """Of the models of answers and of bodies that are sent; and all that they refer to, by name."""
    modes: dict[type[BaseModel], JsonSchemaMode] = {
        **dict.fromkeys(answered, "serialization"),
        **dict.fromkeys(asked, "validation"),
    }
    ordered = sorted(modes.items(), key=lambda each: each[0].__name__)
    found, definitions = models_json_schema(ordered, ref_template=f"{PLACE}{{model}}")
    return {model: found[model, mode] for model, mode in ordered}, _named(_in_use(found, definitions["$defs"]))


def _in_use(found: Mapping[Any, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Without those that a schema of its own stands in for."""
    used: set[str] = set()
    ahead = _referred(found.values())
    while ahead:
        used |= ahead
        ahead = _referred(definitions[name] for name in ahead) - used
    return {name: schema for name, schema in definitions.items() if name in used}


def _referred(parts: Iterable[Any]) -> set[str]:
    return set(re.findall(rf'"{PLACE}(\w+)"', json.dumps(list(parts))))


def _named(definitions: dict[str, Any]) -> dict[str, Any]:
    text = re.sub(rf'"{PLACE}(\w+)"', lambda match: f'"{PLACE}{_name(match[1])}"', json.dumps(definitions))
    renamed: dict[str, Any] = {_name(name): schema for name, schema in json.loads(text).items()}
    for name in _NAMES.values():
        renamed[name]["title"] = name
    return dict(sorted(renamed.items()))


def _name(name: str) -> str:
    return _NAMES.get(name, name)
