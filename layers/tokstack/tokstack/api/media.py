"""`/media/{token}`: the way from a signed link to the file's bytes, which storage serves."""

from pydantic import BaseModel, ConfigDict, Field

from tokstack.api.families import POST_ERRORS
from tokstack.api.http import Reply
from tokstack.api.routes import Call, Route
from tokstack.errors import Code
from tokstack.media.delivery import MAX_HOPS, Pending, delivery


class MediaQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    hop: int = Field(0, ge=0, le=MAX_HOPS, description="How often this link has led to itself; set by the service.")


def _media(query: MediaQuery, call: Call) -> Reply:
    token = call.request.path_parameters["token"]
    if call.request.method == "HEAD":
        ready = delivery().peek(token)
        return _found(ready.url) if ready else Reply(204, headers=_UNCACHED)
    match delivery().deliver(token, query.hop):
        case Pending(hop):
            return _found(f"{call.request.base_url}/media/{token}?hop={hop}")
        case ready:
            return _found(ready.url)


_UNCACHED = {"Cache-Control": "private, no-store"}


def _found(location: str) -> Reply:
    return Reply(302, headers={"Location": location, **_UNCACHED})


MEDIA = Route(
    name="media",
    paths=("/media/{token}",),
    summary="A media file, by a signed link out of another answer",
    query=MediaQuery,
    answer=_media,
    errors=(
        Code.INVALID_MEDIA_TOKEN,
        Code.EXPIRED_MEDIA_TOKEN,
        *POST_ERRORS,
        Code.UNSUPPORTED_MEDIA,
        Code.MEDIA_TOO_LARGE,
        Code.SERVICE_UNAVAILABLE,
    ),
    methods=("GET", "HEAD"),
)
