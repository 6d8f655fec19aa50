"""Ranks, deltas and snapshots of a year, held against a model that looks everything up in what once was."""

import os
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ranked import Memory, Shown, ranking
from tests.tables import Clock
from tokstack.library import snapshots, standings
from tokstack.library.document import Document
from tokstack.library.engines.protocol import Standing
from tokstack.library.item import Item, Profile
from tokstack.library.ranks import places, standing_of
from tokstack.library.snapshots import Counters, Snapshot, Snapshots
from tokstack.library.standing import DELTAS, ItemStanding, PageSnapshot, ProfileStanding
from tokstack.library.standings import Standings
from tokstack.table import Table

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 86_400
LARGEST = 400 << 10


@dataclass(frozen=True)
class Run:
    """`views` are those of the items that are there; the even ones are ads."""

    at: float
    views: Mapping[int, int | None]
    counters: Counters = field(default_factory=Counters)

    @property
    def day(self) -> date:
        return (datetime(1970, 1, 1) + timedelta(seconds=self.at)).date()  # noqa: DTZ001 - another way than the code's


def first_indexed(item: int) -> float:
    """In epoch seconds; some in the year."""
    return NEW_YEAR.timestamp() + item * 9 * DAY


def rows(run: Run) -> list[Standing]:
    return [
        Standing("p", item, "organic" if item % 2 else "ad", views, int(first_indexed(item) * 1000))
        for item, views in run.views.items()
    ]


def rank(run: Run, item: int) -> int | None:
    mine = run.views.get(item)
    return None if mine is None else 1 + sum(other is not None and other > mine for other in run.views.values())


def as_of(runs: Sequence[Run], day: date) -> Run | None:
    return next((run for run in reversed(runs) if run.day <= day), None)


def expected(runs: Sequence[Run]) -> ProfileStanding:
    now = runs[-1]
    then = [as_of(runs, now.day - timedelta(days=days)) for days in DELTAS]
    before = as_of(runs, now.day - timedelta(days=1))
    items = {}
    for item in now.views:
        if (mine := rank(now, item)) is not None:
            once = [rank(run, item) if run else None for run in then]
            won = tuple(None if place is None else place - mine for place in once)
            items[str(item)] = ItemStanding.model_validate({"rank": mine, "deltas": won})
    ads = sum(item % 2 == 0 for item in now.views)

    def change(name: str) -> int | None:
        new, old = getattr(now.counters, name), getattr(before.counters, name) if before else None
        return None if new is None or old is None else int(new - old)

    return ProfileStanding(
        ranked=len(items),
        percent_ads=round(100 * ads / len(now.views), 2),
        new_tik_toks=sum(first_indexed(item) > now.at - 7 * DAY for item in now.views),
        snapshot=PageSnapshot(
            recorded_at=datetime.fromtimestamp(now.at, UTC),
            ads_count=ads,
            organic_count=len(now.views) - ads,
            total_tik_toks=now.counters.total_tik_toks,
            daily_views=change("views"),
            daily_likes=change("likes"),
            daily_followers=change("followers"),
        ),
        items=items,
    )


def played(runs: Iterable[Run]) -> None:
    """Ranks after each run, and holds what stands then against the model."""
    shown, table, past, clock = Shown(), Memory(), list[Run](), Clock()
    daily = ranking(shown, table, clock)
    for run in runs:
        past.append(run)
        clock.now, shown.rows, shown.counters = run.at, rows(run), run.counters
        assert daily.run(f"run-{len(past)}").whole
        assert Standings(table).get(["p"]) == {"p": expected(past)}


counts = st.none() | st.integers(0, 1000)
counters = st.builds(Counters, counts, counts, counts, counts)
states = st.dictionaries(st.integers(1, 50), st.none() | st.integers(0, 4), min_size=1, max_size=10)
# Seconds of the year: often the first or the last one of a day.
moments = st.builds(
    lambda day, second: NEW_YEAR.timestamp() + day * DAY + second,
    st.integers(0, 364),
    st.sampled_from([0.0, DAY - 0.001]) | st.integers(0, DAY - 1),
)


