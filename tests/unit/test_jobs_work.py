"""What a job is about: the same is the same, and nothing else is."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jobs import DELETED, PAGE, PLAN, POST, RESULT, UPLOAD, VIDEO, conversion, download, job
from tokstack.jobs.job import Job, Status
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Kind, Site, Subject, Work
from tokstack.media.formats import AUDIO_QUALITIES, VIDEO_QUALITIES, Format, Options
from tokstack.media.item import Item
from tokstack.table import Key, Put, Table

seconds = st.none() | st.integers(0, 86_400) | st.integers(0, 86_400_000).map(lambda thousandths: thousandths / 1000)
options = st.builds(
    Options,
    start_time=seconds,
    end_time=seconds,
    audio_quality=st.none() | st.sampled_from(AUDIO_QUALITIES),
    video_quality=st.none() | st.sampled_from(VIDEO_QUALITIES),
    h264=st.booleans(),
    subtitles=st.booleans(),
)
works = st.builds(
    Work,
    st.sampled_from(Kind),
    st.builds(Subject, st.sampled_from(Site), st.text("0123456789abcdef", min_size=1), st.text(max_size=20)),
    st.none() | st.sampled_from(Format),
    options,
    st.text(max_size=10),
)


def through(table: Table, item: dict[str, Any]) -> Any:
    key = Key("WORK", "WORK")
    table.put(Put({"pk": key.pk, "sk": key.sk, "value": item}))
    kept = table.get(key)
    assert kept
    return kept["value"]


@given(works)
def test_a_work_is_read_as_it_was_written(work: Work) -> None:
    assert Work.of(work.as_item()) == work
    assert Work.of(work.as_item()).digest == work.digest


@pytest.mark.parametrize(
    "work",
    [
        conversion(start_time=1.0, end_time=90.125, audio_quality=64),
        conversion(PAGE, Format.MP4, video_quality=720, h264=True, subtitles=True),
        conversion(UPLOAD, Format.GIF),
        download(PAGE),
    ],
)
def test_a_work_survives_the_table(table: Table, work: Work) -> None:
    kept = Work.of(through(table, work.as_item()))
    assert kept == work
    assert (kept.digest, kept.result_key) == (work.digest, work.result_key)


@given(options)
def test_whole_seconds_are_the_same_however_they_are_written(given_: Options) -> None:
    """The table gives 1 back for 1.0."""
    whole = replace(given_, start_time=_whole(given_.start_time), end_time=_whole(given_.end_time))
    assert whole.canonical == given_.canonical


def _whole(time: float | None) -> float | None:
    return int(time) if time is not None and time == int(time) else time


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"start_time": 0}),
        ({"start_time": 0}, {"start_time": 0.0}),
        ({"start_time": 1}, {"start_time": 1.0}),
        ({"h264": False, "subtitles": False}, {}),
        ({"end_time": None}, {}),
    ],
)
def test_what_means_the_same_is_one_work(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert conversion(**one).digest == conversion(**other).digest


DIFFERENT = [
    *(conversion(format=format) for format in Format),
    conversion(start_time=60),
    conversion(end_time=60),
    conversion(start_time=60.001),
    *(conversion(audio_quality=quality) for quality in AUDIO_QUALITIES),
    *(conversion(video_quality=quality) for quality in VIDEO_QUALITIES),
    conversion(h264=True),
    conversion(subtitles=True),
    conversion(h264=True, subtitles=True),
    conversion(start_time=1),  # true is no second
    conversion(replace(POST, id="7300000000000000001")),
    conversion(replace(POST, site=Site.WEB)),
    conversion(replace(POST, site=Site.UPLOAD)),
    download(),
    download(once="2"),
    replace(download(), kind=Kind.STATISTIC),
    replace(conversion(), once="1"),
]


def test_every_difference_makes_another_work() -> None:
    assert len({work.digest for work in DIFFERENT}) == len(DIFFERENT)
    assert len({work.result_key for work in DIFFERENT}) == len(DIFFERENT)


@given(works)
def test_digests_and_keys_are_safe_names(work: Work) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", work.digest)
    assert re.fullmatch(r"result/[0-9a-f]{40}\.(mp3|mp4|wav|gif|json)", work.result_key)


def test_a_plan_survives_the_table(table: Table) -> None:
    text = Item("subtitle-1", "text", "text/vtt", "tiktok", "eng-US")
    for plan in (PLAN, Plan(None), Plan("Ein Titel 🍮", (VIDEO, text))):
        assert Plan.of(through(table, plan.as_item())) == plan


def test_a_job_that_nothing_is_known_of_yet_is_read(table: Table) -> None:
    item = {"work": conversion().as_item(), "attempt": 1, "status": "queued", "created_at": 5, "progress": 0}
    assert Job.of(through(table, item)) == Job(conversion(), 1, Status.QUEUED, 5)


@pytest.mark.parametrize(
    ("status", "ended"),
    [(Status.QUEUED, False), (Status.RUNNING, False), (Status.SUCCEEDED, True), (Status.FAILED, True)],
)
def test_a_job_has_ended_or_not(table: Table, status: Status, *, ended: bool) -> None:
    assert replace(job(table), status=status, result=RESULT, error=DELETED).ended is ended
