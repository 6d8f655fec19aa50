"""A user's own page: who it is, the counters, and the secUid under which the posts are listed."""

from tokstack.posts.models import Author
from tokstack.posts.normalise import web
from tokstack.providers import classification, pages
from tokstack.providers.session import Session, accept, get_page

_HOSTS = frozenset({"www.tiktok.com"})


class ProfilePage:
    name = "profile"
    pause = 0.0

    def __init__(self, session: Session) -> None:
        self._session = session

    def user(self, handle: str, seconds: float) -> Author:
        with self._session(_HOSTS, seconds) as client:
            detail = pages.rehydrated(get_page(client, f"https://www.tiktok.com/@{handle}"), "webapp.user-detail")
            accept(classification.user_detail(detail))
            return web.user((detail or {})["userInfo"])
