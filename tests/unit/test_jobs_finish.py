"""A job's outcome: looked for in storage, written down once, and told at least once."""

import json
from dataclasses import replace
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.jobs import AWAY, DELETED, PAGE, PLAN, POST, SECRET, UPLOAD, World, conversion, download, job, outcomes
from tests.tables import Clock
from tokstack.accounts import credits
from tokstack.errors import Code, TokstackError
from tokstack.jobs import finish, machine, store
from tokstack.jobs.errors import FinalError, PassingError
from tokstack.jobs.finish import tell_beside
from tokstack.jobs.job import Job, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Work
from tokstack.media import tokens
from tokstack.media.item import Item
from tokstack.media.source import Source
from tokstack.media.storage import Storage
from tokstack.table import Table

GOOD, BAD = f"{UPLOAD.address}.result.json", f"{UPLOAD.address}.error.json"


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def world(table: Table, s3: S3Client) -> World:
    credits.grant(table, "acme", 10)
    return World(table, Storage(s3, buckets.emptied(s3)))


def kept(world: World, work: Work | None = None, plan: Plan = PLAN, account: str = "acme") -> Job:
    made = job(world.table, work, account=account)
    assert store.create(world.table, made)
    store.begin(world.table, made, plan)
    return made


def found(world: World, one: Job) -> Job:
    known = store.find(world.table, one.id)
    assert known
    return known


def beside(world: World, key: str) -> Any:
    return json.loads(world.storage.read(key)) if world.storage.find(key) else None


def test_a_result_that_is_stored_is_a_success(world: World) -> None:
    one = kept(world)
    world.store(one.work.result_key)
    for _ in range(2):
        world.finisher.finish(one.id)
    ended = found(world, one)
    assert ended.status is Status.SUCCEEDED
    assert ended.result
    assert (ended.result.key, ended.result.media_type, ended.result.size) == (one.work.result_key, "audio/mpeg", 5)
    assert world.announced == [(one.id, Status.SUCCEEDED)] * 2
    assert outcomes(world.table) == ["settled_at"]


def test_a_result_that_is_not_there_is_no_success(world: World) -> None:
    one = kept(world)
    with pytest.raises(TokstackError) as caught:
        world.finisher.finish(one.id)
    assert caught.value.code is Code.INTERNAL_ERROR
    assert found(world, one).status is Status.RUNNING
    assert world.announced == []


def test_a_failure_is_told_and_paid_back(world: World) -> None:
    one = kept(world)
    for _ in range(2):
        ended = world.finisher.fail(one.id, DELETED)
        assert ended.status is Status.FAILED
        assert ended.accounts == {"acme"}
    assert world.announced == [(one.id, Status.FAILED)] * 2
    assert outcomes(world.table) == ["refunded_at"]


def test_the_first_outcome_is_what_is_told(world: World) -> None:
    one = kept(world)
    world.finisher.fail(one.id, DELETED)
    world.store(one.work.result_key)
    world.finisher.finish(one.id)
    assert world.announced == [(one.id, Status.FAILED)] * 2


def test_what_could_not_be_told_is_told_by_the_next_try(world: World) -> None:
    one = kept(world)
    world.store(one.work.result_key)
    world.announce_fails = AWAY
    with pytest.raises(TokstackError):
        world.finisher.finish(one.id)
    assert found(world, one).status is Status.SUCCEEDED
    world.announce_fails = None
    world.finisher.finish(one.id)
    assert world.announced == [(one.id, Status.SUCCEEDED)]


@pytest.mark.parametrize("way", ["finish", "fail"])
def test_a_job_that_nobody_knows(world: World, way: str) -> None:
    unknown = "0" * 40 + "-1"
    with pytest.raises(TokstackError) as caught:
        world.finisher.finish(unknown) if way == "finish" else world.finisher.fail(unknown, DELETED)
    assert caught.value.code is Code.JOB_NOT_FOUND


def test_a_download_s_result_tells_of_its_files(world: World) -> None:
    one = kept(world, download())
    world.finisher.finish(one.id)
    said = beside(world, one.work.result_key)
    (item,) = said.pop("items")
    assert said == {"success": True}
    link = item.pop("url")
    assert item == {
        "type": "video",
        "thumbnail": "https://p16.example/cover.jpeg",
        "mime_type": "video/mp4",
        "site": "tiktok",
        "title": "A title",
    }
    assert link.startswith("https://api.example/media/")
    named = tokens.verify(link.rpartition("/")[2], now=world.table.now(), secret=SECRET)
    assert named == Source("tiktok", POST.id, "video")
    ended = found(world, one)
    assert ended.result
    assert ended.result.media_type == "application/json"


