"""What is put into the bucket or the queue is found in the library; what is no item is told of beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from mypy_boto3_s3 import S3Client
from mypy_boto3_sqs import SQSClient

from local.account import STACK
from tests.clouds import Stack
from tests.front_door import FrontDoor
from tests.library_files import FILES, NEWEST, PREFIX, TOLD, Made, array_of, made, plain, text_of
from tests.media_calls import BUCKET, until
from tests.payloads import recorded

LIBRARY = "/v1/tiktok/library"
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


POISON = (
    *("no message", "[]]", "{}", '"text"', "7320768196569599275", '{"tiktokId": "0"}', "[" * 100_000),
    *('{"key": "result/secret"}', '{"key": "../uploads/library/x"}', '{"key": 7}', '{"bucket": "other"}'),
    '{"bucket": "other", "key": "uploads/library/x.jsonl"}',
    '{"key": "uploads/library/x.jsonl", "also": 1}',
)


@dataclass(frozen=True)
class Queues:
    sqs: SQSClient
    taken: str
    dead: str

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.taken, MessageBody=body)


@pytest.fixture(scope="module")
def queues(stack: Stack) -> Iterator[Queues]:
    """With what makes no sense on its way."""
    with stack.client("sqs") as sqs:
        taken, dead = (
            sqs.get_queue_url(QueueName=f"{STACK}-{name}")["QueueUrl"] for name in ("library", "library-dead")
        )
        made = Queues(sqs, taken, dead)
        for poison in POISON:
            made.send(poison)
        yield made


def stored(s3: S3Client, key: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None


def result_of(s3: S3Client, name: str) -> Any:
    """What is told beside an upload, once it is."""
    return json.loads(until(lambda: stored(s3, f"{PREFIX}{name}.result.json") or b""))


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
    assert (told["taken"], told["rejected"]) == (len(file.items), len(file.rejected))
    assert told["rejectedKey"] == (f"{told['key']}.rejected.jsonl" if file.rejected else None)
    written = stored(s3, f"{told['key']}.rejected.jsonl")
    assert (written is not None) == bool(file.rejected)
    lines = [json.loads(line) for line in (written or b"").splitlines()]
    assert [line["line"] for line in lines] == [number for number, _ in file.rejected]
    for line, (_, reason) in zip(lines, file.rejected, strict=True):
        assert reason in line["reason"]
        assert len(line["text"]) <= 200
        assert line.keys() == {"line", "reason", "text"}


def test_what_was_taken_is_found_and_nothing_else(s3: S3Client, door: FrontDoor) -> None:
    expected = {item.id for file in FILES.values() for item in file.items}
    until(lambda: found(door, {"search": TOLD}) >= expected)
    assert found(door, {"search": TOLD}) == expected
    assert found(door, {"search": f"{TOLD} ab"}) == {FILES["hostile.jsonl"].items[1].id}  # without NUL


def test_what_we_wrote_ourselves_or_lies_elsewhere_is_not_taken(s3: S3Client) -> None:
    for name in FILES:
        result_of(s3, name)
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="uploads/")["Contents"]
    told = {each["Key"] for each in listed if each["Key"].endswith((".result.json", ".rejected.jsonl"))}
    for key in SILENT:
        assert not {f"{key}.result.json", f"{key}.rejected.jsonl"} & told
    assert not [key for key in told if key.count(".result.json") + key.count(".rejected.jsonl") > 1]


def test_an_observation_is_taken_once_and_the_newest_counts(s3: S3Client, door: FrontDoor) -> None:
    """The same file again, and an older one, change nothing; what is newer does."""
    word = f"seen{uuid4().hex[:8]}"
    first = made(word, metrics={"views": 5}, type="ad", status="active")
    older = said_again(first, updatedAt="2026-11-01T08:00:00Z", metrics={"views": 1}, status="inactive")
    newer = said_again(first, updatedAt="2026-11-21T08:00:00Z", metrics={"views": 9}, status="inactive")
    received = upload(s3, "first.jsonl", first.text)["receivedAt"]
    for name, text in (("second.jsonl", first.text), ("older.jsonl", older), ("first.jsonl", first.text)):
        upload(s3, name, text)
    put_through(s3, door)
    told = item(door, first.id)
    assert (told["metrics"]["views"], told["status"], told["daysRunning"]) == (5, "active", 19)  # there since the 1st
    assert [moment(told[name]) for name in ("createdAt", "indexedAt")] == [moment(received)] * 2
    assert moment(told["updatedAt"]) == moment(NEWEST)
    again = upload(s3, "newer.jsonl", newer)["receivedAt"]
    put_through(s3, door)
    last = item(door, first.id)
    assert (last["metrics"]["views"], last["status"], last["daysRunning"]) == (9, "inactive", 19)
    assert [moment(last[name]) for name in ("createdAt", "indexedAt")] == [moment(received), moment(again)]
    until(lambda: found(door, {"search": word, "minViews": 9}))
    assert found(door, {"search": word}) == {first.id}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def upload(s3: S3Client, name: str, text: bytes) -> Any:
    """What is told of it, once it is taken."""
    s3.delete_object(Bucket=BUCKET, Key=f"{PREFIX}{name}.result.json")
    s3.put_object(Bucket=BUCKET, Key=PREFIX + name, Body=text)
    told = result_of(s3, name)
    assert told["taken"] == 1
    return told


def said_again(item: Made, **said: Any) -> bytes:
    return json.dumps({**json.loads(item.text), **said}).encode()


def put_through(s3: S3Client, door: FrontDoor) -> None:
    """Until all that was taken before is in the index that is read: what came last is found."""
    last = made(f"last{uuid4().hex[:8]}")
    upload(s3, "last.jsonl", last.text)
    until(lambda: item(door, last.id))


@pytest.mark.parametrize("name", PAYLOADS)
def test_what_an_upstream_answered_is_taken(s3: S3Client, door: FrontDoor, name: str) -> None:
    """As it came, on one line."""
    key = f"payloads/{name}"
    s3.put_object(Bucket=BUCKET, Key=PREFIX + key, Body=json.dumps(recorded(name)).encode())
    told = result_of(s3, key)
    assert told["rejected"] == 0
    assert told["taken"] >= len(PAYLOADS[name])


def test_what_upstreams_answered_is_found(s3: S3Client, door: FrontDoor) -> None:
    for name, ids in PAYLOADS.items():
        assert recorded(name)
        for each in ids:
            told = until(lambda each=each: item(door, each))  # type: ignore[misc]
            assert told["metrics"]["views"] == VIEWS.get(each, told["metrics"]["views"])
    photo, ad = item(door, "7231234675476532526"), item(door, "1923845247192304")
    assert (photo["media"]["type"], photo["type"]) == ("carousel", "organic")
    assert (ad["type"], ad["status"], ad["source"]["sourceType"]) == ("ad", "active", "ad_library")


# --------------------------------------------------------------------------------------------------- queue
QUEUED = f"queued{uuid4().hex[:8]}"
LARGE = 250_000  # bytes of a message


def queued(**said: Any) -> Made:
    return made(QUEUED, **said)


def large() -> list[Made]:
    """As many as a message holds."""
    padded = {"profile": {"bio": "x" * 5_000}}
    size = len(queued(**padded).text) + 1
    return [queued(**padded) for _ in range(LARGE // size)]


def test_what_is_sent_is_found(s3: S3Client, door: FrontDoor, queues: Queues) -> None:
    """An item, some of them, files by their keys, and ten large messages; each of them twice."""
    one, array, lines, spoilt = queued(), [queued(), queued()], [queued(), queued()], queued()
    batch = [large() for _ in range(10)]
    pointed = [queued(), queued()]
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}pointed {QUEUED}.jsonl", Body=text_of(pointed))
    for _ in range(2):
        queues.send(one.text.decode())
        queues.send(array_of(array).decode())
        queues.send(text_of(lines).decode())
        queues.send(json.dumps({"key": f"{PREFIX}pointed {QUEUED}.jsonl"}))
        queues.send(json.dumps({"bucket": BUCKET, "key": f"{PREFIX}pointed {QUEUED}.jsonl"}))
        for items in batch:
            queues.send(text_of(items).decode())
    queues.send((spoilt.text + b"\n{}\n").decode())
    expected = {each.id for items in (*batch, array, lines, pointed, [one, spoilt]) for each in items}
    until(lambda: found(door, {"search": QUEUED}) >= expected)
    assert found(door, {"search": QUEUED}) == expected


def test_a_file_that_is_pointed_at_is_taken(s3: S3Client, queues: Queues) -> None:
    """Also one that was taken before."""
    name = f"again {uuid4().hex}.jsonl"
    upload(s3, name, made(QUEUED).text)
    s3.delete_object(Bucket=BUCKET, Key=f"{PREFIX}{name}.result.json")
    queues.send(json.dumps({"key": PREFIX + name}))
    assert result_of(s3, name)["taken"] == 1


def test_what_makes_no_sense_is_set_aside(queues: Queues) -> None:
    """After it was tried as often as others, and without holding these up."""
    aside: set[str] = set()

    def look() -> bool:
        messages = queues.sqs.receive_message(QueueUrl=queues.dead, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            aside.add(message["Body"])
            queues.sqs.delete_message(QueueUrl=queues.dead, ReceiptHandle=message["ReceiptHandle"])
        return set(POISON) <= aside

    until(look)
