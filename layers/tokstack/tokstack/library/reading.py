"""From a line to the items in it. A line is taken whole or not at all; of a page of many the good rows are taken."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tokstack.library.item import Item
from tokstack.library.lines import Line, Rejection, excerpt
from tokstack.library.recognise import items

_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")  # as JSON writes NUL and what may be half a character
_HALVES = re.compile("[\0\ud800-\udfff]")


class UnreadableError(Exception):
    """Why a text is no JSON that could be taken, in one sentence."""


def read(lines: Iterable[Line | Rejection]) -> Iterator[Item | Rejection]:
    for line in lines:
        if isinstance(line, Rejection):
            yield line
        else:
            yield from _read(line)


def parsed(text: bytes) -> Any:
    """JSON as its standard has it, and no name twice. Raises UnreadableError."""
    try:
        written = text.decode()
        value = json.loads(written, object_pairs_hook=_object, parse_constant=_no_number)
        return _storable(value) if _UNSTORABLE.search(written) else value
    except UnicodeDecodeError:
        raise UnreadableError("This is no UTF-8.") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"This is no JSON: {error.msg} at character {error.pos + 1}.") from None
    except RecursionError:
        raise UnreadableError("This is nested too deeply.") from None
    except ValueError:
        raise UnreadableError("This has a number with more digits than a number has.") from None


def _read(line: Line) -> Iterator[Item | Rejection]:
    try:
        for item in items(parsed(line.text)):
            yield item if isinstance(item, Item) else _rejected(line, item)
    except UnreadableError as error:
        yield _rejected(line, str(error))
    except RecursionError:
        yield _rejected(line, "This is nested too deeply.")


def _rejected(line: Line, reason: str) -> Rejection:
    return Rejection(line.number, reason, excerpt(line.text), line.end)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableError(f"This says {json.dumps(twice)} twice.")
    return made


def _no_number(name: str) -> Any:
    raise UnreadableError(f"This is no JSON: {name} is no number.")


def _storable(value: Any) -> Any:
    """Without NUL, which databases refuse, and halves of characters, which UTF-8 does."""
    if isinstance(value, str):
        return _HALVES.sub("", value)
    if isinstance(value, dict):
        return {_HALVES.sub("", name): _storable(inner) for name, inner in value.items()}
    return [_storable(inner) for inner in value] if isinstance(value, list) else value
