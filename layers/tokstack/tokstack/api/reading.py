"""What a caller asks, out of the query or the JSON body, as the model of the route.

Raises TokstackError alone: VALIDATION_ERROR, which names what is wrong, or BODY_TOO_LARGE.
"""

import json
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import BaseModel, ValidationError

from tokstack.api.http import Request
from tokstack.api.routes import Asked, Route
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

BODY_BYTES = 64 << 10
_FAULTS = 5  # that one answer tells
_NAME = 60  # characters of a name that the caller made up
_PLAIN = {"model_type": "Input should be an object", "extra_forbidden": "There is no such field"}


def read(route: Route[Asked], request: Request) -> Asked:
    if route.read is not None:
        return route.read(request)
    if route.body is not None:
        return _validated(route.body, body_fields(request))
    if route.query is not None:
        return query_of(route.query, request)
    raise TypeError(f"{route.name} asks for neither a query nor a body")


def query_of(model: type[Asked], request: Request) -> Asked:
    """The model of the parameters in the query."""
    return _validated(model, _parameters(model, request))


def model_of(model: type[Asked], text: bytes) -> Asked:
    """The model of a JSON object that did not come over HTTP."""
    return _validated(model, _fields(text))


def _validated(model: type[Asked], given: dict[str, Any]) -> Asked:
    try:
        return model.model_validate(given)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False)[:_FAULTS]
        raise _wrong("; ".join(map(_told, faults))) from None


def _told(fault: "ErrorDetails") -> str:
    name = ".".join(map(str, fault["loc"]))[:_NAME]
    return f"{name}: {_PLAIN.get(fault['type'], fault['msg'])}"


def _parameters(model: type[BaseModel], request: Request) -> dict[str, Any]:
    """The query parameters that the model knows; others are ignored."""
    return {name: value for name in model.model_fields if (value := request.parameter(name)) is not None}


def body_fields(request: Request) -> dict[str, Any]:
    """The fields of the body; no body at all has none."""
    if len(request.body) > BODY_BYTES:
        raise TokstackError(Code.BODY_TOO_LARGE, f"The body is larger than {BODY_BYTES} bytes.")
    if not request.body.strip():
        return {}
    if _media_type(request) != "application/json":
        raise _wrong("The body is to be JSON, with Content-Type: application/json.")
    return _fields(request.body)


def _fields(text: bytes) -> dict[str, Any]:
    value = _json(text)
    if not isinstance(value, dict):
        raise _wrong("The body is to be a JSON object.")
    return value


def _media_type(request: Request) -> str:
    """Without its parameters; JSON where the caller did not say."""
    return request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()


def _json(body: bytes) -> Any:
    try:
        value = json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()  # an escaped lone surrogate is found here
    except UnicodeError:
        raise _wrong("The body is not UTF-8.") from None
    except RecursionError:
        raise _wrong("The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise _wrong(f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except ValueError:
        raise _wrong("The body holds a number with too many digits.") from None
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise _wrong(f"{next(name for name in names if names.count(name) > 1)[:_NAME]}: given more than once")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise _wrong(f"The body is no JSON: {name} is no number.")


def _wrong(message: str) -> TokstackError:
    return TokstackError(Code.VALIDATION_ERROR, message)
