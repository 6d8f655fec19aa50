"""Who and what a caption names, where the upstream does not list it."""

import re
from collections.abc import Iterable

_HASHTAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"(?<![\w.])@(\w(?:[\w.]*\w)?)", re.ASCII)  # a handle may hold dots but not end with one


def hashtags(listed: Iterable[str | None], caption: str | None) -> tuple[str, ...]:
    """Names without the #: those listed, else those written in the caption; each once, whatever its case."""
    return _unique(listed) or _unique(_HASHTAG.findall(caption or ""))


def mentions(listed: Iterable[str | None], caption: str | None) -> tuple[str, ...]:
    """Handles without the @: those listed, else those written in the caption."""
    return _unique(listed) or _unique(_MENTION.findall(caption or ""))


def _unique(names: Iterable[str | None]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in names:
        if name:
            kept.setdefault(name.casefold(), name)
    return tuple(kept.values())
