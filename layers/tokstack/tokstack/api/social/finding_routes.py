"""Posts by a tag, and by the words in them."""

from pydantic import Field

from tokstack.api.backends import lists
from tokstack.api.families import SocialSuccess
from tokstack.api.http import Reply
from tokstack.api.routes import Call
from tokstack.api.social import answers
from tokstack.api.social.asking import ListQuery, count, part, route, tag_name
from tokstack.errors import Code
from tokstack.providers.protocol import Order, Published, Search


class TagQuery(ListQuery):
    count: int = count(30)


class SearchQuery(ListQuery):
    query: str = Field(min_length=1, max_length=100, pattern=r"\S", description="Words.", examples=["sourdough bread"])
    count: int = count(100, 50)
    order: Order = Field(default="relevance", description="Which come first.")
    published: Published = Field(default="all-time", description="How far back.")


def _tag(asked: TagQuery, call: Call) -> Reply:
    return answers.videos(lists().tagged(tag_name(call), part(asked)), asked, call)


def _search(asked: SearchQuery, call: Call) -> Reply:
    wanted = Search(words=asked.query, order=asked.order, published=asked.published)
    return answers.videos(lists().search(wanted, part(asked)), asked, call)


TAG = route(
    "/v1/tiktok/tags/{tagName}",
    name="tag",
    summary="Posts with a tag",
    asks=TagQuery,
    answer=_tag,
    success=SocialSuccess[answers.Videos],
    errors=(Code.ITEM_NOT_FOUND,),
)

SEARCH = route(
    "/v1/tiktok/search",
    "/v1/tiktok/search/videos",
    name="search",
    summary="Posts with these words",
    asks=SearchQuery,
    answer=_search,
    success=SocialSuccess[answers.Videos],
)
