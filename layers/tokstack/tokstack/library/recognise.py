"""What a payload holds, whoever's it is: items as the contract has them, or the answers of any upstream.

A payload is known by names that no other has. What is none by itself may be an envelope around others.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from tokstack.errors import TokstackError
from tokstack.library import from_ads
from tokstack.library.from_posts import item_of
from tokstack.library.item import Item
from tokstack.posts.models import Post
from tokstack.posts.normalise import aweme, embed, oembed, player, research, tikwm, web

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A payload that has `every` one of these names, and `some` of those where any are given."""

    read: Callable[[Payload], Item]
    every: frozenset[str]
    some: frozenset[str] = frozenset()

    def fits(self, payload: Payload) -> bool:
        return self.every <= payload.keys() and (not self.some or not self.some.isdisjoint(payload))


def _post(normalise: Callable[[Payload], Post], source: str) -> Callable[[Payload], Item]:
    return lambda payload: item_of(normalise(payload), source)


def _shape(read: Callable[[Payload], Item], every: str, some: str = "") -> Shape:
    return Shape(read, frozenset(every.split()), frozenset(some.split()))


# The first that fits.
_SHAPES = (
    _shape(Item.model_validate, "tiktokId"),
    _shape(_post(aweme.post, "aweme"), "aweme_id"),
    _shape(_post(embed.post, "embed"), "itemInfos"),
    _shape(_post(player.post, "player"), "id_str", "statistics_info video_info author_info"),
    _shape(_post(oembed.post, "oembed"), "embed_product_id"),
    _shape(_post(research.post, "research_api"), "id username", "video_description region_code view_count"),
    _shape(_post(tikwm.post, "tikwm"), "play_count digg_count"),
    _shape(_post(web.post, "web"), "id", "stats statsV2 imagePost video desc"),
    _shape(from_ads.read, "ad"),
    _shape(Item.model_validate, "id"),
)

# What is inside these is looked at in its stead.
_ENVELOPES = (
    "__DEFAULT_SCOPE__",
    "webapp.video-detail",
    "itemInfo",
    "itemStruct",
    "itemList",
    "aweme_detail",
    "aweme_details",
    "aweme_list",
    "videoData",
    "source",
    "data",
    "items",
    "videos",
    "ads",
)
_EMBEDDED = "/embed/"  # how an embed page names what it shows
_DEEPEST = 6  # envelopes in each other

_UNKNOWN = "This is neither an item nor a payload of any known upstream."


def items(payload: Any, depth: int = 0) -> Iterator[Item | str]:
    """Each that is in it, or why it cannot be one."""
    if isinstance(payload, list) and depth < _DEEPEST:
        for each in payload:
            yield from items(each, depth + 1)
    elif not isinstance(payload, dict):
        yield _UNKNOWN
    elif shape := next((shape for shape in _SHAPES if shape.fits(payload)), None):
        yield _read(shape, payload)
    elif (inside := _inside(payload)) is not None and depth < _DEEPEST:
        yield from items(inside, depth + 1)
    else:
        yield _UNKNOWN


def _read(shape: Shape, payload: Payload) -> Item | str:
    try:
        return shape.read(payload)
    except TokstackError as error:
        return error.message
    except ValidationError as error:
        return sentence(error)


def sentence(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}." if where else f"{first['msg']}."


def _inside(payload: Payload) -> Any:
    for name in _ENVELOPES:
        if isinstance(payload.get(name), dict | list):
            return payload[name]
    return next((payload[name] for name in payload if name.startswith(_EMBEDDED)), None)
