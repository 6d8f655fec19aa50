"""Everything that is asked of the upstreams, by whoever needs a post or a user.

    upstream().post(reference, required=…, wanted=…)    a post with what is asked of it, cached
    upstream().resolve(reference)                       which post is meant, where a short link hides it
    upstream().renew(post_id)                           the same with fresh media links
    upstream().draw(handle, limit, choose)              one of a user's newest posts, complete with its media
    upstream().newest(handle, limit)                    those posts, of some perhaps the id alone
    upstream().user(handle)                             who it is; `whose` knows at least the handle
    upstream().page(author, place)                      one page of a walk through all of a user's posts

What to ask for is named as in `completeness`: `{"media"}`, `{"plays", "downloads"}`, `{"author.avatar_url"}`.
Each call ends within DEADLINE seconds and asks nothing that is in the cache. However many ask at once for the
same new thing, one of them fetches it.
"""

from collections.abc import Callable, Sequence
from functools import cache

from pydantic import BaseModel, ConfigDict

from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.posts.expiry import post_expiry
from tokstack.posts.models import Author, Post
from tokstack.posts.references import PostRef, ShortLink
from tokstack.posts.short_links import follow
from tokstack.providers.asking import Asking
from tokstack.providers.cache import Shelf
from tokstack.providers.chain import Chain
from tokstack.providers.circuit import Circuits
from tokstack.providers.completeness import has_media, missing
from tokstack.providers.creator_list import CreatorList
from tokstack.providers.deadline import Deadline
from tokstack.providers.embed import Embed
from tokstack.providers.feed import Feed, Leaf, Place, Pool
from tokstack.providers.limiter import Limiter
from tokstack.providers.oembed import OEmbed
from tokstack.providers.page import PostPage
from tokstack.providers.player import Player
from tokstack.providers.profile import ProfilePage
from tokstack.providers.protocol import Listed, UserProvider
from tokstack.providers.session import Session, guarded, sessions
from tokstack.providers.tikwm import Tikwm
from tokstack.table import Table, table

# By these names the owner, the metrics and the circuits know them.
NAMES = tuple(provider.name for provider in (PostPage, Player, Embed, Tikwm, OEmbed, CreatorList, ProfilePage))

DEADLINE = 20.0  # seconds: a handler has 25
_LINK_MARGIN = 600.0  # seconds before its links die that a post is asked for anew
_UNSTATED = 3600.0  # seconds that links are trusted which do not say when they die
_LEAST = 5.0  # seconds that even a post with dead links is kept, for those who wait for it
_SHORT_LINK, _USER = 86_400.0, 300.0
_WHOLE_POOL, _PARTIAL_POOL = 300.0, 30.0
_DRAWS = 3
_SHORT_LINK_HOSTS = frozenset({"tiktok.com", "tiktokv.com"})
_SHORT_LINK_SECONDS = 8.0


class KeptPost(BaseModel):
    """`asked` are the fields that were asked of everyone who might have them, whatever came of it."""

    model_config = ConfigDict(frozen=True)

    post: Post
    asked: frozenset[str]
    fetched_at: float  # epoch seconds


