"""What is put into the bucket or the queue comes into the library and is found; what is no item is told of, beside it."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from mypy_boto3_s3 import S3Client
from mypy_boto3_sqs import SQSClient

from local.account import STACK
from tests.clouds import Stack
from tests.front_door import FrontDoor
from tests.media_calls import BUCKET, until
from tests.payloads import recorded

LIBRARY = "/v1/tiktok/library"
PREFIX = "uploads/library/"
ODD = "a b+c%20d é 日本 100% & 'q' #1?x=1.jsonl"
MEGABYTE = 1 << 20
TOLD = f"told{uuid4().hex[:8]}"  # a word that all items of this module say
NEWEST = "2026-11-20T08:00:00Z"

_ids = iter(Random().sample(range(6_100_000_000_000_000_000, 6_101_000_000_000_000_000), 10_000))


class Made(NamedTuple):
    """A line, and the id of the item that it is."""

    id: str
    text: bytes


def made(**said: Any) -> Made:
    name = str(next(_ids))
    item = {"tiktokId": name, "updatedAt": NEWEST, "content": {"description": f"{TOLD} something"}, **said}
    return Made(name, json.dumps(item, ensure_ascii=False).encode())


def text_of(items: Sequence[Made], end: bytes = b"\n") -> bytes:
    return b"".join(item.text + end for item in items)


@dataclass(frozen=True)
class File:
    """What is uploaded, the items that are in it, and what is said of its other lines by their numbers."""

    content: bytes
    items: Sequence[Made]
    rejected: Mapping[int, str] = field(default_factory=dict)


def plain(count: int = 3) -> list[Made]:
    return [made() for _ in range(count)]


def zipped() -> File:
    items = plain()
    return File(gzip.compress(text_of(items)), items)


def spread(end: bytes, before: bytes = b"") -> File:
    items = plain()
    return File(before + text_of(items, end), items)


def in_two() -> File:
    """Two files of gzip, one after the other."""
    items = plain(4)
    return File(gzip.compress(text_of(items[:2])) + gzip.compress(text_of(items[2:])), items)


def cut_short() -> File:
    """The end of the zipped file is missing, and with it that of a line."""
    items = [made(content={"description": f"{TOLD} {Random(at).randbytes(200).hex()}"}) for at in range(20)]
    whole = gzip.compress(text_of(items))
    return File(whole[: len(whole) * 3 // 4], items, {0: "ends before its end"})


def bomb() -> File:
    first = made()
    content = gzip.compress(first.text + b"\n" + b"0" * (100 * MEGABYTE))
    return File(content, [first], {2: "expands more than"})


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
    return File(b"\n".join(texts), items, {at: reason for at, (_, reason) in enumerate(lines, 1) if reason})


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
    "utf-16.jsonl": File(text_of(plain()).decode().encode("utf-16"), [], {1: "no UTF-8"}),
    "empty.jsonl": File(b"", []),
    "blank.jsonl": File(b"\n\n \n", []),
    "picture.jpeg": File(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(1000), [], {1: "no UTF-8"}),
    "page.html": File(b"<html>\n<body></body>\n</html>", [], {1: "no JSON", 2: "no JSON", 3: "no JSON"}),
    "array.jsonl": (lambda items: File(b"[" + b",".join(item.text for item in items) + b"]", items))(plain()),
}
SILENT = {  # nothing is told of these
    PREFIX: b"",
    f"{PREFIX}folder/": b"",
    f"{PREFIX}x.jsonl.result.json": b"{}",
    f"{PREFIX}x.jsonl.rejected.jsonl": text_of(plain(1)),
    "uploads/loose.jsonl": text_of(plain(1)),
    "uploads/library.jsonl": text_of(plain(1)),
}
PAYLOADS: Mapping[str, Sequence[str]] = {
    "item_list/post-item-list-2025-10.json": ["7513039993741397256"],
    "tikwm/user-posts-with-photo-2026-08.json": ["7656417069000314119", "7654183763471043847", "7644070339776924946"],
    "tikwm/challenge-posts-2022.json": ["6903138515253497089", "7023803446197292334", "6964490620589067525"],
    "research_api/videos-page-1.json": ["7320768196569599275", "7320768187275005226", "7320768169063435566"],
    "ad_library/ad-query.doc-example.json": ["1923845247192304"],
    "item_detail_photo/photo.composed.json": ["7231234675476532526"],
    "embed_shape/embed-v2-state.composed.json": ["7377599319744056584"],
    "player_items/items-video.composed.json": ["7670393762513718549"],
    "oembed/oembed-2026-09.json": ["7609111825233251598"],
}
VIEWS = {"7513039993741397256": 1_900_000, "7644070339776924946": 784_637, "6903138515253497089": 46_179_804}


@pytest.fixture(scope="module")
def s3(stack: Stack) -> Iterator[S3Client]:
    """With all of it uploaded."""
    with stack.client("s3") as s3:
        for key, content in SILENT.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        for name, file in FILES.items():
            s3.put_object(Bucket=BUCKET, Key=PREFIX + name, Body=file.content)
        yield s3


@dataclass(frozen=True)
class Queues:
    sqs: SQSClient
    taken: str
    dead: str

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.taken, MessageBody=body)


@pytest.fixture(scope="module")
def queues(stack: Stack) -> Iterator[Queues]:
    with stack.client("sqs") as sqs:
        taken, dead = (
            sqs.get_queue_url(QueueName=f"{STACK}-{name}")["QueueUrl"] for name in ("library", "library-dead")
        )
        yield Queues(sqs, taken, dead)


def stored(s3: S3Client, key: str) -> bytes | None:
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents", [])
    if key not in {each["Key"] for each in found}:
        return None
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def result_of(s3: S3Client, name: str) -> Any:
    """What is told beside an upload, once it is."""
    return json.loads(until(lambda: stored(s3, f"{PREFIX}{name}.result.json")))


def found(door: FrontDoor, fields: Mapping[str, Any]) -> set[str]:
    """The ids of all that is found."""
    ids: set[str] = set()
    page, pages = 1, 1
    while page <= pages:
        answer = door.ask(
            "POST",
            f"{LIBRARY}/query",
            {"authorization": f"Bearer {door.key}"},
            json={**fields, "limit": 50, "page": page},
        )
        assert answer.status_code == 200, answer.text
        ids.update(row["tiktokId"] for row in answer.json()["data"])
        page, pages = page + 1, answer.json()["pagination"]["totalPages"]
    return ids


def item(door: FrontDoor, name: str) -> Any:
    """None where it is not there."""
    answer = door.ask("GET", f"{LIBRARY}/{name}", {"authorization": f"Bearer {door.key}"})
    return answer.json()["data"] if answer.status_code == 200 else None


@pytest.mark.parametrize("name", FILES)
def test_what_came_of_an_upload_stands_beside_it(s3: S3Client, name: str) -> None:
    file, told = FILES[name], result_of(s3, name)
    assert told["key"] == PREFIX + name
    if name == "cut short.jsonl.gz":
        assert 0 < told["taken"] < len(file.items)
        (rejection,) = rejections(s3, told, {told["taken"] + 1: "ends before its end"}, count=told["rejected"])
        assert rejection["line"] == told["taken"] + 1
        return
    assert (told["taken"], told["rejected"]) == (len(file.items), len(file.rejected))
    rejections(s3, told, file.rejected)


def rejections(s3: S3Client, told: Any, reasons: Mapping[int, str], count: int | None = None) -> list[Any]:
    """Held to these, by their lines."""
    if not told["rejected"]:
        assert (told["rejectedKey"], stored(s3, f"{told['key']}.rejected.jsonl")) == (None, None)
        return []
    assert told["rejectedKey"] == f"{told['key']}.rejected.jsonl"
    lines = [json.loads(line) for line in (stored(s3, told["rejectedKey"]) or b"").splitlines()]
    assert len(lines) == told["rejected"]
    for line in lines:
        assert line.keys() == {"line", "reason", "text"}
        assert len(line["text"]) <= 200
    by_line = {line["line"]: line["reason"] for line in lines}
    assert by_line.keys() == reasons.keys()
    for number, reason in reasons.items():
        assert reason in by_line[number]
    return lines
