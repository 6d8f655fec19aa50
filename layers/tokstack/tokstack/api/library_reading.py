"""What a caller asks of the library; every fault of it is told at once, one by one.

from_query      out of the query string, where unknown parameters are ignored
from_body       out of the JSON body, where an unknown field is a fault
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from tokstack.api.http import Request
from tokstack.api.library_parameters import TEXTS, is_blank
from tokstack.api.library_query import LibraryBody, LibraryQuery
from tokstack.api.reading import body_fields
from tokstack.errors import Code, Fault, TokstackError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Asked = TypeVar("Asked", bound=LibraryQuery)

_QUERY, _BODY = "query-string", "body"
_MOST = 100  # faults that one answer tells
_SHOWN = 5  # of them, in its sentence
_NAME = 60  # characters of a name that the caller made up


def from_query(request: Request) -> LibraryQuery:
    given, faults = {}, []
    for name in _names(LibraryQuery):
        try:
            texts = request.parameters(name)
        except TokstackError:
            faults.append(_fault(_QUERY, name, "must be UTF-8, percent-encoded"))
        else:
            if not all(map(is_blank, texts)):
                given[name] = texts
    return _asked(lambda: LibraryQuery.model_validate(given, context=TEXTS), _QUERY, faults)


def from_body(request: Request) -> LibraryBody:
    try:
        fields = body_fields(request)
    except TokstackError as error:
        if error.code is Code.VALIDATION_ERROR:
            raise TokstackError(error.code, error.message, faults=[Fault(_BODY, _BODY, error.message)]) from None
        raise
    known = _names(LibraryBody)
    given = {name: value for name, value in fields.items() if name not in known or not is_blank(value)}
    return _asked(lambda: LibraryBody.model_validate(given), _BODY, [])


def _names(model: type[LibraryQuery]) -> tuple[str, ...]:
    return tuple(str(field.alias) for field in model.model_fields.values())


def _asked(model: Callable[[], Asked], location: str, faults: Sequence[Fault]) -> Asked:
    try:
        asked = model()
    except ValidationError as invalid:
        found = [_told(location, error) for error in invalid.errors(include_url=False, include_input=False)]
        raise _refusal([*faults, *found]) from None
    if faults:
        raise _refusal(faults)
    return asked


def _refusal(faults: Sequence[Fault]) -> TokstackError:
    message = "; ".join(fault.expected for fault in faults[:_SHOWN])
    return TokstackError(Code.VALIDATION_ERROR, message, faults=faults[:_MOST])


def _told(location: str, error: "ErrorDetails") -> Fault:
    name = str(error["loc"][0])[:_NAME]
    if error["type"] == "extra_forbidden":
        return _fault(location, name, "is not a field of this body")
    known = error["ctx"]
    return _fault(location, known["name"] or name, known["must"])


def _fault(location: str, name: str, must: str) -> Fault:
    return Fault(f"{location}.{name}", location, f"{name} {must}")
