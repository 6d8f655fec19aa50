"""Media links: minted with the hosts, forms and lives that the real ones have, and checked when they are used.

A link's key is "o", the code of a sample file, and letters of its owner's own; so serving needs no index.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote

from local.upstream.media import File

HOUR = 3600
WEB_LIFE = 48 * HOUR  # web video, images and subtitles
PAGE_SOUND_LIFE = 24 * HOUR
SHORT_LIFE = 6 * HOUR  # sounds of lists, everything of tikwm
COOKIE = "tt_chain_token"
_SECRET = b"the sample upstream's own, worth nothing"

_KEY = re.compile(r"/o(?P<code>[0-9a-f]{8})[0-9a-f]{24}(?=[/~.])")
_SIGNED_PATH = re.compile(r"/(?P<signature>[0-9a-f]{32})/(?P<expires>[0-9a-f]{8})/video/")
MEDIA_HOST = re.compile(
    r"(?:v|p|sf)\d\d[a-z0-9-]*\.(?:us\.)?(?:tiktok|tiktokcdn|tiktokcdn-us|tiktokcdn-eu|akamaized)\.(?:com|net)"
)


@dataclass(frozen=True)
class Link:
    """A media link as it came in: what it names and, where its form carries them, until when and signed by whom."""

    key: str
    code: str
    expires: int | None
    signature: str | None
    needs_cookie: bool

    @property
    def genuine(self) -> bool:
        """Whether this server minted it as it is; links that never expire are not signed."""
        return self.expires is None or self.signature == _signature(self.key, self.expires)


def web(owner: str, file: File, now: float) -> list[str]:
    """The mirrors of a web video: 48 h, with the page's cookie and Referer only. The last, TikTok's own, never works."""
    key, expires = _key(owner, file), int(now) + WEB_LIFE
    query = (
        f"a=1988&bti=ODszNWYuMDE6&ch=0&cr=3&dr=0&lr=all&cd=0%7C0%7C0%7C&cv=1&br={file.bitrate // 512}"
        f"&bt={file.bitrate // 1024}&cs=0&ds=6&mime_type=video_mp4&qs=0&btag=e00090000&expire={expires}"
        f"&l=20261120113520440634&ply_type=2&policy=2&signature={_signature(key, expires)}&tk={COOKIE}"
    )
    path = f"/video/tos/useast5/tos-useast5-ve-0068c003-tx/{key}/?{query}"
    play = (
        f"faid=1988&file_id={key[1:]}&is_play_url=1&item_id={owner}&line=0&ply_type=2&signaturev3=dmlkZW9f&tk={COOKIE}"
    )
    return [
        f"https://v16-webapp-prime.tiktok.com{path}",
        f"https://v19-webapp-prime.tiktok.com{path}",
        f"https://www.tiktok.com/aweme/v1/play/?{play}&video_id={video_uri(owner)}",
    ]


def cdn(owner: str, file: File, now: float, life: int, mirror: str = "v16m") -> str:
    """A link whose path carries its end; no cookie is asked for. Subtitles call themselves video, as the real ones do."""
    key, expires = _key(owner, file), int(now) + life
    mime = file.mime.replace("/", "_") if file.seconds else "video_mp4"
    query = f"a=1233&bti=ODszNWYuMDE6&ch=0&cr=0&dr=0&lr=default&cd=0%7C0%7C0%7C0&br=250&bt=125&ds=5&mime_type={mime}"
    path = f"/{_signature(key, expires)}/{expires:08x}/video/tos/useast5/tos-useast5-v-27dcd7-tx/{key}/"
    return f"https://{mirror}.tiktokcdn-us.com{path}?{query}&l=20261120113520440634&btag=e00050000"


def music_object(owner: str, file: File) -> str:
    """A sound's link that never expires."""
    return f"https://sf16-ies-music-va.tiktokcdn.com/obj/tiktok-obj/{_key(owner, file)}{file.path.suffix}"


def image(owner: str, file: File, now: float, template: str = "tplv-photomode-image", mirror: str = "p16") -> str:
    """A still: 48 h, no cookie. `template` names the crop that TikTok would make."""
    key, expires = _key(owner, file), int(now) + WEB_LIFE
    signature = quote(base64.b64encode(bytes.fromhex(_signature(key, expires))).decode(), safe="")
    path = f"/tos-useast5-i-0068-tx/{key}~{template}{file.path.suffix}"
    return (
        f"https://{mirror}-sign.tiktokcdn-us.com{path}?dr=9640&x-expires={expires}&x-signature={signature}&t=4d5b0474"
    )


def read(host: str, path: str, query: dict[str, str]) -> Link | None:
    """The link behind a request; None where its form is not one of the above."""
    found = _KEY.search(path)
    if not found:
        return None
    expires, signature = end(path, query)
    return Link(found[0][1:], found["code"], expires, signature, needs_cookie=needs_cookie(host))


def chain_token(nonce: bytes) -> str:
    """A value of the cookie that media ask for: eight random bytes and their seal, so that none need be remembered."""
    return base64.b64encode(nonce + _seal(nonce)).decode()


def is_chain_token(value: str) -> bool:
    try:
        raw = base64.b64decode(value, validate=True)
    except ValueError:
        return False
    return len(raw) == 16 and hmac.compare_digest(raw[8:], _seal(raw[:8]))


def video_uri(owner: str) -> str:
    """TikTok's own name of a post's video."""
    return f"v24044gl0000{hashlib.sha256(owner.encode()).hexdigest()[:20]}"


def needs_cookie(host: str) -> bool:
    """Whether a host serves only those who come from the page."""
    return "-webapp-prime." in host


def end(path: str, query: dict[str, str]) -> tuple[int | None, str | None]:
    """When a link ends, in whichever form it says so, and who signed that."""
    if found := _SIGNED_PATH.match(path):
        return int(found["expires"], 16), found["signature"]
    if query.get("expire", "").isdigit():
        return int(query["expire"]), query.get("signature")
    if query.get("x-expires", "").isdigit():
        return int(query["x-expires"]), base64.b64decode(query.get("x-signature", "")).hex()
    return None, None


def _key(owner: str, file: File) -> str:
    return f"o{file.code}{hashlib.sha256(f'{owner} {file.name}'.encode()).hexdigest()[:24]}"


def _signature(key: str, expires: int) -> str:
    return hmac.new(_SECRET, f"{key} {expires}".encode(), hashlib.sha256).hexdigest()[:32]


def _seal(nonce: bytes) -> bytes:
    return hmac.new(_SECRET, nonce, hashlib.sha256).digest()[:8]
