"""What a fault looks like at each endpoint: as the real ones have been seen to fail there."""

from dataclasses import replace
from http import HTTPStatus

from local.upstream import shapes_embed, shapes_page, shapes_player, shapes_tikwm
from local.upstream.answers import (
    HTML_TYPE,
    JSON_TYPE,
    Answer,
    Delivery,
    Request,
    Surface,
    as_json,
    bare_page,
    redirect,
)
from local.upstream.faults import Fault
from local.upstream.site_tiktok import LOGIN

CHALLENGE = (
    b'<!DOCTYPE html><html><head><title></title></head><body><p>Please wait...</p><p id="cs" '
    b'class="eyJ2Ijp7ImEiOiIiLCJjIjoiIn19"></p><p id="wci" class="_wafchallengeid"></p>'
    b'<p id="rci" class="waforiginalreid"></p><p id="rs" class="x"></p></body></html>'
)
_BROKEN = (
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
# What a page of a changed shape calls the thing that everyone looks for.
_RENAMED = {
    Surface.PAGE: (b'"webapp.video-detail":', b'"webapp.post-detail":'),
    Surface.PROFILE: (b'"webapp.user-detail":', b'"webapp.author-detail":'),
    Surface.EMBED: (b'"source":', b'"sources":'),
}


def spoil(answer: Answer, request: Request, fault: Fault) -> Answer:
    """What is answered instead of `answer` where it meets a fault."""
    surface = answer.surface
    match fault.kind:
        case "timeout" | "slow" | "truncated" | "reset":
            spoiled = replace(answer, delivery=Delivery(fault.kind))
        case "challenge":
            spoiled = _challenge(surface)
        case "login_wall":
            spoiled = _login_wall(surface)
        case "empty":
            spoiled = Answer(surface, content_type=answer.content_type)
        case "limiter":
            spoiled = _limited(surface, request)
        case "soft_block":
            spoiled = _soft_block(surface, request, fault.variant)
        case "changed_shape":
            spoiled = _changed(answer)
        case "5xx":
            spoiled = _bare(surface, _BROKEN[fault.variant % len(_BROKEN)])
        case _:
            spoiled = _bare(surface, HTTPStatus(int(fault.kind)))
    return spoiled


def _challenge(surface: Surface) -> Answer:
    match surface:
        case Surface.TIKWM | Surface.WEB:
            return bare_page(surface, HTTPStatus.FORBIDDEN, "Just a moment...")
        case Surface.MEDIA:
            return bare_page(surface, HTTPStatus.FORBIDDEN, "Access Denied")
        case Surface.EMBED:
            return bare_page(surface, HTTPStatus.OK, "Security Check")
    return Answer(surface, CHALLENGE)


def _login_wall(surface: Surface) -> Answer:
    if surface in (Surface.TIKWM, Surface.MEDIA, Surface.WEB):  # nobody logs in there
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
        case Surface.PAGE:  # a limit in disguise
            return _soft_block(surface, request, 0)
    return _bare(surface, HTTPStatus.TOO_MANY_REQUESTS)


def _soft_block(surface: Surface, request: Request, variant: int) -> Answer:
    """A well-formed nothing. Lists and oEmbed have none that could be told from a good answer: theirs is empty."""
    match surface:
        case Surface.PAGE:
            forms = (shapes_page.soft_block(), shapes_page.refusal(10204, ""), shapes_page.refusal(100004, ""))
            body = shapes_page.page("webapp.video-detail", forms[variant % len(forms)], seed=request.path)
        case Surface.PROFILE:
            nothing = {"userInfo": {}, "statusCode": 0, "statusMsg": ""}
            body = shapes_page.page("webapp.user-detail", nothing, seed=request.path)
        case Surface.EMBED:
            body = shapes_embed.page(request.path, {"videoData": {}})
        case Surface.PLAYER:
            body = as_json(surface, shapes_player.answer([], [])).body
        case Surface.TIKWM:
            body = as_json(surface, shapes_tikwm.success({})).body
        case Surface.LIST | Surface.OEMBED:
            body = b""
        case _:
            body = CHALLENGE
    json_surfaces = (Surface.PLAYER, Surface.TIKWM, Surface.LIST, Surface.OEMBED)
    return Answer(surface, body, content_type=JSON_TYPE if surface in json_surfaces else HTML_TYPE)


def _changed(answer: Answer) -> Answer:
    if answer.surface in _RENAMED:
        return replace(answer, body=answer.body.replace(*_RENAMED[answer.surface], 1))
    if answer.content_type == JSON_TYPE:
        return replace(answer, body=b'{"payload":' + answer.body + b"}")
    return bare_page(answer.surface, HTTPStatus.OK, "This service has moved")


def _bare(surface: Surface, status: HTTPStatus) -> Answer:
    return bare_page(surface, status, status.phrase)
