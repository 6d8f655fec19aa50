"""The social family's routes: what is asked of the upstreams, how pages hang together, and what is refused."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.exchanges import Answer, ask, event
from tests.unit.test_social_objects import CLIP, ID, SAID, SONG, WHOLE
from tokstack.api import backends, openapi
from tokstack.api.families import SocialFailure, failure_at
from tokstack.api.routes import OPEN, Route
from tokstack.api.social.audio_routes import AUDIO, AUDIO_VIDEOS
from tokstack.api.social.finding_routes import SEARCH, TAG
from tokstack.api.social.objects import (
    Audio,
    Document,
    Download,
    FullPerson,
    Image,
    Link,
    Note,
    Person,
    Place,
    Tag,
    Video,
    VideoAttachment,
)
from tokstack.api.social.user_routes import USER, USER_FOLLOWERS, USER_FOLLOWING, USER_LIKES, USER_VIDEOS
from tokstack.api.social.video_routes import (
    COMMENT_REPLIES,
    VIDEO,
    VIDEO_COMMENTS,
    VIDEO_DOWNLOAD,
    VIDEO_TRANSCRIPT,
)
from tokstack.errors import PASSING, Code, TokstackError
from tokstack.media import tokens
from tokstack.media.source import Source
from tokstack.posts.models import Subtitle
from tokstack.posts.references import PostRef
from tokstack.providers import lists, transcripts, upstream
from tokstack.providers.protocol import Page, Part, Search
from tokstack.providers.transcripts import Transcript

ROUTES = [route for route in openapi.ROUTES if failure_at(route.paths[0]) is SocialFailure]
SECRET = b"secret"
WEBVTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n二行 &amp; mehr\n"


class Backends:
    """Whatever is asked of it is remembered and answered with `given`, or raised where that is an error."""

    def __init__(self) -> None:
        self.given: Any = None
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.asked.append((name, *arguments, *([named] if named else [])))
            if isinstance(self.given, Exception):
                raise self.given
            return self.given

        return call


@pytest.fixture
def behind(environment: pytest.MonkeyPatch) -> Backends:
    behind = Backends()
    for module, name in ((upstream, "upstream"), (lists, "lists"), (transcripts, "transcripts")):
        environment.setattr(module, name, lambda: behind)
    environment.setattr(backends, "signing_secret", lambda: SECRET)
    environment.setattr("tokstack.api.social.video_routes.signing_secret", lambda: SECRET)
    return behind


def answered(route: Route[Any], path: str, query: str = "", **headers: str) -> Answer:
    """Of the route as if it were open to all."""
    free = Route(**{name: getattr(route, name) for name in Route.__dataclass_fields__} | {"access": OPEN})
    return ask(free, event(f"/v1/tiktok/{path}", query, **headers))


def data(answer: Answer) -> Any:
    assert answer.status == 200, answer.text
    return answer.body["data"]


POSTS = Page((CLIP,), "77", 9)
PEOPLE = Page((WHOLE,), "77", 9)
SPOKEN = Page((SAID,), "77", 9)
LISTS: dict[str, tuple[Route[Any], str, str, Any, int, int]] = {
    # path: route, what is asked for, with these first, answered with this; how many at most and usually
    "audios/71/videos": (AUDIO_VIDEOS, "posts_with", "71", POSTS, 30, 30),
    "users/lake/likes": (USER_LIKES, "liked", "lake", POSTS, 35, 35),
    "users/lake/followers": (USER_FOLLOWERS, "followers", "lake", PEOPLE, 30, 30),
    "users/@Lake/following": (USER_FOLLOWING, "following", "lake", PEOPLE, 30, 30),
    f"videos/{ID}/comments": (VIDEO_COMMENTS, "comments", ID, SPOKEN, 50, 20),
    f"videos/{ID}/comments/81/replies": (COMMENT_REPLIES, "replies", "81", SPOKEN, 50, 50),
    "tags/日本": (TAG, "tagged", "日本", POSTS, 30, 30),
}


@pytest.mark.parametrize("path", LISTS)
def test_a_page_of_a_list(behind: Backends, path: str) -> None:
    route, name, whose, given, most, usual = LISTS[path]
    behind.given = given
    page = data(answered(route, path))
    part_of = page["partOf"]
    assert page.keys() == {
        *("@context", "type", "partOf", "totalItems", "cursor"),
        *("nextCursor", "next", "itemCount", "orderedItems"),
    }
    assert (page["totalItems"], page["cursor"], page["nextCursor"], page["itemCount"]) == (9, None, "77", 1)
    assert part_of.startswith("https://api.example.com/v1/tiktok/")
    assert part_of.isascii()
    assert page["next"] == f"{part_of}?cursor=77"
    answered(route, path, f"count={most}&cursor=5&unknown=1")
    answered(route, path, "count=1&cursor=0")
    assert behind.asked == [
        (name, whose, Part(usual)),
        (name, whose, Part(most, "5")),
        (name, whose, Part(1)),
    ]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query", ["count=0", "count={too_many}", "count=x", "count=", "cursor=x", "cursor=-1", "cursor="]
)
def test_a_part_that_no_list_has(behind: Backends, path: str, query: str) -> None:
    route, _, _, _, most, _ = LISTS[path]
    answer = answered(route, path, query.format(too_many=most + 1))
    assert (answer.status, answer.body["data"]) == (400, None)
    (error,) = answer.body["errors"]
    assert error["code"] == "validation_error"
    assert error["message"].startswith(f"{query.partition('=')[0]}: ")
    assert behind.asked == []


@pytest.mark.parametrize("name", ["日本", "%E6%97%A5%E6%9C%AC"])
def test_a_name_in_any_script_is_read_whoever_decodes_it(behind: Backends, name: str) -> None:
    behind.given = POSTS
    page = data(answered(TAG, f"tags/{name}"))
    assert page["partOf"] == "https://api.example.com/v1/tiktok/tags/%E6%97%A5%E6%9C%AC"
    assert behind.asked == [("tagged", "日本", Part(30))]


def test_the_last_page_of_a_list(behind: Backends) -> None:
    behind.given = Page((), None, None)
    page = data(answered(AUDIO_VIDEOS, "audios/71/videos", "cursor=30&count=7"))
    nulls = {name: page[name] for name in ("totalItems", "nextCursor", "next")}
    assert nulls == dict.fromkeys(nulls)
    assert (page["cursor"], page["itemCount"], page["orderedItems"]) == ("30", 0, [])


def test_the_next_page_is_asked_for_as_this_one(behind: Backends) -> None:
    behind.given = Page((), "40", None)
    page = data(answered(SEARCH, "search/videos", "query=caf%C3%A9+%26+co&count=40&order=most-liked&cursor=0"))
    following = "query=caf%C3%A9+%26+co&count=40&order=most-liked&cursor=40"
    assert sorted(page["next"].partition("?")[2].split("&")) == sorted(following.split("&"))
    assert page["partOf"] == "https://api.example.com/v1/tiktok/search/videos"


def test_a_sound(behind: Backends) -> None:
    behind.given = SONG
    answer = answered(AUDIO, "audios/71")
    assert answer.headers["Content-Type"] == "application/json"
    assert (data(answer)["entityId"], next(iter(data(answer)))) == ("71", "@context")
    assert behind.asked == [("sound", "71")]


@pytest.mark.parametrize("username", ["lake", "@lake", "LAKE"])
def test_a_user(behind: Backends, username: str) -> None:
    behind.given = WHOLE
    assert data(answered(USER, f"users/{username}"))["preferredUsername"] == "lake"
    assert behind.asked == [("user", "lake")]


def test_a_user_who_is_private(behind: Backends) -> None:
    behind.given = WHOLE.model_copy(update={"private": True})
    assert answered(USER, "users/lake").status == 404


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", ("posts_of", "lake", None, 35)),
        ("order=newest&count=3&cursor=77", ("posts_of", "lake", "77", 3)),
        ("order=popular", ("ranked", "lake", "popular", 500, Part(35))),
        ("order=oldest&cursor=35&count=1", ("ranked", "lake", "oldest", 500, Part(1, "35"))),
    ],
)
def test_what_a_user_published(behind: Backends, query: str, asked: tuple[Any, ...]) -> None:
    behind.given = POSTS
    assert data(answered(USER_VIDEOS, "users/lake/videos", query))["itemCount"] == 1
    assert behind.asked == [asked]


@pytest.mark.parametrize("query", ["order=best", "cursor=1-2", f"cursor={'1' * 41}", "count=36"])
def test_an_order_that_there_is_not(behind: Backends, query: str) -> None:
    assert answered(USER_VIDEOS, "users/lake/videos", query).status == 400


def test_a_video(behind: Backends) -> None:
    behind.given = CLIP
    assert data(answered(VIDEO, f"videos/{ID}"))["entityId"] == ID
    ((name, reference, named),) = behind.asked
    assert (name, reference, named["required"]) == ("post", PostRef(ID), {"created_at", "author.handle"})
    assert named["wanted"] >= {"plays", "likes", "comments", "shares", "saves", "media", "sound.title"}


def link(name: str, post_id: str = ID, *, site: str = "tiktok", seconds: float = 60, secret: bytes = SECRET) -> str:
    token = tokens.issue(Source(site, post_id, name), expires=time.time() + seconds, secret=secret)
    return f"https://api.example.com/media/{token}"


def led_to(url: str) -> Source:
    return tokens.verify(url.rpartition("/")[2], now=time.time(), secret=SECRET)


def test_the_file_of_a_video(behind: Backends) -> None:
    behind.given = CLIP
    best = data(answered(VIDEO_DOWNLOAD, f"videos/{ID}/download"))
    assert best.keys() == {"@context", "type", "url", "mediaType"}
    assert led_to(best["url"]) == Source("tiktok", ID, "video")
    marked = data(answered(VIDEO_DOWNLOAD, f"videos/{ID}/download", f"url={link('watermark')}"))
    assert led_to(marked["url"]).rendition == "watermark"
    assert answered(VIDEO_DOWNLOAD, f"videos/{ID}/download", f"url={link('video-1')}").status == 404


@pytest.mark.parametrize(
    "url",
    [
        link("video", "7300000000000000002"),
        link("video", site="web"),
        link("video", seconds=-1),
        link("video", secret=b"another"),
        "https://v16.example/file.mp4",
        "http://[::1",
        "x" * 2049,
    ],
    ids=["another post", "another site", "expired", "forged", "not ours", "no address", "too long"],
)
def test_a_link_that_is_none_of_the_videos(behind: Backends, url: str) -> None:
    answer = answered(VIDEO_DOWNLOAD, f"videos/{ID}/download", f"url={url}")
    assert (answer.status, behind.asked) == (400, [])
    assert answer.body["errors"][0]["message"].startswith("url: ")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/vtt", "text/vtt; charset=utf-8"),
        ("text/html, TEXT/VTT;q=0.5", "text/vtt; charset=utf-8"),
        ("text/vtt, application/json", "text/vtt; charset=utf-8"),
        ("application/json, text/vtt", "application/json"),
        ("application/json;q=0.4, text/vtt;q=0.8", "text/vtt; charset=utf-8"),
        ("text/vtt;q=0", "application/json"),
        ("text/vtt;q=much", "application/json"),
    ],
)
def test_a_transcript_as_it_is_preferred(behind: Backends, accept: str, media_type: str) -> None:
    subtitle = Subtitle(language="deu-DE", url="https://v16.example/1", format="webvtt")
    behind.given = Transcript(subtitle=subtitle, text=WEBVTT)
    answer = answered(VIDEO_TRANSCRIPT, f"videos/{ID}/transcripts/de", accept=accept)
    assert (answer.headers["Content-Type"], answer.headers["Vary"]) == (media_type, "Accept")
    if media_type == "application/json":
        assert data(answer) == {
            "@context": ["https://www.w3.org/ns/activitystreams#", "https://konbiniapi.com/ns/social#"],
            "type": "Document",
            "mediaType": "text/vtt",
            "language": "de-DE",
            "content": WEBVTT,
            "cues": [{"start": 0.0, "end": 1.0, "text": "二行 & mehr"}],
        }
    else:
        assert (answer.text, answer.headers["Content-Language"]) == (WEBVTT, "de-DE")


@pytest.mark.parametrize(("language", "asked"), [("original", None), ("pt-BR", "pt-BR"), ("eng", "eng")])
def test_the_language_of_a_transcript(behind: Backends, language: str, asked: str | None) -> None:
    behind.given = TokstackError(Code.ITEM_NOT_FOUND, "None.")
    assert answered(VIDEO_TRANSCRIPT, f"videos/{ID}/transcripts/{language}").status == 404
    assert behind.asked == [("transcript", ID, asked)]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("query=bread", (Search("bread"), Part(50))),
        ("query=two%20words&count=100", (Search("two words"), Part(100))),
        ("query=b&order=date-posted&published=yesterday", (Search("b", "date-posted", "yesterday"), Part(50))),
    ],
)
def test_a_search(behind: Backends, query: str, asked: tuple[Any, ...]) -> None:
    behind.given = POSTS
    for path in ("search", "search/videos"):
        assert data(answered(SEARCH, path, query))["itemCount"] == 1
    assert behind.asked == [("search", *asked)] * 2


@pytest.mark.parametrize(
    "query",
    ["", "query=", "query=%20", f"query={'a' * 101}", "query=b&count=101", "query=b&order=x", "query=b&published=x"],
)
def test_a_search_that_makes_no_sense(behind: Backends, query: str) -> None:
    assert answered(SEARCH, "search", query).status == 400
    assert behind.asked == []


@pytest.mark.parametrize(
    ("route", "path", "name"),
    [
        (AUDIO, "audios/x1", "audioId"),
        (AUDIO, "audios/01", "audioId"),
        (AUDIO, f"audios/{'1' * 22}", "audioId"),
        (AUDIO, "audios/١٢", "audioId"),
        (USER, "users/no one", "username"),
        (USER, f"users/{'a' * 25}", "username"),
        (VIDEO, "videos/123", "videoId"),
        (VIDEO, f"videos/{ID}x", "videoId"),
        (COMMENT_REPLIES, f"videos/{ID}/comments/x/replies", "commentId"),
        (VIDEO_TRANSCRIPT, f"videos/{ID}/transcripts/x", "language"),
        (VIDEO_TRANSCRIPT, f"videos/{ID}/transcripts/en_US", "language"),
        (TAG, "tags/a b", "tagName"),
        (TAG, "tags/#a", "tagName"),
        (TAG, f"tags/{'a' * 151}", "tagName"),
    ],
)
def test_a_name_in_the_path_that_makes_no_sense(behind: Backends, route: Route[Any], path: str, name: str) -> None:
    answer = answered(route, path)
    assert (answer.status, behind.asked) == (400, [])
    assert answer.body["errors"][0]["message"].startswith(f"{name}: ")


NOT_FOUND = {
    *(Code.POST_NOT_FOUND, Code.USER_NOT_FOUND, Code.AUDIO_NOT_FOUND, Code.ITEM_NOT_FOUND),
    *(Code.POST_DELETED, Code.POST_PRIVATE, Code.ACCOUNT_PRIVATE),
}
TOLD = (
    dict.fromkeys(NOT_FOUND, (404, "not_found", "Not found"))
    | {code: (504 if code is Code.UPSTREAM_TIMEOUT else 502, "platform_error", "Said.") for code in PASSING}
    | {
        Code.MISSING_API_KEY: (401, "missing_api_key", "Missing or malformed API key"),
        Code.INVALID_API_KEY: (401, "invalid_api_key", "Invalid API key"),
        Code.INSUFFICIENT_CREDITS: (402, "credits_exhausted", "Credits exhausted"),
        Code.API_KEY_DISABLED: (403, "api_key_disabled", "Said."),
        Code.API_KEY_EXPIRED: (403, "api_key_expired", "Said."),
        Code.ROUTE_NOT_FOUND: (404, "route_not_found", "Route not found"),
        Code.BODY_TOO_LARGE: (413, "validation_error", "Request body too large"),
        Code.RATE_LIMITED: (429, "rate_limited", "Said."),
        Code.AGE_RESTRICTED: (403, "age_restricted", "Said."),
        Code.REGION_BLOCKED: (451, "region_blocked", "Said."),
        Code.INTERNAL_ERROR: (500, "internal_error", "Said."),
        Code.SERVICE_UNAVAILABLE: (503, "service_unavailable", "Said."),
    }
)


@pytest.mark.parametrize("code", sorted(TOLD))
def test_what_goes_wrong_is_told_in_the_familys_words(behind: Backends, code: Code) -> None:
    behind.given = TokstackError(code, "Said.")
    answer = answered(AUDIO, "audios/71")
    status, name, message = TOLD[code]
    assert (answer.status, answer.body) == (status, {"errors": [{"code": name, "message": message}], "data": None})


def test_a_body_of_more_than_a_megabyte(behind: Backends) -> None:
    behind.given = SONG
    free = Route(**{name: getattr(AUDIO, name) for name in Route.__dataclass_fields__} | {"access": OPEN})
    for size, status in ((1 << 20, 200), ((1 << 20) + 1, 413)):
        assert ask(free, {**event("/v1/tiktok/audios/71"), "body": "x" * size}).status == status


def test_every_route_of_the_family_costs_one_credit() -> None:
    assert len(ROUTES) == 14
    assert sum(len(route.paths) for route in ROUTES) == 15
    assert {route.access.credits for route in ROUTES} == {1}


THINGS = {Audio, Document, Download, Image, Link, Note, Person, Place, FullPerson, Tag, Video, VideoAttachment}


def test_what_is_unknown_is_left_out_of_the_description_too() -> None:
    """But for the nulls that a page has."""
    schemas = openapi.document()["components"]["schemas"]
    pages = {name for name in schemas if name.startswith("OrderedCollectionPage_")}
    assert len(pages) == 3
    nullable = {
        (name, field)
        for name in {thing.__name__ for thing in THINGS} | pages
        for field, described in schemas[name]["properties"].items()
        if '"null"' in json.dumps(described)
    }
    assert nullable == {(page, field) for page in pages for field in ("totalItems", "cursor", "nextCursor", "next")}


def test_what_is_required_is_what_the_contract_says() -> None:
    schemas = openapi.document()["components"]["schemas"]
    person = {"type", "id", "url", "isPrivate", "isVerified"}
    counters = {f"{what}Count" for what in ("view", "like", "comment", "repost", "share", "save")}
    assert set(schemas["Audio"]["required"]) == {"type", "name", "duration"}
    assert set(schemas["Person"]["required"]) == person
    assert set(schemas["FullPerson"]["required"]) >= person | {
        *("entityId", "name", "preferredUsername", "isLive"),
        *("followerCount", "followingCount", "likeCount", "mediaCount"),
    }
    assert set(schemas["Video"]["required"]) >= counters | {
        "type",
        "id",
        "url",
        "entityId",
        "published",
        "attributedTo",
    }
    assert set(schemas["Note"]["required"]) >= {"type", "id", "content", "likeCount", "attributedTo"}
    assert set(schemas["Image"]["required"]) == {"type", "url"}
    page = schemas["OrderedCollectionPage_Video_"]
    assert set(page["required"]) == set(page["properties"])
