"""The list behind the embedded player: small, without play count or time."""

from tokstack.posts.models import Post
from tokstack.posts.normalise import player
from tokstack.posts.normalise.fields import mappings
from tokstack.posts.references import PostRef
from tokstack.providers import classification
from tokstack.providers.session import Session, accept, get_json

_HOSTS = frozenset({"www.tiktok.com"})


class Player:
    name = "player"
    pause = 0.0
    fills = frozenset(
        {"caption", "duration", "region", "cover_url", "media", "likes", "comments", "shares"}
        | {"author.sec_uid", "author.handle", "author.name", "sound.title"}
    )

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(self, reference: PostRef, seconds: float) -> Post:
        with self._session(_HOSTS, seconds) as client:
            answer = get_json(
                client,
                "https://www.tiktok.com/player/api/v1/items",
                {"item_ids": reference.id, "language": "en"},
                referer=f"https://www.tiktok.com/player/v1/{reference.id}",
            )
            accept(classification.player(answer))
            return player.post(next(mappings(answer["items"])))
