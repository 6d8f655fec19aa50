"""What is asked of this family: in the path, and of a list.

Everything here raises TokstackError(VALIDATION_ERROR), which names the parameter, or BODY_TOO_LARGE.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field

from tokstack.api import samples
from tokstack.api.access import Charged
from tokstack.api.families import SocialSuccess
from tokstack.api.http import Reply, Request
from tokstack.api.reading import query_of
from tokstack.api.routes import Asked, Call, Route
from tokstack.errors import PASSING, Code, TokstackError
from tokstack.posts.references import parse_handle
from tokstack.providers.protocol import Part

BODY_BYTES = 1 << 20
ERRORS = (Code.VALIDATION_ERROR, Code.BODY_TOO_LARGE, *sorted(PASSING))

_NUMBER = re.compile(r"[1-9][0-9]{0,20}")
_POST_ID = re.compile(r"[1-9][0-9]{17,20}")
_TAG = re.compile(r"[^\s/#?&%\x00-\x1f]{1,150}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
ORIGINAL = "original"
FIRST = "0"  # the cursor of a list's beginning

PATH_PARAMETERS = {
    "audioId": {
        "type": "string",
        "pattern": f"^{_NUMBER.pattern}$",
        "examples": ["7164233671552311885", samples.AUDIO],
    },
    "username": {
        "type": "string",
        "pattern": "^@?[A-Za-z0-9_.]{1,24}$",
        "description": "With or without @.",
        "examples": ["tiktok", samples.USERNAME],
    },
    "videoId": {
        "type": "string",
        "pattern": f"^{_POST_ID.pattern}$",
        "examples": ["7106594312292453675", samples.POST.id],
    },
    "commentId": {
        "type": "string",
        "pattern": f"^{_NUMBER.pattern}$",
        "examples": ["7044622953448211247", samples.COMMENT],
    },
    "language": {
        "type": "string",
        "pattern": f"^{_LANGUAGE.pattern}$",
        "description": f"`{ORIGINAL}`, which is what is spoken, or a BCP 47 code.",
        "examples": [ORIGINAL, "en", "pt-BR"],
    },
    "tagName": {
        "type": "string",
        "pattern": f"^{_TAG.pattern}$",
        "description": "Without its #.",
        "examples": ["baking", samples.TAG],
    },
}


def without_default(schema: dict[str, Any]) -> None:
    """What is left out is no null."""
    del schema["default"]


class ListQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    cursor: str = Field(
        default=FIRST,
        pattern=r"^[0-9]{1,40}$",
        description="The last page's `nextCursor`; 0 for the first page.",
    )


def count(most: int, usual: int | None = None) -> Any:
    """The field that says how many items are asked for."""
    return Field(default=usual or most, ge=1, le=most, description="Items of a page, at most.")


def cursor_of(asked: ListQuery) -> str | None:
    return None if asked.cursor == FIRST else asked.cursor


def part(asked: Any) -> Part:
    """Of an upstream's list."""
    return Part(asked.count, cursor_of(asked))


def audio_id(call: Call) -> str:
    return _in_path(call, "audioId", _NUMBER, "up to 21 digits")


def video_id(call: Call) -> str:
    return _in_path(call, "videoId", _POST_ID, "18 to 21 digits")


def comment_id(call: Call) -> str:
    return _in_path(call, "commentId", _NUMBER, "up to 21 digits")


def tag_name(call: Call) -> str:
    return _in_path(call, "tagName", _TAG, "a tag without its #, of 150 characters at most")


def language(call: Call) -> str | None:
    """None is the one that is spoken."""
    asked = _in_path(call, "language", _LANGUAGE, f"`{ORIGINAL}` or a BCP 47 code")
    return None if asked == ORIGINAL else asked


def username(call: Call) -> str:
    try:
        return parse_handle(_given(call, "username"))
    except TokstackError as refused:
        raise TokstackError(refused.code, f"username: {refused.message}") from None


def _in_path(call: Call, name: str, form: re.Pattern[str], what: str) -> str:
    value = _given(call, name)
    if not form.fullmatch(value):
        raise TokstackError(Code.VALIDATION_ERROR, f"{name}: is to be {what}")
    return value


def _given(call: Call, name: str) -> str:
    """Not every gateway decodes what stands in a path; nothing that is taken here holds a %."""
    return unquote(call.request.path_parameters[name])


def _read(model: type[Asked], request: Request) -> Asked:
    if len(request.body) > BODY_BYTES:
        raise TokstackError(Code.BODY_TOO_LARGE, f"The body is larger than {BODY_BYTES} bytes.")
    return query_of(model, request)


def route(
    *paths: str,
    name: str,
    summary: str,
    answer: Callable[[Asked, Call], Reply],
    asks: type[Asked],
    success: type[SocialSuccess[Any]] | None,
    errors: tuple[Code, ...] = (),
) -> Route[Asked]:
    """A route of this family: a success costs one credit."""
    return Route(
        name=name,
        paths=paths,
        summary=summary,
        query=asks,
        read=partial(_read, asks),
        answer=answer,
        success=success,
        errors=(*ERRORS, *errors),
        access=Charged(1),
    )