def test_a_page_s_links_lead_to_the_page(world: World) -> None:
    files = tuple(Item(f"item-{at}", "video", "video/mp4", "films.example") for at in (1, 2))
    one = kept(world, download(PAGE), Plan("A film", files))
    world.finisher.finish(one.id)
    items = beside(world, one.work.result_key)["items"]
    named = [tokens.verify(item["url"].rpartition("/")[2], now=world.table.now(), secret=SECRET) for item in items]
    assert named == [Source("web", PAGE.id, "item-1"), Source("web", PAGE.id, "item-2")]
    assert [(item["title"], item["thumbnail"], item["site"]) for item in items] == [(None, None, "films.example")] * 2


def test_a_download_that_failed_leaves_no_result(world: World) -> None:
    one = kept(world, download())
    world.finisher.fail(one.id, DELETED)
    with pytest.raises(TokstackError):
        world.finisher.finish(one.id)
    assert world.storage.find(one.work.result_key) is None


def test_an_upload_s_outcome_lies_beside_it(world: World) -> None:
    one = kept(world, conversion(UPLOAD), Plan("a memo"), account="")
    world.store(one.work.result_key)
    world.finisher.finish(one.id)
    assert beside(world, GOOD) == {
        "id": one.id,
        "kind": "convert",
        "status": "succeeded",
        "accounts": [],
        "subject": {"site": "upload", "id": UPLOAD.id, "address": UPLOAD.address},
        "result": {
            "bucket": world.storage.bucket,
            "key": one.work.result_key,
            "mediaType": "audio/mpeg",
            "bytes": 5,
        },
        "error": None,
    }
    assert beside(world, BAD) is None


def test_what_an_earlier_upload_left_is_replaced(world: World) -> None:
    first = kept(world, conversion(UPLOAD), account="")
    world.finisher.fail(first.id, DELETED)
    assert beside(world, BAD)["error"] == {"code": "post_deleted", "message": "This post was deleted."}
    assert beside(world, GOOD) is None
    second = kept(world, conversion(replace(UPLOAD, id="cd" * 20)), account="")
    world.store(second.work.result_key)
    world.finisher.finish(second.id)
    assert beside(world, GOOD)["subject"]["id"] == "cd" * 20
    assert beside(world, BAD) is None
    world.finisher.fail(first.id, DELETED)
    assert beside(world, GOOD) is None


def test_what_lies_beside_is_for_people_too(world: World) -> None:
    tell_beside(world.storage, "uploads/convert/mp3/Größe 🍮", {"error": {"message": "Größe 🍮"}})
    assert "Größe 🍮".encode() in world.storage.read("uploads/convert/mp3/Größe 🍮.error.json")


def test_the_sweep_ends_what_nobody_is_at(world: World, clock: Clock) -> None:
    lost = [kept(world), kept(world, conversion(UPLOAD), account="")]
    clock.now += 1800
    young = kept(world, download())
    clock.now += 1801
    assert world.finisher.sweep() == 2
    assert world.finisher.sweep() == 0
    for one in lost:
        ended = found(world, one)
        assert ended.error
        assert (ended.status, ended.error.code) == (Status.FAILED, Code.UPSTREAM_TIMEOUT)
    assert found(world, young).status is Status.RUNNING
    assert sorted(job_id for job_id, _ in world.announced) == sorted(one.id for one in lost)
    assert beside(world, BAD)["error"]["code"] == "upstream_timeout"
    assert sorted(outcomes(world.table)) == ["pending", "refunded_at"]


class TestTheSteps:
    @pytest.fixture(autouse=True)
    def _here(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(finish, "finisher", lambda: world.finisher)

    def test_a_success(self, world: World) -> None:
        one = kept(world)
        world.store(one.work.result_key)
        machine.finish(one.id)
        assert world.announced == [(one.id, Status.SUCCEEDED)]

    def test_a_failure_says_to_the_execution_what_the_job_says(self, world: World) -> None:
        one = kept(world)
        text = json.dumps({"code": "post_deleted", "message": "This post was deleted."})
        output = {"Error": "FinalError", "Cause": json.dumps({"errorMessage": text, "errorType": "FinalError"})}
        assert machine.fail(one.id, output) == {"code": "post_deleted", "message": "This post was deleted."}
        ended = found(world, one)
        assert ended.error
        assert ended.error.code is Code.POST_DELETED

    def test_what_fails_there_is_known_by_name(self, world: World) -> None:
        one = kept(world)
        with pytest.raises(FinalError):
            machine.finish(one.id)
        world.announce_fails = AWAY
        with pytest.raises(PassingError):
            machine.fail(one.id, {"Error": "States.Timeout"})
        world.announce_fails = None
        machine.fail(one.id, {"Error": "States.Timeout"})
        assert world.announced == [(one.id, Status.FAILED)]
        with pytest.raises(FinalError):
            machine.fail("0" * 40 + "-1", {"Error": "States.Timeout"})
