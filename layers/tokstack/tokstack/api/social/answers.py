"""How this family answers: one object, or a page of a list that says where the next one is."""

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote, unquote, urlencode

from tokstack.api.backends import links
from tokstack.api.families import SocialSuccess
from tokstack.api.http import Reply
from tokstack.api.routes import Call
from tokstack.api.social.asking import ListQuery, cursor_of
from tokstack.api.social.objects import CONTEXT, Item, Note, OrderedCollectionPage, Person, Thing, Video
from tokstack.api.social.people import person
from tokstack.api.social.videos import video
from tokstack.posts.models import Author, Post
from tokstack.providers.protocol import Page

T = TypeVar("T")
Outermost = TypeVar("Outermost", bound=Thing)

Videos = OrderedCollectionPage[Video]
People = OrderedCollectionPage[Person]
Notes = OrderedCollectionPage[Note]


def outermost(thing: Outermost) -> Outermost:
    return thing.model_copy(update={"context": CONTEXT})


def page_of(items: Sequence[Item], page: Page[T], asked: ListQuery, call: Call) -> OrderedCollectionPage[Item]:
    """What `items` were made of is `page`; its list is asked for by the path of the call and by what was asked."""
    part_of = f"{call.request.base_url}{quote(unquote(call.request.path), safe='/@')}"
    parameters = asked.model_dump(mode="json", exclude_unset=True)
    following = urlencode({**parameters, "cursor": page.cursor}) if page.cursor else None
    return OrderedCollectionPage(
        part_of=part_of,
        total_items=page.total,
        cursor=cursor_of(asked),
        next_cursor=page.cursor,
        next=f"{part_of}?{following}" if following else None,
        item_count=len(items),
        ordered_items=list(items),
    )


def videos(page: Page[Post], asked: ListQuery, call: Call) -> Reply:
    signed = links(call)
    shown = [video(post, signed) for post in page.items]
    return Reply.json(200, SocialSuccess[Videos](data=page_of(shown, page, asked, call)))


def people(page: Page[Author], asked: ListQuery, call: Call) -> Reply:
    known = [person(author) for author in page.items]
    return Reply.json(200, SocialSuccess[People](data=page_of(known, page, asked, call)))
