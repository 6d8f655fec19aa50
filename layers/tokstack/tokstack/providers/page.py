"""The post's own page: heavy, and nearly all there is to know. Its media want the cookie that it sets."""

import httpx

from tokstack.posts.models import Post
from tokstack.posts.normalise import web
from tokstack.posts.references import PostRef
from tokstack.providers import classification, pages
from tokstack.providers.session import Session, accept, get_page

_HOSTS = frozenset({"www.tiktok.com"})
_MEDIA_COOKIE = "tt_chain_token"


class PostPage:
    name = "page"
    pause = 0.0
    fills = frozenset(
        {"caption", "created_at", "duration", "language", "region", "is_ad", "cover_url", "media", "subtitles"}
        | {"plays", "likes", "comments", "shares", "saves", "reposts"}
        | {"author.id", "author.sec_uid", "author.handle", "author.name", "author.avatar_url", "author.bio"}
        | {"author.verified", "author.private", "author.followers"}
        | {"sound.id", "sound.title", "sound.author", "sound.duration", "sound.original", "sound.url"}
    )

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(self, reference: PostRef, seconds: float) -> Post:
        with self._session(_HOSTS, seconds) as client:
            detail = pages.rehydrated(get_page(client, reference.url), "webapp.video-detail")
            accept(classification.video_detail(detail))
            return web.post((detail or {})["itemInfo"]["itemStruct"]).model_copy(
                update={"cookies": media_cookies(client)}
            )


def media_cookies(client: httpx.Client) -> dict[str, str]:
    """Those of the cookies set so far that the media ask for."""
    return {cookie.name: cookie.value for cookie in client.cookies.jar if cookie.name == _MEDIA_COOKIE and cookie.value}
