"""Fills the library of a cloud that was just started: through the log, the index and the ranks, as every library is."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from local.account import ACCOUNT, REGION, STACK
from local.aws import Aws
from local.library.catalog import DAYS, Entrant, entrants
from tokstack.library.bucket import Bucket
from tokstack.library.documents import Documents
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.protocol import Engine
from tokstack.library.index import Indexer
from tokstack.library.ingest import Ingest
from tokstack.library.item import ItemType
from tokstack.library.log import Log
from tokstack.library.ranks import standing_of
from tokstack.library.retired import Retired
from tokstack.library.shops import Shops
from tokstack.library.snapshots import Counters, Snapshot, Snapshots
from tokstack.library.standing import DELTAS, ProfileStanding
from tokstack.library.standings import Standings
from tokstack.table import Table

_EVENING = time(18)
_SECONDS = 3600.0
_NEW = 7  # days that an item is a new one


def seed(aws: Aws, now: datetime, opensearch: str | None) -> int:
    """How many items there are; the last day is the last whole one before `now`."""
    today = (now - timedelta(days=1)).date()
    told = entrants(today)
    with tempfile.TemporaryDirectory() as home:
        _fill(aws, told, today, _engine(aws, Path(home), opensearch))
    return len(told)


def _fill(aws: Aws, told: Sequence[Entrant], today: date, engine: Engine) -> None:
    bucket = Bucket(aws.client("s3"), bucket_name())
    table = Table(aws.client("dynamodb"), f"{STACK}-library")
    documents, log = Documents(table), Log(bucket)
    ingest = Ingest(log, lambda: None)
    for day, shown in groupby(sorted(told, key=attrgetter("shown")), key=attrgetter("shown")):
        ingest.take((entrant.on(day) for entrant in shown), _evening(day))
    ingest.take((entrant.on(today) for entrant in told), _evening(today) + timedelta(minutes=1))
    Shops(table).put({item.shop.domain: item.shop for entrant in told if (item := entrant.item).shop}.values())
    Indexer(table, log, documents, Retired(bucket, documents, table.now), engine).turn(lambda: _SECONDS)
    days = _history(told, today)
    Snapshots(table).put_all((profile, snapshot) for profile, kept in days.items() for snapshot in kept.values())
    Standings(table).put_all((profile, _standing(told, profile, kept, today)) for profile, kept in days.items())


def bucket_name() -> str:
    return f"{STACK}-library-{ACCOUNT}-{REGION}"


def _engine(aws: Aws, home: Path, opensearch: str | None) -> Engine:
    if opensearch:
        from tokstack.library.engines.opensearch import OpenSearchEngine, client

        return OpenSearchEngine(client(opensearch), f"{STACK}-library")
    return Embedded(aws.client("s3"), bucket_name(), home)


Days = Mapping[date, Snapshot]


def _history(told: Sequence[Entrant], today: date) -> dict[str, Days]:
    """What was kept of each profile at the end of each day that it had items on."""
    history: dict[str, Days] = {}
    for profile, own in groupby(sorted(told, key=_profile), key=_profile):
        entrants = list(own)
        days = (today - timedelta(days=ago) for ago in range(DAYS))
        history[profile] = {
            day: _snapshot(shown, day) for day in days if (shown := [e for e in entrants if e.shown <= day])
        }
    return history


def _standing(told: Sequence[Entrant], profile: str, kept: Days, today: date) -> ProfileStanding:
    """As the daily job makes it. It has no day to make up for, so each day is the one that is asked for."""
    earlier = [kept.get(today - timedelta(days=days)) for days in DELTAS]
    new = sum(_profile(entrant) == profile and (today - entrant.shown).days < _NEW for entrant in told)
    return standing_of(kept[today], earlier, kept.get(today - timedelta(days=1)), new)


def _profile(entrant: Entrant) -> str:
    return entrant.item.profile.id or ""


def _snapshot(shown: Sequence[Entrant], day: date) -> Snapshot:
    views = {int(each.item.tiktok_id): count for each in shown if (count := each.views_on(day)) is not None}
    ads = sum(entrant.item.type is ItemType.AD for entrant in shown)
    profile = shown[0].item.profile
    counters = Counters(profile.followers, sum(views.values()), profile.likes, profile.total_tik_toks)
    return Snapshot(_evening(day).timestamp(), views, ads, len(shown) - ads, counters)


def _evening(day: date) -> datetime:
    return datetime.combine(day, _EVENING, UTC)
