"""oEmbed: whether a post is there and what it says; no counters, no media."""

from tokstack.posts.models import Post
from tokstack.posts.normalise import oembed
from tokstack.posts.references import PostRef
from tokstack.providers import classification
from tokstack.providers.session import Session, accept, get_json

_HOSTS = frozenset({"www.tiktok.com"})


class OEmbed:
    name = "oembed"
    pause = 0.0
    fills = frozenset({"caption", "cover_url", "author.handle", "author.name", "sound.id"})

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(self, reference: PostRef, seconds: float) -> Post:
        with self._session(_HOSTS, seconds) as client:
            answer = get_json(client, "https://www.tiktok.com/oembed", {"url": reference.url})
            accept(classification.oembed(answer))
            return oembed.post(answer)