class Upstream:
    def __init__(self, table: Table, session: Session, limiter: Limiter, post_ttl: float) -> None:
        self._now = table.now
        self._session = session
        self._post_ttl = post_ttl
        tikwm, embed = Tikwm(session), Embed(session)
        self._asking = Asking(Circuits(table), limiter)
        self._chain = Chain(self._asking, [PostPage(session), Player(session), embed, tikwm, OEmbed(session)])
        self._feed = Feed(self._asking, [CreatorList(session), tikwm, embed])
        self._user_providers: Sequence[UserProvider] = [ProfilePage(session), tikwm]
        self._posts = Shelf[KeptPost](table, "post", KeptPost, self._post_until)
        self._references = Shelf[PostRef](table, "short-link", PostRef, lambda _: self._now() + _SHORT_LINK)
        self._users = Shelf[Author](table, "user", Author, lambda _: self._now() + _USER)
        self._pools = Shelf[Pool](table, "pool", Pool, self._pool_until)

    def post(
        self,
        reference: PostRef | ShortLink,
        *,
        required: frozenset[str],
        wanted: frozenset[str] = frozenset(),
        patient: bool = False,
    ) -> Post:
        """The post. Without one of `required` it is an error; what is `wanted` and cannot be had stays None.

        Who is `patient` has what is wanted asked for as what is required, though it was asked for in vain before.
        """
        return self._post(reference, required, wanted, Deadline(DEADLINE), patient=patient)

    def resolve(self, reference: PostRef | ShortLink) -> PostRef:
        """Which post is meant; a short link costs a request, once a day."""
        return self._resolve(reference, Deadline(DEADLINE))

    def renew(self, post_id: str) -> Post:
        """The post, fetched anew, with its media."""
        return self._post(PostRef(post_id), frozenset({"media"}), frozenset(), Deadline(DEADLINE), since=self._now())

    def newest(self, handle: str, limit: int) -> tuple[Listed, ...]:
        """At most `limit` of the user's newest posts, newest first; never none.

        Raises USER_NOT_FOUND, ACCOUNT_PRIVATE, NO_POSTS.
        """
        return self._pool(handle, limit, Deadline(DEADLINE)).members

    def draw(self, handle: str, limit: int, choose: Callable[[Sequence[Listed]], Listed]) -> Post:
        """The one that `choose` takes of the newest `limit`, with its media. Raises what `newest` does."""
        deadline = Deadline(DEADLINE)
        members = list(self._pool(handle, limit, deadline).members)
        for _ in range(min(_DRAWS, len(members))):
            member = choose(members)
            try:
                return self._complete(member, deadline)
            except TokstackError as error:
                if error.passing:
                    raise
                members.remove(member)  # gone since it was listed, or not for everyone
        raise TokstackError(Code.NO_POSTS, "None of this user's posts could be shown.")

    def user(self, handle: str) -> Author:
        """Raises USER_NOT_FOUND, ACCOUNT_PRIVATE."""
        return self._user(handle, Deadline(DEADLINE))

    def page(self, author: Author, place: Place | None) -> Leaf:
        """Asked anew: who walks through all posts wants what is there now. Raises USER_NOT_FOUND, ACCOUNT_PRIVATE."""
        return self._feed.page(author, place, Deadline(DEADLINE))

    def whose(self, handle: str) -> Author:
        """The same; its handle alone where nobody can tell more just now. Raises what `user` does."""
        return self._known_author(handle, Deadline(DEADLINE))

    def _post(
        self,
        reference: PostRef | ShortLink,
        required: frozenset[str],
        wanted: frozenset[str],
        deadline: Deadline,
        since: float = 0.0,
        *,
        patient: bool = False,
    ) -> Post:
        """`since` is the epoch second before which what is kept does not count."""
        meant = self._resolve(reference, deadline)

        def good(kept: KeptPost) -> bool:
            unasked = missing(kept.post, wanted) - (frozenset() if patient else kept.asked)
            return kept.fetched_at >= since and not missing(kept.post, required) and not unasked

        def fetch(kept: KeptPost | None) -> KeptPost:
            known = kept if kept and kept.fetched_at >= since else None
            started = self._now()
            post = self._chain.post(meant, known.post if known else None, required, wanted, deadline, patient=patient)
            return KeptPost(
                post=post,
                asked=missing(None, required | wanted) | (known.asked if known else frozenset()),
                fetched_at=known.fetched_at if known else started,
            )

        return self._posts.once(meant.id, fetch, deadline, good).post

    def _resolve(self, reference: PostRef | ShortLink, deadline: Deadline) -> PostRef:
        if isinstance(reference, PostRef):
            return reference
        link = reference

        def fetch(_: PostRef | None) -> PostRef:
            with self._session(_SHORT_LINK_HOSTS, min(_SHORT_LINK_SECONDS, deadline.left)) as client:
                return follow(link, client)

        return self._references.once(link.url, fetch, deadline)

    def _pool(self, handle: str, limit: int, deadline: Deadline) -> Pool:
        def fetch(_: Pool | None) -> Pool:
            author = self._known_author(handle, deadline)
            if author.private:
                raise TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")
            return self._feed.newest(author, limit, deadline)

        return self._pools.once(f"{handle.lower()}/{limit}", fetch, deadline)

    def _known_author(self, handle: str, deadline: Deadline) -> Author:
        """At least the handle: some feeds need no more."""
        try:
            author = self._user(handle, deadline)
        except TokstackError as error:
            if not error.passing:
                raise
            return Author(handle=handle)
        return author if author.handle else author.model_copy(update={"handle": handle})

    def _user(self, handle: str, deadline: Deadline) -> Author:
        def fetch(_: Author | None) -> Author:
            return self._asking.first(
                self._user_providers, lambda provider, seconds: provider.user(handle, seconds), deadline, tries=2
            )

        return self._users.once(handle.lower(), fetch, deadline)

    def _complete(self, member: Listed, deadline: Deadline) -> Post:
        if isinstance(member, PostRef) or not has_media(member):
            return self._post(PostRef(member.id), frozenset({"media"}), frozenset(), deadline)
        # Kept, so that its media can be fetched without asking who it is again.
        kept = KeptPost(post=member, asked=frozenset(), fetched_at=self._now())
        self._posts.once(member.id, lambda _: kept, deadline, good=lambda kept: has_media(kept.post))
        return member

    def _post_until(self, kept: KeptPost) -> float:
        dies = post_expiry(kept.post)
        links = kept.fetched_at + _UNSTATED if dies is None else dies - _LINK_MARGIN
        return max(self._now() + _LEAST, min(kept.fetched_at + self._post_ttl, links))

    def _pool_until(self, pool: Pool) -> float:
        return self._now() + (_WHOLE_POOL if pool.whole else _PARTIAL_POOL)


@cache
def upstream() -> Upstream:
    """This function's upstreams."""
    session = sessions(guarded(settings().upstream_gateway))
    return Upstream(table(), session, Limiter(table()), settings().post_ttl)
