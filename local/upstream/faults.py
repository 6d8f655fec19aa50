"""Faults on demand, each in the shape that the endpoint in question shows it in.

challenge, login_wall       the site wants a browser's proof, or a login
empty, soft_block           200 with nothing, or with a well-formed nothing
limiter, 429, 403, 5xx      asked too often; refused; broken
changed_shape               a good answer under other names
timeout, slow, truncated, reset     what a network does
"""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, NamedTuple

from local.upstream import shapes_embed, shapes_page, shapes_player, shapes_tikwm
from local.upstream.answers import Answer, Delivery, Request, Surface, as_json, bare_page, redirect
from local.upstream.sites import LOGIN

KINDS = (
    "challenge", "empty", "limiter", "soft_block", "login_wall", "403", "429", "5xx",
    "timeout", "slow", "truncated", "changed_shape", "reset",
)  # fmt: skip

CHALLENGE = (
    b'<!DOCTYPE html><html><head><title></title></head><body><p>Please wait...</p><p id="cs" '
    b'class="eyJ2Ijp7ImEiOiIiLCJjIjoiIn19"></p><p id="wci" class="_wafchallengeid"></p>'
    b'<p id="rci" class="waforiginalreid"></p><p id="rs" class="x"></p></body></html>'
)
_BROKEN = (500, 502, 503, 504)
_DELIVERIES = {
    "timeout": Delivery.TIMEOUT,
    "slow": Delivery.SLOW,
    "truncated": Delivery.TRUNCATED,
    "reset": Delivery.RESET,
}
# What a changed shape calls the thing that everyone looks for.
_RENAMED = {
    Surface.PAGE: (b'"webapp.video-detail"', b'"webapp.post-detail"'),
    Surface.PROFILE: (b'"webapp.user-detail"', b'"webapp.author-detail"'),
    Surface.EMBED: (b'"data":{', b'"entries":{'),
    Surface.PLAYER: (b'"items":', b'"entries":'),
    Surface.LIST: (b'"itemList":', b'"entries":'),
    Surface.OEMBED: (b'"embed_product_id":', b'"product":'),
    Surface.TIKWM: (b'"code":', b'"status":'),
}


class Plan(NamedTuple):
    """What is asked for: a share of requests, the kinds, and to which hosts (none: to all)."""

    rate: float
    kinds: tuple[str, ...]
    hosts: frozenset[str]
    seed: int


class Fault(NamedTuple):
    """One fault that is due; `variant` picks among its forms."""

    kind: str
    variant: int


NONE = Plan(0.0, KINDS, frozenset(), 0)


@dataclass
class Faults:
    """Draws from one seeded sequence: the same plan gives the same faults in the same order."""

    plan: Plan = NONE

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self.set(self.plan)

    def set(self, plan: Plan) -> None:
        with self._lock:
            self.plan, self._rng = plan, random.Random(plan.seed)  # noqa: S311

    def draw(self, host: str) -> Fault | None:
        """The fault that a request to this host meets, if any."""
        with self._lock:
            if not self.plan.rate or (self.plan.hosts and host not in self.plan.hosts):
                return None
            if self._rng.random() >= self.plan.rate:
                return None
            return Fault(self._rng.choice(self.plan.kinds), self._rng.randrange(12))


def read_plan(body: Any) -> Plan:
    """A plan from the JSON of a request. Raises ValueError with a sentence where it is none."""
    if not isinstance(body, dict) or body.keys() - {"rate", "kinds", "hosts", "seed"}:
        raise ValueError('a plan has "rate", and may have "kinds", "hosts" and "seed"')
    rate, kinds, hosts, seed = body.get("rate"), body.get("kinds", "all"), body.get("hosts", []), body.get("seed", 0)
    if not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise ValueError('"rate" is a number from 0 to 1')
    if kinds != "all" and (not isinstance(kinds, list) or not kinds or not set(kinds) <= set(KINDS)):
        raise ValueError(f'"kinds" is "all" or a list of some of {", ".join(KINDS)}')
    if not isinstance(hosts, list) or not isinstance(seed, int):
        raise ValueError('"hosts" is a list of names, "seed" a whole number')
    return Plan(float(rate), KINDS if kinds == "all" else tuple(kinds), frozenset(map(str, hosts)), seed)


