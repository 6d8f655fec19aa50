"""tiktok.com: pages, embeds, the player's and the creator's lists, oEmbed, and all that redirects to them.

A recorded post is unknown on the surfaces that were not recorded; there it gets an answer that tells nothing.
"""

import secrets
from dataclasses import replace
from http import HTTPStatus

from local.upstream import (
    links,
    shapes_embed,
    shapes_lists,
    shapes_oembed,
    shapes_page,
    shapes_player,
    short_links,
)
from local.upstream.answers import JSON_TYPE, Answer, Request, Surface, as_json, bare_page, redirect
from local.upstream.world import World

LOGIN = "https://www.tiktok.com/login"
_LIST_DEFAULT, _LIST_MOST = 15, 35


def post_page(world: World, _: Request, post_id: str) -> Answer:
    mint, post = world.mint(), world.catalog.by_id.get(post_id)
    if post:
        return _with_cookies(Answer(Surface.PAGE, shapes_page.post_page(post, mint)))
    detail = world.recordings.get(Surface.PAGE, post_id, mint.now)
    if detail is None and post_id in world.recordings.post_ids:
        detail = shapes_page.soft_block()
    detail = detail or shapes_page.refusal(10204, "item doesn't exist")
    return _with_cookies(Answer(Surface.PAGE, shapes_page.page("webapp.video-detail", detail, seed=post_id)))


def profile_page(world: World, _: Request, name: str) -> Answer:
    mint, person = world.mint(), world.catalog.person(name)
    if person:
        page = shapes_page.profile_page(person, len(world.catalog.feed(person)), mint)
        return _with_cookies(Answer(Surface.PROFILE, page))
    detail = world.recordings.get(Surface.PROFILE, name.lower(), mint.now) or shapes_page.refusal(10221, "")
    return _with_cookies(Answer(Surface.PROFILE, shapes_page.page("webapp.user-detail", detail, seed=name)))


def post_embed(world: World, _: Request, post_id: str) -> Answer:
    mint, post = world.mint(), world.catalog.by_id.get(post_id)
    data = world.recordings.get(Surface.EMBED, post_id, mint.now)
    if data is None and post_id in world.recordings.post_ids:
        data = {"videoData": {}}
    if data is not None:
        return Answer(Surface.EMBED, shapes_embed.page(f"/embed/v2/{post_id}", data))
    return Answer(Surface.EMBED, shapes_embed.post_embed(post, post_id, mint))


def user_embed(world: World, _: Request, name: str) -> Answer:
    person = world.catalog.person(name)
    feed = world.catalog.feed(person) if person else []
    return Answer(Surface.EMBED, shapes_embed.user_embed(person, name, feed))


def player_page(_: World, __: Request) -> Answer:
    return bare_page(Surface.OTHER, HTTPStatus.OK, "TikTok")


def player_items(world: World, request: Request) -> Answer:
    post_id, mint = request.query.get("item_ids", ""), world.mint()
    if recorded := world.recordings.get(Surface.PLAYER, post_id, mint.now):
        return as_json(Surface.PLAYER, recorded)
    if post_id in world.recordings.post_ids:
        return as_json(Surface.PLAYER, shapes_player.busy(post_id))
    return as_json(Surface.PLAYER, shapes_player.items(world.catalog.by_id.get(post_id), post_id, mint))


def item_list(world: World, request: Request) -> Answer:
    mint, sec_uid = world.mint(), request.query.get("secUid", "")
    if recorded := world.recordings.get(Surface.LIST, sec_uid, mint.now):
        return _with_cookies(as_json(Surface.LIST, recorded))
    person = world.catalog.person(sec_uid)
    if person is None or "aid" not in request.query:
        return Answer(Surface.LIST, content_type=JSON_TYPE)  # refused: 200 and nothing
    cursor = request.number("cursor", int(mint.now * 1000))
    count = min(request.number("count", _LIST_DEFAULT), _LIST_MOST)
    posts, more = shapes_lists.page_of(world.catalog.feed(person), cursor, count)
    return _with_cookies(as_json(Surface.LIST, shapes_lists.item_list(posts, mint, more=more)))


def oembed(world: World, request: Request) -> Answer:
    """Of a post or a person. A post that is withheld in a region is told of; any other refused one is not."""
    name = request.query.get("url", "").partition("?")[0].rstrip("/").rsplit("/", 1)[-1]
    mint, post = world.mint(), world.catalog.by_id.get(name)
    if recorded := world.recordings.get(Surface.OEMBED, name, mint.now):
        return as_json(Surface.OEMBED, recorded)
    if name in world.recordings.post_ids:
        return Answer(Surface.OEMBED, content_type=JSON_TYPE)
    if post and (post.refusal is None or post.refusal.error == "region_blocked"):
        return as_json(Surface.OEMBED, shapes_oembed.post_card(post, mint))
    if name.startswith("@") and (person := world.catalog.person(name[1:])):
        return as_json(Surface.OEMBED, shapes_oembed.person_card(person))
    return as_json(Surface.OEMBED, shapes_oembed.NOT_FOUND, HTTPStatus.BAD_REQUEST)


def short_link(world: World, request: Request) -> Answer:
    link = world.short_links.get(f"https://{request.host}{request.path.rstrip('/')}/")
    return redirect(Surface.SHORT, link.target if link else short_links.GONE, HTTPStatus.MOVED_PERMANENTLY)


def to_post(world: World, _: Request, post_id: str) -> Answer:
    post = world.catalog.by_id.get(post_id)
    return redirect(Surface.SHORT, post.url if post else f"https://www.tiktok.com/@_/video/{post_id}")


def to_www(_: World, request: Request) -> Answer:
    return redirect(Surface.SHORT, f"https://www.tiktok.com{request.path}")


def front_page(_: World, __: Request) -> Answer:
    """The front page, and the login page: pages that say nothing of a post."""
    return _with_cookies(Answer(Surface.OTHER, shapes_page.page("webapp.front", {}, seed="front")))


def play_address(_: World, __: Request) -> Answer:
    """TikTok's own address of a file, which refuses whoever is not its app."""
    return bare_page(Surface.MEDIA, HTTPStatus.FORBIDDEN, "Access Denied")


def _with_cookies(answer: Answer) -> Answer:
    """The cookies that a first visit gets; media want the first one back."""
    where = "Path=/; Domain=tiktok.com; HttpOnly; Secure"
    values = {
        links.COOKIE: links.chain_token(secrets.token_bytes(8)),
        "ttwid": f"1%7C{secrets.token_hex(16)}",
        "tt_csrf_token": secrets.token_hex(8),
    }
    return replace(answer, headers=tuple(("Set-Cookie", f"{name}={value}; {where}") for name, value in values.items()))
