"""The social family over HTTP: each operation walked once and whole, and what it refuses."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.upstream import conversations
from local.upstream.catalog import catalog
from local.upstream.expected import differences
from tests.front_door import Account, FrontDoor

CATALOG = catalog()
SONG = next(posts[0].sound for posts in CATALOG.by_sound.values() if posts[0].sound.title == "夜に歩く")
KITCHEN = CATALOG.by_handle["maple.kitchen"]
VIDEO = next(
    post
    for post in CATALOG.shown
    if post.subtitles and post.trait == "plain" and len(conversations.comments(post)) > 55
)
TAG = next(tag for tag, posts in CATALOG.by_tag.items() if len(posts) in (31, 32, 33))
CONTEXT = ["https://www.w3.org/ns/activitystreams#", "https://konbiniapi.com/ns/social#"]
GRANTED = 5


def data(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-credits-used"] == "1"
    body = answer.json()
    assert body.keys() == {"data"}
    if answer.headers["content-type"] == "application/json":
        assert body["data"]["@context"] == CONTEXT
        assert answer.text.count('"@context"') == 1
    return body["data"]


def walk(door: FrontDoor, path: str, **parameters: str) -> Iterator[Any]:
    """Page after page, by their `next`."""
    page = data(door.get(path, **parameters))
    yield page
    while page["next"] is not None:
        assert page["next"].startswith(f"{page['partOf']}?")
        expected = page["nextCursor"]
        page = data(door.ask("GET", page["next"].removeprefix(door.url), {"x-api-key": door.key}))
        assert page["cursor"] == expected
        yield page


def ids(pages: list[Any]) -> list[str]:
    for page in pages:
        assert page["itemCount"] == len(page["orderedItems"])
    assert pages[0]["cursor"] is None
    assert pages[-1]["nextCursor"] is None
    return [item["entityId"] for page in pages for item in page["orderedItems"]]


def fetched(door: FrontDoor, url: str) -> str:
    """The media type of what a link leads to."""
    answer = door.http.get(url, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.headers["content-type"])


def test_a_sound_and_the_posts_that_use_it(door: FrontDoor) -> None:
    listed = next(sound for sound in door.catalog["sounds"] if sound["id"] == SONG.id)
    audio = data(door.get(f"/v1/tiktok/audios/{SONG.id}"))
    assert not list(differences(listed["expected"]["audio"]["data"], audio))
    assert audio["attributedTo"]["name"] == "The Samples"
    assert "videoCount" not in audio  # no upstream tells it, and what the sample lists is no figure of the platform's
    pages = list(walk(door, f"/v1/tiktok/audios/{SONG.id}/videos"))
    assert ids(pages) == [post.id for post in CATALOG.by_sound[SONG.id]]
    assert {page["totalItems"] for page in pages} == {None}


@pytest.mark.parametrize("handle", ["@maple.kitchen", "ruta_norte", "pixel.otter", "locked.garden", "empty.shelf"])
def test_a_user(door: FrontDoor, handle: str) -> None:
    expected = next(person for person in door.catalog["profiles"] if person["handle"] == handle.removeprefix("@"))
    answer = door.get(f"/v1/tiktok/users/{handle}")
    if "error" in expected["expected"]["user"]:
        assert (answer.status_code, answer.json()) == (404, failure("not_found", "Not found"))
    else:
        person = data(answer)
        assert not list(differences(expected["expected"]["user"]["data"], person))
        assert person.get("summary") == expected["bio"]
        assert person.get("attachment") == (
            [{"type": "Link", "href": f"https://{expected['bio_url']}"}] if expected["bio_url"] else None
        )


def test_what_a_user_published(door: FrontDoor) -> None:
    feed = CATALOG.feed(KITCHEN)
    pages = list(walk(door, f"/v1/tiktok/users/{KITCHEN.handle}/videos", count="10"))
    assert ids(pages) == [post.id for post in feed]
    assert {page["totalItems"] for page in pages} == {len(feed)}
    popular = data(door.get(f"/v1/tiktok/users/{KITCHEN.handle}/videos", order="popular"))
    assert [video["viewCount"] for video in popular["orderedItems"]] == sorted(
        (post.counters.plays for post in feed), reverse=True
    )
    oldest = data(door.get(f"/v1/tiktok/users/{KITCHEN.handle}/videos", order="oldest"))
    assert ids([oldest]) == [post.id for post in reversed(feed)]


def test_a_users_circle(door: FrontDoor) -> None:
    users = f"/v1/tiktok/users/{KITCHEN.handle}"
    liked = list(walk(door, f"{users}/likes"))
    assert ids(liked) == [post.id for post in conversations.liked(CATALOG, KITCHEN)]
    followers = list(walk(door, f"{users}/followers"))
    assert ids(followers) == [person.sec_uid for person in conversations.followers(KITCHEN)]
    assert followers[0]["totalItems"] == KITCHEN.followers
    following = list(walk(door, f"{users}/following"))
    assert ids(following) == [person.sec_uid for person in conversations.following(KITCHEN)]
    private = door.get("/v1/tiktok/users/ruta_norte/likes")
    assert (private.status_code, private.json()["errors"][0]["code"]) == (404, "not_found")


def test_a_video_and_its_files(door: FrontDoor) -> None:
    video = data(door.get(f"/v1/tiktok/videos/{VIDEO.id}"))
    counters = VIDEO.counters
    expected = {
        "entityId": VIDEO.id,
        "internalId": VIDEO.id,
        "content": VIDEO.caption,
        "viewCount": counters.plays,
        "likeCount": counters.likes,
        "commentCount": counters.comments,
        "shareCount": counters.shares,
        "saveCount": counters.saves,
        "duration": VIDEO.seconds,
        "location": {"type": "Place", "name": VIDEO.region},
    }
    assert not list(differences(expected, video))
    assert video["attributedTo"]["preferredUsername"] == VIDEO.author.handle
    assert [tag["name"] for tag in video["tag"]] == VIDEO.hashtags
    smallest = min(video["attachment"], key=lambda file: file.get("bitrate", 1 << 60))
    assert fetched(door, smallest["url"][0]) == smallest["mediaType"] == "video/mp4"
    best = data(door.get(f"/v1/tiktok/videos/{VIDEO.id}/download"))
    assert (best["type"], best["mediaType"]) == ("Video", "video/mp4")
    assert fetched(door, best["url"]) == "video/mp4"
    one = data(door.get(f"/v1/tiktok/videos/{VIDEO.id}/download", url=smallest["url"][0]))
    assert "/media/" in one["url"]


def test_a_slideshow_is_a_video_too(door: FrontDoor) -> None:
    post = next(post for post in CATALOG.shown if post.trait == "slides-2")
    video = data(door.get(f"/v1/tiktok/videos/{post.id}"))
    assert "attachment" not in video
    assert [fetched(door, image["url"]) for image in video["image"]] == ["image/jpeg"] * 2
    download = door.get(f"/v1/tiktok/videos/{post.id}/download")
    assert (download.status_code, download.json()["errors"][0]["code"]) == (422, "unsupported_media")


def test_what_is_said_of_a_video(door: FrontDoor) -> None:
    said = conversations.comments(VIDEO)
    pages = list(walk(door, f"/v1/tiktok/videos/{VIDEO.id}/comments", count="50"))
    assert ids(pages) == [comment.id for comment in said]
    assert [note["content"] for page in pages for note in page["orderedItems"]] == [comment.text for comment in said]
    assert pages[0]["totalItems"] == VIDEO.counters.comments
    answered = next(comment for comment in said if comment.replies > 50)
    replies = list(walk(door, f"/v1/tiktok/videos/{VIDEO.id}/comments/{answered.id}/replies"))
    assert len(ids(replies)) == answered.replies
    note = next(note for page in pages for note in page["orderedItems"] if note["entityId"] == answered.id)
    assert {reply["inReplyTo"] for page in replies for reply in page["orderedItems"]} == {note["id"]}


def test_what_is_said_in_a_video(door: FrontDoor) -> None:
    path = f"/v1/tiktok/videos/{VIDEO.id}/transcripts"
    document = data(door.get(f"{path}/original"))
    assert document["content"].startswith("WEBVTT\n")
    assert document["cues"] == [
        {"start": 0.0, "end": 1.5, "text": "A sample caption."},
        {"start": 1.5, "end": 2.9, "text": "And another."},
    ]
    text = door.ask("GET", f"{path}/id", {"x-api-key": door.key, "accept": "text/vtt"})
    assert (text.headers["content-type"], text.text) == ("text/vtt; charset=utf-8", document["content"])
    assert text.headers["content-language"] == "id-ID"
    assert door.get(f"{path}/tlh").json() == failure("not_found", "Not found")


def test_posts_with_a_tag_and_with_words(door: FrontDoor) -> None:
    assert ids(list(walk(door, f"/v1/tiktok/tags/{TAG}"))) == [post.id for post in CATALOG.by_tag[TAG]]
    matching = [post.id for post in CATALOG.shown if "the" in post.caption.casefold()]
    page = data(door.get("/v1/tiktok/search", query="the", count="40"))
    assert [video["entityId"] for video in page["orderedItems"]] == matching[:40]
    assert door.get("/v1/tiktok/search/videos", query="the", count="40").json()["data"]["itemCount"] == 40


def failure(code: str, message: str) -> Any:
    return {"errors": [{"code": code, "message": message}], "data": None}


@pytest.fixture(scope="module")
def account(door: FrontDoor) -> Account:
    return door.account(GRANTED)


BAD = {
    "audios/abc": "audioId",
    "audios/0123": "audioId",
    f"audios/{SONG.id}/videos?count=31": "count",
    f"audios/{SONG.id}/videos?count=0": "count",
    f"audios/{SONG.id}/videos?cursor=next": "cursor",
    "users/no%20one": "username",
    "users/maple.kitchen/videos?count=36": "count",
    "users/maple.kitchen/videos?order=best": "order",
    "users/maple.kitchen/likes?count=36": "count",
    "users/maple.kitchen/followers?count=31": "count",
    "users/maple.kitchen/following?count=x": "count",
    "videos/7": "videoId",
    f"videos/{VIDEO.id}/download?url=https://evil.example/media/x": "url",
    f"videos/{VIDEO.id}/comments?count=51": "count",
    f"videos/{VIDEO.id}/comments/x/replies": "commentId",
    f"videos/{VIDEO.id}/transcripts/no_language": "language",
    "tags/two%20words": "tagName",
    "search": "query",
    "search?query=%20": "query",
    "search?query=the&count=101": "count",
    "search/videos?query=the&published=ever": "published",
}


@pytest.mark.parametrize("path", BAD)
def test_what_makes_no_sense_is_told_by_its_name_and_costs_nothing(
    door: FrontDoor, account: Account, path: str
) -> None:
    answer = door.ask("GET", f"/v1/tiktok/{path}", {"authorization": f"Bearer {account.key}"})
    body = answer.json()
    assert (answer.status_code, body["data"], body["errors"][0]["code"]) == (400, None, "validation_error")
    assert body["errors"][0]["message"].startswith(f"{BAD[path]}: ")
    assert (answer.headers["x-credits-used"], door.balance(account)) == ("0", GRANTED)


def test_who_may_not_ask(door: FrontDoor) -> None:
    path = f"/v1/tiktok/audios/{SONG.id}"
    assert door.ask("GET", path).json() == failure("missing_api_key", "Missing or malformed API key")
    assert door.get(path, "tok_wrong").json() == failure("invalid_api_key", "Invalid API key")
    broke = door.get(path, door.account(0).key)
    assert (broke.status_code, broke.json()) == (402, failure("credits_exhausted", "Credits exhausted"))


@pytest.mark.parametrize("path", ["users/tiktok/reposts", "search/users", "users/tiktok/stories", "nothing"])
def test_what_is_not_offered(door: FrontDoor, path: str) -> None:
    assert door.ask("GET", f"/v1/tiktok/{path}").status_code == 401
    answer = door.get(f"/v1/tiktok/{path}")
    assert (answer.status_code, answer.json()) == (404, failure("route_not_found", "Route not found"))


@pytest.mark.parametrize(
    ("trait", "status", "code"),
    [
        ("deleted", 404, "not_found"),
        ("private", 404, "not_found"),
        ("account-private", 404, "not_found"),
        ("age-gated", 403, "age_restricted"),
        ("region", 451, "region_blocked"),
    ],
)
def test_a_post_that_is_not_shown(door: FrontDoor, account: Account, trait: str, status: int, code: str) -> None:
    post = next(post for post in CATALOG.posts if post.trait == trait)
    answer = door.get(f"/v1/tiktok/videos/{post.id}", account.key)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert door.balance(account) == GRANTED


def test_what_is_not_there(door: FrontDoor) -> None:
    for path in ("audios/7", "users/nobody.is.here", "videos/7400000000000000001", "tags/no_such_tag_here"):
        answer = door.get(f"/v1/tiktok/{path}")
        assert (answer.status_code, answer.json()) == (404, failure("not_found", "Not found")), path


def test_a_body_that_is_too_large(door: FrontDoor) -> None:
    answer = door.ask("GET", f"/v1/tiktok/audios/{SONG.id}", {"x-api-key": door.key}, content=b"x" * ((1 << 20) + 1))
    assert (answer.status_code, answer.json()) == (413, failure("validation_error", "Request body too large"))
