"""Which files a job needs, and what an answer calls them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from tokstack.media.item import Item


@dataclass(frozen=True, slots=True)
class Plan:
    """`files` are fetched into storage first; an upload needs none, it is there."""

    title: str | None
    files: tuple[Item, ...] = ()

    def as_item(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Self:
        return cls(item["title"], tuple(Item(**file) for file in item["files"]))
