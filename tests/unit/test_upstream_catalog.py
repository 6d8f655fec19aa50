"""The catalogue of the sample upstream: what is in it, and that it never changes by itself."""

from collections import Counter

from local.upstream.catalog import CAPTIONS, REFUSALS, TWO_YEARS, UNTIL, catalog
from local.upstream.shapes_lists import page_of
from tests.sample_upstream import CATALOG

SCHEDULED = {"scheduled", "id-max", "id-near-max"}


def test_is_the_same_for_the_same_seed_only() -> None:
    assert catalog() == CATALOG
    assert catalog(seed=2).by_id.keys() != CATALOG.by_id.keys()


def test_has_what_it_promises() -> None:
    assert len(CATALOG.people) == 20
    assert len(CATALOG.posts) >= 300
    assert len(CATALOG.by_id) == len(CATALOG.posts)
    assert all(UNTIL - TWO_YEARS <= post.created <= UNTIL for post in CATALOG.posts)
    assert {len(post.images) for post in CATALOG.posts} >= {1, 2, 35}
    assert any(post.pinned for post in CATALOG.posts)
    assert {post.trait for post in CATALOG.posts} >= {*REFUSALS, *CAPTIONS, *SCHEDULED, "live-photos", "sound-removed"}
    assert Counter(bool(CATALOG.feed(person)) for person in CATALOG.people)[False] == 2  # a private one, an empty one


def test_ids_tell_about_when_a_post_was_made_unless_it_was_scheduled() -> None:
    late = [post.created - (int(post.id) >> 32) for post in CATALOG.posts if post.trait not in SCHEDULED]

    assert all(0 <= seconds < 120 for seconds in late)
    assert max(int(post.id) for post in CATALOG.posts) == 2**63 - 1


def test_feeds_are_cut_into_pages_that_hold_each_post_once() -> None:
    feed = CATALOG.feed(CATALOG.by_handle["daily.archive"])
    seen, before, more = [], UNTIL * 1000 + 1000, True
    while more:
        page, more = page_of(feed, before, 35)
        seen += page
        before = page[-1].created * 1000

    assert sorted(seen, key=lambda post: post.id) == sorted(feed, key=lambda post: post.id)
    assert [post.pinned for post in seen[:4]] == [True, True, True, False]
    assert [post.created for post in seen[3:]] == sorted((post.created for post in seen[3:]), reverse=True)
