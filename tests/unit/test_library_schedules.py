"""The functions that track and rank, each with its event."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.functions import run
from tests.ranked import Shown, ranking
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.library import queues, refresh
from tokstack.library import ranking as ranks
from tokstack.library import tracking as tracked
from tokstack.library.engines.protocol import Standing
from tokstack.library.following import AdSearch, PostSearch, Profile
from tokstack.library.standings import Standings
from tokstack.library.tracking import Kind, Subject, Tracking
from tokstack.providers.official.ad_library import AdQuery
from tokstack.providers.official.research import VideoQuery
from tokstack.table import Table

SOMEONE = Subject(Kind.PROFILE, "daily.archive")


class FakeQueue:
    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.came_back: list[tuple[str, int]] = []

    def send(self, message: Any) -> None:
        self.sent.append(message)

    def come_back(self, receipt: str, received: int) -> None:
        self.came_back.append((receipt, received))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    fake = FakeQueue()
    monkeypatch.setattr(queues, "refresh_queue", lambda: fake)
    return fake


def test_the_schedule_sends_what_is_due(table: Table, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked, "tracking", lambda: Tracking(table))
    Tracking(table).track(SOMEONE)
    run("library_schedule")
    run("library_schedule")
    assert queue.sent == [{"subject": "profile#daily.archive", "turn": 1}]


class FakeRefresher:
    def __init__(self, outcome: str | TokstackError) -> None:
        self.outcome = outcome
        self.asked: list[tuple[Any, bool]] = []

    def take(self, message: Any, go_on: Callable[[], bool]) -> str:
        self.asked.append((message, go_on()))
        if isinstance(self.outcome, TokstackError):
            raise self.outcome
        return self.outcome


@pytest.mark.parametrize(("left", "goes_on"), [(300_000, True), (100_000, False)])
def test_a_message_is_a_turn(queue: FakeQueue, monkeypatch: pytest.MonkeyPatch, left: int, *, goes_on: bool) -> None:
    fake = FakeRefresher("done")
    monkeypatch.setattr(refresh, "refresher", lambda: fake)
    assert run("library_refresh", left=left) == {"batchItemFailures": []}
    assert fake.asked == [({"subject": "profile#daily.archive", "turn": 1}, goes_on)]


def test_a_message_that_fails_comes_back_soon(queue: FakeQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeRefresher(TokstackError(Code.SERVICE_UNAVAILABLE, "The table cannot be reached."))
    monkeypatch.setattr(refresh, "refresher", lambda: fake)
    (failed,) = run("library_refresh")["batchItemFailures"]
    assert failed == {"itemIdentifier": "19dd0b57-b21e-4ac1-bd88-01bbb068cb70"}
    assert queue.came_back == [("MessageReceiptHandle", 1)]


def test_the_ranks_are_made_by_the_run_of_the_event(
    table: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Shown([Standing("p", 1, "ad", 5, 0)])
    monkeypatch.setattr(ranks, "ranking", lambda: ranking(shown, table, clock))
    later: list[tuple[str, str]] = []
    monkeypatch.setattr(ranks, "again", lambda *given: later.append(given))
    run("library_ranks", left=60_000)
    assert later == [("tokstack-library_ranks", "cdc73f9d-aea9-11e3-9d5a-835b769c0d9c")]
    assert Standings(table).get(["p"]) == {}
    run("library_ranks", {"run": later[0][1]})
    assert len(later) == 1
    assert Standings(table).made_by(later[0][1], ["p"]) == {"p"}


def test_a_run_goes_on_in_a_call_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[dict[str, Any]] = []
    client = SimpleNamespace(invoke=lambda **given: called.append(given))
    monkeypatch.setattr("boto3.client", lambda service: {"lambda": client}[service])
    ranks.again("tokstack-library-ranks", "monday")
    assert called == [
        {"FunctionName": "tokstack-library-ranks", "InvocationType": "Event", "Payload": '{"run": "monday"}'}
    ]


def test_each_kind_is_asked_of_whom_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "upstream", lambda: "upstream")
    monkeypatch.setattr(refresh, "sources", lambda: "sources")
    profile, ads, posts = (
        refresh.followed_by(Subject(kind, name))
        for kind, name in ((Kind.PROFILE, "someone"), (Kind.ADS, "DE:shoes"), (Kind.RESEARCH, "ALL:a:b"))
    )
    assert isinstance(profile, Profile)
    assert (profile.handle, str(profile.upstream)) == ("someone", "upstream")
    assert isinstance(ads, AdSearch)
    assert (ads.query, str(ads.sources)) == (AdQuery("DE", "shoes"), "sources")
    assert isinstance(posts, PostSearch)
    assert (posts.query, str(posts.sources)) == (VideoQuery("ALL", "a:b"), "sources")
