"""Recorded answers, served under their own ids where the folder with them is there.

Their links have long expired and their files are not ours to keep: links are given a new life as they are served,
and behind each stands a sample file of its type.
"""

import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.upstream.answers import Surface
from local.upstream.links import WEB_LIFE
from local.upstream.media import File, Library

JSON = Mapping[str, Any]
Named = tuple[Surface, str, JSON]
_PROJECT = Path(__file__).resolve().parents[2]
_OF_POSTS = frozenset({Surface.PAGE, Surface.PLAYER, Surface.EMBED, Surface.OEMBED, Surface.TIKWM})
_ENDS = re.compile(r"(?P<before>expires?=)\d{10}(?!\d)|(?P<path>/[0-9a-f]{32}/)[0-9a-f]{8}(?=/video/)")
_LINK = re.compile(r"https?://[\w.-]+(/[^?\"\s]+)")
_STATE = re.compile(r'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>', re.DOTALL)


def folder() -> Path | None:
    """Where the recorded answers are, if they are anywhere."""
    place = Path(os.environ.get("TOKSTACK_PAYLOADS", _PROJECT.parent / "shared" / "payloads"))
    return place if place.is_dir() else None


class Recordings:
    """Payloads by surface and by what is asked for: the id of a post, a handle, a secUid. Without a folder, none."""

    def __init__(self, folder: Path | None) -> None:
        named = _read(folder) if folder else ()
        self._texts = {(surface, name): json.dumps(value) for surface, name, value in named}
        self._paths = {_lasting(path) for text in self._texts.values() for path in _LINK.findall(text)}
        self.post_ids = frozenset(name for surface, name in self._texts if surface in _OF_POSTS)

    def get(self, surface: Surface, name: str, now: float) -> dict[str, Any] | None:
        """A payload whose links end 48 hours from `now`."""
        text = self._texts.get((surface, name))
        payload: dict[str, Any] | None = json.loads(_revived(text, int(now) + WEB_LIFE)) if text else None
        return payload

    def surfaces(self, post_id: str) -> list[str]:
        """Where a post was recorded."""
        return sorted(surface for surface in _OF_POSTS if (surface, post_id) in self._texts)

    def file(self, path: str, query: Mapping[str, str], library: Library) -> File | None:
        """The sample file behind a recorded link: always the same one."""
        path = _lasting(path)
        if path not in self._paths:
            return None
        alike = library.like(_mime(path, query))
        return alike[zlib.crc32(path.encode()) % len(alike)]


def _read(folder: Path) -> Iterator[Named]:
    for path in sorted(folder.glob("item_page_html/video-*.html")):
        detail = _scope(path)["webapp.video-detail"]
        item = detail["itemInfo"]["itemStruct"]
        yield Surface.PAGE, item["id"], detail
        yield Surface.LIST, item["author"]["secUid"], {"itemList": [item], "statusCode": 0}
    for path in sorted(folder.glob("profile_page_html/*.html")):
        detail = _scope(path)["webapp.user-detail"]
        yield Surface.PROFILE, detail["userInfo"]["user"]["uniqueId"], detail
    for path in sorted(folder.glob("*/*.json")):
        value = json.loads(path.read_bytes())
        if isinstance(value, dict):
            yield from _from_json(path.parent.name, value)


def _from_json(kind: str, value: JSON) -> Iterator[Named]:
    match kind:
        case "item_detail_photo" if "itemInfo" in value:
            yield Surface.PAGE, value["itemInfo"]["itemStruct"]["id"], {**value, "statusCode": 0, "statusMsg": ""}
        case "item_error":
            scope = value["__DEFAULT_SCOPE__"]
            yield Surface.PAGE, scope["seo.abtest"]["canonical"].rsplit("/", 1)[1], scope["webapp.video-detail"]
        case "item_list":
            yield from _from_list(value)
        case "player_items":
            yield from ((Surface.PLAYER, item["id_str"], value) for item in value["items"])
        case "embed_shape":
            shown = value["source"]["data"].values()
            yield from ((Surface.EMBED, x["videoData"]["itemInfos"]["id"], x) for x in shown if "videoData" in x)
        case "oembed" if "embed_product_id" in value:
            yield Surface.OEMBED, value["embed_product_id"], value
        case "tikwm" if value.get("code") == 0:
            yield from _from_tikwm(value["data"])


def _from_list(envelope: JSON) -> Iterator[Named]:
    """A list, whose author's page and whose posts' pages follow from it."""
    first = envelope["itemList"][0]
    author, stats = first["author"], {"stats": first["authorStats"], "statsV2": first["authorStatsV2"]}
    yield Surface.LIST, author["secUid"], {**envelope, "hasMore": False, "hasMorePrevious": False}
    yield Surface.PROFILE, author["uniqueId"], {"userInfo": {"user": author, **stats, "itemList": []}, "statusCode": 0}
    for item in envelope["itemList"]:
        yield Surface.PAGE, item["id"], {"itemInfo": {"itemStruct": item}, "statusCode": 0, "statusMsg": ""}


def _from_tikwm(data: JSON) -> Iterator[Named]:
    for post in data.get("videos", [data] if "play_count" in data else []):
        post_id = str(post.get("video_id") or post["create_time"] << 32)  # one recording does not tell its id
        yield Surface.TIKWM, post_id, {**post, "id": post_id}


def _scope(path: Path) -> JSON:
    found = _STATE.search(path.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{path.name} is not a page with its state")
    scope: JSON = json.loads(found[1])["__DEFAULT_SCOPE__"]
    return scope


def _revived(text: str, expires: int) -> str:
    def revive(found: re.Match[str]) -> str:
        return f"{found['before']}{expires}" if found["before"] else f"{found['path']}{expires:08x}"

    return _ENDS.sub(revive, text)


def _lasting(path: str) -> str:
    """A path without the part that says its end."""
    return re.sub(r"^/[0-9a-f]{32}/[0-9a-f]{8}/", "/", path)


def _mime(path: str, query: Mapping[str, str]) -> str:
    if path.endswith(".mp3") or query.get("mime_type", "").startswith("audio"):
        return "audio/mpeg"
    if "video" in path:
        return "video/mp4"
    return "image/webp" if path.endswith(".webp") else "image/jpeg"
