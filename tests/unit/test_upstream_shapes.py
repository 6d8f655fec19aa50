"""Our own providers, pointed at the sample, find what the catalogue says: no field of any surface contradicts it."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from local.upstream import routes
from local.upstream.answers import Request
from local.upstream.catalog import Post as Known
from local.upstream.expected import COARSER, LINK, differences, listing
from local.upstream.media import library
from local.upstream.world import Turns
from tests.sample_upstream import CATALOG, first, world
from tests.upstreams import session
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Kind, Post
from tokstack.posts.references import PostRef
from tokstack.providers.creator_list import CreatorList
from tokstack.providers.embed import Embed
from tokstack.providers.oembed import OEmbed
from tokstack.providers.page import PostPage
from tokstack.providers.player import Player
from tokstack.providers.profile import ProfilePage
from tokstack.providers.session import Session
from tokstack.providers.tikwm import Tikwm

LISTING = listing(world())
EXPECTED = {post["id"]: post["expected"] for post in LISTING["posts"]}
ODD = [post for post in CATALOG.posts if post.author.handle == "cabinet.of.odds"]
PLAIN = [post for post in CATALOG.posts if post.trait in ("plain", "account-private")][::30]


@pytest.fixture
def sample() -> Session:
    """The sample upstream without a socket and without a limit."""
    here = world()
    here.tikwm_turns = Turns(pause=0.0)

    def answer(request: httpx.Request) -> httpx.Response:
        given = routes.answer(here, Request(request.url.host, request.url.path, dict(request.url.params)))
        return httpx.Response(given.status, headers=given.headers, content=given.body)

    return session(answer)


def told(post: Post) -> Mapping[str, Any]:
    """What a provider found, in the names of the statistic route."""
    return {
        "id": post.id,
        "type": post.kind.value,
        "duration": post.duration and int(post.duration),
        "title": post.caption,
        "hashtags": [f"#{tag}" for tag in post.hashtags],
        "tags": [f"@{name}" for name in post.mentions],
        "unique_id": post.author.handle,
        "region": post.region,
        "total_comment": post.comments,
        "total_download": post.downloads,
        "total_like": post.likes,
        "total_play": post.plays,
        "total_save": post.saves,
        "total_share": post.shares,
        "thumbnail": post.cover_url,
        "published_at": post.created_at and f"{post.created_at:%Y-%m-%dT%H:%M:%S}.000Z",
    }


def contradictions(found: Post) -> Iterator[str]:
    expected = EXPECTED[found.id]["statistic"]["data"]
    known = {name: value for name, value in told(found).items() if value is not None}
    yield from differences({name: expected[name] for name in known}, known)


def asked(provider: Any, post: Known) -> Post | Code:
    try:
        found: Post = provider.post(PostRef(post.id), 5)
    except TokstackError as error:
        return error.code
    return found


@pytest.mark.parametrize("post", ODD + PLAIN, ids=lambda post: f"{post.trait}-{post.id}")
@pytest.mark.parametrize("provider", [PostPage, Player, Embed, Tikwm, OEmbed], ids=lambda provider: provider.__name__)
def test_every_provider_finds_the_same_post_or_refuses_it_alike(provider: Any, post: Known, sample: Session) -> None:
    refused = EXPECTED[post.id]["statistic"].get("error")
    found = asked(provider(sample), post)

    if refused is None:
        assert isinstance(found, Post)
        assert list(contradictions(found)) == []
    elif refused == "region_blocked" and provider is OEmbed:  # the one that tells of posts that are withheld
        assert isinstance(found, Post)
    else:
        assert found in [refused, *COARSER.get(refused, [])]


@pytest.mark.parametrize("post", [post for post in ODD + PLAIN if post.refusal is None], ids=lambda post: post.trait)
def test_the_page_tells_the_files(post: Known, sample: Session) -> None:
    found, files = PostPage(sample).post(PostRef(post.id), 5), library()

    assert len(found.slides) == len(post.images)
    assert (found.kind is Kind.SLIDES) == bool(post.images)
    clean = {(r.codec, r.width, r.height, r.bytes) for r in found.renditions if not r.watermark}
    declared = [files[rendition.file] for rendition in post.renditions]
    assert clean == {(file.codec, file.width, file.height, file.bytes) for file in declared}
    assert any(r.watermark for r in found.renditions) == (bool(post.clip) and post.downloadable)
    assert bool(found.sound and found.sound.url) == bool(post.sound.file)


@pytest.mark.parametrize("person", CATALOG.people, ids=lambda person: person.handle)
def test_profiles_and_feeds_tell_of_the_person(person: Any, sample: Session) -> None:
    expected = LISTING["profiles"][CATALOG.people.index(person)]
    if person.private:
        with pytest.raises(TokstackError, match="account_private"):
            ProfilePage(sample).user(person.handle, 5)
        return

    user = ProfilePage(sample).user(person.handle, 5)

    names = ("handle", "id", "sec_uid", "name", "bio", "bio_url", "verified", "followers", "following", "posts")
    assert {name: getattr(user, name) for name in names} == {name: expected[name] for name in names}
    newest = [post.id for post in CATALOG.feed(person) if not post.pinned]
    for provider in (CreatorList(sample), Tikwm(sample)):
        page = provider.posts(user, None, 5).items
        free = [item.id for item in page if isinstance(item, Post) and not item.pinned]
        assert free == newest[: len(free)]
        assert all(list(contradictions(item)) == [] for item in page if isinstance(item, Post))


def test_differences_are_told_by_their_place() -> None:
    post = first(lambda post: post.clip)
    data = EXPECTED[post.id]["statistic"]["data"]
    good = data | {
        "thumbnail": "https://x.example/1.jpeg",
        "media": dict.fromkeys(data["media"], "https://x.example/2"),
    }

    assert list(differences(data, good)) == []
    assert list(differences(data, good | {"total_play": 0, "thumbnail": LINK, "more": 1})) == [
        "data.thumbnail is '<url>', not a link",
        f"data.total_play is 0, not {post.counters.plays}",
    ]
