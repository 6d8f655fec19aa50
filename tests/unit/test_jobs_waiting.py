"""Waiting for a job, being told how far it is, and who may wait for its file."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jobs import AWAY, DELETED, job
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.jobs import store, tickets, waiting
from tokstack.jobs.job import Job
from tokstack.jobs.progress import CONVERT, DOWNLOAD, Progress
from tokstack.media import tokens
from tokstack.media.source import Source
from tokstack.table import Table

SECRET, NOW = b"a secret of some length", 1_767_000_000
JOB_ID = "0123456789abcdef" * 2 + "01234567-1"


@pytest.fixture
def kept(table: Table) -> Job:
    made = job(table, account="")
    assert store.create(table, made)
    return made


class Sleep:
    """Moves the clock; after a while, something happens."""

    def __init__(self, clock: Clock, after: float = float("inf"), happens: Callable[[], object] = lambda: None) -> None:
        self.clock, self.end, self.happens = clock, clock.now + after, happens
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.now += seconds
        if self.clock.now >= self.end:
            self.happens()


def test_what_has_ended_is_not_waited_for(table: Table, kept: Job, clock: Clock) -> None:
    store.fail(table, kept, DELETED)
    sleep = Sleep(clock)
    assert waiting.wait(table, kept.id, 25, sleep).ended
    assert sleep.pauses == []


def test_a_wait_ends_with_the_job(table: Table, kept: Job, clock: Clock) -> None:
    sleep = Sleep(clock, 3, lambda: store.fail(table, kept, DELETED))
    assert waiting.wait(table, kept.id, 25, sleep).ended
    assert 3 <= sum(sleep.pauses) < 4
    assert sleep.pauses == sorted(sleep.pauses)
    assert max(sleep.pauses) <= 1


@pytest.mark.parametrize("seconds", [0, 0.05, 10])
def test_patience_ends(table: Table, kept: Job, clock: Clock, seconds: float) -> None:
    sleep = Sleep(clock)
    assert not waiting.wait(table, kept.id, seconds, sleep).ended
    assert sum(sleep.pauses) == pytest.approx(seconds, abs=1e-6)


def test_no_job_is_not_waited_for(table: Table, clock: Clock) -> None:
    with pytest.raises(TokstackError) as caught:
        waiting.wait(table, JOB_ID, 25, Sleep(clock))
    assert caught.value.code is Code.JOB_NOT_FOUND


def shown(table: Table, kept: Job) -> float:
    found = store.find(table, kept.id)
    assert found
    return found.progress


def test_a_step_tells_its_share_of_the_whole(table: Table, kept: Job, clock: Clock) -> None:
    assert 0 < DOWNLOAD[0] < DOWNLOAD[1] == CONVERT[0] < CONVERT[1] < 1
    told = []
    for share, part in ((DOWNLOAD, (0, 2)), (DOWNLOAD, (1, 2)), (CONVERT, (0, 1))):
        step = Progress(table, kept.id, share, part, clock)
        for fraction in (0, 0.5, 1, 1.5):
            step(fraction)
            told.append(shown(table, kept))
            clock.now += 1
    assert told == pytest.approx([0.05, 0.15, 0.25, 0.25, 0.25, 0.35, 0.45, 0.45, 0.45, 0.7, 0.95, 0.95])


def test_parts_at_once_never_set_it_back(table: Table, kept: Job, clock: Clock) -> None:
    first, second = (Progress(table, kept.id, DOWNLOAD, (number, 2), clock) for number in (0, 1))
    second(0.5)
    first(1)
    assert shown(table, kept) == pytest.approx(0.35)


def test_it_is_told_twice_a_second_at_most(table: Table, kept: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = Clock(), []
    monkeypatch.setattr(store, "advance", lambda _, __, fraction: told.append(fraction))
    step = Progress(table, kept.id, (0.0, 1.0), clock=clock)
    for hundredth in range(100):
        step(hundredth / 100)
        clock.now += 0.125
    assert told == [at / 100 for at in range(0, 100, 4)]


def test_the_work_goes_on_where_nobody_can_be_told(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise AWAY

    monkeypatch.setattr(store, "advance", away)
    Progress(table, JOB_ID, CONVERT)(0.5)


def refusal(ticket: str, *, now: float = NOW, secret: bytes = SECRET) -> Code:
    with pytest.raises(TokstackError) as caught:
        tickets.verify(ticket, now=now, secret=secret)
    return caught.value.code


def test_a_ticket_is_good_for_its_job_until_it_expires() -> None:
    ticket = tickets.issue(JOB_ID, expires=NOW + 60, secret=SECRET)
    assert tickets.verify(ticket, now=NOW + 59, secret=SECRET) == JOB_ID
    assert refusal(ticket, now=NOW + 60) is Code.EXPIRED_MEDIA_TOKEN
    assert refusal(ticket, secret=b"another") is Code.INVALID_MEDIA_TOKEN
    assert refusal(ticket[:-1]) is Code.INVALID_MEDIA_TOKEN


@given(st.text("0123456789abcdef/-", min_size=1, max_size=60), st.binary(min_size=1, max_size=64))
def test_a_ticket_is_no_media_token_and_a_media_token_no_ticket(text: str, secret: bytes) -> None:
    ticket = tickets.issue(text, expires=NOW + 60, secret=secret)
    with pytest.raises(TokstackError) as caught:
        tokens.verify(ticket, now=NOW, secret=secret)
    assert caught.value.code is Code.INVALID_MEDIA_TOKEN
    token = tokens.issue(Source("tiktok", text, "video"), expires=NOW + 60, secret=secret)
    assert refusal(token, secret=secret) is Code.INVALID_MEDIA_TOKEN
