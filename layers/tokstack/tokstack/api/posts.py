"""The posts family's routes: a post's statistics, its files, its slides, and a user's random post."""

from secrets import choice
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema

from tokstack.api import samples
from tokstack.api.access import Charged
from tokstack.api.backends import links, upstream
from tokstack.api.families import POST_ERRORS, PostsSuccess
from tokstack.api.http import Reply
from tokstack.api.post_data import DownloaderData, RandomData, SlidesData, StatisticData
from tokstack.api.routes import Call, Route
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.media.links import Links
from tokstack.posts.models import Kind
from tokstack.posts.references import MAX_LENGTH, PostRef, ShortLink, parse, parse_handle

_COUNTERS = frozenset({"plays", "comments", "shares", "saves", "downloads"})
_FILES = frozenset({"media"})
_FACTS = frozenset({"sound", "author.id"})


class PostQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    url: Annotated[
        PostRef | ShortLink,
        PlainValidator(parse),
        WithJsonSchema(
            {
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_LENGTH,
                "description": "Any public form of a post link, or a bare post id.",
                "examples": ["https://www.tiktok.com/@tiktok/video/7106594312292453675", samples.POST.url],
            }
        ),
    ]


class RandomQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    username: Annotated[
        str,
        PlainValidator(parse_handle),
        WithJsonSchema(
            {
                "type": "string",
                "minLength": 1,
                "description": "A username, with or without @.",
                "examples": ["tiktok", samples.USERNAME],
            }
        ),
    ]


def statistic_of(reference: PostRef | ShortLink, links: Links) -> StatisticData:
    """A post's statistic. Raises what the upstreams say of the post."""
    # A post that only oEmbed knows has a title and no counters: that is no statistic.
    # Who tells the downloads tells the live photos too: asked in one go, for the slides route.
    wanted = _COUNTERS | _FILES | _FACTS | {"region", "lives"}
    return StatisticData.of(upstream().post(reference, required=frozenset({"likes"}), wanted=wanted), links)


def _statistic(query: PostQuery, call: Call) -> Reply:
    data = statistic_of(query.url, links(call))
    return Reply.json(200, PostsSuccess[StatisticData].of(data, call.exchange()))


def _downloader(query: PostQuery, call: Call) -> Reply:
    post = upstream().post(query.url, required=_FILES, wanted=_FACTS)
    data = DownloaderData.of(post, links(call))
    return Reply.json(200, PostsSuccess[DownloaderData].of(data, call.exchange()))


def _slides(query: PostQuery, call: Call) -> Reply:
    post = upstream().post(query.url, required=_FILES, wanted=_FACTS | {"author.avatar_url", "lives"})
    if post.kind is not Kind.SLIDES:
        raise TokstackError(Code.NOT_SLIDES, "This post is a video.")
    data = SlidesData.of(post, links(call))
    return Reply.json(200, PostsSuccess[SlidesData].of(data, call.exchange()))


def _random(query: RandomQuery, call: Call) -> Reply:
    post = upstream().draw(query.username, settings().random_pool_size, choice)
    data = RandomData.of(post, links(call))
    return Reply.json(200, PostsSuccess[RandomData].of(data, call.exchange()))


STATISTIC = Route(
    name="statistic",
    paths=("/api/tiktok/statistic", "/api/tiktok/statistics", "/api/tiktok/stats"),
    summary="A post's counters, author and media links",
    query=PostQuery,
    answer=_statistic,
    success=PostsSuccess[StatisticData],
    errors=POST_ERRORS,
    access=Charged(1, anonymous=True),
)

DOWNLOADER = Route(
    name="downloader",
    paths=("/api/tiktok/downloader",),
    summary="A post's files: every rendition of a video, every slide of a slideshow",
    query=PostQuery,
    answer=_downloader,
    success=PostsSuccess[DownloaderData],
    errors=POST_ERRORS,
    access=Charged(1, anonymous=True),
)

SLIDES = Route(
    name="slides",
    paths=("/api/tiktok/slides", "/api/tiktok/images", "/api/tiktokslide/downloader"),
    summary="The images of a slideshow, in order",
    query=PostQuery,
    answer=_slides,
    success=PostsSuccess[SlidesData],
    errors=(*POST_ERRORS, Code.NOT_SLIDES),
    access=Charged(1, anonymous=True),
)

RANDOM = Route(
    name="random",
    paths=("/api/tiktok/random", "/api/tiktok/random-post"),
    summary="One of a user's newest posts, drawn at random",
    query=RandomQuery,
    answer=_random,
    success=PostsSuccess[RandomData],
    errors=(*POST_ERRORS, Code.USER_NOT_FOUND, Code.NO_POSTS),
    access=Charged(1, anonymous=True),
)
