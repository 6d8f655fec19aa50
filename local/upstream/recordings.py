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
Payloads = dict[tuple[Surface, str], str]
_PROJECT = Path(__file__).resolve().parents[2]
_EXPIRY = re.compile(r"(?P<name>(?:x-)?expires?=)\d{10}(?!\d)|(?P<path>/[0-9a-f]{32}/)[0-9a-f]{8}(?=/video/)")
_LINK = re.compile(r"https?://([\w.-]+)(/[^?\"\s]+)")
_STATE = re.compile(r'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>', re.DOTALL)


class Recordings:
    """Payloads by surface and by what is asked for; empty where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        found = list(_payloads(folder)) if folder else []
        self._payloads: Payloads = {(surface, name): json.dumps(value) for surface, name, value in found}
        self.post_ids = frozenset(name for surface, name in self._payloads if surface in _OF_POSTS)
        self._links = frozenset(_lasting(path) for text in self._payloads.values() for _, path in _LINK.findall(text))

    def get(self, surface: Surface, name: str, now: float) -> Any | None:
        """A payload whose links end 48 hours from now."""
        text = self._payloads.get((surface, name))
        return json.loads(_revived(text, int(now) + WEB_LIFE)) if text else None

    def surfaces(self, post_id: str) -> list[str]:
        return sorted(surface for surface, name in self._payloads if name == post_id and surface in _OF_POSTS)

    def file(self, path: str, query: Mapping[str, str], library: Library) -> File | None:
        """The sample file behind a recorded link."""
        if _lasting(path) not in self._links:
            return None
        like = library.like(_mime(path, query))
        return like[zlib.crc32(_lasting(path).encode()) % len(like)]


def folder() -> Path | None:
    """Where the recorded answers are, if they are anywhere."""
    place = Path(os.environ.get("TOKSTACK_PAYLOADS", _PROJECT.parent / "shared" / "payloads"))
    return place if place.is_dir() else None


_OF_POSTS = frozenset({Surface.PAGE, Surface.PLAYER, Surface.EMBED, Surface.OEMBED, Surface.TIKWM})


def _payloads(folder: Path) -> Iterator[tuple[Surface, str, Any]]:
    for path in sorted(folder.glob("item_page_html/video-*.html")):
        detail = _scope(path)["webapp.video-detail"]
        yield Surface.PAGE, detail["itemInfo"]["itemStruct"]["id"], detail
    for path in sorted(folder.glob("profile_page_html/*.html")):
        detail = _scope(path)["webapp.user-detail"]
        yield Surface.PROFILE, detail["userInfo"]["user"]["uniqueId"], detail
    for path in sorted(folder.glob("*/*.json")):
        value = json.loads(path.read_bytes())
        if isinstance(value, dict):
            yield from _from_json(path.parent.name, value)


def _from_json(kind: str, value: JSON) -> Iterator[tuple[Surface, str, Any]]:
    match kind:
        case "item_detail_photo" if item := value.get("itemInfo", {}).get("itemStruct"):
            yield Surface.PAGE, item["id"], dict(value) | {"statusCode": 0, "statusMsg": ""}
        case "item_error":
            scope = value["__DEFAULT_SCOPE__"]
            yield Surface.PAGE, scope["seo.abtest"]["canonical"].rsplit("/", 1)[1], scope["webapp.video-detail"]
        case "item_list":
            yield Surface.LIST, value["itemList"][0]["author"]["secUid"], value
            for item in value["itemList"]:
                yield Surface.PAGE, item["id"], {"itemInfo": {"itemStruct": item}, "statusCode": 0, "statusMsg": ""}
        case "player_items":
            yield from ((Surface.PLAYER, item["id_str"], value) for item in value["items"])
        case "embed_shape":
            yield from ((Surface.EMBED, path.rsplit("/", 1)[1], data) for path, data in value["source"]["data"].items())
        case "oembed" if "embed_product_id" in value:
            yield Surface.OEMBED, value["embed_product_id"], value
        case "tikwm" if value.get("code") == 0 and "data" in value:
            yield from _from_tikwm(value["data"])


def _from_tikwm(data: JSON) -> Iterator[tuple[Surface, str, Any]]:
    for post in data.get("videos", [data] if "play_count" in data else []):
        number = str(post.get("video_id") or post["create_time"] << 32)  # one recording does not tell its own id
        yield Surface.TIKWM, number, dict(post) | {"id": number}


def _scope(path: Path) -> Any:
    found = _STATE.search(path.read_text())
    return json.loads(found[1])["__DEFAULT_SCOPE__"] if found else {}


def _revived(text: str, expires: int) -> str:
    def revive(found: re.Match[str]) -> str:
        return f"{found['name']}{expires}" if found["name"] else f"{found['path']}{expires:08x}"

    return _EXPIRY.sub(revive, text)


def _lasting(path: str) -> str:
    """A path without the part that changes with its end."""
    return re.sub(r"^/[0-9a-f]{32}/[0-9a-f]{8}/", "/", path)


def _mime(path: str, query: Mapping[str, str]) -> str:
    if path.endswith((".mp3", ".m4a")) or query.get("mime_type", "").startswith("audio"):
        return "audio/mpeg"
    if "video" in path:
        return "video/mp4"
    return "image/webp" if path.endswith(".webp") else "image/jpeg"
