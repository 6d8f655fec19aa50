"""In which order the providers are asked, what ends it, and what becomes of what they said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Author, Kind, Post, Rendition
from tokstack.posts.references import PostRef
from tokstack.providers.asking import Asking
from tokstack.providers.chain import Chain
from tokstack.providers.circuit import FAILURES, Circuits
from tokstack.providers.deadline import Deadline
from tokstack.providers.limiter import Limiter
from tokstack.table import Table

REFERENCE = PostRef("1")
EVERYTHING = frozenset({"plays", "downloads", "media"})
MEDIA = (Rendition(urls=("https://v/1.mp4",)),)


@dataclass
class Fake:
    """Answers with `says`, or fails with it."""

    name: str
    fills: frozenset[str]
    says: Post | Code
    pause: float = 0.0
    seconds: list[float] = field(default_factory=list)  # that it was given, each time

    def post(self, reference: PostRef, seconds: float) -> Post:
        assert reference == REFERENCE
        self.seconds.append(seconds)
        if isinstance(self.says, Code):
            raise TokstackError(self.says, f"{self.name} says so.")
        return self.says


def post(**values: Any) -> Post:
    return Post(id="1", kind=Kind.VIDEO, **values)


def page(says: Post | Code) -> Fake:
    return Fake("page", frozenset({"plays", "media"}), says)


def player(says: Post | Code) -> Fake:
    return Fake("player", frozenset({"media"}), says)


def tikwm(says: Post | Code, *, pause: float = 0.0) -> Fake:
    return Fake("tikwm", frozenset({"plays", "downloads", "media"}), says, pause)


@pytest.fixture
def asking(table: Table) -> Asking:
    return Asking(Circuits(table), Limiter(table, sleep=lambda _: None))


def ask(
    asking: Asking,
    providers: Sequence[Fake],
    required: set[str],
    wanted: frozenset[str] = frozenset(),
    known: Post | None = None,
    seconds: float = 20,
) -> Post:
    return Chain(asking, providers).post(REFERENCE, known, frozenset(required), wanted, Deadline(seconds))


def asked(providers: Sequence[Fake]) -> list[str]:
    return [provider.name for provider in providers if provider.seconds]


FULL = post(plays=1, renditions=MEDIA)
BLOCKED, BUSY, SLOW = Code.UPSTREAM_CHALLENGE, Code.UPSTREAM_UNAVAILABLE, Code.UPSTREAM_TIMEOUT


@pytest.mark.parametrize(
    ("providers", "required", "wanted", "names"),
    [
        ([page(FULL), player(FULL), tikwm(FULL)], {"plays"}, set(), ["page"]),
        ([page(BLOCKED), player(FULL), tikwm(FULL)], {"plays"}, set(), ["page", "player"]),
        ([page(BLOCKED), player(post(renditions=MEDIA)), tikwm(FULL)], {"plays"}, set(), ["page", "player", "tikwm"]),
        ([page(FULL), player(FULL), tikwm(post(downloads=9))], {"plays"}, {"downloads"}, ["page", "tikwm"]),
        ([page(FULL), player(FULL), tikwm(BLOCKED)], {"plays"}, {"downloads"}, ["page", "tikwm"]),
        ([page(FULL), player(FULL), tikwm(Code.POST_NOT_FOUND)], {"plays"}, {"downloads"}, ["page", "tikwm"]),
        ([page(post(plays=1)), player(Code.POST_DELETED), tikwm(FULL)], {"media"}, set(), ["page", "player", "tikwm"]),
        ([page(post()), player(post()), tikwm(FULL)], set(), set(), ["page"]),
    ],
    ids=[
        "the-cheapest-alone",
        "a-passing-failure-goes-on",
        "who-lacks-what-is-required",
        "only-who-can-fill-what-is-wanted",
        "wanted-in-vain",
        "a-no-after-a-yes-is-not-believed",
        "nor-where-something-is-required",
        "nothing-asked-for-but-the-post",
    ],
)
def test_who_is_asked(
    asking: Asking, providers: list[Fake], required: set[str], wanted: set[str], names: list[str]
) -> None:
    for provider in providers:
        provider.seconds.clear()
    found = ask(asking, providers, required, frozenset(wanted))
    assert asked(providers) == names
    assert all(found.plays == 1 for name in required & {"plays"})


def test_what_is_lacking_is_merged_and_never_invented(asking: Asking) -> None:
    providers = [page(FULL), tikwm(post(plays=5, downloads=9, author=Author(handle="a")))]
    found = ask(asking, providers, {"plays"}, frozenset({"downloads", "region"}))
    assert (found.plays, found.downloads, found.author.handle, found.region) == (1, 9, "a", None)


@pytest.mark.parametrize("code", [Code.POST_DELETED, Code.POST_PRIVATE, Code.REGION_BLOCKED, Code.POST_NOT_FOUND])
def test_a_final_error_ends_it(asking: Asking, code: Code) -> None:
    providers = [page(BLOCKED), player(code), tikwm(FULL)]
    with pytest.raises(TokstackError) as caught:
        ask(asking, providers, {"plays"})
    assert caught.value.code is code
    assert asked(providers) == ["page", "player"]


def test_the_last_cause_is_named(asking: Asking) -> None:
    with pytest.raises(TokstackError) as caught:
        ask(asking, [page(BLOCKED), player(BUSY), tikwm(SLOW)], {"plays"})
    assert caught.value.code is SLOW
    assert "tikwm" in caught.value.message


def test_who_was_spared_is_no_cause_where_another_was_asked(asking: Asking, table: Table) -> None:
    Circuits(table).switch("tikwm", enabled=False)
    with pytest.raises(TokstackError) as caught:
        ask(asking, [page(BLOCKED), tikwm(FULL)], {"plays"})
    assert caught.value.code is BLOCKED
    assert "page" in caught.value.message


def test_what_is_required_and_nobody_has(asking: Asking) -> None:
    with pytest.raises(TokstackError) as caught:
        ask(asking, [page(FULL)], {"plays", "downloads"})
    assert caught.value.code is Code.UPSTREAM_EMPTY


def test_an_answer_about_another_post_is_none(asking: Asking) -> None:
    other = Post(id="2", kind=Kind.VIDEO, plays=3)
    assert ask(asking, [page(other), tikwm(FULL)], {"plays"}) == FULL
    with pytest.raises(TokstackError) as caught:
        ask(asking, [page(other)], {"plays"})
    assert caught.value.code is Code.UPSTREAM_CHANGED


def test_what_is_known_is_not_asked_again(asking: Asking) -> None:
    providers = [page(BLOCKED), tikwm(post(downloads=9))]
    assert ask(asking, providers, {"plays"}, EVERYTHING, known=FULL).downloads == 9
    assert asked(providers) == ["tikwm"]


def test_an_open_circuit_is_passed_over(asking: Asking) -> None:
    broken = page(BLOCKED)
    for _ in range(FAILURES + 3):
        ask(asking, [broken, tikwm(FULL)], {"plays"})
    assert len(broken.seconds) == FAILURES


def test_final_errors_open_no_circuit(asking: Asking) -> None:
    gone = page(Code.POST_DELETED)
    for _ in range(FAILURES + 3):
        with pytest.raises(TokstackError):
            ask(asking, [gone], {"plays"})
    assert len(gone.seconds) == FAILURES + 3


def test_waiting_ones_turn(table: Table, clock: Clock) -> None:
    """A turn that is too far off is not waited for, is no failure, and less is waited for what is only wanted."""
    waits: list[float] = []
    asking = Asking(Circuits(table), Limiter(table, sleep=waits.append))
    limited = tikwm(post(plays=1, downloads=9), pause=1.0)
    for _ in range(3):
        ask(asking, [page(FULL), limited], {"plays"}, frozenset({"downloads"}))
    assert len(limited.seconds) == 2
    for _ in range(3):
        ask(asking, [limited], {"plays"})
    with pytest.raises(TokstackError) as caught:
        ask(asking, [limited], {"plays"})
    assert caught.value.code is Code.UPSTREAM_RATE_LIMITED
    assert waits == pytest.approx([0, 1, 2, 3, 4])
    assert Circuits(table).state("tikwm").failures == 0
    clock.now += 60
    assert ask(asking, [limited], {"plays"}).downloads == 9


def test_nobody_is_given_more_time_than_is_left(asking: Asking) -> None:
    quick = page(FULL)
    ask(asking, [quick], {"plays"}, seconds=2)
    assert quick.seconds[0] <= 2
    with pytest.raises(TokstackError) as caught:
        ask(asking, [quick], {"plays"}, seconds=0.5)
    assert caught.value.code is Code.UPSTREAM_TIMEOUT
    assert len(quick.seconds) == 1


def test_what_is_wanted_is_given_less_time_than_what_is_required(asking: Asking) -> None:
    first, second = page(FULL), tikwm(BUSY)
    ask(asking, [first, second], {"plays"}, frozenset({"downloads"}))
    assert second.seconds[0] < first.seconds[0]


def test_every_attempt_is_measured(asking: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    ask(asking, [page(BLOCKED), player(FULL)], {"media"})
    printed = capsys.readouterr().out
    for provider, outcome in (("page", "upstream_challenge"), ("player", "ok")):
        assert f'"provider":"{provider}","outcome":"{outcome}"' in printed
