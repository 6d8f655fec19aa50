"""Media links: minted with the hosts, forms and lives that the real ones have, and read again when they are used.

A link's key is "o", the code of a sample file, and letters of its owner's own; so serving needs no index.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from local.upstream.media import File, Library

HOUR = 3600
WEB_LIFE = 48 * HOUR  # web video, images and subtitles
PAGE_SOUND_LIFE = 24 * HOUR
SHORT_LIFE = 6 * HOUR  # sounds of lists, everything of tikwm
COOKIE = "tt_chain_token"
BROKEN = "media-video-hvc1"  # in the path of a rendition that leads nowhere
MEDIA_HOST = re.compile(
    r"(?:v|p|sf)\d\d[a-z0-9-]*(?:\.us)?\.(?:tiktok|tiktokcdn|tiktokcdn-us|tiktokcdn-eu|akamaized)\.(?:com|net)"
)

_SECRET = b"the sample upstream's own, worth nothing"
_LOG_ID = "20261120113520440634"
_NONCE_BYTES = 8
_KEY = re.compile(r"/(?P<key>o(?P<code>[0-9a-f]{8})[0-9a-f]{24})(?=[/~.])")
_SIGNED_PATH = re.compile(r"/(?P<signature>[0-9a-f]{32})/(?P<expires>[0-9a-f]{8})/video/")


@dataclass(frozen=True)
class Mint:
    """Makes the links of one answer, given at `now`. `owner` is the id of whose file it is, `name` the file's."""

    library: Library
    now: float

    def file(self, name: str) -> File:
        return self.library[name]

    def web(self, owner: str, name: str) -> list[str]:
        """The mirrors of a web video: 48 h, for who comes from the page; the last one, TikTok's own, never works."""
        file = self.file(name)
        key, expires = _key(owner, name, file), int(self.now) + WEB_LIFE
        query = (
            f"a=1988&bti=ODszNWYuMDE6&ch=0&cr=3&dr=0&lr=all&cd=0%7C0%7C0%7C&cv=1&br={file.bitrate // 512}"
            f"&bt={file.bitrate // 1024}&cs=0&ds=6&mime_type=video_mp4&qs=0&btag=e00090000&expire={expires}"
            f"&l={_LOG_ID}&ply_type=2&policy=2&signature={_signature(key, expires)}&tk={COOKIE}"
        )
        path = f"/video/tos/useast5/tos-useast5-ve-0068c003-tx/{key}/?{query}"
        play = f"faid=1988&file_id={key[1:]}&is_play_url=1&item_id={owner}&line=0&ply_type=2&signaturev3=dmlkZW9f"
        return [
            f"https://v16-webapp-prime.tiktok.com{path}",
            f"https://v19-webapp-prime.tiktok.com{path}",
            f"https://www.tiktok.com/aweme/v1/play/?{play}&tk={COOKIE}&video_id={video_uri(owner)}",
        ]

    def cdn(self, owner: str, name: str, life: int, mirror: str = "v16m") -> str:
        """A link whose path carries its end; no cookie. Subtitles call themselves video, as the real do."""
        file = self.file(name)
        key, expires = _key(owner, name, file), int(self.now) + life
        mime = file.mime.replace("/", "_") if file.seconds else "video_mp4"
        query = (
            f"a=1233&bti=ODszNWYuMDE6&ch=0&cr=0&dr=0&lr=default&cd=0%7C0%7C0%7C0&br=250&bt=125&ds=5&mime_type={mime}"
        )
        path = f"/{_signature(key, expires)}/{expires:08x}/video/tos/useast5/tos-useast5-v-27dcd7-tx/{key}/"
        return f"https://{mirror}.tiktokcdn-us.com{path}?{query}&l={_LOG_ID}&btag=e00050000"

    def music_object(self, owner: str, name: str) -> str:
        """A sound's link that never expires."""
        file = self.file(name)
        return f"https://sf16-ies-music-va.tiktokcdn.com/obj/tiktok-obj/{_key(owner, name, file)}{file.path.suffix}"

    def image(self, owner: str, name: str, crop: str = "tplv-photomode-image", mirror: str = "p16") -> str:
        """A still: 48 h, no cookie. `crop` names the cut that TikTok would make."""
        file = self.file(name)
        key, expires = _key(owner, name, file), int(self.now) + WEB_LIFE
        signature = quote(base64.b64encode(bytes.fromhex(_signature(key, expires))).decode(), safe="")
        path = f"/tos-useast5-i-0068-tx/{key}~{crop}{file.path.suffix}"
        return f"https://{mirror}-sign.tiktokcdn-us.com{path}?dr=9640&x-expires={expires}&x-signature={signature}&t=4d5b0474"


@dataclass(frozen=True)
class Link:
    """A media link as it came in: until when it is good and, where this server minted it, which file it names."""

    host: str
    key: str | None
    code: str | None
    expires: int | None  # None: for ever
    signature: str | None

    @property
    def genuine(self) -> bool:
        """Whether it is as it was minted; links that never expire are not signed, and recorded ones are not ours."""
        return self.key is None or self.expires is None or self.signature == _signature(self.key, self.expires)

    @property
    def bound(self) -> bool:
        """Whether its host serves only those who come from the page."""
        return "-webapp-prime." in self.host


def read(host: str, path: str, query: Mapping[str, str]) -> Link:
    found = _KEY.search(path)
    expires, signature = _end(path, query)
    return Link(host, found["key"] if found else None, found["code"] if found else None, expires, signature)


def chain_token(nonce: bytes) -> str:
    """A value of the cookie that media ask for: eight random bytes and their seal, so that none need be remembered."""
    return base64.b64encode(nonce + _seal(nonce)).decode()


def is_chain_token(value: str) -> bool:
    try:
        raw = base64.b64decode(value, validate=True)
    except ValueError:
        return False
    return hmac.compare_digest(raw[_NONCE_BYTES:], _seal(raw[:_NONCE_BYTES]))


def video_uri(owner: str) -> str:
    """TikTok's own name of a post's video."""
    return f"v24044gl0000{hashlib.sha256(owner.encode()).hexdigest()[:20]}"


def _end(path: str, query: Mapping[str, str]) -> tuple[int | None, str | None]:
    """When a link ends, in whichever form it says so, and its signature."""
    if found := _SIGNED_PATH.match(path):
        return int(found["expires"], 16), found["signature"]
    if query.get("expire", "").isdigit():
        return int(query["expire"]), query.get("signature")
    if query.get("x-expires", "").isdigit():
        return int(query["x-expires"]), _from_base64(query.get("x-signature", ""))
    return None, None


def _from_base64(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).hex()
    except ValueError:
        return None


def _key(owner: str, name: str, file: File) -> str:
    return f"o{file.code}{hashlib.sha256(f'{owner} {name}'.encode()).hexdigest()[:24]}"


def _signature(key: str, expires: int) -> str:
    return hmac.new(_SECRET, f"{key} {expires}".encode(), hashlib.sha256).hexdigest()[:32]


def _seal(nonce: bytes) -> bytes:
    return hmac.new(_SECRET, nonce, hashlib.sha256).digest()[:_NONCE_BYTES]
