"""What comes in and what goes out, and which kind of endpoint it was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

HTML_TYPE, JSON_TYPE = "text/html; charset=utf-8", "application/json; charset=utf-8"


class Surface(StrEnum):
    """An endpoint as its callers see it: what a failure looks like depends on it."""

    PAGE = "page"
    PROFILE = "profile"
    EMBED = "embed"
    PLAYER = "player"
    LIST = "list"
    OEMBED = "oembed"
    SHORT = "short"
    TIKWM = "tikwm"
    MEDIA = "media"
    WEB = "web"
    OTHER = "other"


class Delivery(StrEnum):
    WHOLE = "whole"
    SLOW = "slow"
    TRUNCATED = "truncated"
    RESET = "reset"
    TIMEOUT = "timeout"
    ENDLESS = "endless"  # the body over and over, until the client hangs up


@dataclass(frozen=True)
class Request:
    """A request to `https://{host}{path}`; header names are in lower case."""

    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() else default


@dataclass(frozen=True)
class Answer:
    """`file` instead of `body` where it is a file's bytes."""

    surface: Surface
    body: bytes = b""
    status: int = 200
    content_type: str = HTML_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    file: Path | None = None
    delivery: Delivery = Delivery.WHOLE


def as_json(surface: Surface, value: Any, status: int = 200) -> Answer:
    return Answer(surface, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), status, JSON_TYPE)


def redirect(surface: Surface, location: str, status: int = 302) -> Answer:
    return Answer(surface, b"", status, headers=(("Location", location),))


def bare_page(surface: Surface, status: int, text: str) -> Answer:
    """A page without any data, as front servers write them."""
    return Answer(surface, f"<!DOCTYPE html><html><body><h1>{text}</h1></body></html>".encode(), status)
