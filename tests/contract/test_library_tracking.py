"""What is tracked comes into the library, and is ranked: the whole way, with the sample upstream."""

import json
from collections.abc import Iterator, Sequence

import pytest

from local.account import STACK
from local.upstream.catalog import catalog
from tests.clouds import Stack
from tests.front_door import FrontDoor
from tests.library_calls import LIBRARY, bearing
from tests.media_calls import until
from tokstack.library.standing import ProfileStanding
from tokstack.library.standings import Standings
from tokstack.library.tracking import Kind, Subject, Tracked, Tracking
from tokstack.table import Table

OUTCOMES = {
    "false.alarm": ("ok", 8),
    "empty.shelf": ("ok", 0),
    "locked.garden": ("account_private", None),
    "nobody.of.that.name": ("user_not_found", None),
}
SEARCH = Subject(Kind.ADS, "DE:shoes")


@pytest.fixture(scope="module")
def library(stack: Stack) -> Iterator[Table]:
    with stack.client("dynamodb") as client:
        yield Table(client, f"{STACK}-library")


@pytest.fixture(scope="module")
def tracked(stack: Stack, library: Table) -> dict[str, Tracked]:
    """All that is tracked here, after its first turn."""
    tracking = Tracking(library)
    subjects = [SEARCH, *(Subject(Kind.PROFILE, handle) for handle in OUTCOMES)]
    for subject in subjects:
        tracking.track(subject)
    call(stack, "library-schedule", "quarter")

    def ended() -> dict[str, Tracked]:
        found = [each for subject in subjects if (each := tracking.find(subject)) and each.result]
        return {each.subject.name: each for each in found} if len(found) == len(subjects) else {}

    try:
        return until(ended)
    finally:
        for subject in subjects:
            tracking.untrack(subject)


def call(stack: Stack, function: str, event_id: str) -> None:
    """As a schedule does."""
    with stack.client("lambda") as client:
        answer = client.invoke(FunctionName=f"{STACK}-{function}", Payload=json.dumps({"id": event_id}).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.mark.parametrize("handle", OUTCOMES)
def test_how_it_went_is_told(tracked: dict[str, Tracked], handle: str) -> None:
    assert (tracked[handle].result, tracked[handle].items) == OUTCOMES[handle]


def test_a_search_is_off_without_credentials(tracked: dict[str, Tracked]) -> None:
    assert (tracked[SEARCH.name].result, tracked[SEARCH.name].failures) == ("service_unavailable", 1)


def test_a_profile_s_posts_are_ranked_by_their_views(
    stack: Stack, door: FrontDoor, library: Table, tracked: dict[str, Tracked]
) -> None:
    """As soon as they are in the index."""
    person = catalog().by_handle["false.alarm"]
    views = {post.id: post.counters.plays for post in catalog().feed(person)}
    by_views = sorted(views, key=lambda post: -views[post])
    runs = iter(range(1000))

    def ranked() -> Sequence[ProfileStanding]:
        found = bearing(door, "GET", f"{LIBRARY}/tiktok_{by_views[0]}").json()
        if found["data"]["metrics"]["views"] != views[by_views[0]]:
            return []  # the sample library had it by other views: those of its own last day
        call(stack, "library-ranks", f"run-{next(runs)}")
        known = [each for each in Standings(library).get([person.id]).values() if views.keys() <= each.items.keys()]
        return [each for each in known if sorted(views, key=lambda post: each.items[post].rank) == by_views]

    (standing,) = until(ranked)
    assert 0 < standing.new_tik_toks <= len(views), "the sample library had them, and indexed some of them long ago"
    assert standing.snapshot is not None
    assert standing.snapshot.total_tik_toks == len(views)
