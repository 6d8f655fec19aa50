"""The daily job: every profile's snapshot is taken, and its standing made of this one and the earlier ones.

A run can be done in pieces, by several workers and more than once: a profile's standing tells which run made it, and is
the last that is written. What a run has done is passed over; whoever goes on needs only the run's name.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from heapq import nlargest
from itertools import groupby

from tokstack.library import ranks
from tokstack.library.documents import Documents, documents
from tokstack.library.engines.chosen import engine
from tokstack.library.engines.protocol import Reader, Standing
from tokstack.library.item import Item, Profile
from tokstack.library.snapshots import Counters, Snapshots, days_before
from tokstack.library.standing import DELTAS
from tokstack.library.standings import Standings, standings
from tokstack.table import library_table

_PROFILES, _ITEMS = 100, 20_000  # at once, whichever are more
_ASKED = 5  # items of a profile
_NEVER = datetime.min.replace(tzinfo=UTC)
_THREADS = 8  # each profile waits for the table seven times

Rows = tuple[str, Sequence[Standing]]  # a profile's


@dataclass(frozen=True, slots=True)
class Done:
    """How many profiles were ranked; and whether the run is at its end."""

    profiles: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    reader: Reader
    documents: Documents
    snapshots: Snapshots
    standings: Standings
    now: Callable[[], float] = time.time

    def run(self, name: str, go_on: Callable[[], bool] = lambda: True) -> Done:
        """Ranks whatever the run of that name has not ranked yet, as long as there is time to `go_on`."""
        at, done = self.now(), 0
        self.reader.refresh()
        with ThreadPoolExecutor(_THREADS) as pool:
            for batch in _batches(self.reader.standings()):
                if not go_on():
                    return Done(done, whole=False)
                made = self.standings.made_by(name, (profile for profile, _ in batch))
                left = [(profile, rows) for profile, rows in batch if profile not in made]
                counters = self._counters(left)
                work = [pool.submit(self._rank, rows, counters.get(rows[0], Counters()), at, name) for rows in left]
                for each in work:
                    each.result()
                done += len(left)
        return Done(done, whole=True)

    def _rank(self, rows: Rows, counters: Counters, at: float, run: str) -> None:
        profile, items = rows
        today = ranks.snapshot_of(items, counters, at)
        earlier = [self.snapshots.as_of(profile, days_before(at, days)) for days in DELTAS]
        before = self.snapshots.as_of(profile, days_before(at, 1))
        self.snapshots.put(profile, today)
        self.standings.put(profile, ranks.standing_of(today, earlier, before, ranks.new_items(items, at)), run)

    def _counters(self, batch: Iterable[Rows]) -> dict[str, Counters]:
        """A profile's are told by that of its newest items which was observed last: some may be gone."""
        newest = {row.id: profile for profile, rows in batch for row in nlargest(_ASKED, rows, key=_age)}
        versions = list(self.reader.find(newest).items())
        found: dict[str, Item] = {}
        for (item, _), document in zip(versions, self.documents.get(versions), strict=True):
            profile = newest[item]
            if document and (profile not in found or _observed(document.item) > _observed(found[profile])):
                found[profile] = document.item
        return {profile: _counters(item.profile) for profile, item in found.items()}


@cache
def ranking() -> Ranking:
    """This function's."""
    return Ranking(engine().reader(), documents(), Snapshots(library_table()), standings())


def again(function: str, run: str) -> None:
    """Has the function go on with the run, by and by."""
    import boto3

    event = json.dumps({"run": run})
    boto3.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=event)


def _batches(rows: Iterable[Standing]) -> Iterator[list[Rows]]:
    """Profiles that are dealt with together: no more at once than memory is there for."""
    batch: list[Rows] = []
    items = 0
    for profile, of_profile in groupby(rows, key=lambda row: row.profile):
        batch.append((profile, list(of_profile)))
        items += len(batch[-1][1])
        if len(batch) >= _PROFILES or items >= _ITEMS:
            yield batch
            batch, items = [], 0
    if batch:
        yield batch


def _age(row: Standing) -> tuple[int, int]:
    return row.created, row.id


def _observed(item: Item) -> datetime:
    return item.updated_at or _NEVER


def _counters(profile: Profile) -> Counters:
    return Counters(profile.followers, profile.views, profile.likes, profile.total_tik_toks)
