"""When the upstream's links to media die. Most say it themselves, in their query or their path."""

import re
from collections.abc import Iterator

from tokstack.posts.models import Post

_STATED = re.compile(
    r"[?&](?:expire|x-expires)=([0-9]{9,11})(?![0-9])"  # ?expire= of the web's files, ?x-expires= of images
    r"|/[0-9a-f]{32}/([0-9a-f]{8})/video/"  # signature, then the time in hexadecimal
)


def media_expiry(url: str) -> float | None:
    """When this link stops working, in seconds since 1970; None where it does not say."""
    stated = (
        float(decimal) if decimal else float(int(hexadecimal, 16)) for decimal, hexadecimal in _STATED.findall(url)
    )
    return min(stated, default=None)


def post_expiry(post: Post) -> float | None:
    """When the first of a post's links stops working; None where none says."""
    stated = (media_expiry(url) for url in _links(post))
    return min((moment for moment in stated if moment is not None), default=None)


def _links(post: Post) -> Iterator[str]:
    for rendition in post.renditions:
        yield from rendition.urls
    for slide in post.slides:
        yield from slide.urls
        yield from slide.live_urls
    yield from (subtitle.url for subtitle in post.subtitles)
    yield from filter(None, (post.cover_url, post.author.avatar_url))
    if post.sound:
        yield from filter(None, (post.sound.url, post.sound.cover_url))