@given(st.lists(st.builds(Run, moments, states, counters), min_size=1, max_size=12, unique_by=lambda run: run.at))
def test_a_standing_is_what_the_year_says(runs: list[Run]) -> None:
    played(sorted(runs, key=lambda run: run.at))


def test_a_whole_year_day_by_day() -> None:
    """Items come, grow, stand still and go; some days have no run and some have two."""
    chance = random.Random(5)
    views: dict[int, int | None] = {item: chance.randrange(20) for item in range(1, 25)}
    runs, total = list[Run](), 0
    for day in range(365):
        for item in list(views):
            if chance.random() < 0.01:
                del views[item]
            elif (before := views[item]) is not None:
                views[item] = before + chance.choice([0, 0, 1, 5])
        if chance.random() < 0.1:
            views[100 + day] = chance.choice([None, 0, day])
        for _ in range(chance.choice([0, 1, 1, 1, 1, 2])):
            total += chance.randrange(100)
            at = NEW_YEAR.timestamp() + day * DAY + len(runs) % 2 * 40_000 + chance.random() * 40_000
            runs.append(Run(at, dict(views), Counters(followers=total, views=total * 10)))
    assert views
    played(sorted(runs, key=lambda run: run.at))


@pytest.mark.parametrize(
    ("views", "ranks"),
    [({}, {}), ({1: 5}, {1: 1}), ({1: 5, 2: 5, 3: 4}, {1: 1, 2: 1, 3: 3}), ({1: 0, 2: 9, 3: 0}, {1: 2, 2: 1, 3: 2})],
)
def test_equal_views_share_a_place(views: dict[int, int], ranks: dict[int, int]) -> None:
    assert places(views) == ranks


def test_a_place_won_is_a_positive_number() -> None:
    standing = standing_of(
        Snapshot(0, {1: 9, 2: 5}), [Snapshot(0, {1: 1, 2: 5}), None, Snapshot(0, {2: 5}), None], None, 0
    )
    assert standing.items["1"].deltas == (1, None, None, None)
    assert standing.items["2"].deltas == (-1, None, -1, None)
    assert standing.percent_ads is None


@given(st.dictionaries(st.integers(1, 2**63 - 1), st.integers(0, 10**15), max_size=30))
def test_a_packed_snapshot_is_read_as_it_was(views: dict[int, int]) -> None:
    assert snapshots.unpacked(snapshots.packed(views)) == views


delta = st.none() | st.integers(-13_000, 13_000)
items = st.builds(ItemStanding, rank=st.integers(1, 13_000), deltas=st.tuples(delta, delta, delta, delta))


@given(st.dictionaries(st.integers(1, 2**63 - 1).map(str), items, max_size=20), st.data())
def test_a_packed_standing_is_read_as_it_was(standing: dict[str, ItemStanding], data: st.DataObject) -> None:
    body = standings.packed(standing)
    assert standings.unpacked(body) == standing
    wanted = data.draw(st.lists(st.sampled_from(sorted(standing)), unique=True)) if standing else []
    assert standings.unpacked(body, [*map(int, wanted), 1 << 62 | 1]).keys() - {str(1 << 62 | 1)} == set(wanted)


def test_the_largest_profile_fits_a_record_and_keeps_the_most_viewed() -> None:
    def noise(length: int) -> int:
        return int.from_bytes(os.urandom(length)) >> 1

    views = {noise(8): noise(8) for _ in range(14_000)}
    body = snapshots.packed(views)
    assert len(body) < LARGEST - 1024
    kept = snapshots.unpacked(body)
    assert len(kept) == snapshots.MOST
    assert min(kept.values()) > max(views[item] for item in views.keys() - kept.keys())
    ranked = {
        str(item): ItemStanding(rank=place, deltas=(noise(4), noise(4), noise(4), noise(4)))
        for place, item in enumerate(views, start=1)
    }
    body = standings.packed(ranked)
    assert len(body) < LARGEST - 1024
    assert sorted(each.rank for each in standings.unpacked(body).values()) == list(range(1, snapshots.MOST + 1))


