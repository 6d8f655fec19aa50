"""Short links: good ones of every host, and those that lead in circles, too far or astray."""

from collections.abc import Iterator
from typing import NamedTuple

from local.upstream.catalog import Catalog

GONE = "https://www.tiktok.com/?_r=1"  # where a link that is no more leads


class ShortLink(NamedTuple):
    """`post_id` where it leads to a post, else `error`, the code that our contract has for it."""

    url: str
    target: str
    post_id: str | None = None
    error: str | None = None


def short_links(catalog: Catalog) -> tuple[ShortLink, ...]:
    return tuple(_links(catalog))


def _links(catalog: Catalog) -> Iterator[ShortLink]:
    video = next(post for post in catalog.posts if post.clip and not post.refusal)
    slides = next(post for post in catalog.posts if post.images and not post.refusal)
    deleted = next(post for post in catalog.posts if post.refusal and post.refusal.error == "post_deleted")
    tracked = "?_r=1&_t=ZS-8sample&is_copy_url=1"
    yield ShortLink("https://vm.tiktok.com/ZMvideo01/", video.url + tracked, video.id)
    yield ShortLink("https://vt.tiktok.com/ZSvideo02/", video.url + tracked, video.id)
    yield ShortLink("https://www.tiktok.com/t/ZTvideo03/", video.url + tracked, video.id)
    yield ShortLink("https://lite.tiktok.com/t/ZLvideo04/", video.url + tracked, video.id)
    yield ShortLink("https://vm.tiktok.com/ZMslides1/", slides.url + tracked, slides.id)
    yield ShortLink("https://vm.tiktok.com/ZMbyid001/", f"https://m.tiktok.com/v/{video.id}.html{tracked}", video.id)
    yield ShortLink("https://vm.tiktok.com/ZMdeleted/", deleted.url, None, "post_deleted")
    yield from _chain("far", 5, video.url, video.id, None)
    yield from _chain("toofar", 6, video.url, None, "validation_error")
    yield ShortLink("https://vm.tiktok.com/ZMloop001/", "https://vm.tiktok.com/ZMloop002/", None, "validation_error")
    yield ShortLink("https://vm.tiktok.com/ZMloop002/", "https://vm.tiktok.com/ZMloop001/", None, "validation_error")
    yield ShortLink("https://vm.tiktok.com/ZMgone001/", GONE, None, "post_not_found")
    yield ShortLink(
        "https://vm.tiktok.com/ZMprofile/", f"https://www.tiktok.com/@{video.author.handle}", None, "validation_error"
    )
    for code, target in (
        ("ZMlocal01", "http://127.0.0.1/@u/video/"),
        ("ZMlocal02", "http://[::1]/@u/video/"),
        ("ZMmeta001", "http://169.254.169.254/latest/meta-data/?"),
        ("ZMother01", "https://example.com/@u/video/"),
        ("ZMalike01", "https://www.tiktok.com.example.com/@u/video/"),
        ("ZMuser001", "https://www.tiktok.com@example.com/@u/video/"),
    ):
        yield ShortLink(f"https://vm.tiktok.com/{code}/", target + video.id, None, "validation_error")


def _chain(name: str, hops: int, end: str, post_id: str | None, error: str | None) -> Iterator[ShortLink]:
    """Links of which the first needs `hops` steps; the later ones need fewer, and so lead somewhere."""
    urls = [f"https://vm.tiktok.com/ZM{name}{hop}/" for hop in range(hops)]
    yield ShortLink(urls[0], urls[1], post_id, error)
    final = end.rsplit("/", 1)[1]
    yield from (ShortLink(url, target, final) for url, target in zip(urls[1:], [*urls[2:], end], strict=True))
