"""What every route of ours must answer for everything in the catalogue.

In expected data a link that must be there is LINK, one that may be there is MAYBE_LINK; `differences` compares.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from local.upstream.catalog import Post
from local.upstream.media import Library
from local.upstream.people import Person
from local.upstream.sites import SITES, Site
from local.upstream.world import World

JSON = dict[str, Any]
LINK, MAYBE_LINK = "<url>", "<url or null>"

STATUS = {
    "validation_error": 400,
    "post_private": 403,
    "account_private": 403,
    "age_restricted": 403,
    "post_not_found": 404,
    "user_not_found": 404,
    "post_deleted": 410,
    "not_slides": 422,
    "no_posts": 422,
    "unsupported_media": 422,
    "media_too_large": 413,
    "region_blocked": 451,
    "upstream_challenge": 502,
    "upstream_changed": 502,
    "upstream_empty": 502,
    "upstream_rate_limited": 502,
    "upstream_unavailable": 502,
}
# Which upstreams can tell a field: where none of them could be asked, it is null.
TOLD_BY = {
    "total_download": ["tikwm"],
    "total_save": ["page", "list", "tikwm"],
    "total_play": ["page", "list", "embed", "tikwm"],
    "total_like": ["page", "list", "player", "embed", "tikwm"],
    "total_comment": ["page", "list", "player", "embed", "tikwm"],
    "total_share": ["page", "list", "player", "embed", "tikwm"],
    "region": ["page", "player", "tikwm"],
    "published_at": ["page", "list", "embed", "tikwm"],
    "post_author.id": ["page", "list", "embed", "tikwm"],
    "post_author.avatar": ["page", "list", "embed", "tikwm"],
    "media.watermark": ["page", "list", "tikwm"],
    "media.music": ["page", "list", "embed", "tikwm"],
    "live_images": ["tikwm"],
}
# What an upstream that knows less may call the same refusal.
COARSER = {
    "post_deleted": ["post_not_found"],
    "post_private": ["post_not_found"],
    "account_private": ["post_not_found", "no_posts"],
    "age_restricted": ["post_not_found"],
    "region_blocked": ["post_not_found"],
}


def listing(world: World) -> JSON:
    """The whole of `/_control/catalog.json`."""
    catalog, library = world.catalog, world.library
    return {
        "link": LINK,
        "maybe_link": MAYBE_LINK,
        "told_by": TOLD_BY,
        "posts": [_listed_post(post, library) for post in catalog.posts],
        "profiles": [_listed_person(person, catalog.feed(person)) for person in catalog.people],
        "short_links": [
            {"url": link.url, "post_id": link.post_id, "expected": _error(link.error) if link.error else None}
            for link in world.short_links.values()
        ],
        "sites": [_listed_site(site) for site in SITES],
        "sounds": [_listed_sound(sound_id, posts, library) for sound_id, posts in catalog.by_sound.items()],
        "unknown": {
            "posts": [{"id": "7400000000000000001", "expected": _error("post_not_found")}],
            "profiles": [{"handle": "nobody.is.here", "expected": _error("user_not_found")}],
        },
        "recorded": [
            {"id": post_id, "surfaces": world.recordings.surfaces(post_id)}
            for post_id in sorted(world.recordings.post_ids)
        ],
    }


def differences(expected: Any, actual: Any, place: str = "data") -> Iterator[str]:
    """Where an answer is not what was expected, one sentence each; what is not expected of it is not looked at."""
    match expected:
        case "<url>" | "<url or null>":
            missing_is_fine = expected == MAYBE_LINK and actual is None
            if not missing_is_fine and not (isinstance(actual, str) and actual.startswith(("http://", "https://"))):
                yield f"{place} is {actual!r}, not a link"
        case dict() if isinstance(actual, Mapping):
            for name, value in expected.items():
                if name in actual:
                    yield from differences(value, actual[name], f"{place}.{name}")
                else:
                    yield f"{place}.{name} is not there"
        case list() if isinstance(actual, list) and len(actual) == len(expected):
            for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
                yield from differences(one, other, f"{place}[{number}]")
        case _ if expected != actual:
            yield f"{place} is {actual!r}, not {expected!r}"


def _listed_post(post: Post, library: Library) -> JSON:
    return {
        "id": post.id,
        "url": post.url,
        "handle": post.author.handle,
        "type": _type(post),
        "trait": post.trait,
        "created": post.created,
        "pinned": post.pinned,
        "listed": post.refusal is None,
        "expected": _expected(post, library),
    }


def _listed_sound(sound_id: str, posts: list[Post], library: Library) -> JSON:
    """`uses` is how many posts show it; no upstream tells that figure."""
    sound = posts[0].sound
    data: JSON = {"type": "Audio", "name": sound.title, "entityId": sound_id, "internalId": sound_id}
    if sound.file:
        data |= {"duration": library[sound.file].seconds, "isOriginal": sound.original, "url": LINK}
    return {"id": sound_id, "uses": len(posts), "expected": {"audio": {"status": 200, "data": data}}}


def _listed_site(site: Site) -> JSON:
    """`file` is what comes of asking for the first file where the page is fine and that is not."""
    items = [{"type": mime.partition("/")[0], "mime_type": mime} for mime in site.items]
    return {
        "url": site.url,
        "what": site.what,
        "expected": _error(site.error) if site.error else {"status": 200, "items": items},
        "file": _error(site.file_error) if site.file_error else None,
    }


def _listed_person(person: Person, feed: list[Post]) -> JSON:
    return {
        "handle": person.handle,
        "id": person.id,
        "sec_uid": person.sec_uid,
        "name": person.name,
        "bio": person.bio or None,
        "bio_url": person.bio_url or None,
        "verified": person.verified,
        "private": person.private,
        "followers": person.followers,
        "following": person.following,
        "likes_received": person.likes,
        "likes_given": person.likes_given,
        "posts": len(feed),
        "expected": {"random": _random(person, feed), "user": _user(person, feed)},
    }


def _user(person: Person, feed: list[Post]) -> JSON:
    if person.private:
        return {"status": 404, "error": "not_found", "or": []}
    page = _profile(person)
    data = {
        "type": "Person",
        **dict.fromkeys(("id", "url"), page),
        **dict.fromkeys(("entityId", "internalId"), person.sec_uid),
        **dict.fromkeys(("mediaCount", "videoCount"), len(feed)),
        "userId": person.id,
        "name": person.name,
        "preferredUsername": person.handle,
        "isPrivate": False,
        "isVerified": person.verified,
        "isLive": person.live,
        "hasLikes": not person.likes_private,
        "followerCount": person.followers,
        "followingCount": person.following,
        "likeCount": person.likes,
        "likedCount": person.likes_given,
        "language": person.language,
        "icon": {"type": "Image", "url": LINK},
    }
    return {"status": 200, "data": data}


def _expected(post: Post, library: Library) -> JSON:
    if post.refusal:
        refused = _error(post.refusal.error)
        return {"statistic": refused, "downloader": refused, "slides": refused}
    return {
        "statistic": {"status": 200, "data": _statistic(post)},
        "downloader": {"status": 200, "data": _downloader(post, library)},
        "slides": {"status": 200, "data": _slides(post)} if post.images else _error("not_slides"),
    }


def _random(person: Person, feed: list[Post]) -> JSON:
    """The answer is one of `data`, which is by id; `newest` says in which order they were made."""
    if person.private:
        return _error("account_private")
    if not feed:
        return _error("no_posts")
    data = {post.id: _picked(post) for post in feed}
    return {"status": 200, "newest": list(data), "data": data}


def _statistic(post: Post) -> JSON:
    counters, author = post.counters, post.author
    return {
        "id": post.id,
        "type": _type(post),
        "duration": post.seconds or None,
        "title": _caption(post),
        **_words(post),
        "media": _media(post),
        "post_author": {"id": author.id, "nickname": author.name, "profile": _profile(author)},
        "unique_id": author.handle,
        "region": post.region or None,
        "thumbnail": LINK,
        "published_at": datetime.fromtimestamp(post.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "total_comment": counters.comments,
        "total_download": counters.downloads,
        "total_like": counters.likes,
        "total_play": counters.plays,
        "total_save": counters.saves,
        "total_share": counters.shares,
    }


def _downloader(post: Post, library: Library) -> JSON:
    author = post.author
    data = {
        "id": post.id,
        "type": _type(post),
        "title": _caption(post),
        "media": _media(post),
        "post_author": {"id": author.id, "nickname": author.name, "profile": _profile(author)},
        "thumbnail": LINK,
    }
    if post.images:
        return data | {"images": [LINK] * len(post.images)}
    return data | {"renditions": _renditions(post, library)}


def _slides(post: Post) -> JSON:
    return {
        "id": post.id,
        "title": _caption(post),
        "cover": LINK,
        "images": [LINK] * len(post.images),
        "live_images": [MAYBE_LINK if live else None for live in post.lives],
        "media": {"music": LINK if post.sound.file else None},
        "post_author": _person(post.author),
    }


def _picked(post: Post) -> JSON:
    return {
        "id": post.id,
        "type": _type(post),
        "title": _caption(post),
        **_words(post),
        "url": LINK,
        "cover": LINK,
        "images": [LINK] * len(post.images),
        "media": _media(post),
        "post_author": _person(post.author),
    }


def _media(post: Post) -> JSON:
    return {
        "music": LINK if post.sound.file else None,
        "no_watermark": None if post.images else LINK,
        "watermark": None if post.images else LINK if post.downloadable else MAYBE_LINK,
    }


def _renditions(post: Post, library: Library) -> list[JSON]:
    """The page's, in its order."""
    files = [library[rendition.file] for rendition in post.renditions]
    return [
        {"codec": f.codec, "width": f.width, "height": f.height, "bitrate": f.bitrate, "bytes": f.bytes, "url": LINK}
        for f in files
    ]


def _words(post: Post) -> JSON:
    return {"hashtags": [f"#{tag}" for tag in post.hashtags], "tags": [f"@{name}" for name in post.mentions]}


def _person(person: Person) -> JSON:
    return {"id": person.id, "avatar": LINK, "nickname": person.name, "unique_id": person.handle}


def _profile(person: Person) -> str:
    return f"https://www.tiktok.com/@{person.handle}"


def _type(post: Post) -> str:
    return "slides" if post.images else "video"


def _caption(post: Post) -> str | None:
    """As told: without the zero bytes that no text store takes, and null rather than nothing."""
    return post.caption.replace("\0", "") or None


def _error(code: str) -> JSON:
    return {"status": STATUS[code], "error": code, "or": COARSER.get(code, [])}
