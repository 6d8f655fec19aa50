"""Files and messages: what makes sense of them is taken, the rest is told of, and nothing is taken twice."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests.library_items import DAY, FIRST, Stack, always, line, stack
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.library import uploads as module
from tokstack.library.bucket import Bucket, ChangedError
from tokstack.library.messages import Messages
from tokstack.library.uploads import Progress, Uploads

KEY = "uploads/library/ads 1.jsonl"
BAD = b'{"tiktokId": "x"}'
WHY = "tiktokId: Value error, is to be TikTok's id: digits, below 2^63."


@dataclass
class Place:
    """Where uploads come to, and what the library takes of them."""

    media: Bucket
    library: Stack
    s3: S3Client
    sent: list[Any] = field(default_factory=list)

    @property
    def uploads(self) -> Uploads:
        return Uploads(
            self.media, self.library.ingest, lambda message: self.sent.append(json.loads(json.dumps(message)))
        )

    @property
    def messages(self) -> Messages:
        return Messages(self.uploads, self.library.ingest)

    def upload(self, content: bytes, key: str = KEY) -> None:
        self.s3.put_object(Bucket=self.media.name, Key=key, Body=content)

    def beside(self, name: str, key: str = KEY) -> Any:
        found = self.media.read(f"{key}.{name}")
        return None if found is None else [json.loads(each) for each in found.splitlines()]

    def logged(self) -> list[int]:
        """The places of all items in the log."""
        batches = [self.library.log.read(name).items for name in self.library.log.names()]
        return sorted(int(each.tiktok_id) - FIRST for batch in batches for each in batch)


@pytest.fixture
def place(dynamodb: DynamoDBClient, clock: Clock) -> Place:
    s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")
    name = f"media-{uuid4().hex}"
    s3.create_bucket(Bucket=name)
    return Place(Bucket(s3, name), stack(dynamodb, clock, s3), s3)


def running_out(*before: float) -> Callable[[], float]:
    """Time is over after so many looks at the clock."""
    left: Iterator[float] = iter(before)
    return lambda: next(left, 0.0)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_is_taken_and_what_came_of_it_stands_beside_it(place: Place, *, zipped: bool) -> None:
    text = b"\n".join([line(0), BAD, b"", line(1), b"no"])
    place.upload(gzip.compress(text) if zipped else text)
    place.uploads.take(KEY, always(900))
    assert place.logged() == [0, 1]
    (result,) = place.beside("result.json")
    assert result.pop("receivedAt").endswith("+00:00")
    assert result == {"key": KEY, "lines": 5, "taken": 2, "rejected": 2, "rejectedKey": f"{KEY}.rejected.jsonl"}
    assert place.beside("rejected.jsonl") == [
        {"line": 2, "reason": WHY, "text": BAD.decode()},
        {"line": 5, "reason": "This is no JSON: Expecting value at character 1.", "text": "no"},
    ]
    assert place.sent == []


def test_the_same_event_twice_is_the_same_batch(place: Place) -> None:
    place.upload(line(0) + b"\n" + BAD)
    for _ in range(2):
        place.uploads.take(KEY, always(900))
    assert place.logged() == [0]
    assert len(place.beside("rejected.jsonl")) == 1


def test_what_an_earlier_upload_left_is_cleared_away(place: Place) -> None:
    place.upload(BAD)
    place.uploads.take(KEY, always(900))
    place.upload(line(0))
    place.uploads.take(KEY, always(900))
    assert (place.beside("rejected.jsonl"), place.beside("result.json")[0]["rejected"]) == (None, 0)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("repeated", [False, True])
def test_a_file_that_takes_longer_is_taken_by_and_by(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, zipped: bool, repeated: bool
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    text = b"\n".join([line(0), BAD, line(1), b"", b"no", line(2), line(3), line(4), b"{}"])
    place.upload(gzip.compress(text) if zipped else text)
    place.uploads.take(KEY, running_out(900))
    for _ in range(9):
        if not place.sent:
            break
        (message,) = place.sent
        place.sent.clear()
        for _ in range(2 if repeated else 1):  # the queue may deliver it again
            place.sent.clear()
            place.messages.take(json.dumps(message), DAY, running_out(900))
    assert set(place.logged()) == {0, 1, 2, 3, 4}
    (result,) = place.beside("result.json")
    assert (result["lines"], result["taken"], result["rejected"]) == (9, 5, 3)
    assert [each["line"] for each in place.beside("rejected.jsonl")] == [2, 5, 9]
    place.library.turn()
    assert len(place.library.shown()) == 5


def test_where_there_is_no_time_it_is_begun_by_a_message(place: Place) -> None:
    place.upload(line(0))
    place.uploads.take(KEY, always(10))
    assert (place.sent, place.logged()) == ([{"key": KEY}], [])
    place.messages.take(json.dumps(place.sent[0]), DAY, always(300))
    assert place.logged() == [0]


def test_rejections_without_end_are_counted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOLD", 3)
    place.upload(b"no\n" * 10)
    place.uploads.take(KEY, always(900))
    assert (len(place.beside("rejected.jsonl")), place.beside("result.json")[0]["rejected"]) == (3, 10)


@pytest.mark.parametrize(
    "key",
    [
        "uploads/library/gone.jsonl",
        f"{KEY}.result.json",
        f"{KEY}.rejected.jsonl",
        "uploads/library/folder/",
        "uploads/convert/mp3/ads.jsonl",
    ],
)
def test_what_is_no_upload_is_passed_over(place: Place, key: str) -> None:
    if "gone" not in key:
        place.upload(line(0), key)
    before = list(place.media.keys(""))
    place.uploads.take(key, always(900))
    assert (place.logged(), list(place.media.keys(""))) == ([], before)


def test_a_file_that_was_replaced_has_an_event_of_its_own(place: Place) -> None:
    place.upload(line(0))
    place.uploads.take(KEY, always(900), Progress(etag="another", gzip=False, lines=1, offset=5))
    assert (place.logged(), place.beside("result.json")) == ([], None)
    found = place.media.find(KEY)
    assert found
    place.upload(line(1) + b"x")
    with pytest.raises(ChangedError), place.media.pieces(found):
        pass


def test_an_empty_file_is_nothing(place: Place) -> None:
    place.upload(b"")
    place.uploads.take(KEY, always(900))
    assert place.beside("result.json")[0]["lines"] == 0


@pytest.mark.parametrize(
    "body",
    [
        (b"[" + line(0) + b", " + line(1) + b"]").decode(),
        (line(0) + b"\n" + line(1) + b"\n").decode(),
        json.dumps([json.loads(line(0)), json.loads(line(1))], indent=2),
    ],
)
def test_a_message_is_items(place: Place, body: str) -> None:
    for _ in range(2):  # it may come again
        place.messages.take(body, DAY, always(300))
    assert place.logged() == [0, 1]
    assert len(place.library.log.pending()) == 1


def test_a_single_item_may_be_written_over_several_lines(place: Place) -> None:
    place.messages.take(json.dumps(json.loads(line(0)), indent=2), DAY, always(300))
    assert place.logged() == [0]


def test_of_a_message_with_a_bad_line_the_good_are_taken_and_it_fails(place: Place) -> None:
    with pytest.raises(TokstackError) as failed:
        place.messages.take("\n".join([line(0).decode(), "no", "{}"]), DAY, always(300))
    assert failed.value.code is Code.VALIDATION_ERROR
    assert failed.value.message == "Line 2: This is no JSON: Expecting value at character 1. So it is with 1 more."
    assert place.logged() == [0]


def test_a_message_may_point_at_a_file(place: Place) -> None:
    place.upload(line(0))
    place.messages.take(json.dumps({"key": KEY, "bucket": place.media.name}), DAY, always(300))
    assert place.logged() == [0]


@pytest.mark.parametrize(
    "body",
    [
        {"key": KEY, "bucket": "another"},
        {"bucket": "another"},
        {"key": "source/secret"},
        {"key": "uploads/convert/mp3/x"},
        {"key": 5},
        {"key": KEY, "progress": {"etag": 5}},
        {"key": KEY, "also": 1},
        "\ud800",
    ],
)
def test_a_message_that_points_elsewhere_or_nowhere_fails(place: Place, body: Any) -> None:
    with pytest.raises(TokstackError) as failed:
        place.messages.take(body if isinstance(body, str) else json.dumps(body), DAY, always(300))
    assert failed.value.code is Code.VALIDATION_ERROR
