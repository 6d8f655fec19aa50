"""The media links that answers carry."""

import time
from collections.abc import Callable

from tokstack.media import tokens
from tokstack.media.source import TIKTOK, Source


class Links:
    """Signs links to this deployment's `/media/{token}`; `ttl` in seconds."""

    def __init__(self, base_url: str, secret: bytes, ttl: int, now: Callable[[], float] = time.time) -> None:
        self._base_url = base_url.rstrip("/")
        self._secret = secret
        self._ttl = ttl
        self._now = now

    def url(self, post_id: str, name: str, site: str = TIKTOK) -> str:
        """A link to the file `name` of a TikTok post (renditions.py), or of another site's page (items.py)."""
        source = Source(site, post_id, name)
        token = tokens.issue(source, expires=self._now() + self._ttl, secret=self._secret)
        return f"{self._base_url}/media/{token}"
