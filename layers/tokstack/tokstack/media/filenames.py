"""What a file is called when it is saved: a name that is safe on every system, and the header that says it. Pure.

filename                a title and an extension → a name
content_disposition     a name → the header (RFC 6266), in ASCII alone
"""

import re
import unicodedata
from typing import Literal
from urllib.parse import quote

_BYTES = 120  # of a title in UTF-8; file systems end at 255, and a header is three times as long as its name
_FORBIDDEN = frozenset("\"'`/\\<>:|?*%\ufffd")  # separators, quotes, what Windows refuses, what is decoded twice
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control and bidi characters, no characters at all
_PLAIN = re.compile(r"[^A-Za-z0-9 .,_()!&@#+=-]+")


def filename(title: str | None, extension: str, *, otherwise: str) -> str:
    """The title's name; the name of `otherwise`, an id, where nothing of the title can be shown."""
    return f"{_stem(title or '') or otherwise}.{extension}"


def content_disposition(name: str, kind: Literal["attachment", "inline"] = "attachment") -> str:
    """Both forms: `filename*` for clients that know it, and for the others what ASCII has of the name."""
    return f"{kind}; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _stem(title: str) -> str:
    composed = unicodedata.normalize("NFC", title)
    kept = "".join(" " if _parts(character) else character for character in composed)
    whole = " ".join(kept.split())
    return whole.encode()[:_BYTES].decode(errors="ignore").strip(" .")


def _parts(character: str) -> bool:
    return character in _FORBIDDEN or unicodedata.category(character) in _UNSEEN


def _ascii(name: str) -> str:
    """`Crème brûlée 🍮.mp4` is `Creme brulee _.mp4`; a name of other scripts alone is `file.mp4`."""
    stem, _, extension = name.rpartition(".")
    bare = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    plain = _PLAIN.sub("_", bare)
    return f"{plain if re.search('[A-Za-z0-9]', plain) else 'file'}.{extension}"
