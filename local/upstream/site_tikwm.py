"""tikwm.com, behind its limiter of one request a second."""

import re
from collections.abc import Callable
from dataclasses import replace

from local.upstream import shapes_lists, shapes_tikwm
from local.upstream.answers import Answer, Request, Surface, as_json
from local.upstream.shapes_item import JSON
from local.upstream.world import World

_POST_ID = re.compile(r"\d{15,21}")
_LIST_DEFAULT, _LIST_MOST = 10, 35
_HEADERS = (("Server", "cloudflare"), ("x-limit-request-remaining", "9995"), ("x-limit-request-reset", "20864"))


def limited(answer: Callable[[World, Request], JSON]) -> Callable[[World, Request], Answer]:
    """As an endpoint: what it answers, to whoever comes in turn."""

    def endpoint(world: World, request: Request) -> Answer:
        value = answer(world, request) if world.tikwm_turns.take() else shapes_tikwm.failure(shapes_tikwm.LIMITED)
        return replace(as_json(Surface.TIKWM, value), headers=_HEADERS)

    return endpoint


@limited
def post(world: World, request: Request) -> JSON:
    mint, url = world.mint(), request.query.get("url", "")
    short = world.short_links.get(url.rstrip("/") + "/")
    found = _POST_ID.search(short.target if short else url)
    post_id = found[0] if found else ""
    if recorded := world.recordings.get(Surface.TIKWM, post_id, mint.now):
        return shapes_tikwm.success(recorded)
    if post_id in world.recordings.post_ids:
        return shapes_tikwm.success({})
    known = world.catalog.by_id.get(post_id)
    if known is None or known.refusal:
        return shapes_tikwm.failure(shapes_tikwm.NOT_FOUND)
    return shapes_tikwm.success(shapes_tikwm.detail(known, mint, hd=request.query.get("hd") == "1"))


@limited
def user_posts(world: World, request: Request) -> JSON:
    mint, person = world.mint(), world.catalog.person(request.query.get("unique_id", "").lstrip("@"))
    if person is None:
        return shapes_tikwm.failure(shapes_tikwm.NO_USER)
    cursor = request.number("cursor", 0) or int(mint.now * 1000)
    count = min(request.number("count", _LIST_DEFAULT), _LIST_MOST)
    posts, more = shapes_lists.page_of(world.catalog.feed(person), cursor, count)
    return shapes_tikwm.success(shapes_tikwm.user_posts(posts, mint, more=more))


@limited
def user_info(world: World, request: Request) -> JSON:
    person = world.catalog.person(request.query.get("unique_id", "").lstrip("@"))
    if person is None:
        return shapes_tikwm.failure(shapes_tikwm.NO_USER)
    return shapes_tikwm.success(shapes_tikwm.user_info(person, len(world.catalog.feed(person)), world.mint()))
