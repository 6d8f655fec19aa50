"""However observations come, the same document comes of them."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.library_items import DAY, FIRST, item, observations
from tokstack.library.document import Document, days_running
from tokstack.library.documents import serialised, version_of
from tokstack.library.item import Item, ItemType, Metrics, Status
from tokstack.library.merge import merged


def told(*observed: tuple[Item, datetime]) -> Document:
    known = reduce(lambda known, each: merged(known, *each), observed, None)
    assert known
    return known


def after(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


@given(st.lists(observations(), min_size=1, max_size=6), st.data())
def test_neither_order_nor_repetition_matters(observed: list[tuple[Item, datetime]], data: st.DataObject) -> None:
    one = [(each.model_copy(update={"tiktok_id": "7"}), received) for each, received in observed]
    again = [*one, *data.draw(st.lists(st.sampled_from(one), max_size=4))]
    shuffled = data.draw(st.permutations(again))
    assert serialised(told(*shuffled)) == serialised(told(*one))


@given(st.lists(observations(), min_size=1, max_size=5))
def test_a_document_says_of_all_observations_what_it_claims(observed: list[tuple[Item, datetime]]) -> None:
    observed = [(each.model_copy(update={"tiktok_id": str(FIRST)}), received) for each, received in observed]
    document = told(*observed)
    moments = [(each.updated_at or received, each, received) for each, received in observed]
    newest = max(moment for moment, _, _ in moments)
    assert document.item.updated_at == newest
    assert document.created_at == min(received for _, _, received in moments)
    assert document.item.metrics in [each.metrics for moment, each, _ in moments if moment == newest]
    pinned = [moment for moment, each, _ in moments if each.is_pinned]
    unpinned = [moment for moment, each, _ in moments if pinned and not each.is_pinned and moment > min(pinned)]
    assert document.first_pinned_at == min(pinned, default=None)
    assert document.last_pinned_at == max(pinned, default=None)
    assert document.last_unpinned_at == max(unpinned, default=None)
    active = [
        each.last_active_at or moment
        for moment, each, _ in moments
        if each.last_active_at or each.status is Status.ACTIVE
    ]
    assert document.last_active_at == max(active, default=None)


@given(observations())
def test_what_is_kept_comes_back(observed: tuple[Item, datetime]) -> None:
    document = told(observed)
    assert Document.model_validate_json(serialised(document)) == document
    assert version_of(serialised(document)) < 2**63


def test_the_newest_is_kept_whole_even_where_it_says_less() -> None:
    old, new = item(hour=1, metrics=Metrics(views=5, likes=1)), item(hour=2, metrics=Metrics(views=7))
    for order in ([old, new], [new, old]):
        document = told(*((each, after(3)) for each in order))
        assert document.item.metrics == Metrics(views=7)


def test_what_does_not_say_when_it_was_observed_was_observed_when_it_came() -> None:
    observed = Item(tiktok_id="5", status=Status.ACTIVE)
    document = told((observed, after(4)))
    assert document.item.updated_at == document.created_at == document.last_active_at == after(4)


def test_an_organic_post_was_there_when_it_was_published_and_an_ad_when_it_was_shown() -> None:
    organic = item(published_at=after(-48), status=Status.ACTIVE)
    ad = item(type=ItemType.AD, published_at=after(-48), first_seen_at=after(-24), status=Status.ACTIVE)
    assert told((organic, DAY)).first_seen_at == after(-48)
    assert told((ad, DAY)).first_seen_at == after(-24)
    assert (days_running(told((organic, DAY))), days_running(told((ad, DAY)))) == (2, 1)


@pytest.mark.parametrize(
    ("tiktok_id", "published"),
    [
        (str(FIRST), datetime(2024, 1, 5, 23, 59, 31, tzinfo=UTC)),
        ("1923845247192304", None),  # an ad's, which tells no time
        (str(2**63 - 1), None),  # in 2038
        ("5", None),
    ],
)
def test_an_id_tells_when_it_was_published_where_nobody_says(tiktok_id: str, published: datetime | None) -> None:
    assert told((Item(tiktok_id=tiktok_id), DAY)).item.published_at == published
    said = Item(tiktok_id=tiktok_id, published_at=after(-1))
    assert told((said, DAY)).item.published_at == after(-1)


def test_of_two_that_say_different_things_of_one_moment_the_same_one_is_taken() -> None:
    one, other = item(metrics=Metrics(views=1)), item(metrics=Metrics(views=2))
    assert told((one, DAY), (other, after(1))) == told((other, after(1)), (one, DAY))
    indexed = told((one, after(1)), (one, DAY), (one, after(2))).indexed_at
    assert indexed == DAY
