"""Files that go into storage while they are written, on moto; and that ffmpeg writes so that this may be."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.s3 import models
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.conversions import sample
from tokstack.errors import Code, TokstackError
from tokstack.media import growing, storage
from tokstack.media.ffmpeg.convert import convert
from tokstack.media.ffmpeg.material import Converted, Limits, Recording
from tokstack.media.formats import Format, Options
from tokstack.media.growing import Growing
from tokstack.media.storage import Storage

KEY = "result/one.wav"
PART = 16 << 10
BODY = bytes(range(256)) * (PART // 256) * 3 + b"the end"
WAIT = 20  # seconds, for what comes at once


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """With small parts."""
    for module in (storage, growing):
        monkeypatch.setattr(module, "PART_BYTES", PART)
    monkeypatch.setattr(models, "S3_UPLOAD_PART_MIN_SIZE", PART)
    with mock_aws():
        yield buckets.client()


@pytest.fixture
def store(client: S3Client, bucket: str) -> Storage:
    return Storage(client, bucket)


class Parts:
    """The numbers of the parts that were uploaded, in their order."""

    def __init__(self, client: S3Client) -> None:
        self.numbers: list[int] = []
        self._came = threading.Condition()
        client.meta.events.register("after-call.s3.UploadPart", self._note)
        client.meta.events.register("provide-client-params.s3.UploadPart", self._number)
        self._begun: list[int] = []

    def wait_for(self, count: int) -> None:
        with self._came:
            assert self._came.wait_for(lambda: len(self.numbers) >= count, WAIT)

    def _number(self, params: dict[str, Any], **_: object) -> None:
        self._begun.append(params["PartNumber"])

    def _note(self, **_: object) -> None:
        with self._came:
            self.numbers = [*self._begun]
            self._came.notify_all()


def left(client: S3Client, bucket: str) -> list[str]:
    """What is stored, and what has been begun."""
    stored = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    begun = client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return [*(each["Key"] for each in stored), *(f"begun {each['Key']}" for each in begun)]


def test_a_file_goes_while_it_is_written_and_its_head_when_it_is_right(
    store: Storage, client: S3Client, bucket: str, tmp_path: Path
) -> None:
    parts, path = Parts(client), tmp_path / "file"
    with Growing(store, KEY, "audio/wav") as result:
        with result.follow(path), path.open("wb", buffering=0) as file:
            file.write(b"?" * 10 + BODY[10 : 3 * PART])
            parts.wait_for(2)
            assert sorted(parts.numbers) == [2, 3]
            assert left(client, bucket) == [f"begun {KEY}"]
            file.write(BODY[3 * PART :])
            file.seek(0)
            file.write(BODY[:10])
        assert store.find(KEY) is None
        result.finish(path)
        assert store.read(KEY) == BODY
    assert sorted(parts.numbers) == [1, 2, 3, 4]
    assert store.find(KEY) == storage.Stored(KEY, "audio/wav", len(BODY))
    assert left(client, bucket) == [KEY]


@pytest.mark.parametrize("size", [0, 10, PART, 2 * PART - 1, 2 * PART, 2 * PART + 1, 3 * PART])
def test_a_file_of_any_size_is_stored_whole(store: Storage, size: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with Growing(store, KEY, "audio/wav") as result:
        with result.follow(path):
            path.write_bytes(BODY[:size])
        result.finish(path)
    assert store.read(KEY) == BODY[:size]


def test_a_file_that_was_not_followed_is_stored_too(store: Storage, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BODY)
    with Growing(store, KEY, "video/mp4") as result:
        result.finish(tmp_path / "file")
    assert store.read(KEY) == BODY


def test_what_is_no_good_leaves_nothing(store: Storage, client: S3Client, bucket: str, tmp_path: Path) -> None:
    parts, path = Parts(client), tmp_path / "file"

    def break_off() -> None:
        with Growing(store, KEY, "audio/wav") as result, result.follow(path):
            path.write_bytes(BODY)
            parts.wait_for(1)
            raise EOFError

    with pytest.raises(EOFError):
        break_off()
    assert left(client, bucket) == []
    with Growing(store, KEY, "audio/wav") as result, result.follow(path):
        path.write_bytes(BODY)
    assert left(client, bucket) == []


def test_what_is_taken_away_leaves_nothing(store: Storage, client: S3Client, bucket: str, tmp_path: Path) -> None:
    parts, path = Parts(client), tmp_path / "file"
    with Growing(store, KEY, "audio/wav") as result:
        with result.follow(path):
            path.write_bytes(BODY)
            parts.wait_for(1)
            path.unlink()
        with pytest.raises(FileNotFoundError):
            result.finish(path)
    assert left(client, bucket) == []


def test_a_second_way_begins_anew(store: Storage, client: S3Client, bucket: str, tmp_path: Path) -> None:
    parts, path = Parts(client), tmp_path / "file"
    with Growing(store, KEY, "audio/wav") as result:
        with result.follow(path):
            path.write_bytes(b"?" * len(BODY))
            parts.wait_for(1)
        with result.follow(path):
            assert left(client, bucket) == []
            path.write_bytes(BODY)
        result.finish(path)
    assert store.read(KEY) == BODY


def test_what_is_there_already_stays(store: Storage, client: S3Client, bucket: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with Growing(store, KEY, "audio/wav") as result:
        with result.follow(path):
            path.write_bytes(BODY)
        store.write(KEY, b"first", "audio/wav")
        result.finish(path)
    assert store.read(KEY) == b"first"
    assert left(client, bucket) == [KEY]


def test_a_fault_of_storage_is_told_at_the_end(client: S3Client, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with Growing(Storage(client, "another"), KEY, "audio/wav") as result:
        with result.follow(path):
            path.write_bytes(BODY)
        with pytest.raises(TokstackError) as caught:
            result.finish(path)
    assert caught.value.code is Code.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("to", [Format.MP3, Format.WAV, Format.GIF, Format.MP4])
def test_what_ffmpeg_writes_is_what_is_stored(to: Format, store: Storage, client: S3Client, tmp_path: Path) -> None:
    """Also where it changes what it wrote: only in the first part, or it is not followed."""
    parts, followed = Parts(client), list[str]()

    def writing(path: Path) -> AbstractContextManager[None]:
        followed.append(path.name)
        return result.follow(path)

    recording = Recording(sample("counter/h264-540.mp4"))
    options = Options(end_time=0.5) if to is Format.GIF else Options(audio_quality=320)
    with Growing(store, KEY, to.media_type) as result:
        made = convert(recording, to, options, Limits(), tmp_path, writing=writing, seconds=60)
        assert isinstance(made, Converted)
        result.finish(made.path)
    assert store.read(KEY) == made.path.read_bytes()
    assert followed == ([] if to is Format.MP4 else [made.path.name])
    assert len(parts.numbers) == -(-made.path.stat().st_size // PART)
    assert len(parts.numbers) > 2
