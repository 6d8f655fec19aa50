"""What a message of the jobs queue becomes: one job, charged once, however often the message comes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.jobs import AWAY, DELETED, World, conversion, outcomes
from tests.tables import Clock
from tokstack.accounts import credits
from tokstack.api import subjects
from tokstack.api import submissions as module
from tokstack.api.post_data import StatisticData
from tokstack.api.submissions import Submissions
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store
from tokstack.jobs.job import Job, Status
from tokstack.jobs.work import Kind, Site
from tokstack.media import pages
from tokstack.media.formats import Format
from tokstack.media.storage import Storage
from tokstack.posts.references import PostRef, ShortLink
from tokstack.table import Put, Table

POST_ID = "7300000000000000000"
POST_URL = f"https://www.tiktok.com/@tiktok/video/{POST_ID}"
SHORT_URL = "https://vm.tiktok.com/ZMabcdefg/"
PAGE_URL = "https://films.example/watch?v=1"
BASES: dict[str, dict[str, Any]] = {
    "convert": {"kind": "convert", "format": "mp3"},
    "download": {"kind": "download"},
    "statistic": {"kind": "statistic"},
}
CREDITS = {"convert": 2, "download": 1, "statistic": 1}
BUSY = TokstackError(Code.UPSTREAM_RATE_LIMITED, "Too many requests.")


class Data:
    """Of a statistic what is needed here."""

    title = "A title"

    def model_dump_json(self) -> str:
        return json.dumps({"title": self.title})


@dataclass
class Desk(World):
    """Submissions, and an upstream whose answers a test sets."""

    statistic_fails: BaseException | None = None
    resolve_fails: TokstackError | None = None
    asked: list[str] = field(default_factory=list)

    def take(self, message: Any, message_id: str = "message-1", *, last: bool = False) -> Job:
        text = message if isinstance(message, str) else json.dumps(message)
        return Submissions(self.table, self.starter, self.keeper, self.finisher, self.statistic).take(
            text, message_id, last=last
        )

    def refusal(self, message: Any, message_id: str = "message-1", *, last: bool = False) -> Code:
        with pytest.raises(TokstackError) as caught:
            self.take(message, message_id, last=last)
        return caught.value.code

    def statistic(self, post: PostRef) -> StatisticData:
        self.asked.append(post.id)
        if self.statistic_fails:
            raise self.statistic_fails
        return cast("StatisticData", Data())

    def resolve(self, link: ShortLink) -> PostRef:
        if self.resolve_fails:
            raise self.resolve_fails
        return PostRef(POST_ID)

    def kept(self, job: Job) -> Job:
        found = store.find(self.table, job.id)
        assert found
        return found


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def desk(table: Table, s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> Desk:
    credits.grant(table, "acme", 10)
    made = Desk(table, Storage(s3, buckets.emptied(s3)))
    monkeypatch.setattr(subjects, "upstream", lambda: made)
    return made


def message(kind: str = "convert", url: str = POST_URL, account: str = "acme", **more: Any) -> dict[str, Any]:
    return {**BASES[kind], "url": url, "account": account, **more}


every_kind = pytest.mark.parametrize("kind", BASES)


def test_a_conversion_is_begun_as_over_http(desk: Desk) -> None:
    options = {"start_time": 0.5, "end_time": 2, "audio_quality": "64", "video_quality": "720"}
    job = desk.take(message(options=options))
    assert job.work == conversion(start_time=0.5, end_time=2.0, audio_quality=64)  # mp3 has no picture
    assert (job.status, job.payer, job.credits) == (Status.QUEUED, "acme", 2)
    assert desk.launched == [job.id]


def test_a_page_is_converted_too(desk: Desk) -> None:
    work = desk.take(message(url=PAGE_URL, format="mp4")).work
    assert (work.subject.site, work.subject.address, work.format) == (Site.WEB, PAGE_URL, Format.MP4)
    assert pages.recall(desk.table, work.subject.id) == PAGE_URL


@every_kind
def test_a_short_link_is_followed(desk: Desk, kind: str) -> None:
    job = desk.take(message(kind, SHORT_URL))
    assert (job.work.kind, job.work.subject.site, job.work.subject.id) == (Kind(kind), Site.TIKTOK, POST_ID)


def test_a_statistic_is_answered_at_once(desk: Desk) -> None:
    job = desk.kept(desk.take(message("statistic")))
    assert job.status is Status.SUCCEEDED
    assert job.plan
    assert job.plan.title == "A title"
    assert job.result
    assert json.loads(desk.storage.read(job.result.key)) == {"title": "A title"}
    assert desk.announced == [(job.id, Status.SUCCEEDED)]
    assert desk.launched == []
    assert outcomes(desk.table) == ["settled_at"]


@every_kind
def test_a_message_that_comes_again_is_nothing_new(desk: Desk, clock: Clock, kind: str) -> None:
    for named in ({}, {"id": "mine"}):
        first = desk.take(message(kind, url=POST_URL, **named))
        clock.now += 3
        assert desk.take(message(kind, url=POST_URL, **named)).id == first.id
    assert len(desk.asked) == (2 if kind == "statistic" else 0)
    costs = 2 if kind == "convert" else 2 * CREDITS[kind]  # a conversion is the same for all
    assert credits.show(desk.table, "acme").balance == 10 - costs


@every_kind
def test_what_bears_the_same_id_is_the_same_whatever_the_queue_calls_it(desk: Desk, kind: str) -> None:
    first = desk.take(message(kind, id="mine"), "message-1")
    assert desk.take(message(kind, id="mine"), "message-2").id == first.id
    assert outcomes(desk.table) == [{"statistic": "settled_at"}.get(kind, "pending")]
    assert module.find(desk.table, "acme", "mine") == desk.kept(first)
    assert module.find(desk.table, "acme", "yours") is None


@pytest.mark.parametrize("kind", ["download", "statistic"])
def test_what_is_of_the_moment_is_done_for_each_submission(desk: Desk, kind: str) -> None:
    jobs = {
        desk.take(message(kind, id="a"), "1").id,
        desk.take(message(kind, id="b"), "2").id,
        desk.take(message(kind), "3").id,
        desk.take(message(kind), "4").id,
    }
    assert len(jobs) == 4
    assert credits.show(desk.table, "acme").balance == 6


def test_a_conversion_that_is_under_way_is_joined(desk: Desk) -> None:
    first = desk.take(message(), "1")
    credits.grant(desk.table, "other", 10)
    assert desk.take(message(account="other"), "2").id == first.id
    assert desk.kept(first).accounts == {"acme", "other"}
    assert outcomes(desk.table, "other") == []


@pytest.mark.parametrize("kind", ["download", "statistic"])
def test_two_accounts_with_one_id_pay_each_for_its_own(desk: Desk, kind: str) -> None:
    credits.grant(desk.table, "other", 10)
    mine, others = (desk.take(message(kind, account=account, id="1")) for account in ("acme", "other"))
    assert mine.id != others.id
    assert [credits.show(desk.table, account).balance for account in ("acme", "other")] == [9, 9]


def test_an_id_is_the_account_s_own(desk: Desk) -> None:
    credits.grant(desk.table, "other", 10)
    assert desk.take(message(id="mine")).id == desk.take(message(id="mine", account="other")).id
    desk.take(message("download", id="theirs"))
    desk.take(message("statistic", id="theirs", account="other"))


def test_the_same_id_with_another_message_is_poison(desk: Desk) -> None:
    desk.take(message("download", id="mine"))
    for other in (message("statistic", id="mine"), message("download", PAGE_URL, id="mine")):
        assert desk.refusal(other, last=True) is Code.VALIDATION_ERROR
    assert credits.show(desk.table, "acme").balance == 9


POISON: list[Any] = [
    "",
    "no JSON",
    "[]",
    "null",
    "1",
    '"text"',
    "{}",
    '{"kind": "convert", "kind": "convert"}',
    "[" * 100_000,
    message() | {"kind": "delete"},
    message() | {"kind": None},
    message() | {"url": ""},
    message() | {"url": None},
    message() | {"url": 1},
    message(url="https://www.tiktok.com/@tiktok"),
    message(url="ftp://films.example/"),
    message(url="http://127.0.0.1/"),
    message(url="javascript:alert(1)"),
    {name: value for name, value in message().items() if name != "url"},
    {name: value for name, value in message().items() if name != "account"},
    {name: value for name, value in message().items() if name != "format"},
    message(account=""),
    message(account="a b"),
    message(account="a#b"),
    message(account="x" * 65),
    message() | {"account": None},
    message(id=""),
    message(id="a b"),
    message(id="é"),
    message(id="x" * 129),
    message(id=1),
    message(format="ogg"),
    message(format="MP3"),
    message(options=[]),
    message(options={"start_time": -1}),
    message(options={"start_time": "1"}),
    message(options={"start_time": 2, "end_time": 2}),
    message(options={"audio_quality": "100"}),
    message(options={"unknown": 1}),
    message("download", format="mp3"),
    message("download", options={}),
    message("statistic", format="gif"),
    message("statistic", PAGE_URL),
    message(unknown=1),
]


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_a_message_that_makes_no_sense_is_no_job(desk: Desk, poison: Any) -> None:
    assert desk.refusal(poison) is Code.VALIDATION_ERROR
    assert desk.refusal(poison, last=True) is Code.VALIDATION_ERROR
    assert (desk.launched, desk.announced, desk.asked) == ([], [], [])
    assert outcomes(desk.table) == []


@every_kind
def test_too_few_credits_are_a_failed_job_that_costs_nothing(desk: Desk, kind: str) -> None:
    job = desk.take(message(kind, account="poor"))
    kept = desk.kept(job)
    assert kept.error
    assert (job.status, kept.status, kept.error.code) == (Status.FAILED, Status.FAILED, Code.INSUFFICIENT_CREDITS)
    assert kept.accounts == {"poor"}
    assert kept.credits == 0
    assert desk.announced == [(job.id, Status.FAILED)]
    assert (desk.launched, desk.asked) == ([], [])
    assert outcomes(desk.table, "poor") == []
    again = desk.take(message(kind, account="poor"))
    assert again.id == job.id
    assert (desk.launched, desk.asked) == ([], [])


def test_whoever_can_pay_is_not_held_back_by_who_cannot(desk: Desk) -> None:
    refused = desk.take(message(account="poor"), "1")
    job = desk.take(message(), "2")
    assert job.id != refused.id
    assert job.work == conversion()
    assert (job.attempt, desk.launched) == (1, [job.id])


@every_kind
@pytest.mark.parametrize("code", [Code.POST_NOT_FOUND, Code.POST_DELETED])
def test_a_short_link_that_leads_nowhere_is_a_failed_job(desk: Desk, kind: str, code: Code) -> None:
    desk.resolve_fails = TokstackError(code, "Gone.")
    job = desk.take(message(kind, SHORT_URL))
    assert job.error
    assert (job.status, job.error.code, job.credits) == (Status.FAILED, code, 0)
    assert (job.work.subject.site, job.work.subject.address) == (Site.WEB, SHORT_URL)
    assert desk.announced == [(job.id, Status.FAILED)]
    assert (desk.launched, desk.asked) == ([], [])
    assert outcomes(desk.table) == []


@every_kind
def test_a_short_link_whose_site_is_away_is_followed_again_and_given_up_at_last(desk: Desk, kind: str) -> None:
    desk.resolve_fails = BUSY
    assert desk.refusal(message(kind, SHORT_URL)) is BUSY.code
    assert desk.announced == []
    job = desk.take(message(kind, SHORT_URL), last=True)
    assert job.error
    assert job.error.code is BUSY.code
    desk.resolve_fails = AWAY
    assert desk.refusal(message(kind, SHORT_URL), "2", last=True) is Code.SERVICE_UNAVAILABLE


def test_a_statistic_that_fails_for_good_is_a_failed_job(desk: Desk) -> None:
    desk.statistic_fails = DELETED
    job = desk.kept(desk.take(message("statistic")))
    assert job.error
    assert job.error.code is Code.POST_DELETED
    assert desk.announced == [(job.id, Status.FAILED)]
    assert outcomes(desk.table) == ["refunded_at"]


def test_a_statistic_that_fails_in_passing_is_tried_again_and_given_up_at_last(desk: Desk) -> None:
    desk.statistic_fails = BUSY
    for _ in range(2):
        assert desk.refusal(message("statistic")) is BUSY.code
    assert outcomes(desk.table) == ["pending"]
    job = desk.kept(desk.take(message("statistic"), last=True))
    assert job.error
    assert job.error.code is BUSY.code
    assert outcomes(desk.table) == ["refunded_at"]


def test_a_statistic_that_succeeds_at_the_second_try_is_charged_once(desk: Desk) -> None:
    desk.statistic_fails = BUSY
    desk.refusal(message("statistic"))
    desk.statistic_fails = None
    assert desk.kept(desk.take(message("statistic"))).status is Status.SUCCEEDED
    assert outcomes(desk.table) == ["settled_at"]


def test_whoever_was_killed_at_a_statistic_is_followed_by_another(desk: Desk, clock: Clock) -> None:
    desk.statistic_fails = SystemExit()
    with pytest.raises(SystemExit):
        desk.take(message("statistic"))
    desk.statistic_fails = None
    clock.now += 360
    assert desk.kept(desk.take(message("statistic"))).status is Status.SUCCEEDED
    assert outcomes(desk.table) == ["settled_at"]


@every_kind
def test_whoever_was_killed_before_it_was_written_down_is_followed_by_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: Clock, kind: str
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(desk.table, "put", _killed_at("SUBMISSION#", desk.table.put))
        with pytest.raises(SystemExit):
            desk.take(message(kind))
    clock.now += 360
    job = desk.take(message(kind))
    assert desk.take(message(kind)).id == job.id
    assert outcomes(desk.table) == [{"statistic": "settled_at"}.get(kind, "pending")]
    assert set(desk.launched) == (set() if kind == "statistic" else {job.id})


def _killed_at(prefix: str, put: Callable[[Put], None]) -> Callable[[Put], None]:
    def kills(write: Put) -> None:
        if write.item["pk"].startswith(prefix):
            raise SystemExit
        put(write)

    return kills


def test_an_end_that_could_not_be_told_is_told_by_the_next_try(desk: Desk) -> None:
    for number, fails in enumerate((None, DELETED)):
        desk.statistic_fails, desk.announce_fails = fails, AWAY
        assert desk.refusal(message("statistic"), str(number), last=True) is Code.SERVICE_UNAVAILABLE
        desk.announce_fails = None
        job = desk.take(message("statistic"), str(number), last=True)
        assert desk.announced.pop() == (job.id, Status.FAILED if fails else Status.SUCCEEDED)
    assert sorted(outcomes(desk.table)) == ["refunded_at", "settled_at"]


def test_a_machine_that_cannot_be_begun_costs_nothing_until_it_can(desk: Desk) -> None:
    desk.launch_fails = AWAY
    assert desk.refusal(message(), last=True) is Code.SERVICE_UNAVAILABLE
    desk.launch_fails = None
    assert desk.take(message()).id.endswith("-2")
    assert sorted(outcomes(desk.table)) == ["pending", "refunded_at"]


@every_kind
def test_a_submission_is_forgotten_when_no_queue_can_hold_it_any_more(desk: Desk, clock: Clock, kind: str) -> None:
    desk.take(message(kind, id="mine"))
    clock.now += 14 * 86_400 - 1
    assert module.find(desk.table, "acme", "mine")
    clock.now += 1
    assert module.find(desk.table, "acme", "mine") is None
