"""What is put into the bucket to be converted, from the event to what lies beside it."""

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets, functions
from tests.jobs import AWAY, DELETED, World
from tokstack.api import uploads as module
from tokstack.api.uploads import Uploads
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.job import Job, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Kind, Site
from tokstack.media.formats import Format, Options
from tokstack.media.storage import Storage
from tokstack.table import Table

EVENT = functions.sample("uploads")
KEY = "uploads/convert/mp3/memo.m4a"
MAX_BYTES = 100


@dataclass
class Bucket(World):
    """The bucket, and the function that is told of what is put there."""

    client: S3Client | None = None

    def put(self, key: str = KEY, content: bytes = b"a memo", options: str | None = None) -> None:
        assert self.client
        metadata = {} if options is None else {"options": options}
        self.client.put_object(Bucket=self.storage.bucket, Key=key, Body=content, Metadata=metadata)

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.table, self.storage, self.starter, self.finisher, MAX_BYTES)

    def take(self, key: str = KEY) -> Job | None:
        """The job of the upload, where there is one."""
        before = len(self.launched)
        self.uploads.take(key)
        return store.find(self.table, self.launched[-1]) if len(self.launched) > before else None

    def started(self, key: str = KEY) -> Job:
        job = self.take(key)
        assert job
        return job

    def keys(self) -> list[str]:
        assert self.client
        found = self.client.list_objects_v2(Bucket=self.storage.bucket).get("Contents", [])
        return [each["Key"] for each in found]

    def beside(self, ending: str = "error", key: str = KEY) -> Any:
        told = self.storage.find(f"{key}.{ending}.json")
        return json.loads(self.storage.read(told.key)) if told else None


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def bucket(table: Table, s3: S3Client) -> Bucket:
    return Bucket(table, Storage(s3, buckets.emptied(s3)), client=s3)


def test_an_upload_is_converted_at_no_cost(bucket: Bucket) -> None:
    bucket.put()
    job = bucket.started()
    assert (job.work.kind, job.work.format, job.work.options) == (Kind.CONVERT, Format.MP3, Options())
    assert (job.work.subject.site, job.work.subject.address) == (Site.UPLOAD, KEY)
    assert (job.credits, job.accounts, job.status) == (0, frozenset(), Status.QUEUED)
    assert bucket.keys() == [KEY]


def test_its_options_stand_in_its_metadata(bucket: Bucket) -> None:
    bucket.put(options='{"start_time": 1, "audio_quality": "64", "video_quality": "720"}')
    assert bucket.started().work.options == Options(start_time=1, audio_quality=64)


