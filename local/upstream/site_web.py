"""The other sites (sites.py): pages that a general extractor reads, and the files behind them."""

import secrets
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from pathlib import Path

from local.upstream.answers import Answer, Delivery, Request, Surface, bare_page, redirect
from local.upstream.sites import EPISODES
from local.upstream.world import World

_MIME = {
    ".bin": "application/octet-stream",
    ".jpg": "image/jpeg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".mpd": "application/dash+xml",
    ".png": "image/png",
    ".ts": "video/mp2t",
}
_SAMPLES = {
    "/clip.mp4": "counter/h264-540.mp4",
    "/hevc.mp4": "counter/h265-540.mp4",
    "/silent.mp4": "silent/h264-540.mp4",
    "/song.mp3": "song-1.mp3",
    "/picture.jpg": "picture-1.jpeg",
}
_CLIP, _POSTER = "https://files.example/clip.mp4", "https://files.example/picture.jpg"
_COOKIE = "membership"  # of members.example
_LIVE = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{first}\n{segments}"
_SEGMENT = "#EXTINF:1.0,\n{url}\n"
_PROTECTED = (
    '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://film",'
    'KEYFORMAT="com.apple.streamingkeydelivery"\n#EXTINF:1.0,\nfilm/low/00.ts\n#EXT-X-ENDLIST\n'
)


def web(world: World, request: Request) -> Answer:
    site = _SITES.get(request.host)
    return (site(world, request) if site else None) or _not_found(Surface.WEB)


def _open_graph(_: World, __: Request) -> Answer:
    tags = {"og:title": "A page & its video", "og:video": _CLIP, "og:video:type": "video/mp4", "og:image": _POSTER}
    return _page("".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in tags.items()))


def _video_tags(_: World, request: Request) -> Answer | None:
    count = {"/clip": 1, "/pair": 2}.get(request.path)
    if not count:
        return None
    links = (_CLIP, "https://files.example/silent.mp4")[:count]
    return _page(
        body="".join(f'<video poster="{_POSTER}"><source src="{url}" type="video/mp4"></video>' for url in links)
    )


def _files(world: World, request: Request) -> Answer | None:
    if name := _SAMPLES.get(request.path):
        return _file(world.library[name].path, _MIME[Path(request.path).suffix])
    return _static(world, request.path)


def _hls(world: World, request: Request) -> Answer | None:
    match request.path:
        case "/film":
            return _page(body='<video><source src="/film/master.m3u8" type="application/x-mpegURL"></video>')
        case "/live.m3u8":
            return _list(*(f"film/low/{number:02}.ts" for number in range(3)), live=True)
        case "/protected.m3u8":
            return _manifest(_PROTECTED)
    path = request.path.replace("/film/", "/hls/", 1)
    return _static(world, path)


def _dash(world: World, request: Request) -> Answer | None:
    return _static(world, f"/dash{request.path}")


def _podcast(_: World, __: Request) -> Answer:
    episodes = "".join(
        f"<item><title>Episode {number}</title><guid>episode-{number}</guid>"
        f'<enclosure url="https://files.example/song.mp3?episode={number}" type="audio/mpeg" length="1"/></item>'
        for number in range(1, EPISODES + 1)
    )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>A podcast</title>{episodes}</channel></rss>'
    return Answer(Surface.WEB, feed.encode(), content_type="application/rss+xml; charset=utf-8")


def _members(world: World, request: Request) -> Answer | None:
    if request.path == "/watch":
        cookie = ("Set-Cookie", f"{_COOKIE}={secrets.token_hex(8)}; Path=/; Secure; HttpOnly")
        page = _page(body='<video><source src="/clip.mp4" type="video/mp4"></video>')
        return Answer(page.surface, page.body, headers=(cookie,))
    invited = _COOKIE in request.cookies and request.headers.get("referer") == "https://members.example/watch"
    return _files(world, request) if invited else bare_page(Surface.MEDIA, HTTPStatus.FORBIDDEN, "Members only")


def _text(_: World, __: Request) -> Answer:
    return _page(body="<article><h1>Words</h1><p>Nothing to see here, nothing to hear.</p></article>")


def _status(_: World, request: Request) -> Answer | None:
    number = request.path.removeprefix("/")
    known = number.isdecimal() and int(number) in set(HTTPStatus)
    return bare_page(Surface.WEB, int(number), HTTPStatus(int(number)).phrase) if known else None


def _broken(world: World, request: Request) -> Answer | None:
    match request.path:
        case "/short.mp4":
            body = world.library[_SAMPLES["/clip.mp4"]].path.read_bytes()
            return Answer(Surface.MEDIA, body, content_type="video/mp4", delivery=Delivery.TRUNCATED)
        case "/dead":
            return _page(body='<video><source src="/gone.mp4" type="video/mp4"></video>')
    return None


def _endless(world: World, request: Request) -> Answer | None:
    match request.path:
        case "/page":
            return Answer(Surface.WEB, b"<!DOCTYPE html>" + b"<p>more</p>" * 100_000, delivery=Delivery.ENDLESS)
        case "/clip.mp4":
            body = world.library[_SAMPLES["/clip.mp4"]].path.read_bytes()
            return Answer(Surface.MEDIA, body, content_type="video/mp4", delivery=Delivery.ENDLESS)
    return None


def _trap(_: World, request: Request) -> Answer | None:
    to = request.query.get("to", "")
    match request.path:
        case "/redirect":
            return redirect(Surface.WEB, to)
        case "/page":
            return _page(body=f'<video><source src="{escape(to)}" type="video/mp4"></video>')
        case "/list.m3u8":
            return _list(to)
    return None


_SITES: dict[str, Callable[[World, Request], Answer | None]] = {
    "og.video.example": _open_graph,
    "tag.video.example": _video_tags,
    "files.example": _files,
    "hls.video.example": _hls,
    "dash.video.example": _dash,
    "podcast.example": _podcast,
    "members.example": _members,
    "text.example": _text,
    "status.example": _status,
    "broken.example": _broken,
    "endless.example": _endless,
    "trap.example": _trap,
}


def _page(head: str = "", body: str = "") -> Answer:
    page = f"<!DOCTYPE html><html><head><title>A page</title>{head}</head><body>{body}</body></html>"
    return Answer(Surface.WEB, page.encode())


def _list(*urls: str, live: bool = False) -> Answer:
    """An HLS list; a live one has a beginning that is past, and no end."""
    segments = "".join(_SEGMENT.format(url=url) for url in urls)
    return _manifest(_LIVE.format(first=1000 if live else 0, segments=segments) + ("" if live else "#EXT-X-ENDLIST\n"))


def _manifest(text: str) -> Answer:
    return Answer(Surface.MEDIA, text.encode(), content_type=_MIME[".m3u8"])


def _static(world: World, path: str) -> Answer | None:
    """A file of the other sites by its own path."""
    folder = world.site_files
    file = (folder / path.removeprefix("/")).resolve()
    return (
        _file(file, _MIME[file.suffix])
        if file.is_relative_to(folder) and file.suffix in _MIME and file.is_file()
        else None
    )


def _file(path: Path, mime: str) -> Answer:
    return Answer(Surface.MEDIA, content_type=mime, headers=(("Accept-Ranges", "bytes"),), file=path)


def _not_found(surface: Surface) -> Answer:
    return bare_page(surface, HTTPStatus.NOT_FOUND, "Not Found")
