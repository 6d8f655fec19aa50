"""The pages that other sites embed: a post's, and a user's, with the ids of some ten newest posts."""

from tokstack.posts.models import Author, Post
from tokstack.posts.normalise import embed
from tokstack.posts.references import PostRef
from tokstack.providers import classification, pages
from tokstack.providers.protocol import Listed, Page
from tokstack.providers.session import Session, accept, get_page

_HOSTS = frozenset({"www.tiktok.com"})


class Embed:
    name = "embed"
    pause = 0.0
    fills = frozenset(
        {"caption", "created_at", "duration", "is_ad", "cover_url", "media"}
        | {"plays", "likes", "comments", "shares"}
        | {"author.id", "author.handle", "author.name", "author.avatar_url", "author.followers"}
        | {"sound.id", "sound.title", "sound.url"}
    )

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(self, reference: PostRef, seconds: float) -> Post:
        with self._session(_HOSTS, seconds) as client:
            data = pages.embedded(get_page(client, f"https://www.tiktok.com/embed/v2/{reference.id}"))
            accept(classification.embed(data))
            return embed.post((data or {})["videoData"])

    def serves(self, author: Author) -> bool:
        return author.handle is not None

    def posts(self, author: Author, cursor: str | None, seconds: float) -> Page[Listed]:  # noqa: ARG002 - one page
        with self._session(_HOSTS, seconds) as client:
            data = pages.embedded(get_page(client, f"https://www.tiktok.com/embed/@{author.handle}"))
            accept(classification.embed(data))
            return Page(tuple(PostRef(post_id, author.handle) for post_id in embed.newest(data or {})))
