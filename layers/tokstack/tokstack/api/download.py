"""`/api/download`: the files of a post or page, as links, none of them fetched."""

from typing import TYPE_CHECKING, Literal

from tokstack.api.access import Charged
from tokstack.api.families import POST_ERRORS, Shape
from tokstack.api.http import Reply
from tokstack.api.media_body import AnyUrl, MediaBody
from tokstack.api.routes import Call, Route
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from tokstack.media.item import Item


class DownloadBody(MediaBody):
    url: AnyUrl


class DownloadItem(Shape):
    url: str
    type: Literal["video", "audio", "image"]
    thumbnail: str | None
    mime_type: str
    site: str
    title: str | None

    @classmethod
    def of(cls, item: "Item", url: str) -> "DownloadItem":
        return cls.model_validate(
            {
                "url": url,
                "type": item.type,
                "thumbnail": item.thumbnail,
                "mime_type": item.media_type,
                "site": item.site,
                "title": item.title,
            }
        )


class DownloadSuccess(Shape):
    success: Literal[True] = True
    items: tuple[DownloadItem, ...]


def _download(body: DownloadBody, call: Call) -> Reply:
    from tokstack.api.listing import files

    found = tuple(DownloadItem.of(item, url) for item, url in files(body.url, call))
    if not found:
        raise TokstackError(Code.UNSUPPORTED_MEDIA, "There is no file at this link that can be downloaded.")
    return Reply.json(200, DownloadSuccess(items=found))


DOWNLOAD = Route(
    name="download",
    paths=("/api/download",),
    summary="The files of a post, a profile or a page of another site, as links",
    body=DownloadBody,
    answer=_download,
    success=DownloadSuccess,
    errors=(*POST_ERRORS, Code.USER_NOT_FOUND, Code.NO_POSTS, Code.UNSUPPORTED_MEDIA, Code.MEDIA_TOO_LARGE),
    access=Charged(1),
    methods=("POST",),
)
