"""A library whose writes fail and whose writers are killed: no reader sees what is not right, and nothing is lost."""

from collections.abc import Iterator
from datetime import date

import pytest

from local.tools.npm import UnavailableError
from tests import library_chaos
from tests.library_chaos import Place, Told, Trouble
from tests.library_sample import Sample
from tokstack.library.entry import Area, Keyword, Number
from tokstack.library.query import Query, Range

TROUBLE = Trouble(seconds=14, lives=(0.5, 7), lease=1.5, publications=2, reading=1, readers=4, changed=40, pause=1.5)
ADS = {Keyword.TYPE: frozenset({"ad"})}
QUERIES = (
    Query(limit=50),
    Query(offset=2_150, limit=50),
    Query(terms=("skin care",), sort=None, limit=50),
    Query(terms=("ครีม", "🔥"), limit=50),
    Query(terms=("night drive", "morning"), every=True, areas=(Area.MUSIC, Area.CAPTION), limit=50),
    Query(keywords=ADS, sort=Number.VIEWS, limit=50),
    Query(keywords=ADS, sort=Number.VIEWS, descending=False, offset=40, limit=50),
    Query(sort=Number.ENGAGEMENT_RATE, ranges={Number.VIEWS: Range(1_000)}, limit=50),
    Query(sort=Number.FOLLOWERS, keywords={Keyword.SHOP_LINKED: frozenset({"yes"})}, offset=300, limit=50),
    Query(sort=Number.UPDATED, keywords={Keyword.LANGUAGE: frozenset({"ja", "ar"})}, limit=50),
)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    try:
        with library_chaos.place() as here:
            yield here
    except UnavailableError as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="module")
def told(place: Place) -> Told:
    items = [*Sample(date(2026, 11, 19)).items.values()]
    return library_chaos.endure(place, [items[start::2] for start in range(2)], QUERIES, TROUBLE)


def test_readers_saw_nothing_that_is_not_right(told: Told) -> None:
    assert told.looked.wrong == []
    assert told.looked.answers > 100
    assert told.looked.rows > 2_000


def test_writers_were_killed_and_none_ended_by_itself(told: Told) -> None:
    assert told.kills >= 2 * TROUBLE.writers
    assert told.crashes == []


def test_what_came_in_meanwhile_was_published(told: Told) -> None:
    assert told.batches > 3
    assert told.publications >= TROUBLE.publications


def test_the_library_is_what_its_log_says(told: Told) -> None:
    """Item by item; and by query, what it is when it is built anew."""
    assert told.same
