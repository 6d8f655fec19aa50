"""The posts family's routes: a post's statistics, its files, its slides, and a user's random post."""

from secrets import choice
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema

from tokstack.api.access import Charged
from tokstack.api.families import PostsSuccess
from tokstack.api.http import Reply
from tokstack.api.post_data import DownloaderData, RandomData, SlidesData, StatisticData
from tokstack.api.routes import Call, Route
from tokstack.config import settings
from tokstack.errors import PASSING, Code, TokstackError
from tokstack.media.links import Links
from tokstack.media.secret import signing_secret
from tokstack.posts.models import Kind
from tokstack.posts.references import MAX_LENGTH, PostRef, ShortLink, parse, parse_handle

if TYPE_CHECKING:
    from tokstack.providers.upstream import Upstream

_COUNTERS = frozenset({"plays", "comments", "shares", "saves", "downloads"})
_FILES = frozenset({"media"})
_FACTS = frozenset({"sound", "author.id"})

_POST_ERRORS = (
    Code.POST_NOT_FOUND,
    Code.POST_DELETED,
    Code.POST_PRIVATE,
    Code.ACCOUNT_PRIVATE,
    Code.AGE_RESTRICTED,
    Code.REGION_BLOCKED,
    *sorted(PASSING),
)


class PostQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    url: Annotated[
        PostRef | ShortLink,
        PlainValidator(parse),
        WithJsonSchema(
            {
                "type": "string",
                "maxLength": MAX_LENGTH,
                "description": "Any public form of a post link, or a bare post id.",
                "examples": ["https://www.tiktok.com/@tiktok/video/7106594312292453675"],
            }
        ),
    ]


class RandomQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    username: Annotated[
        str,
        PlainValidator(parse_handle),
        WithJsonSchema({"type": "string", "description": "A username, with or without @.", "examples": ["tiktok"]}),
    ]


def _statistic(query: PostQuery, call: Call) -> Reply:
    # A post that only oEmbed knows has a title and no counters: that is no statistic.
    # Who tells the downloads tells the live photos too: asked in one go, for the slides route.
    wanted = _COUNTERS | _FILES | _FACTS | {"region", "lives"}
    post = _upstream().post(query.url, required=frozenset({"likes"}), wanted=wanted)
    data = StatisticData.of(post, _links(call))
    return Reply.json(200, PostsSuccess[StatisticData].of(data, call.exchange()))


def _downloader(query: PostQuery, call: Call) -> Reply:
    post = _upstream().post(query.url, required=_FILES, wanted=_FACTS)
    data = DownloaderData.of(post, _links(call))
    return Reply.json(200, PostsSuccess[DownloaderData].of(data, call.exchange()))


def _slides(query: PostQuery, call: Call) -> Reply:
    post = _upstream().post(query.url, required=_FILES, wanted=_FACTS | {"author.avatar_url", "lives"})
    if post.kind is not Kind.SLIDES:
        raise TokstackError(Code.NOT_SLIDES, "This post is a video.")
    data = SlidesData.of(post, _links(call))
    return Reply.json(200, PostsSuccess[SlidesData].of(data, call.exchange()))


def _random(query: RandomQuery, call: Call) -> Reply:
    post = _upstream().draw(query.username, settings().random_pool_size, choice)
    data = RandomData.of(post, _links(call))
    return Reply.json(200, PostsSuccess[RandomData].of(data, call.exchange()))


def _upstream() -> "Upstream":
    """It brings httpx along, so it is imported when the first post is asked for."""
    from tokstack.providers.upstream import upstream

    return upstream()


def _links(call: Call) -> Links:
    return Links(call.request.base_url, signing_secret(), settings().media_link_ttl)


STATISTIC = Route(
    name="statistic",
    paths=("/api/tiktok/statistic", "/api/tiktok/statistics", "/api/tiktok/stats"),
    summary="A post's counters, author and media links",
    query=PostQuery,
    answer=_statistic,
    success=PostsSuccess[StatisticData],
    errors=_POST_ERRORS,
    access=Charged(1),
)

DOWNLOADER = Route(
    name="downloader",
    paths=("/api/tiktok/downloader",),
    summary="A post's files: every rendition of a video, every slide of a slideshow",
    query=PostQuery,
    answer=_downloader,
    success=PostsSuccess[DownloaderData],
    errors=_POST_ERRORS,
    access=Charged(1),
)

SLIDES = Route(
    name="slides",
    paths=("/api/tiktok/slides", "/api/tiktok/images", "/api/tiktokslide/downloader"),
    summary="The images of a slideshow, in order",
    query=PostQuery,
    answer=_slides,
    success=PostsSuccess[SlidesData],
    errors=(*_POST_ERRORS, Code.NOT_SLIDES),
    access=Charged(1),
)

RANDOM = Route(
    name="random",
    paths=("/api/tiktok/random", "/api/tiktok/random-post"),
    summary="One of a user's newest posts, drawn at random",
    query=RandomQuery,
    answer=_random,
    success=PostsSuccess[RandomData],
    errors=(*_POST_ERRORS, Code.USER_NOT_FOUND, Code.NO_POSTS),
    access=Charged(1),
)
