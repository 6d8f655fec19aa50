"""A turn of what is tracked: done in pieces, failed, repeated, lost."""

import pytest

from tests.refreshed import HOUR, NAME, SOMEONE, Told, World, always, sheet, three_pages
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.lease import kept_lease
from tokstack.library.item import Item, Status
from tokstack.library.refresh import wait
from tokstack.providers.official.quota import QuotaSpentError
from tokstack.table import Table

BUSY = TokstackError(Code.UPSTREAM_UNAVAILABLE, "It failed.")
PRIVATE = TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")


def test_a_turn_walks_to_the_end_and_takes_in_all_at_once(table: Table, clock: Clock) -> None:
    world = World(table, clock, three_pages())
    assert world.turn() == "done"
    assert (world.ids, world.library.batches, world.sent) == ([1, 2, 3, 4], 1, [])
    assert (world.tracked.result, world.tracked.items, world.tracked.ended) == ("ok", 4, 1)
    assert world.tracked.next_at == clock.now + 6 * HOUR


def test_a_turn_goes_on_by_a_message_where_time_is_short(table: Table, clock: Clock) -> None:
    told = three_pages()
    world = World(table, clock, told)
    assert world.turn(lambda: False) == "paused"
    assert (world.ids, world.tracked.ended) == ([1, 2], 0)
    (message,) = world.sent
    assert message == {"subject": NAME, "turn": 1}
    assert world.refresher.take(message, lambda: False) == "paused"
    assert world.refresher.take(message, lambda: False) == "done"
    assert told.asked == [None, "b", "c"]
    assert (world.ids, world.tracked.items) == ([1, 2, 3, 4], 4)


def test_a_message_that_comes_again_after_the_end_does_nothing(table: Table, clock: Clock) -> None:
    told = three_pages()
    world = World(table, clock, told)
    message = world.begin()
    world.refresher.take(message, always)
    assert world.refresher.take(message, always) == "over"
    assert len(told.asked) == 3


def test_a_message_of_what_is_tracked_no_more_does_nothing(table: Table, clock: Clock) -> None:
    world = World(table, clock, three_pages())
    message = world.begin()
    world.tracking.untrack(SOMEONE)
    assert world.refresher.take(message, always) == "over"
    assert world.ids == []


def test_two_workers_do_not_do_the_same(table: Table, clock: Clock) -> None:
    world = World(table, clock, three_pages())
    with kept_lease(table, f"REFRESH#{NAME}"):
        assert world.turn() == "busy"
    assert world.refresher.take({"subject": NAME, "turn": 1}, always) == "done"


def test_a_worker_that_is_lost_has_its_piece_done_again(table: Table, clock: Clock) -> None:
    """The one before it had come to the second page."""
    world = World(table, clock, three_pages())
    world.turn(lambda: False)
    world.followed = lost = three_pages()
    del lost.sheets["c"]
    with pytest.raises(KeyError):
        world.refresher.take(world.sent[0], always)
    world.followed = told = three_pages()
    assert world.refresher.take(world.sent[0], always) == "done"
    assert told.asked == ["b", "c"]
    assert world.ids == [1, 2, 3, 4]


def test_what_failed_for_a_moment_goes_on_with_its_walk_soon(table: Table, clock: Clock) -> None:
    told = three_pages()
    told.sheets["b"] = BUSY
    world = World(table, clock, told)
    assert world.turn() == "upstream_unavailable"
    assert world.ids == [1, 2]
    assert (world.tracked.failures, world.tracked.result, world.tracked.next_at) == (1, BUSY.code, clock.now + 900)
    clock.now += 900
    world.followed = told = three_pages()
    assert world.turn() == "done"
    assert told.asked == ["b", "c"]
    assert (world.tracked.failures, world.tracked.items) == (0, 4)


def test_a_walk_that_fails_again_begins_anew(table: Table, clock: Clock) -> None:
    told = three_pages()
    told.sheets["b"] = BUSY
    world = World(table, clock, told)
    world.turn()
    world.turn()
    assert world.turn() == "upstream_unavailable"
    assert told.asked == [None, "b", "b", None, "b"]


def test_a_private_profile_is_asked_more_and_more_seldom_and_never_lost(table: Table, clock: Clock) -> None:
    world = World(table, clock, Told({None: PRIVATE}))
    waits = []
    for _ in range(8):
        assert world.turn() == "account_private"
        waits.append((world.tracked.next_at - clock.now) / HOUR)
    assert waits == [12, 24, 48, 96, 168, 168, 168, 168]
    assert (world.tracked.result, world.tracked.message) == ("account_private", "This account is private.")
    world.followed = three_pages()
    assert world.turn() == "done"
    assert world.tracked.next_at == clock.now + 6 * HOUR


@pytest.mark.parametrize(
    ("error", "failures", "hours"),
    [
        (BUSY, 0, 0.25),
        (BUSY, 2, 1),
        (BUSY, 50, 6),
        (TokstackError(Code.UPSTREAM_RATE_LIMITED, "Slow.", retry_after=1), 0, 0.25),
        (QuotaSpentError(Code.UPSTREAM_RATE_LIMITED, "Spent.", retry_after=20 * HOUR), 3, 20),
        (TokstackError(Code.SERVICE_UNAVAILABLE, "The table cannot be reached."), 0, 0.25),
        (PRIVATE, 50, 168),
    ],
)
def test_when_the_next_turn_comes(error: TokstackError, failures: int, hours: float) -> None:
    assert wait(error, failures, 6 * HOUR) == hours * HOUR


def test_the_library_s_own_failure_is_the_message_s(table: Table, clock: Clock) -> None:
    world = World(table, clock, three_pages())
    message = world.begin()

    world.library.broken = True
    with pytest.raises(TokstackError):
        world.refresher.take(message, always)
    world.library.broken = False
    assert world.tracked.result is None
    assert world.refresher.take(message, always) == "done"


def test_a_list_that_goes_in_circles_ends_and_is_not_whole(table: Table, clock: Clock) -> None:
    told = Told({None: sheet(1, place="b"), "b": sheet(1, place="b")}, missing=(Item(tiktok_id="9"),))
    world = World(table, clock, told)
    assert world.turn() == "done"
    assert (told.asked, world.ids) == ([None, "b"], [1])


def test_an_endless_list_ends_where_it_is_long_enough(table: Table, clock: Clock) -> None:
    told = Told({None: sheet(1, place="1"), "1": sheet(2, place="2"), "2": sheet(3, place="3")}, most=2)
    world = World(table, clock, told)
    assert world.turn() == "done"
    assert world.ids == [1, 2]


def test_what_a_whole_walk_misses_is_told(table: Table, clock: Clock) -> None:
    told = three_pages()
    told.missing = (Item(tiktok_id="9", status=Status.INACTIVE),)
    world = World(table, clock, told)
    world.turn()
    assert world.ids == [1, 2, 3, 4, 9]
    told.sheets["b"] = sheet(3, place="c", whole=False)
    told.missing = (Item(tiktok_id="10"),)
    world.turn()
    assert world.ids == [1, 2, 3, 4, 9]
