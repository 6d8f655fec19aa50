"""tikwm.com's further lists: each is cut where its cursor says, a number of items or a time."""

from collections.abc import Sequence
from typing import TypeVar

from local.upstream import conversations, shapes_tikwm, shapes_tikwm_lists
from local.upstream.answers import Request
from local.upstream.catalog import tag_id
from local.upstream.people import Person
from local.upstream.shapes_item import JSON
from local.upstream.site_tikwm import limited
from local.upstream.world import World

T = TypeVar("T")

_MOST_POSTS, _MOST_LIKED, _MOST_COMMENTS, _MOST_PEOPLE = 30, 35, 50, 200
_DAY = 86_400
_FIRST = 1_795_132_800  # when the newest follower came
_ORDERS = {"1": lambda post: post.counters.likes, "3": lambda post: post.created}


@limited
def music_info(world: World, request: Request) -> JSON:
    posts = world.catalog.by_sound.get(request.query.get("url", ""))
    if not posts:
        return shapes_tikwm.failure(shapes_tikwm.NOT_FOUND)
    return shapes_tikwm.success(shapes_tikwm.music_info(posts[0].sound, world.mint()))


@limited
def music_posts(world: World, request: Request) -> JSON:
    posts = world.catalog.by_sound.get(request.query.get("music_id", ""))
    if not posts:
        return shapes_tikwm.failure(shapes_tikwm_lists.NO_SOUND)
    some, cursor, more = _cut(posts, request, _MOST_POSTS)
    return shapes_tikwm.success(shapes_tikwm_lists.sounding(some, cursor, world.mint(), more=more))


@limited
def tag_info(world: World, request: Request) -> JSON:
    name = request.query.get("challenge_name", "")
    posts = world.catalog.by_tag.get(name.casefold())
    if not posts:
        return shapes_tikwm.failure(shapes_tikwm_lists.NO_TAG)
    return shapes_tikwm.success(shapes_tikwm_lists.tag(name, posts))


@limited
def tag_posts(world: World, request: Request) -> JSON:
    number, by_tag = request.query.get("challenge_id", ""), world.catalog.by_tag
    posts = next((posts for name, posts in by_tag.items() if tag_id(name) == number), None)
    if posts is None:
        return shapes_tikwm.failure(shapes_tikwm_lists.NO_TAG)
    some, cursor, more = _cut(posts, request, _MOST_POSTS)
    return shapes_tikwm.success(shapes_tikwm_lists.posts(some, cursor, world.mint(), more=more))


@limited
def search(world: World, request: Request) -> JSON:
    words = request.query.get("keywords", "").casefold().split()
    found = [post for post in world.catalog.shown if all(word in post.caption.casefold() for word in words)]
    if days := request.number("publish_time", 0):
        found = [post for post in found if post.created >= world.clock() - days * _DAY]
    if order := _ORDERS.get(request.query.get("sort_type", "")):
        found.sort(key=order, reverse=True)
    some, cursor, more = _cut(found, request, _MOST_POSTS)
    data = shapes_tikwm_lists.posts(some, cursor, world.mint(), more=more)
    return shapes_tikwm.success({**data, "hasMore": int(more)})  # as recorded


@limited
def comments(world: World, request: Request) -> JSON:
    post = world.catalog.by_id.get(request.query.get("url", ""))
    if post is None or post.refusal:
        return shapes_tikwm.failure(shapes_tikwm.NOT_FOUND)
    some, cursor, more = _cut(conversations.comments(post), request, _MOST_COMMENTS)
    total = post.counters.comments
    return shapes_tikwm.success(shapes_tikwm_lists.comments(some, total, cursor, world.mint(), more=more))


@limited
def replies(world: World, request: Request) -> JSON:
    comment = conversations.comment(world.catalog, request.query.get("comment_id", "0"))
    said = conversations.replies(comment) if comment else ()
    some, cursor, more = _cut(said, request, _MOST_COMMENTS)
    return shapes_tikwm.success(shapes_tikwm_lists.replies(some, len(said), cursor, world.mint(), more=more))


@limited
def followers(world: World, request: Request) -> JSON:
    person = world.catalog.person(request.query.get("user_id", ""))
    if person is None:
        return shapes_tikwm.failure(shapes_tikwm.NO_USER)
    return _people(world, request, "followers", conversations.followers(person), person.followers)


@limited
def following(world: World, request: Request) -> JSON:
    person = world.catalog.person(request.query.get("user_id", ""))
    if person is None:
        return shapes_tikwm.failure(shapes_tikwm.NO_USER)
    return _people(world, request, "followings", conversations.following(person), person.following)


@limited
def favorite(world: World, request: Request) -> JSON:
    """By the time of the post, newest first."""
    person = world.catalog.person(request.query.get("unique_id", "").lstrip("@"))
    if person is None or person.likes_private:
        return shapes_tikwm.failure(shapes_tikwm.NO_USER)
    before = request.number("cursor", 0) or int(world.clock() * 1000)
    older = [post for post in conversations.liked(world.catalog, person) if post.created * 1000 < before]
    some = older[: min(request.number("count", 10), _MOST_LIKED)]
    cursor = str(some[-1].created * 1000) if some else "0"
    data = shapes_tikwm_lists.posts(some, cursor, world.mint(), more=len(older) > len(some))
    return shapes_tikwm.success(data)


def _people(world: World, request: Request, key: str, known: Sequence[Person], total: int) -> JSON:
    """From a time on: each came a second before the one above."""
    start = max(0, _FIRST - (request.number("time", 0) or _FIRST))
    some = known[start : start + min(request.number("count", 50), _MOST_PEOPLE)]
    end = start + len(some)
    more = end < len(known)
    data = shapes_tikwm_lists.people(key, some, total, _FIRST - end, world.mint(), more=more)
    return shapes_tikwm.success(data)


def _cut(whole: Sequence[T], request: Request, most: int) -> tuple[Sequence[T], int, bool]:
    """The items that are asked for, the cursor of the next ones, and whether there are any."""
    start = request.number("cursor", 0)
    some = whole[start : start + min(request.number("count", 10), most)]
    end = start + len(some)
    return some, end, end < len(whole)
