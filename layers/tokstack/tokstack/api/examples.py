"""Example answers for the OpenAPI description, made by the code that makes the real ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from tokstack import __version__
from tokstack.api import mcp
from tokstack.api.conversion import Accepted, AcceptedJob
from tokstack.api.download import DownloadItem, DownloadSuccess
from tokstack.api.families import Exchange, PostsSuccess, ServiceSuccess, failure_at
from tokstack.api.jobs import JobData, JobResult, job_path
from tokstack.api.library_items import detail_of, page_of
from tokstack.api.post_data import DownloaderData, RandomData, SlidesData, StatisticData
from tokstack.api.service import Health
from tokstack.api.social import examples as social
from tokstack.api.usage import UsageData
from tokstack.errors import Code, Fault, TokstackError
from tokstack.jobs.job import Job, Status
from tokstack.jobs.work import Kind as WorkKind
from tokstack.jobs.work import Site, Subject, Work
from tokstack.library.document import Document
from tokstack.library.item import Item, Shop
from tokstack.library.library import Found, FoundPage
from tokstack.library.standing import ItemStanding, PageSnapshot, ProfileStanding
from tokstack.media import items
from tokstack.media.formats import Format
from tokstack.media.links import Links
from tokstack.posts.models import Author, Codec, Kind, Post, Rendition, Slide, Sound
from tokstack.posts.references import PostRef

_NOW = datetime(2026, 1, 31, 8, 15, tzinfo=UTC)
_EXCHANGE = Exchange("tokstack", "https://api.example.com", "JKJaXmPLvHcESHA=", _NOW)
_LINKS = Links(_EXCHANGE.base_url, b"example", 86400, _NOW.timestamp)

_AUTHOR = Author(
    id="6881290705605477381",
    handle="lakeside.bakes",
    name="Lakeside Bakes",
    avatar_url="https://p16-sign.tiktokcdn.com/avatar.jpeg",
)
_SOUND = Sound(
    id="7300000000000000001", title="original sound", url="https://sf16-ies-music.tiktokcdn.com/obj/music.mp3"
)

_VIDEO = Post(
    id="7318517321748022531",
    kind=Kind.VIDEO,
    caption="Sourdough in one minute #baking with @mill.house",
    created_at=datetime(2026, 1, 30, 17, 5, 12, tzinfo=UTC),
    duration=61,
    region="DE",
    plays=1_204_331,
    likes=98_120,
    comments=1_431,
    shares=2_210,
    saves=12_004,
    downloads=873,
    hashtags=("baking",),
    mentions=("mill.house",),
    author=_AUTHOR,
    sound=_SOUND,
    renditions=(
        Rendition(urls=("u",), codec=Codec.H264, width=720, height=1280, bitrate=1_612_000, bytes=12_291_500),
        Rendition(urls=("u",), codec=Codec.H265, width=1080, height=1920, bitrate=1_340_000, bytes=10_217_500),
        Rendition(urls=("u",), watermark=True),
    ),
    cover_url="https://p16-sign.tiktokcdn.com/cover.jpeg",
)

_SLIDES = Post(
    id="7318517321748022532",
    kind=Kind.SLIDES,
    caption="Three loaves #baking",
    created_at=datetime(2026, 1, 29, 6, 30, tzinfo=UTC),
    likes=4_120,
    hashtags=("baking",),
    author=_AUTHOR,
    sound=_SOUND,
    slides=(Slide(urls=("u",)), Slide(urls=("u",), live_urls=("u",)), Slide(urls=("u",))),
    cover_url="https://p16-sign.tiktokcdn.com/slide.jpeg",
)

_CONVERTED = Job(
    work=Work(WorkKind.CONVERT, Subject(Site.TIKTOK, _VIDEO.id), Format.MP3),
    attempt=1,
    status=Status.SUCCEEDED,
    created_at=_NOW.timestamp(),
    progress=1.0,
    finished_at=_NOW.timestamp() + 4.2,
)
_RESULT = JobResult(
    url="https://media.example.com/result/file.mp3?signature", media_type="audio/mpeg", bytes=1_465_000, expires_at=_NOW
)

_ITEM = Item.model_validate(
    {
        "tiktokId": "7318517321748022531",
        "type": "ad",
        "status": "active",
        "publishedAt": "2026-01-12T17:05:12Z",
        "updatedAt": "2026-01-31T06:00:00Z",
        "countries": ["DE"],
        "media": {
            "type": "video",
            "thumbnailUrl": "https://p16-sign.tiktokcdn.com/cover.jpeg",
            "videoUrl": "https://v16-webapp.tiktok.com/video.mp4",
            "medias": [{"type": "video", "url": "https://v16-webapp.tiktok.com/video.mp4", "order": 0}],
            "durationSec": 21.5,
            "mediaCount": 1,
        },
        "content": {
            "description": "Our new serum for a calm glow #skincare",
            "language": "en",
            "category": "Beauty",
            "hashtags": ["skincare"],
            "music": {"id": "7300000000000000001", "title": "original sound", "author": "Glow"},
        },
        "metrics": {"views": 1_204_331, "likes": 98_120, "comments": 1_431, "saves": 12_004, "shares": 2_210},
        "profile": {"id": "6881290705605477381", "handle": "glow.example", "name": "Glow", "followers": 48_211},
        "shop": {"id": "shop_9f0c1a52e7d4b834", "domain": "glow.example"},
        "source": {"network": "tiktok", "sourceType": "ad_library"},
    }
)
_FOUND = Found(
    Document(
        item=_ITEM,
        created_at=datetime(2026, 1, 12, 18, tzinfo=UTC),
        indexed_at=datetime(2026, 1, 31, 6, 0, 20, tzinfo=UTC),
        first_seen_at=datetime(2026, 1, 12, tzinfo=UTC),
        last_active_at=datetime(2026, 1, 31, tzinfo=UTC),
    ),
    standing=ItemStanding(rank=2, deltas=(1, 3, None, None)),
    profile=ProfileStanding(
        ranked=40,
        percent_ads=62.5,
        new_tik_toks=3,
        snapshot=PageSnapshot(recorded_at=_NOW, ads_count=25, organic_count=15, daily_views=31_870, daily_followers=-4),
    ),
    shop=Shop(id="shop_9f0c1a52e7d4b834", domain="glow.example", name="Glow", country_code="DE", monthly_visits=81_400),
    score=11.31,
)
LIBRARY_PAGE = page_of(FoundPage(1, (_FOUND,)), 1, 25, _EXCHANGE.request_id)
LIBRARY_DETAIL = detail_of(replace(_FOUND, score=None), _EXCHANGE.request_id)

# What is sent, by the names of the routes.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "download": {"url": PostRef(_VIDEO.id, _AUTHOR.handle).url},
    "convert": {"url": PostRef(_VIDEO.id, _AUTHOR.handle).url, "options": {"start_time": 1.5, "audio_quality": "192"}},
    "library-query": {
        "search": ["serum", "glow"],
        "keywordMode": "any",
        "searchArea": "caption",
        "status": "active",
        "minViews": 1000,
        "sortBy": "engagementRate",
    },
    "mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "usage", "arguments": {}}},
}

ACCEPTED = Accepted(job=AcceptedJob(id=_CONVERTED.id, status=Status.QUEUED, url=job_path(_CONVERTED.id)))

TRANSCRIPT = social.TRANSCRIPT

# What is answered.
SUCCESSES: Mapping[str, BaseModel] = {
    "statistic": PostsSuccess[StatisticData].of(StatisticData.of(_VIDEO, _LINKS), _EXCHANGE),
    "downloader": PostsSuccess[DownloaderData].of(DownloaderData.of(_VIDEO, _LINKS), _EXCHANGE),
    "slides": PostsSuccess[SlidesData].of(SlidesData.of(_SLIDES, _LINKS), _EXCHANGE),
    "random": PostsSuccess[RandomData].of(RandomData.of(_SLIDES, _LINKS), _EXCHANGE),
    "download": DownloadSuccess(
        items=tuple(DownloadItem.of(item, _LINKS.url(_VIDEO.id, item.name)) for item in items.of_post(_VIDEO))
    ),
    "job": ServiceSuccess[JobData](data=JobData.of(_CONVERTED, _RESULT)),
    "usage": ServiceSuccess[UsageData](
        data=UsageData(
            account="acme",
            credits_remaining=9_958,
            credits_used=42,
            by_route={"statistic": 40, "downloader": 2},
            by_day={_NOW.date() - timedelta(days=1): 30, _NOW.date(): 12},
        )
    ),
    "health": Health(version=__version__, time=_NOW),
    **social.successes(_VIDEO, _LINKS),
}

# To what is sent to `mcp`.
RPC_ANSWER: Mapping[str, Any] = {
    "jsonrpc": "2.0",
    "id": BODIES["mcp"]["id"],
    "result": mcp.told(SUCCESSES["usage"].model_dump(mode="json", by_alias=True), failed=False),
}

_MESSAGES: Mapping[Code, str] = {
    Code.MISSING_API_KEY: "No API key was given.",
    Code.INVALID_API_KEY: "This API key is not known.",
    Code.API_KEY_DISABLED: "This API key is disabled.",
    Code.API_KEY_EXPIRED: "This API key has expired.",
    Code.INSUFFICIENT_CREDITS: "The account has too few credits.",
    Code.VALIDATION_ERROR: "A parameter is missing or makes no sense.",
    Code.POST_NOT_FOUND: "There is no such post.",
    Code.USER_NOT_FOUND: "There is no such user.",
    Code.AUDIO_NOT_FOUND: "There is no such sound.",
    Code.POST_DELETED: "The post was deleted.",
    Code.POST_PRIVATE: "The post is private.",
    Code.ACCOUNT_PRIVATE: "The account is private.",
    Code.AGE_RESTRICTED: "The post is for adults with an account.",
    Code.REGION_BLOCKED: "The post is withheld where this service asks from.",
    Code.ITEM_NOT_FOUND: "The library has no such item.",
    Code.JOB_NOT_FOUND: "There is no such job.",
    Code.ROUTE_NOT_FOUND: "There is no conversion to this format.",
    Code.NOT_SLIDES: "The post is a video.",
    Code.NO_POSTS: "The user has no public posts.",
    Code.NO_AUDIO_TRACK: "The media have no sound.",
    Code.UNSUPPORTED_MEDIA: "The upstream gave a file of another kind.",
    Code.MEDIA_TOO_LARGE: "The file is larger than this service fetches.",
    Code.BODY_TOO_LARGE: "The body is larger than 65536 bytes.",
    Code.IDEMPOTENCY_CONFLICT: "This idempotency key was used for another request.",
    Code.INVALID_MEDIA_TOKEN: "The media link is not one of this service.",
    Code.EXPIRED_MEDIA_TOKEN: "The media link has expired.",
    Code.RATE_LIMITED: "The key asks more often than it may.",
    Code.UPSTREAM_RATE_LIMITED: "Every upstream failed; the last one asks for a pause.",
    Code.UPSTREAM_CHALLENGE: "Every upstream failed; the last one asked for a human.",
    Code.UPSTREAM_EMPTY: "Every upstream failed; the last one said nothing.",
    Code.UPSTREAM_CHANGED: "Every upstream failed; the last one answered in an unknown shape.",
    Code.UPSTREAM_UNAVAILABLE: "Every upstream failed; the last one could not be reached.",
    Code.UPSTREAM_TIMEOUT: "The upstreams took too long.",
    Code.SERVICE_UNAVAILABLE: "The service is out of order for a moment.",
    Code.INTERNAL_ERROR: "Something went wrong on our side.",
}


# Told by the library's routes alone.
_FAULTS = (Fault("query-string.limit", "query-string", "limit must not be greater than 50"),)


def failure(path: str, code: Code) -> dict[str, Any]:
    """The body of this error on this path."""
    faults = _FAULTS if code is Code.VALIDATION_ERROR else ()
    body = failure_at(path).of(TokstackError(code, _MESSAGES[code], faults=faults), _EXCHANGE)
    return body.model_dump(mode="json", by_alias=True)