@pytest.mark.parametrize(
    "name",
    [
        "memo.m4a",
        "Voice memo (1).m4a",
        "one+one=two.m4a",
        "100%25 sure.m4a",
        "Größe – 🍮.m4a",
        "a/b//c.m4a",
        "line\nbreak.m4a",
        "no extension",
        ".result.jsonx",
        "&?#'\"<>\\.m4a",
    ],
)
def test_any_name_comes_through_the_event(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    key = f"uploads/convert/mp3/{name}"
    bucket.put(key)
    run([key], bucket, monkeypatch)
    (job_id,) = bucket.launched
    job = store.find(bucket.table, job_id)
    assert job
    assert job.work.subject.address == key


def run(keys: list[str], bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function, told as S3 tells it: the keys are escaped as in a form."""
    (record,) = EVENT["Records"]
    records = [
        {**record, "s3": {**record["s3"], "object": {**record["s3"]["object"], "key": quote_plus(key)}}} for key in keys
    ]
    monkeypatch.setattr(module, "uploads", lambda: bucket.uploads)
    assert functions.run("uploads", {"Records": records}) is None


def test_the_sample_event_is_escaped_as_s3_does(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "uploads/convert/mp3/Voice memo (1).m4a"
    assert EVENT["Records"][0]["s3"]["object"]["key"] == quote_plus(key, safe="/")
    bucket.put(key)
    run([key, key], bucket, monkeypatch)
    assert len(set(bucket.launched)) == 1


@pytest.mark.parametrize(
    "key",
    [
        f"{KEY}.result.json",
        f"{KEY}.error.json",
        f"{KEY}.error.json.result.json",
        "uploads/convert/mp3/",
        "uploads/convert/mp3",
        "uploads/convert/",
        "uploads/convert//memo.m4a",
        "uploads/other/mp3/memo.m4a",
        "other/uploads/convert/mp3/memo.m4a",
        "source/tiktok/1/video",
        "result/1.mp3",
    ],
)
def test_what_is_no_upload_is_passed_over(bucket: Bucket, key: str) -> None:
    bucket.put(key)
    assert bucket.take(key) is None
    assert bucket.keys() == [key]


def test_what_is_written_beside_begins_nothing(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or it would go round and round."""
    bucket.put("uploads/convert/ogg/memo.m4a")
    for _ in range(3):
        run(bucket.keys(), bucket, monkeypatch)
    assert bucket.launched == []
    assert bucket.keys() == ["uploads/convert/ogg/memo.m4a", "uploads/convert/ogg/memo.m4a.error.json"]


def test_a_folder_is_no_upload(bucket: Bucket) -> None:
    bucket.put("uploads/convert/mp3/memos/", b"")
    assert bucket.take("uploads/convert/mp3/memos/") is None
    assert bucket.keys() == ["uploads/convert/mp3/memos/"]


def test_what_is_gone_by_now_is_passed_over(bucket: Bucket) -> None:
    assert bucket.take() is None
    assert bucket.keys() == []


@pytest.mark.parametrize(
    ("key", "content", "options", "code"),
    [
        (KEY, b"", None, Code.UNSUPPORTED_MEDIA),
        (KEY, bytes(MAX_BYTES + 1), None, Code.MEDIA_TOO_LARGE),
        ("uploads/convert/ogg/memo.m4a", b"a memo", None, Code.VALIDATION_ERROR),
        ("uploads/convert/MP3/memo.m4a", b"a memo", None, Code.VALIDATION_ERROR),
        ("uploads/convert/mp3 /memo.m4a", b"a memo", None, Code.VALIDATION_ERROR),
        (KEY, b"a memo", "no JSON", Code.VALIDATION_ERROR),
        (KEY, b"a memo", "[]", Code.VALIDATION_ERROR),
        (KEY, b"a memo", '{"start_time": -1}', Code.VALIDATION_ERROR),
        (KEY, b"a memo", '{"end_time": 1, "start_time": 1}', Code.VALIDATION_ERROR),
        (KEY, b"a memo", '{"unknown": 1}', Code.VALIDATION_ERROR),
    ],
)
def test_what_cannot_be_converted_is_told_beside_it(
    bucket: Bucket, key: str, content: bytes, options: str | None, code: Code
) -> None:
    bucket.put(key, content, options)
    for _ in range(2):
        assert bucket.take(key) is None
    told = bucket.beside(key=key)
    assert told.pop("error")["code"] == code
    subject = told.pop("subject")
    assert (subject["site"], subject["address"]) == ("upload", key)
    assert told == {"id": None, "kind": "convert", "status": "failed", "accounts": [], "result": None}
    assert bucket.announced == []


def test_the_largest_upload_is_taken(bucket: Bucket) -> None:
    bucket.put(content=bytes(MAX_BYTES))
    bucket.started()


def test_an_event_that_comes_twice_is_one_job(bucket: Bucket) -> None:
    bucket.put()
    job = bucket.started()
    assert bucket.started().id == job.id  # begun again, lest the first was lost before
    store.begin(bucket.table, job, Plan("memo"))
    assert bucket.take() is None


@pytest.mark.parametrize("success", [True, False])
def test_an_event_that_comes_late_hears_the_outcome_again(bucket: Bucket, *, success: bool) -> None:
    bucket.put()
    job = bucket.started()
    if success:
        bucket.store(job.work.result_key)
        bucket.finisher.finish(job.id)
    else:
        bucket.finisher.fail(job.id, DELETED)
    ending, other = ("result", "error") if success else ("error", "result")
    bucket.storage.delete(f"{KEY}.{ending}.json")
    assert bucket.take() is None
    assert bucket.beside(ending)["id"] == job.id
    assert bucket.beside(other) is None
    assert len(bucket.launched) == 1


def test_the_same_name_again_is_another_upload(bucket: Bucket) -> None:
    bucket.put()
    first = bucket.started()
    bucket.finisher.fail(first.id, DELETED)
    assert bucket.beside()["id"] == first.id
    bucket.put(content=b"another memo")
    second = bucket.started()
    assert second.work.subject.id != first.work.subject.id
    bucket.store(second.work.result_key)
    bucket.finisher.finish(second.id)
    assert bucket.beside() is None
    assert bucket.beside("result")["subject"]["id"] == second.work.subject.id
    bucket.put(content=b"")
    assert bucket.take() is None
    assert bucket.beside("result") is None
    assert bucket.beside()["error"]["code"] == "unsupported_media"


@pytest.mark.parametrize("change", ["etag", "modified_at", "key"])
def test_another_content_time_or_name_makes_another_upload(bucket: Bucket, change: str) -> None:
    bucket.put()
    uploaded = bucket.storage.uploaded(KEY)
    assert uploaded
    changed = SimpleNamespace(key=uploaded.key, etag=uploaded.etag, modified_at=uploaded.modified_at)
    same: Any = SimpleNamespace(**vars(changed))
    setattr(changed, change, getattr(changed, change) * 2)
    other: Any = changed
    assert module._id(same) == module._id(uploaded) != module._id(other)


def test_a_machine_that_cannot_be_begun_is_tried_again_by_the_next_event(bucket: Bucket) -> None:
    bucket.put()
    bucket.launch_fails = AWAY
    with pytest.raises(TokstackError) as caught:
        bucket.take()
    assert caught.value.code is Code.SERVICE_UNAVAILABLE
    bucket.launch_fails = None
    job = bucket.started()
    assert (job.attempt, job.status) == (2, Status.QUEUED)
    assert bucket.beside() is None
