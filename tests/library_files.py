"""Files of items, good and hostile, as people upload them, with what is to come of each."""

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple
from uuid import uuid4

PREFIX = "uploads/library/"
ODD = "a b+c%20d é 日本 100% & 'q' #1?x=1.jsonl"
MEGABYTE = 1 << 20
TOLD = f"told{uuid4().hex[:8]}"  # a word that all of these items say
NEWEST = "2026-11-20T08:00:00Z"

_ids = iter(Random().sample(range(6_100_000_000_000_000_000, 6_101_000_000_000_000_000), 10_000))


class Made(NamedTuple):
    """A line, and the id of the item that it is."""

    id: str
    text: bytes


def made(word: str = TOLD, **said: Any) -> Made:
    name = str(next(_ids))
    item = {"tiktokId": name, "updatedAt": NEWEST, "content": {"description": f"{word} something"}, **said}
    return Made(name, json.dumps(item, ensure_ascii=False).encode())


def text_of(items: Sequence[Made], end: bytes = b"\n") -> bytes:
    return b"".join(item.text + end for item in items)


@dataclass(frozen=True)
class File:
    """What is uploaded, the items that are in it, and what is said of its other lines, with their numbers."""

    content: bytes
    items: Sequence[Made]
    rejected: Sequence[tuple[int, str]] = ()


def plain(count: int = 3) -> list[Made]:
    return [made() for _ in range(count)]


def zipped() -> File:
    items = plain()
    return File(gzip.compress(text_of(items)), items)


def spread(end: bytes, before: bytes = b"") -> File:
    items = plain()
    return File(before + text_of(items, end), items)


def array() -> File:
    items = plain()
    return File(array_of(items), items)


def array_of(items: Sequence[Made]) -> bytes:
    return b"[" + b",".join(item.text for item in items) + b"]"


def in_two() -> File:
    """Two files of gzip, one after the other."""
    items = plain(4)
    return File(gzip.compress(text_of(items[:2])) + gzip.compress(text_of(items[2:])), items)


def cut_short() -> File:
    """The end of the zipped file is missing, in the midst of a line."""
    items = [made(content={"description": f"{TOLD} {Random(at).randbytes(200).hex()}"}) for at in range(20)]
    zipped = gzip.compress(text_of(items))
    content = zipped[: len(zipped) * 3 // 4]
    left = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content).count(b"\n")
    assert 0 < left < len(items)
    return File(content, items[:left], [(left + 1, "no JSON"), (left + 1, "ends before its end")])


def bomb() -> File:
    first = made()
    content = gzip.compress(first.text + b"\n" + b"0" * (66 * MEGABYTE), 1)
    return File(content, [first], [(2, "at most 1048576 bytes"), (2, "expands more than")])


def hostile() -> File:
    """Whatever a line may be, the next one is taken."""
    first, nul, half, last = made(), made(content={"description": f"{TOLD} a\0b"}), made(), made()
    half = Made(half.id, half.text.replace(b"something", b"\\ud83d"))
    item = b'{"tiktokId": "%d", ' % next(_ids)
    lines: Sequence[tuple[Made | bytes, str]] = (
        (first, ""),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (item + b'"content": {"description": "' + b"x" * (20 * MEGABYTE) + b'"}}', "at most 1048576 bytes"),
        (nul, ""),
        (item + b'"content": {"description": "\xff\xfe"}}', "no UTF-8"),
        (item + b'"type": "ad", "type": "organic"}', '"type" twice'),
        (item + b'"metrics": {"views": 1, "views": 2}}', '"views" twice'),
        (item + b'"metrics": {"views": NaN}}', "NaN is no number"),
        (item + b'"metrics": {"views": -Infinity}}', "-Infinity is no number"),
        (item + b'"metrics": {"views": 1' + b"0" * 5000 + b"}}", "more digits"),
        (item + b'"metrics": {"views": -1}}', "metrics.views"),
        (item + b'"metrics": {"views": 1e30}}', "metrics.views"),
        (item + b'"metrics": {"views": "many"}}', "metrics.views"),
        (item + b'"publishedAt": "2026-02-30"}', "publishedAt"),
        (item + b'"type": "advert"}', "type"),
        (item + b'"content": {"description": "' + b"x" * 10_001 + b'"}}', "content.description"),
        (item, "no JSON"),
        (b"", ""),
        (half, ""),
        (b"   \t", ""),
        (b'"a text"', "neither an item"),
        (b"7320768196569599275", "neither an item"),
        (b"{}", "neither an item"),
        (b"null", "neither an item"),
        (b'{"tiktokId": "0"}', "tiktokId"),
        (b'{"tiktokId": "9223372036854775808"}', "tiktokId"),
        (b'{"tiktokId": true}', "tiktokId"),
        (b'{"tiktokId": "1; DROP TABLE items"}', "tiktokId"),
        (b'{"id": "tiktok_abc"}', "tiktokId"),
        (b"\0\0\0", "no JSON"),
        (b"<item/>", "no JSON"),
        (last, ""),
    )
    texts = [line.text if isinstance(line, Made) else line for line, _ in lines]
    items = [line for line, _ in lines if isinstance(line, Made)]
    return File(b"\n".join(texts), items, [(at, reason) for at, (_, reason) in enumerate(lines, 1) if reason])


FILES: Mapping[str, File] = {
    "plain.jsonl": spread(b"\n"),
    "zipped.jsonl.gz": zipped(),
    "zipped, and not called so": zipped(),
    "plain, and called otherwise.gz": spread(b"\n"),
    ODD: spread(b"\n"),
    "deeper/and deeper/items.jsonl": spread(b"\n"),
    "windows.jsonl": spread(b"\r\n"),
    "marked.jsonl": spread(b"\n", b"\xef\xbb\xbf"),
    "two in one.jsonl.gz": in_two(),
    "result.json.jsonl": spread(b"\n"),
    "hostile.jsonl": hostile(),
    "cut short.jsonl.gz": cut_short(),
    "bomb.jsonl.gz": bomb(),
    "utf-16.jsonl": File(text_of(plain()).decode().encode("utf-16"), [], [(1, "no UTF-8")]),
    "empty.jsonl": File(b"", []),
    "blank.jsonl": File(b"\n\n \n", []),
    "picture.jpeg": File(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(1000), [], [(1, "no UTF-8")]),
    "page.html": File(b"<html>\n<body></body>\n</html>", [], [(1, "no JSON"), (2, "no JSON"), (3, "no JSON")]),
    "array.jsonl": array(),
}
