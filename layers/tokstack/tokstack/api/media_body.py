"""What the media family's bodies have in common: a URL, and what is told where there is none."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from tokstack.api import samples
from tokstack.api.routes import Body
from tokstack.api.subjects import One, Profile, any_of, one
from tokstack.errors import Code, TokstackError
from tokstack.posts.references import MAX_LENGTH

Found = TypeVar("Found")


class MediaBody(Body):
    @model_validator(mode="before")
    @classmethod
    def _has_url(cls, fields: dict[str, Any]) -> dict[str, Any]:
        url = fields.get("url", "")
        if url is None or (isinstance(url, str) and not url.strip()):
            raise TokstackError(Code.VALIDATION_ERROR, "Missing URL")  # what clients compare with
        return fields


def _text(read: Callable[[str], Found]) -> PlainValidator:
    def checked(value: object) -> Found:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a valid string")
        return read(value)

    return PlainValidator(checked)


def _schema(description: str) -> WithJsonSchema:
    examples = ["https://www.tiktok.com/@tiktok/video/7106594312292453675", samples.POST.url]
    form = {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}
    return WithJsonSchema({**form, "description": description, "examples": examples})


OneUrl = Annotated[One, _text(one), _schema("A link to a TikTok post, or to a page of another site.")]
AnyUrl = Annotated[
    One | Profile,
    _text(any_of),
    _schema("A link to a TikTok post or profile, or to a page of another site."),
]