def test_a_snapshot_is_found_by_its_day_and_the_days_after_it(table: Table, clock: Clock) -> None:
    kept = Snapshots(table)
    clock.now = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    first = Snapshot(clock.now, {7: 10**15}, 2, 3, Counters(followers=4))
    assert kept.as_of("p", date(2026, 3, 1)) is None
    kept.put("p", Snapshot(clock.now - 3600, {}))
    kept.put("p", first)
    kept.put("p", second := Snapshot(clock.now + 5 * DAY, {}))
    kept.put("other", Snapshot(clock.now + DAY, {}))
    found = {day: kept.as_of("p", date(2026, 3, day)) for day in (1, 5, 6, 31)}
    assert found == {1: first, 5: first, 6: second, 31: second}
    assert kept.as_of("p", date(2026, 2, 28)) is None
    clock.now += (snapshots.KEPT + 1) * DAY
    assert kept.as_of("p", date(2026, 3, 5)) is None
    assert kept.as_of("p", date(2026, 3, 6)) == second


def test_standings_are_kept_for_many_profiles_at_once(table: Table) -> None:
    kept = Standings(table)
    made = {f"p{number}": ProfileStanding(ranked=number, percent_ads=0.5) for number in range(120)}
    for profile, standing in made.items():
        kept.put(profile, standing, run="a" if standing.ranked < 110 else "b")
    assert kept.get([*made, "nobody", "p1"]) == made
    assert kept.made_by("b", made) == {f"p{number}" for number in range(110, 120)}


def two_profiles() -> Shown:
    return Shown([Standing("a", 1, "ad", 5, 0), Standing("a", 2, "organic", 6, 0), Standing("b", 3, "ad", None, 0)])


def test_a_run_goes_on_where_it_stopped(table: Table, clock: Clock) -> None:
    shown = two_profiles()
    daily = ranking(shown, table, clock)
    assert daily.run("monday", lambda: False).profiles == 0
    shown.rows, whole = shown.rows[:2], shown.rows
    assert daily.run("monday").profiles == 1
    shown.rows = whole
    assert daily.run("monday").profiles == 1
    assert daily.run("monday").profiles == 0
    assert daily.run("tuesday").profiles == 2
    standing = Standings(table).get(["b"])["b"]
    assert (standing.ranked, standing.percent_ads, dict(standing.items)) == (0, 100.0, {})


def test_of_a_large_library_a_part_is_done_in_the_time_there_is(clock: Clock) -> None:
    shown = Shown([Standing(f"p{number}", number, "ad", number, 0) for number in range(1, 251)])
    time = iter([True, True, False])
    table = Memory()
    done = ranking(shown, table, clock).run("monday", lambda: next(time))
    assert (done.profiles, done.whole) == (200, False)
    done = ranking(shown, table, clock).run("monday")
    assert (done.profiles, done.whole) == (50, True)


def test_counters_are_those_that_were_observed_last(clock: Clock) -> None:
    """The newest item is gone, and was not observed since; the oldest is not asked."""
    observed = {1: 9, 2: 4, 3: 8, 4: 1, 5: 2, 6: 3}  # January's days

    class Observed(Shown):
        def get(self, versions: Sequence[tuple[int, int]]) -> list[Document | None]:
            return [self._document(each) if each != 5 else None for each, _ in versions]

        def _document(self, each: int) -> Document:
            moment = datetime(2026, 1, observed[each], tzinfo=UTC)
            profile = Profile(followers=observed[each])
            item = Item(tiktok_id=str(each), updated_at=moment, profile=profile)
            return Document(item=item, created_at=moment, indexed_at=moment, first_seen_at=moment)

    shown = Observed([Standing("p", each, "ad", each, each) for each in observed])
    table = Memory()
    ranking(shown, table, clock).run("monday")
    snapshot = Snapshots(table).as_of("p", datetime.fromtimestamp(clock.now, UTC).date())
    assert snapshot is not None
    assert snapshot.counters == Counters(followers=8)
