"""Faults come in one sequence per seed, and each looks like trouble, never like an answer."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.upstream import routes
from local.upstream.answers import Delivery, Request
from local.upstream.faults import KINDS, Fault, Faults, Plan
from local.upstream.spoiling import spoil
from tests.sample_upstream import first, world
from tests.upstreams import session
from tokstack.errors import TokstackError
from tokstack.posts.models import Author
from tokstack.posts.references import PostRef, ShortLink
from tokstack.posts.short_links import follow
from tokstack.providers.creator_list import CreatorList
from tokstack.providers.embed import Embed
from tokstack.providers.oembed import OEmbed
from tokstack.providers.page import PostPage
from tokstack.providers.player import Player
from tokstack.providers.profile import ProfilePage
from tokstack.providers.session import Session
from tokstack.providers.tikwm import Tikwm

POST = first(lambda post: post.clip)
REFERENCE = PostRef(POST.id)
AUTHOR = Author(handle=POST.author.handle, sec_uid=POST.author.sec_uid)
QUESTIONS: dict[str, Callable[[Session], Any]] = {
    "page": lambda session: PostPage(session).post(REFERENCE, 5),
    "player": lambda session: Player(session).post(REFERENCE, 5),
    "embed": lambda session: Embed(session).post(REFERENCE, 5),
    "embed-user": lambda session: Embed(session).posts(AUTHOR, None, 5),
    "oembed": lambda session: OEmbed(session).post(REFERENCE, 5),
    "tikwm": lambda session: Tikwm(session).post(REFERENCE, 5),
    "creator-list": lambda session: CreatorList(session).posts(AUTHOR, None, 5),
    "profile": lambda session: ProfilePage(session).user(POST.author.handle, 5),
}
FORMS = {"soft_block": 3, "5xx": 4}
SHAPED = [
    Fault(kind, form)
    for kind in KINDS
    if kind not in {delivery.value for delivery in Delivery}
    for form in range(FORMS.get(kind, 1))
]


def spoiled(fault: Fault) -> Session:
    """The sample upstream, all of whose first answers meet this fault; login pages and the like are whole."""
    here = world()

    def answer(request: httpx.Request) -> httpx.Response:
        asked = Request(request.url.host, request.url.path, dict(request.url.params))
        given = routes.answer(here, asked)
        if asked.path != "/login":
            given = spoil(given, asked, fault)
        return httpx.Response(given.status, headers=given.headers, content=given.body)

    return session(answer)


@pytest.mark.parametrize("fault", SHAPED, ids=lambda fault: f"{fault.kind}-{fault.variant}")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_fault_is_told_from_an_answer_and_from_a_final_refusal(question: str, fault: Fault) -> None:
    with pytest.raises(TokstackError) as caught:
        QUESTIONS[question](spoiled(fault))

    assert caught.value.passing


@pytest.mark.parametrize("fault", SHAPED, ids=lambda fault: f"{fault.kind}-{fault.variant}")
def test_a_short_link_that_meets_a_fault_leads_nowhere_for_now(fault: Fault) -> None:
    link = ShortLink("https://vm.tiktok.com/ZMvideo01/")
    with (
        pytest.raises(TokstackError) as caught,
        spoiled(fault)(frozenset({"tiktok.com"}), 5) as client,
    ):
        follow(link, client)

    assert caught.value.passing


def test_the_same_plan_gives_the_same_faults() -> None:
    def draws(seed: int) -> list[Fault | None]:
        faults = Faults()
        faults.set(Plan(0.2, seed=seed))
        return [faults.draw("www.tiktok.com") for _ in range(1000)]

    assert draws(7) == draws(7) != draws(8)
    assert 150 < sum(fault is not None for fault in draws(7)) < 250
    assert {fault.kind for fault in draws(7) if fault} == set(KINDS)


def test_only_the_named_hosts_meet_faults_and_rate_0_ends_them() -> None:
    faults = Faults()
    faults.set(Plan(1.0, ("reset",), ("www.tikwm.com",)))

    assert faults.draw("www.tiktok.com") is None
    assert faults.draw("www.tikwm.com") is not None
    faults.set(Plan())
    assert faults.draw("www.tikwm.com") is None


def test_a_plan_is_read_as_it_is_written() -> None:
    assert Plan.read({"rate": 0.2, "kinds": "all", "seed": 7}) == Plan(0.2, KINDS, (), 7)
    assert Plan.read({"rate": 1, "kinds": ["403"], "hosts": ["a.example"]}) == Plan(1.0, ("403",), ("a.example",), 0)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"rate": 2},
        {"rate": "0.2"},
        {"rate": 0.2, "kinds": []},
        {"rate": 0.2, "kinds": ["fire"]},
        {"rate": 0.2, "hosts": "www.tiktok.com"},
        {"rate": 0.2, "seed": "7"},
        {"rate": 0.2, "sead": 7},
    ],
)
def test_a_wrong_plan_is_refused(body: Any) -> None:
    with pytest.raises(ValueError, match=r"rate|kinds|hosts|seed|unknown"):
        Plan.read(body)
