"""What a link leads to, as a list of files, each with the link that fetches it; none of them is fetched."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeGuard

from tokstack.api.backends import extractor, links, upstream
from tokstack.api.routes import Call
from tokstack.api.subjects import Address, One, Profile
from tokstack.errors import Code, TokstackError
from tokstack.media import items, pages
from tokstack.media.item import Item
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

Linked = tuple[Item, str]


def files(asked: One | Profile, call: Call) -> tuple[Linked, ...]:
    """The first ones, as many as an answer has."""
    return tuple(islice(_files(asked, call, links(call)), MOST))


def _files(asked: One | Profile, call: Call, links: Links) -> Iterator[Linked]:
    match asked:
        case Address(url):
            page = extractor().page(url, call.left(_SECONDS))
            page_id = pages.remember(table(), url)
            for item in items.of_page(page):
                yield item, links.url(page_id, item.name, WEB)
        case Profile(handle):
            for post in _newest(handle, call):
                yield from _of_post(post, links)
        case PostRef() | ShortLink():
            yield from _of_post(_post(asked), links)


def _of_post(post: Post, links: Links) -> Iterator[Linked]:
    for item in items.of_post(post):
        yield item, links.url(post.id, item.name, TIKTOK)


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
