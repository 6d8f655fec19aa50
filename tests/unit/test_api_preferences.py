"""`Prefer` as RFC 7240 writes it; what is in no known form is as if it were not said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.api.preferences import LONGEST, Preferences, preferences

NONE = Preferences()
ASYNC = Preferences(respond_async=True)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", NONE),
        ("respond-async", ASYNC),
        ("Respond-Async", ASYNC),
        (' respond-async = "" ', ASYNC),
        ("return=minimal, respond-async", ASYNC),
        ("respond-async; foo=bar", ASYNC),
        ('foo="a, wait=3", respond-async', ASYNC),
        (", ,respond-async,", ASYNC),
        ("wait=10", Preferences(wait=10)),
        ("WAIT = 10", Preferences(wait=10)),
        ('wait="10"', Preferences(wait=10)),
        ("wait=0", Preferences(wait=0)),
        ("wait=007", Preferences(wait=7)),
        ("wait=26", Preferences(wait=25)),
        ("wait=999999999", Preferences(wait=25)),
        ("wait=3, wait=20", Preferences(wait=3)),
        ("wait=10;x=1", Preferences(wait=10)),
        ("respond-async, wait=5", Preferences(respond_async=True, wait=5)),
        ("wait=5,respond-async", Preferences(respond_async=True, wait=5)),
        ("respond-async=yes", NONE),
        ("respond-asynchronously", NONE),
        ("wait", NONE),
        ("wait=", NONE),
        ("wait=-1", NONE),
        ("wait=1.5", NONE),
        ("wait=+1", NONE),
        ("wait=٣", NONE),
        ("wait=" + "9" * 5000, NONE),
        ("await=3", NONE),
        ('"unterminated, wait=3', NONE),
        ("=;=,\0", NONE),
    ],
)
def test_a_header(header: str, found: Preferences) -> None:
    assert preferences(header) == found


@pytest.mark.parametrize(
    ("preferred", "seconds", "applied"),
    [
        (NONE, LONGEST, ""),
        (ASYNC, 0, "respond-async"),
        (Preferences(wait=0), 0, "wait=0"),
        (Preferences(wait=3), 3, "wait=3"),
        (Preferences(respond_async=True, wait=3), 3, "respond-async, wait=3"),
    ],
)
def test_what_it_means(preferred: Preferences, seconds: int, applied: str) -> None:
    assert (preferred.patience, preferred.applied) == (seconds, applied)
    assert preferences(applied) == preferred


@given(st.text() | st.text(alphabet='wait=0123456789",;\\ respond-async', max_size=40))
def test_no_header_is_a_fault_and_no_wait_is_too_long(header: str) -> None:
    found = preferences(header)
    assert 0 <= found.patience <= LONGEST
    assert preferences(found.applied) == found
