"""What is tracked: who, how often, whose turn it is, and how it went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.library.dispatch import dispatch
from tokstack.library.snapshots import MOST
from tokstack.library.tracking import (
    USUAL,
    Kind,
    Subject,
    Tracking,
    Walk,
    packed,
    subject_named,
    subject_of,
    unpacked,
)
from tokstack.table import Table

SOMEONE = Subject(Kind.PROFILE, "someone")
SHOES = Subject(Kind.ADS, "DE:running shoes")
DAY = 86_400
PRIVATE = TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")


@pytest.fixture
def tracking(table: Table) -> Tracking:
    return Tracking(table)


class Outbox:
    """A queue that is looked into; it is `broken` after so many messages."""

    def __init__(self, broken: int = 100) -> None:
        self.sent: list[dict[str, object]] = []
        self.broken = broken

    def send(self, message: dict[str, object], delay: int = 0) -> None:
        if len(self.sent) == self.broken:
            raise TokstackError(Code.SERVICE_UNAVAILABLE, "The queue cannot be reached.")
        self.sent.append(message)


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        (Kind.PROFILE, "@Some.One_", "some.one_"),
        (Kind.PROFILE, "someone", "someone"),
        (Kind.ADS, "DE:running  shoes ", "DE:running shoes"),
        (Kind.ADS, "ALL:a#b:c", "ALL:a#b:c"),
        (Kind.RESEARCH, "US:cats", "US:cats"),
    ],
)
def test_what_may_be_tracked(kind: Kind, text: str, name: str) -> None:
    subject = subject_of(kind, text)
    assert subject == Subject(kind, name)
    assert subject_named(str(subject)) == subject


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.PROFILE, ""),
        (Kind.PROFILE, "some one"),
        (Kind.ADS, "shoes"),
        (Kind.ADS, "DE:"),
        (Kind.ADS, "DE: "),
        (Kind.ADS, "de:shoes"),
        (Kind.ADS, "DEU:shoes"),
        (Kind.RESEARCH, "US:" + "x" * 51),
    ],
)
def test_what_may_not_be_tracked(kind: Kind, text: str) -> None:
    with pytest.raises(TokstackError) as caught:
        subject_of(kind, text)
    assert caught.value.code is Code.VALIDATION_ERROR


def test_country_and_term() -> None:
    assert Subject(Kind.ADS, "ALL:a:b").search == ("ALL", "a:b")


def test_what_is_tracked_is_due_at_once_and_again_after_its_time(tracking: Tracking, clock: Clock) -> None:
    tracking.track(SOMEONE, 3600)
    tracked = tracking.track(SHOES)
    assert (tracked.subject, tracked.every, tracked.next_at, tracked.result) == (SHOES, USUAL, clock.now, None)
    outbox = Outbox()
    assert dispatch(tracking, outbox) == 2  # type: ignore[arg-type] # a stand-in
    assert outbox.sent == [{"subject": str(SHOES), "turn": 1}, {"subject": str(SOMEONE), "turn": 1}]
    assert dispatch(tracking, outbox) == 0  # type: ignore[arg-type]
    clock.now += 3600
    assert dispatch(tracking, outbox) == 1  # type: ignore[arg-type]
    assert outbox.sent[-1] == {"subject": str(SOMEONE), "turn": 2}


def test_a_message_that_is_not_sent_is_due_again(tracking: Tracking) -> None:
    tracking.track(SOMEONE)
    tracking.track(SHOES)
    with pytest.raises(TokstackError):
        dispatch(tracking, Outbox(broken=1))  # type: ignore[arg-type]
    assert [tracked.subject for tracked in tracking.due()] == [SOMEONE]


def test_two_schedulers_at_once_begin_one_turn(tracking: Tracking) -> None:
    tracking.track(SOMEONE)
    (seen,) = tracking.due()
    tracking.begin(seen)
    tracking.begin(seen)
    found = tracking.find(SOMEONE)
    assert found is not None
    assert (found.turn, found.next_at) == (1, seen.next_at + USUAL)


def test_tracking_again_changes_the_time_and_keeps_the_rest(tracking: Tracking, clock: Clock) -> None:
    tracking.track(SOMEONE)
    tracking.begin(next(tracking.due()))
    tracking.succeeded(SOMEONE, 1, 12)
    clock.now += 10
    tracked = tracking.track(SOMEONE, 7200)
    assert (tracked.every, tracked.next_at, tracked.turn, tracked.ended) == (7200, clock.now, 1, 1)
    assert (tracked.result, tracked.items, tracked.result_at) == ("ok", 12, clock.now - 10)


def test_how_it_went_is_told(tracking: Tracking, clock: Clock) -> None:
    tracking.track(SOMEONE)
    tracking.failed(SOMEONE, 1, PRIVATE, 100)
    tracking.failed(SOMEONE, 2, PRIVATE, 200)
    found = tracking.find(SOMEONE)
    assert found is not None
    assert (found.failures, found.result, found.message) == (2, "account_private", "This account is private.")
    assert (found.next_at, found.ended) == (clock.now + 200, 2)
    tracking.succeeded(SOMEONE, 3, 5)
    found = tracking.find(SOMEONE)
    assert found is not None
    assert (found.failures, found.result, found.message, found.items) == (0, "ok", None, 5)


def test_who_is_tracked_no_more_leaves_nothing_behind(tracking: Tracking) -> None:
    tracking.track(SOMEONE)
    tracking.keep_walk(SOMEONE, Walk(1.0, "there"))
    assert tracking.untrack(SOMEONE)
    assert not tracking.untrack(SOMEONE)
    tracking.succeeded(SOMEONE, 1, 1)
    tracking.failed(SOMEONE, 1, PRIVATE, 1)
    assert tracking.find(SOMEONE) is None
    assert list(tracking.every()) == []
    assert tracking.walk(SOMEONE).place is None


def test_a_walk_is_kept_for_a_day(tracking: Tracking, clock: Clock) -> None:
    begun = clock.now
    walk = Walk(begun, "there", frozenset({2**62, 1}), whole=False)
    tracking.keep_walk(SOMEONE, walk)
    clock.now += DAY - 1
    assert tracking.walk(SOMEONE) == walk
    clock.now += 1
    assert tracking.walk(SOMEONE) == Walk(clock.now)
    tracking.forget_walk(SOMEONE)


@given(st.frozensets(st.integers(1, 2**63 - 1), max_size=30))
def test_packed_ids_are_read_as_they_were(ids: frozenset[int]) -> None:
    assert unpacked(packed(ids)) == ids


def test_a_record_holds_the_ids_of_the_longest_walk() -> None:
    ids = frozenset((number * 0x9E3779B97F4A7C15) % 2**63 for number in range(1, 20_000))
    body = packed(ids)
    assert len(body) < 200 << 10
    assert len(unpacked(body)) == MOST
