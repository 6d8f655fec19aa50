"""`/api/download`: the files of a post or page, as links, none of them fetched."""

from collections.abc import Iterator
from itertools import islice
from typing import Literal, TypeGuard

from tokstack.api.access import Charged
from tokstack.api.backends import extractor, links, upstream
from tokstack.api.families import POST_ERRORS, Shape
from tokstack.api.http import Reply
from tokstack.api.media_body import AnyUrl, MediaBody
from tokstack.api.routes import Call, Route
from tokstack.api.subjects import Address, Profile
from tokstack.errors import Code, TokstackError
from tokstack.media import items, pages
from tokstack.media.items import Item
from tokstack.media.links import Links
from tokstack.media.source import TIKTOK, WEB
from tokstack.posts.models import Post
from tokstack.posts.references import PostRef, ShortLink
from tokstack.providers.completeness import has_media
from tokstack.table import table

MOST = 50  # files in one answer

_SECONDS = 20.0  # for a page; TikTok's upstreams have their own bound
_LAST_START = 5.0  # seconds after which no further post is asked for: each may take what TikTok's upstreams have
_FILES, _FACTS = frozenset({"media"}), frozenset({"sound", "cover_url"})


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
    def of(cls, item: Item, url: str) -> "DownloadItem":
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
    found = tuple(islice(_files(body.url, call, links(call)), MOST))
    if not found:
        raise TokstackError(Code.UNSUPPORTED_MEDIA, "There is no file at this link that can be downloaded.")
    return Reply.json(200, DownloadSuccess(items=found))


def _files(asked: PostRef | ShortLink | Address | Profile, call: Call, links: Links) -> Iterator[DownloadItem]:
    match asked:
        case Address(url):
            page = extractor().page(url, call.left(_SECONDS))
            page_id = pages.remember(table(), url)
            for item in items.of_page(page):
                yield DownloadItem.of(item, links.url(page_id, item.name, WEB))
        case Profile(handle):
            for post in _newest(handle, call):
                yield from _of_post(post, links)
        case PostRef() | ShortLink():
            yield from _of_post(_post(asked), links)


def _of_post(post: Post, links: Links) -> Iterator[DownloadItem]:
    for item in items.of_post(post):
        yield DownloadItem.of(item, links.url(post.id, item.name, TIKTOK))


def _newest(handle: str, call: Call) -> Iterator[Post]:
    """A user's newest posts. Those that were listed by their ids alone are asked for while there is time."""
    failure = TokstackError(Code.NO_POSTS, "None of this user's posts could be shown.")
    shown = False
    for listed in upstream().newest(handle, MOST):
        try:
            yield listed if _has_files(listed) else _post_in_time(PostRef(listed.id), call)
            shown = True
        except TokstackError as error:
            if error.passing:
                failure = error
    if not shown:
        raise failure


def _has_files(listed: Post | PostRef) -> TypeGuard[Post]:
    return isinstance(listed, Post) and has_media(listed)


def _post_in_time(reference: PostRef, call: Call) -> Post:
    if call.seconds > _LAST_START:
        raise TokstackError(Code.UPSTREAM_TIMEOUT, "There was no time left to ask for this user's posts one by one.")
    return _post(reference)


def _post(reference: PostRef | ShortLink) -> Post:
    return upstream().post(reference, required=_FILES, wanted=_FACTS)


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
