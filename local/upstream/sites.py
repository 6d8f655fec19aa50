"""Who answers what: every host and path that the providers ask, in the shapes of the real ones."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from local.upstream import (
    links,
    shapes_embed,
    shapes_lists,
    shapes_oembed,
    shapes_page,
    shapes_player,
    shapes_tikwm,
    short_links,
)
from local.upstream.answers import Answer, Request, Surface, as_json, bare_page, redirect
from local.upstream.catalog import Catalog
from local.upstream.media import Library
from local.upstream.recordings import Recordings

LOGIN = "https://www.tiktok.com/login"
_PAUSE = 0.9  # seconds between two requests to tikwm; it says 1, and a network is not a metronome
_LIST_DEFAULT, _LIST_MOST = 15, 35
_POST_ID = re.compile(r"\d{15,21}")


@dataclass
class Limiter:
    """tikwm's: a request that comes too soon is told so."""

    last: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self) -> bool:
        with self.lock:
            now = time.monotonic()
            allowed = now - self.last >= _PAUSE
            if allowed:
                self.last = now
            return allowed


class World:
    """The catalogue, the files and the recordings, and the answers made of them."""

    def __init__(
        self, catalog: Catalog, library: Library, recordings: Recordings, clock: Callable[[], float] = time.time
    ) -> None:
        self.catalog, self.library, self.recordings, self.clock = catalog, library, recordings, clock
        self.short_links = {link.url: link for link in short_links.short_links(catalog)}
        self._limiter = Limiter()

    def answer(self, request: Request) -> Answer:
        if links.MEDIA_HOST.fullmatch(request.host):
            return self._media(request)
        for host, path, route in _ROUTES:
            if re.fullmatch(host, request.host) and (found := re.fullmatch(path, request.path)):
                return route(self, request, **found.groupdict())
        return bare_page(Surface.OTHER, HTTPStatus.NOT_FOUND, "Not Found")

    # ------------------------------------------------------------------ www.tiktok.com
    def post_page(self, _: Request, post_id: str) -> Answer:
        now = self.clock()
        if recorded := self._recorded(Surface.PAGE, post_id, now):
            scope = {"webapp.video-detail": recorded}
            return _page(Surface.PAGE, shapes_page.web_document(scope, seed=post_id))
        if post := self.catalog.by_id.get(post_id):
            return _page(Surface.PAGE, shapes_page.post_page(post, self.library, now))
        known = post_id in self.recordings.post_ids  # on another surface: then this one tells nothing
        missing = shapes_page.soft_block() if known else shapes_page.refusal(10204, "item doesn't exist")
        return _page(Surface.PAGE, shapes_page.web_document({"webapp.video-detail": missing}, seed=post_id))

    def profile_page(self, _: Request, name: str) -> Answer:
        now = self.clock()
        if recorded := self._recorded(Surface.PROFILE, name.lower(), now):
            scope = {"webapp.user-detail": recorded}
            return _page(Surface.PROFILE, shapes_page.web_document(scope, seed=name))
        if person := self.catalog.person(name):
            posts = len(self.catalog.feed(person))
            return _page(Surface.PROFILE, shapes_page.profile_page(person, posts, self.library, now))
        unknown = {"webapp.user-detail": shapes_page.refusal(10221, "")}
        return _page(Surface.PROFILE, shapes_page.web_document(unknown, seed=name))

    def post_embed(self, _: Request, post_id: str) -> Answer:
        now = self.clock()
        if recorded := self._recorded(Surface.EMBED, post_id, now):
            return Answer(Surface.EMBED, shapes_embed.page(f"/embed/v2/{post_id}", recorded))
        if post_id in self.recordings.post_ids:
            return Answer(Surface.EMBED, shapes_embed.page(f"/embed/v2/{post_id}", {"videoData": {}}))
        post = self.catalog.by_id.get(post_id)
        return Answer(Surface.EMBED, shapes_embed.post_embed(post, post_id, self.library, now))

    def user_embed(self, _: Request, name: str) -> Answer:
        person = self.catalog.person(name)
        feed = self.catalog.feed(person) if person else []
        return Answer(Surface.EMBED, shapes_embed.user_embed(person, name, feed))

    def player_items(self, request: Request) -> Answer:
        post_id, now = request.query.get("item_ids", ""), self.clock()
        if recorded := self._recorded(Surface.PLAYER, post_id, now):
            return as_json(Surface.PLAYER, recorded)
        if post_id in self.recordings.post_ids:
            return as_json(Surface.PLAYER, shapes_player.busy(post_id))
        post = self.catalog.by_id.get(post_id)
        return as_json(Surface.PLAYER, shapes_player.items(post, post_id, self.library, now))

    def item_list(self, request: Request) -> Answer:
        now, query = self.clock(), request.query
        if recorded := self._recorded(Surface.LIST, query.get("secUid", ""), now):
            return as_json(Surface.LIST, recorded | {"hasMore": False, "hasMorePrevious": False})
        person = self.catalog.person(query.get("secUid", ""))
        if person is None or "aid" not in query:
            return Answer(Surface.LIST, content_type="application/json")  # refused: 200 and nothing
        cursor, count = _number(query, "cursor", int(now * 1000)), _number(query, "count", _LIST_DEFAULT)
        posts, more = shapes_lists.page_of(self.catalog.feed(person), cursor, min(count, _LIST_MOST))
        answer = as_json(Surface.LIST, shapes_lists.item_list(posts, more, self.library, now))
        return _with_cookies(answer)

    def oembed(self, request: Request) -> Answer:
        now, path = self.clock(), request.query.get("url", "").partition("?")[0].rstrip("/")
        last = path.rsplit("/", 1)[-1]
        if recorded := self._recorded(Surface.OEMBED, last, now):
            return as_json(Surface.OEMBED, recorded)
        post = self.catalog.by_id.get(last)
        if post and (post.refusal is None or post.refusal.error == "region_blocked"):
            return as_json(Surface.OEMBED, shapes_oembed.post_card(post, self.library, now))
        person = self.catalog.person(last[1:]) if last.startswith("@") else None
        if person:
            return as_json(Surface.OEMBED, shapes_oembed.person_card(person))
        return as_json(Surface.OEMBED, shapes_oembed.NOT_FOUND, HTTPStatus.BAD_REQUEST)

    def short_link(self, request: Request, **_: str) -> Answer:
        link = self.short_links.get(f"https://{request.host}{request.path.rstrip('/')}/")
        return redirect(Surface.SHORT, link.target if link else short_links.GONE, HTTPStatus.MOVED_PERMANENTLY)

    def to_post(self, _: Request, post_id: str) -> Answer:
        post = self.catalog.by_id.get(post_id)
        return redirect(Surface.SHORT, post.url if post else f"https://www.tiktok.com/@_/video/{post_id}")

    def to_www(self, request: Request) -> Answer:
        return redirect(Surface.SHORT, f"https://www.tiktok.com{request.path}")

    def plain_page(self, _: Request) -> Answer:
        """The front page, the login page, the player's page: pages that say nothing of a post."""
        return _page(Surface.OTHER, shapes_page.web_document({}, seed="front"))

    def play_address(self, _: Request) -> Answer:
        """TikTok's own address of a file, which refuses all who ask without its app's signature."""
        return bare_page(Surface.MEDIA, HTTPStatus.FORBIDDEN, "Access Denied")

    # ------------------------------------------------------------------ www.tikwm.com
    def tikwm_post(self, request: Request) -> Answer:
        return self._tikwm(lambda: self._tikwm_post(request))

    def tikwm_posts(self, request: Request) -> Answer:
        return self._tikwm(lambda: self._tikwm_posts(request))

    def tikwm_user(self, request: Request) -> Answer:
        return self._tikwm(lambda: self._tikwm_user(request))

    def _tikwm(self, body: Callable[[], Any]) -> Answer:
        value = body() if self._limiter.allows() else shapes_tikwm.failure(shapes_tikwm.LIMITED)
        answer = as_json(Surface.TIKWM, value)
        left = (("Server", "cloudflare"), ("x-limit-request-remaining", "9995"), ("x-limit-request-reset", "20864"))
        return Answer(Surface.TIKWM, answer.body, content_type=answer.content_type, headers=left)

    def _tikwm_post(self, request: Request) -> Any:
        url, now = request.query.get("url", ""), self.clock()
        link = self.short_links.get(url.rstrip("/") + "/")
        numbers = _POST_ID.findall(link.target if link else url)
        post_id = numbers[-1] if numbers else ""
        if recorded := self._recorded(Surface.TIKWM, post_id, now):
            return shapes_tikwm.success(recorded)
        if post_id in self.recordings.post_ids:
            return shapes_tikwm.success({})
        post = self.catalog.by_id.get(post_id)
        if post is None or post.refusal:
            return shapes_tikwm.failure(shapes_tikwm.NOT_FOUND)
        hd = request.query.get("hd") == "1"
        return shapes_tikwm.success(shapes_tikwm.detail(post, self.library, now, hd=hd))

    def _tikwm_posts(self, request: Request) -> Any:
        person = self.catalog.person(request.query.get("unique_id", "").lstrip("@"))
        if person is None:
            return shapes_tikwm.failure(shapes_tikwm.NO_USER)
        now = self.clock()
        cursor = _number(request.query, "cursor", 0) or int(now * 1000)
        count = min(_number(request.query, "count", 10), _LIST_MOST)
        posts, more = shapes_lists.page_of(self.catalog.feed(person), cursor, count)
        return shapes_tikwm.success(shapes_tikwm.user_posts(posts, more, self.library, now))

    def _tikwm_user(self, request: Request) -> Any:
        person = self.catalog.person(request.query.get("unique_id", "").lstrip("@"))
        if person is None:
            return shapes_tikwm.failure(shapes_tikwm.NO_USER)
        posts = len(self.catalog.feed(person))
        return shapes_tikwm.success(shapes_tikwm.user_info(person, posts, self.library, self.clock()))

    # ------------------------------------------------------------------ media hosts
    def _media(self, request: Request) -> Answer:
        file = self.recordings.file(request.path, request.query, self.library)
        link = links.read(request.host, request.path, dict(request.query))
        if file is None and link:
            file = self.library.by_code.get(link.code)
        if file is None or "media-video-hvc1" in request.path:
            return bare_page(Surface.MEDIA, HTTPStatus.NOT_FOUND, "Not Found")
        if not self._entitled(request, link):
            return bare_page(Surface.MEDIA, HTTPStatus.FORBIDDEN, "Access Denied")
        validators = (("Accept-Ranges", "bytes"), ("ETag", f'"{file.code}"'))
        return Answer(Surface.MEDIA, content_type=file.mime, headers=validators, file=file.path)

    def _entitled(self, request: Request, link: links.Link | None) -> bool:
        """Whether the link is still good and its bearer is who it was made for."""
        if link is None:  # a recorded one
            expires = links.end(request.path, dict(request.query))[0]
            needs_cookie = links.needs_cookie(request.host)
        elif link.genuine:
            expires, needs_cookie = link.expires, link.needs_cookie
        else:
            return False
        if expires is not None and expires < self.clock():
            return False
        browser = links.is_chain_token(request.cookies.get(links.COOKIE, ""))
        return not needs_cookie or (
            browser and request.headers.get("referer", "").startswith("https://www.tiktok.com/")
        )

    def _recorded(self, surface: Surface, name: str, now: float) -> Any | None:
        return self.recordings.get(surface, name, now)