def as_mapping(plan: Plan) -> Mapping[str, Any]:
    return {"rate": plan.rate, "kinds": list(plan.kinds), "hosts": sorted(plan.hosts), "seed": plan.seed}


def spoil(answer: Answer, request: Request, fault: Fault) -> Answer:
    """The answer as this fault leaves it."""
    surface = answer.surface
    match fault.kind:
        case kind if kind in _DELIVERIES:
            return replace(answer, delivery=_DELIVERIES[kind])
        case "challenge":
            return _challenge(surface)
        case "login_wall":
            return _wall(surface)
        case "empty":
            return Answer(surface, content_type=answer.content_type)
        case "limiter":
            return _limited(surface, request)
        case "soft_block":
            return _soft_block(surface, request, fault.variant)
        case "changed_shape":
            return _changed(answer)
        case "5xx":
            status = HTTPStatus(_BROKEN[fault.variant % len(_BROKEN)])
            return bare_page(surface, status, status.phrase)
        case _:
            status = HTTPStatus(int(fault.kind))
            return bare_page(surface, status, status.phrase)


def _challenge(surface: Surface) -> Answer:
    match surface:
        case Surface.TIKWM:
            return bare_page(surface, HTTPStatus.FORBIDDEN, "Just a moment...")
        case Surface.MEDIA:
            return bare_page(surface, HTTPStatus.FORBIDDEN, "Access Denied")
        case Surface.EMBED:
            return bare_page(surface, HTTPStatus.OK, "Security Check")
        case _:
            return Answer(surface, CHALLENGE)


def _wall(surface: Surface) -> Answer:
    if surface in (Surface.TIKWM, Surface.MEDIA):  # nobody logs in there
        return _challenge(surface)
    return redirect(surface, f"{LOGIN}?redirect_url=https%3A%2F%2Fwww.tiktok.com%2F&enter_method=mandatory")


def _limited(surface: Surface, request: Request) -> Answer:
    match surface:
        case Surface.TIKWM:
            return as_json(surface, shapes_tikwm.failure(shapes_tikwm.LIMITED))
        case Surface.PLAYER:
            return as_json(surface, shapes_player.busy(request.query.get("item_ids", "")))
        case Surface.EMBED:
            return bare_page(surface, HTTPStatus.OK, "overload-protect triggered")
        case Surface.PAGE:  # tells nobody: a limit in disguise
            return _soft_block(surface, request, 0)
        case _:
            return bare_page(surface, HTTPStatus.TOO_MANY_REQUESTS, "Too Many Requests")


def _soft_block(surface: Surface, request: Request, variant: int) -> Answer:
    match surface:
        case Surface.PAGE:
            forms = (shapes_page.soft_block(), shapes_page.refusal(10204, ""), shapes_page.refusal(100004, ""))
            return Answer(
                surface, shapes_page.web_document({"webapp.video-detail": forms[variant % 3]}, seed=request.path)
            )
        case Surface.PROFILE:
            nothing = {"userInfo": {}, "statusCode": 0, "statusMsg": ""}
            return Answer(surface, shapes_page.web_document({"webapp.user-detail": nothing}, seed=request.path))
        case Surface.EMBED:
            return Answer(surface, shapes_embed.page(request.path, {"videoData": {}}))
        case Surface.PLAYER:
            return as_json(surface, shapes_player.answer([], []))
        case Surface.TIKWM:
            return as_json(surface, shapes_tikwm.success({}))
        case Surface.LIST | Surface.OEMBED:
            return Answer(surface, content_type="application/json")
        case _:
            return Answer(surface, CHALLENGE)


def _changed(answer: Answer) -> Answer:
    if answer.surface not in _RENAMED:  # a file, or the way to one: a page stands there instead
        return bare_page(answer.surface, HTTPStatus.OK, "This service has moved")
    old, new = _RENAMED[answer.surface]
    body = answer.body.replace(old, new, 1)
    return replace(answer, body=body.replace(old.replace(b'":', b'": '), new))
