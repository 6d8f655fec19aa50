"""What a caller may write for a post or a user, read into what it means. No text is ever fetched as it was given.

parse                   a link or bare id → PostRef, or ShortLink where only TikTok knows which post it is
parse_handle            a username, with or without @
web_path                the path of a link on TikTok's own site, whatever it leads to
clean                   what was pasted, where it may be a link or a name at all
"""

import re
from dataclasses import dataclass

from tokstack.errors import Code, TokstackError

MAX_LENGTH = 2048  # characters; real links stay below 500

_ID = r"(?P<id>[1-9][0-9]{17,20})"
_CODE = r"(?P<code>[A-Za-z0-9]{1,21})"
_USER = r"(?:@|%40)(?P<user>[^/]*)"

_SITE = frozenset({"tiktok.com", "www.tiktok.com", "m.tiktok.com"})
_SHORTENERS = frozenset({"vm.tiktok.com", "vt.tiktok.com"})
_LITE = frozenset({"lite.tiktok.com"})
_APP = frozenset({"tiktokv.com", "www.tiktokv.com"})

# Which hosts carry which paths.
_FORMS = tuple(
    (hosts, re.compile(path))
    for hosts, path in (
        (_SITE, rf"/{_USER}/(?:video|photo)/{_ID}"),
        (_SITE, rf"/embed/(?:v2/)?{_ID}"),
        (_SITE, rf"/player/v1/{_ID}"),
        (_SITE | _APP, rf"/(?:i18n/)?share/video/{_ID}"),
        (_SITE, rf"/v/{_ID}(?:\.html)?"),
        (_SITE | _LITE, rf"/t/{_CODE}"),
        (_SHORTENERS, rf"/{_CODE}"),
    )
)
_BARE_ID = re.compile(_ID)
_SHARED_ID = re.compile(rf"(?:^|&)(?:shareId|item_id)={_ID}(?=&|$)")
_LINK = re.compile(
    r"(?:https?://)?(?P<host>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.IGNORECASE | re.ASCII
)
_HANDLE = re.compile(r"[A-Za-z0-9_.]{1,24}")


@dataclass(frozen=True, slots=True)
class PostRef:
    """Which post is meant. `handle` is a hint from the link, not a fact: TikTok ignores it and so do we."""

    id: str
    handle: str | None = None

    @property
    def url(self) -> str:
        """The canonical link; TikTok answers it for slides too."""
        return f"https://www.tiktok.com/@{self.handle or '_'}/video/{self.id}"


@dataclass(frozen=True, slots=True)
class ShortLink:
    """A link that says nothing of its post until it is followed. `url` is canonical: https, no query."""

    url: str


def parse(text: str) -> PostRef | ShortLink:
    """Reads any public form of a post link. Raises TokstackError(VALIDATION_ERROR) and nothing else."""
    text = clean(text)
    if _BARE_ID.fullmatch(text):
        return PostRef(text)
    if text.isascii() and text.isdigit():
        raise _invalid("A TikTok post id has 18 to 21 digits.")
    host, path, query = _split(text)
    for hosts, form in _FORMS:
        if host in hosts and (match := form.fullmatch(path)):
            return _reference(host, path, match.groupdict())
    if host in _SITE and (match := _SHARED_ID.search(query)):
        return PostRef(match["id"])
    if host in _SITE | _SHORTENERS | _LITE | _APP:
        raise _invalid("This TikTok link does not lead to a post.")
    raise _invalid("This is not a link to a TikTok post.")


def parse_handle(text: str) -> str:
    """A username without its @, in lower case as TikTok keeps it. Raises TokstackError(VALIDATION_ERROR) only."""
    handle = clean(text).removeprefix("@")
    if not _HANDLE.fullmatch(handle):
        raise _invalid("A TikTok username has 1 to 24 letters, digits, underscores and dots.")
    return handle.lower()


def web_path(url: str) -> str | None:
    """The path of a link on TikTok's own site, without trailing slash; None for every other text."""
    try:
        host, path, _ = _split(clean(url))
    except TokstackError:
        return None
    return path if host in _SITE else None


def clean(text: str) -> str:
    """The text without the white space that pasting leaves around it. Raises TokstackError(VALIDATION_ERROR) only."""
    if len(text) > MAX_LENGTH:
        raise _invalid(f"This is longer than {MAX_LENGTH} characters.")
    text = text.strip(" \t\r\n")
    if not text:
        raise _invalid("This is empty.")
    if not text.isprintable() or " " in text or "\\" in text:
        raise _invalid("This contains characters that no link or username has.")
    return text


def _split(link: str) -> tuple[str, str, str]:
    """Host in lower case, path without trailing slashes, query.

    A user name or a port stays part of the host, so no list of hosts ever matches it.
    """
    match = _LINK.fullmatch(link)
    if not match or not match["host"].isascii():  # beyond ASCII, lower() makes look-alikes alike (U+212A becomes k)
        return "", "", ""
    return match["host"].lower(), match["path"].rstrip("/"), match["query"] or ""


def _reference(host: str, path: str, found: dict[str, str]) -> PostRef | ShortLink:
    if "code" in found:
        return ShortLink(f"https://{host}{path}/")
    return PostRef(found["id"], _hint(found.get("user", "")))


def _hint(user: str) -> str | None:
    """The handle in a link, where it is one: not a placeholder, a numeric account id or a secUid."""
    known = _HANDLE.fullmatch(user) and user != "_" and not user.isdigit()
    return user.lower() if known else None


def _invalid(message: str) -> TokstackError:
    return TokstackError(Code.VALIDATION_ERROR, message)
