"""Where an answer leads to, as the description's links say it: which operation it has parameters for."""

from collections.abc import Mapping
from typing import Any

_BODY = "$response.body#"
_ROW, _LISTED = f"{_BODY}/data/0", f"{_BODY}/data/orderedItems/0"
_AUDIO, _USER, _VIDEO = ({name: f"$request.path.{name}"} for name in ("audioId", "username", "videoId"))

Link = tuple[str, Mapping[str, str]]  # a route's name, and where its parameters are found


def _of_item(item: str) -> Mapping[str, Link]:
    return {
        "post": ("video", {"videoId": f"{item}/tiktokId"}),
        "profile": ("user", {"username": f"{item}/profile/handle"}),
        "shop": ("shop-library", {"shopId": f"{item}/shop/id"}),
    }


def _of_post(post: str, author: str) -> Mapping[str, Link]:
    return {
        "files": ("downloader", {"url": post}),
        "video": ("video", {"videoId": post}),
        "author": ("user", {"username": author}),
    }


def _of_list(route: str, given: Mapping[str, str], first: Mapping[str, Link]) -> Mapping[str, Link]:
    """`first` is where its first item leads to."""
    return {**first, "next": (route, {**given, "cursor": f"{_BODY}/data/nextCursor"})}


_ROWS = {"item": ("library-item", {"itemId": f"{_ROW}/id"}), **_of_item(_ROW)}
_FIRST_VIDEO = {"video": ("video", {"videoId": f"{_LISTED}/entityId"})}
_FIRST_PERSON = {"user": ("user", {"username": f"{_LISTED}/preferredUsername"})}
_COMMENT = {"videoId": "$request.path.videoId", "commentId": f"{_LISTED}/entityId"}
_TAG, _WORDS = {"tagName": "$request.path.tagName"}, {"query": "$request.query.query"}

# By the names of the routes, of their JSON.
_LINKS: Mapping[str, Mapping[str, Link]] = {
    "statistic": _of_post(f"{_BODY}/data/id", f"{_BODY}/data/unique_id"),
    "slides": _of_post(f"{_BODY}/data/id", f"{_BODY}/data/post_author/unique_id"),
    "random": _of_post(f"{_BODY}/data/id", f"{_BODY}/data/post_author/unique_id"),
    "convert": {"job": ("job", {"jobId": f"{_BODY}/job/id"})},
    "library": _ROWS,
    "library-query": _ROWS,
    "shop-library": _ROWS,
    "library-item": _of_item(f"{_BODY}/data"),
    "audio": {"videos": ("audio-videos", _AUDIO)},
    "audio-videos": _of_list("audio-videos", _AUDIO, _FIRST_VIDEO),
    "user": {name: (f"user-{name}", _USER) for name in ("videos", "likes", "followers", "following")},
    "user-videos": _of_list("user-videos", _USER, _FIRST_VIDEO),
    "user-likes": _of_list("user-likes", _USER, _FIRST_VIDEO),
    "user-followers": _of_list("user-followers", _USER, _FIRST_PERSON),
    "user-following": _of_list("user-following", _USER, _FIRST_PERSON),
    "video": {
        "audio": ("audio", {"audioId": f"{_BODY}/data/audio/entityId"}),
        "author": ("user", {"username": f"{_BODY}/data/attributedTo/preferredUsername"}),
        "comments": ("video-comments", _VIDEO),
        "file": ("video-download", _VIDEO),
        "transcript": ("video-transcript", {**_VIDEO, "language": "original"}),
    },
    "video-comments": _of_list("video-comments", _VIDEO, {"replies": ("comment-replies", _COMMENT)}),
    "tag": _of_list("tag", _TAG, _FIRST_VIDEO),
    "search": _of_list("search", _WORDS, _FIRST_VIDEO),
}


def links_of(route: str) -> dict[str, Any]:
    """By their names."""
    return {
        name: {"operationId": target, "parameters": dict(parameters)}
        for name, (target, parameters) in _LINKS.get(route, {}).items()
    }