def _page(surface: Surface, body: bytes) -> Answer:
    return _with_cookies(Answer(surface, body))


def _with_cookies(answer: Answer) -> Answer:
    """As every answer of www.tiktok.com sets them; media want the first one back."""
    everywhere = "Path=/; Domain=tiktok.com; HttpOnly; Secure; SameSite=None"
    cookies = (
        ("Set-Cookie", f"{links.COOKIE}={links.chain_token(secrets.token_bytes(8))}; {everywhere}"),
        ("Set-Cookie", f"ttwid=1%7C{secrets.token_hex(16)}; Max-Age=31536000; {everywhere}"),
        ("Set-Cookie", f"tt_csrf_token={secrets.token_hex(8)}; Path=/; Domain=tiktok.com; HttpOnly; Secure"),
    )
    return Answer(answer.surface, answer.body, answer.status, answer.content_type, cookies)


def _number(query: Any, name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdigit() else default


_SITE, _ID, _CODE = r"(?:www\.)?tiktok\.com", r"(?P<post_id>\d{1,21})", r"(?P<code>\w+)/?"
_ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    (_SITE, rf"/@[^/]*/(?:video|photo)/{_ID}/?", World.post_page),
    (_SITE, r"/@(?P<name>[^/]+)/?", World.profile_page),
    (_SITE, rf"/embed/(?:v2/)?{_ID}/?", World.post_embed),
    (_SITE, r"/embed/@(?P<name>[^/]+)/?", World.user_embed),
    (_SITE, r"/player/api/v1/items/?", World.player_items),
    (_SITE, r"/api/creator/item_list/?", World.item_list),
    (_SITE, r"/oembed/?", World.oembed),
    (_SITE, r"/aweme/v1/play/?", World.play_address),
    (_SITE, r"/(?:login|player/v1/\d+)?/?", World.plain_page),
    (r"(?:(?:www|m)\.)?tiktokv?\.com", rf"/(?:i18n/)?share/video/{_ID}/?", World.to_post),
    (r"(?:(?:www|m)\.)?tiktok\.com", rf"/v/{_ID}(?:\.html)?/?", World.to_post),
    (r"(?:(?:www|m|lite)\.)?tiktok\.com", rf"/t/{_CODE}", World.short_link),
    (r"v[mt]\.tiktok\.com", rf"/{_CODE}", World.short_link),
    (r"m\.tiktok\.com", r"/.*", World.to_www),
    (r"www\.tikwm\.com", r"/api/?", World.tikwm_post),
    (r"www\.tikwm\.com", r"/api/user/posts/?", World.tikwm_posts),
    (r"www\.tikwm\.com", r"/api/user/info/?", World.tikwm_user),
)
