"""The objects of the social family. What is unknown is left out, but where a type says that it is null.

Two generations of clients read them, so some things stand under two names; `@context` stands on the outermost alone.
"""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema

from tokstack.api.dates import Moment
from tokstack.api.families import Shape

T = TypeVar("T")

Context = tuple[Literal["https://www.w3.org/ns/activitystreams#"], Literal["https://konbiniapi.com/ns/social#"]]
CONTEXT: Context = ("https://www.w3.org/ns/activitystreams#", "https://konbiniapi.com/ns/social#")

_Count = Annotated[int, Field(ge=0)]


def _is_unknown(value: object) -> bool:
    return value is None


def _may_be_left_out(schema: dict[str, Any]) -> None:
    """A field that is left out where it is unknown is never null, and not required."""
    left_out = {name for name, field in schema["properties"].items() if field.get("default", ...) is None}
    for name in left_out:
        del schema["properties"][name]["default"]
    schema["required"] = [name for name in schema.get("required", ()) if name not in left_out]


Known = Annotated[T | SkipJsonSchema[None], Field(exclude_if=_is_unknown)]  # left out where it is not


class Thing(Shape):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(serialization_alias=to_camel), json_schema_extra=_may_be_left_out
    )

    context: Annotated[
        Context | SkipJsonSchema[None], Field(exclude_if=_is_unknown, serialization_alias="@context")
    ] = None


class Image(Thing):
    type: Literal["Image"] = "Image"
    url: str
    width: Known[int] = None
    height: Known[int] = None


class Link(Thing):
    type: Literal["Link"] = "Link"
    href: str


class Place(Thing):
    type: Literal["Place"] = "Place"
    name: str = Field(description="A country's two letters.")


class Tag(Thing):
    type: Literal["Tag"] = "Tag"
    id: str
    name: str = Field(description="Without the #.")
    href: str
    entity_id: Known[str] = None
    internal_id: Known[str] = None


class Person(Thing):
    type: Literal["Person"] = "Person"
    id: str
    url: str
    entity_id: Known[str] = Field(default=None, description="The secUid.")
    internal_id: Known[str] = Field(default=None, description="The same.")
    user_id: Known[str] = Field(default=None, description="The number of the account.")
    name: Known[str] = None
    preferred_username: Known[str] = Field(default=None, description="The handle, without the @.")
    summary: Known[str] = None
    attachment: Known[list[Link]] = Field(default=None, description="The link of the profile.")
    published: Known[Moment] = Field(default=None, description="When the account was made.")
    is_private: bool
    is_verified: bool
    is_live: Known[bool] = None
    has_likes: Known[bool] = Field(default=None, description="Whether what it likes is public.")
    has_playlists: Known[bool] = None
    follower_count: Known[_Count] = None
    following_count: Known[_Count] = None
    like_count: Known[_Count] = Field(default=None, description="Likes received.")
    liked_count: Known[_Count] = Field(default=None, description="Likes given.")
    media_count: Known[_Count] = Field(default=None, description="Posts.")
    video_count: Known[_Count] = Field(default=None, description="The same.")
    language: Known[str] = None
    icon: Known[Image] = None
    image: Known[list[Image]] = None


class FullPerson(Person):
    """A person with all that its own page tells."""

    entity_id: str
    internal_id: str
    name: str
    preferred_username: str
    is_live: bool
    follower_count: _Count
    following_count: _Count
    like_count: _Count
    media_count: _Count
    video_count: _Count


class Audio(Thing):
    type: Literal["Audio"] = "Audio"
    id: Known[str] = Field(default=None, description="The sound's page.")
    name: str
    duration: float = Field(description="Seconds; 0 where nobody knows.")
    url: Known[str] = Field(default=None, description="A file that plays.")
    media_type: Known[str] = None
    entity_id: Known[str] = None
    internal_id: Known[str] = None
    album: Known[str] = None
    is_original: Known[bool] = None
    is_copyrighted: Known[bool] = None
    video_count: Known[_Count] = Field(default=None, description="Posts that use it, as the platform counts.")
    attributed_to: Known[Person | list[Person]] = None
    icon: Known[Image] = None
    image: Known[list[Image]] = None


class VideoAttachment(Thing):
    type: Literal["VideoAttachment"] = "VideoAttachment"
    name: str
    url: list[str]
    media_type: str
    codec: Known[str] = None
    width: Known[int] = None
    height: Known[int] = None
    bitrate: Known[int] = Field(default=None, description="Bits per second.")


class Video(Thing):
    type: Literal["Video"] = "Video"
    id: str
    url: str
    entity_id: str
    internal_id: str
    published: Moment
    content: Known[str] = None
    duration: Known[float] = Field(default=None, description="Seconds.")
    language: Known[str] = None
    is_sponsored: Known[bool] = None
    location: Known[Place] = None
    view_count: _Count = Field(description="0 where nobody knows, as all counters here.")
    like_count: _Count
    comment_count: _Count
    repost_count: _Count
    share_count: _Count
    save_count: _Count
    attributed_to: Person
    tag: Known[list[Tag]] = None
    attachment: Known[list[VideoAttachment]] = None
    image: Known[list[Image]] = Field(default=None, description="The slides of a slideshow; else the cover.")
    preview: Known[Image] = None
    audio: Known[Audio] = None


class Download(Thing):
    type: Literal["Video"] = "Video"
    url: str = Field(description="A link of this service that leads to the file.")
    media_type: str


class Note(Thing):
    type: Literal["Note"] = "Note"
    id: str
    url: str
    entity_id: str
    internal_id: str
    content: str
    language: Known[str] = None
    published: Known[Moment] = None
    like_count: _Count
    reply_count: Known[_Count] = None
    is_pinned: Known[bool] = None
    in_reply_to: str = Field(description="The post, or the comment that it answers.")
    attributed_to: Person


class TranscriptCue(Shape):
    start: float = Field(description="Seconds.")
    end: float = Field(description="Seconds.")
    text: str


class Document(Thing):
    """A transcript."""

    type: Literal["Document"] = "Document"
    media_type: Literal["text/vtt"] = "text/vtt"
    language: str = Field(description="BCP 47.")
    content: str = Field(description="WebVTT.")
    cues: list[TranscriptCue]


Item = TypeVar("Item", bound=Thing)


class OrderedCollectionPage(Shape, Generic[Item]):
    model_config = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_camel))

    context: Context = Field(default=CONTEXT, serialization_alias="@context")
    type: Literal["OrderedCollectionPage"] = "OrderedCollectionPage"
    part_of: str
    total_items: _Count | None = Field(description="As the platform counts.")
    cursor: str | None = Field(description="Of this page.")
    next_cursor: str | None = Field(description="Of the next page; null at the end.")
    next: str | None = Field(description="The next page.")
    item_count: int
    ordered_items: list[Item]
