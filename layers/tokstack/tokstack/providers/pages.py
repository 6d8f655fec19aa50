"""The data inside HTML pages: cut out with a search and parsed alone, for a page is twenty times its data.

rehydrated      one entry of the state that a web page carries
embedded        the data of an embed page
is_challenge    whether a page asks the browser to prove itself (it is told, never solved)
is_blocked      whether a page says that it was asked too often
"""

import json
from collections.abc import Mapping
from typing import Any

_STATE = b'id="__UNIVERSAL_DATA_FOR_REHYDRATION__"'
_EMBED_STATE = b'id="__FRONTITY_CONNECT_STATE__"'
_CHALLENGES = (b'id="cs"', b'id="wci"', b'id="rci"', b"Please wait...")
_BLOCKS = (b"overload-protect triggered", b"Security Check")
_decoder = json.JSONDecoder()


def rehydrated(html: bytes, entry: str) -> Mapping[str, Any] | None:
    """An entry of the page's state, such as `webapp.video-detail`; None where there is none that can be read.

    Only this entry is parsed. Its quoted name cannot be part of a text, where its quotes would be escaped.
    """
    try:
        value, _ = _decoder.raw_decode(_behind(html, _STATE, b'"%b":' % entry.encode()).lstrip())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def embedded(html: bytes) -> Mapping[str, Any] | None:
    """The data of the one embed that the page shows; None where there is none that can be read."""
    try:
        data = json.loads(_behind(html, _EMBED_STATE, b">"))["source"]["data"]
        value = next(data[path] for path in data if path.startswith("/embed/"))
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def has_state(html: bytes) -> bool:
    """Whether the page carries data at all, readable or not."""
    return _STATE in html or _EMBED_STATE in html


def is_challenge(html: bytes) -> bool:
    return any(marker in html for marker in _CHALLENGES)


def is_blocked(html: bytes) -> bool:
    return any(marker in html for marker in _BLOCKS)


def _behind(html: bytes, *marks: bytes) -> str:
    """What stands behind the marks, each behind the one before, up to the end of its script; "" if one is missing."""
    start = 0
    for mark in marks:
        found = html.find(mark, start)
        if found < 0:
            return ""
        start = found + len(mark)
    end = html.find(b"</script>", start)
    return html[start:end].decode() if end >= 0 else ""
