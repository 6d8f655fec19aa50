"""A user, what it published and likes, and whom it knows."""

from typing import Literal

from pydantic import Field

from tokstack.api.backends import lists, upstream
from tokstack.api.families import SocialSuccess
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery
from tokstack.api.social import answers
from tokstack.api.social.asking import ListQuery, count, cursor_of, part, route, username
from tokstack.api.social.objects import FullPerson
from tokstack.api.social.people import profile
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.posts.models import Post
from tokstack.providers.protocol import Page

_ERRORS = (Code.USER_NOT_FOUND, Code.ACCOUNT_PRIVATE)


class UserVideosQuery(ListQuery):
    count: int = count(35)
    order: Literal["newest", "popular", "oldest"] = Field(
        default="newest",
        description="`popular` and `oldest` are orders of the newest posts alone, as many as `totalItems` says.",
    )


class LikesQuery(ListQuery):
    count: int = count(35)


class PeopleQuery(ListQuery):
    count: int = count(30)


def _user(_: NoQuery, call: Call) -> Reply:
    found = upstream().user(username(call))
    if found.private:
        raise TokstackError(Code.ACCOUNT_PRIVATE, "This account is private.")
    return Reply.json(200, SocialSuccess[FullPerson](data=answers.outermost(profile(found))))


def _videos(asked: UserVideosQuery, call: Call) -> Reply:
    return answers.videos(_published(asked, username(call)), asked, call)


def _published(asked: UserVideosQuery, handle: str) -> Page[Post]:
    if asked.order == "newest":
        return lists().posts_of(handle, cursor_of(asked), asked.count)
    return lists().ranked(handle, asked.order, settings().feed_depth, part(asked))


def _likes(asked: LikesQuery, call: Call) -> Reply:
    return answers.videos(lists().liked(username(call), part(asked)), asked, call)


def _followers(asked: PeopleQuery, call: Call) -> Reply:
    return answers.people(lists().followers(username(call), part(asked)), asked, call)


def _following(asked: PeopleQuery, call: Call) -> Reply:
    return answers.people(lists().following(username(call), part(asked)), asked, call)


USER = route(
    "/v1/tiktok/users/{username}",
    name="user",
    summary="A user",
    asks=NoQuery,
    answer=_user,
    success=SocialSuccess[FullPerson],
    errors=_ERRORS,
)

USER_VIDEOS = route(
    "/v1/tiktok/users/{username}/videos",
    name="user-videos",
    summary="What a user published",
    asks=UserVideosQuery,
    answer=_videos,
    success=SocialSuccess[answers.Videos],
    errors=_ERRORS,
)

USER_LIKES = route(
    "/v1/tiktok/users/{username}/likes",
    name="user-likes",
    summary="What a user likes, where that is public",
    asks=LikesQuery,
    answer=_likes,
    success=SocialSuccess[answers.Videos],
    errors=_ERRORS,
)

USER_FOLLOWERS = route(
    "/v1/tiktok/users/{username}/followers",
    name="user-followers",
    summary="Who follows a user",
    asks=PeopleQuery,
    answer=_followers,
    success=SocialSuccess[answers.People],
    errors=_ERRORS,
)

USER_FOLLOWING = route(
    "/v1/tiktok/users/{username}/following",
    name="user-following",
    summary="Whom a user follows",
    asks=PeopleQuery,
    answer=_following,
    success=SocialSuccess[answers.People],
    errors=_ERRORS,
)
