"""The media hosts: files for whoever holds a link that is still good and, where it is bound, comes from the page."""

from http import HTTPStatus

from local.upstream import links
from local.upstream.answers import Answer, Request, Surface, bare_page
from local.upstream.links import Link
from local.upstream.media import File
from local.upstream.world import World


def media(world: World, request: Request) -> Answer:
    link = links.read(request.host, request.path, request.query)
    file = _file(world, request, link)
    if file is None:
        return bare_page(Surface.MEDIA, HTTPStatus.NOT_FOUND, "Not Found")
    if not _good(link, world.clock()) or (link.bound and not _from_page(request)):
        return bare_page(Surface.MEDIA, HTTPStatus.FORBIDDEN, "Access Denied")
    headers = (("Accept-Ranges", "bytes"), ("ETag", f'"{file.code}"'))
    return Answer(Surface.MEDIA, content_type=file.mime, headers=headers, file=file.path)


def _file(world: World, request: Request, link: Link) -> File | None:
    if links.BROKEN in request.path:
        return None
    if link.code:
        return world.library.by_code.get(link.code)
    return world.recordings.file(request.path, request.query, world.library)


def _good(link: Link, now: float) -> bool:
    return link.genuine and (link.expires is None or link.expires >= now)


def _from_page(request: Request) -> bool:
    referer = request.headers.get("referer", "")
    return referer.startswith("https://www.tiktok.com/") and links.is_chain_token(request.cookies.get(links.COOKIE, ""))
