"""What is asked of the library, whatever the way it was asked and whichever engine answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tokstack.library.entry import Area, Keyword, Number


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it; None is open."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Which items, in which order, and which of them.

    `terms`         texts as a person wrote them; each is found where its words stand side by side in one text
    `every`         whether all terms are to be found, and not just any
    `areas`         where; each term in any of them
    `keywords`      for each the values of which an item is to have one; an empty set is had by no item
    `ranges`        for each the range that its value is to be in; what is unknown is in no range
    `sort`          None is by relevance, which wants a term. What is unknown comes last, whatever the direction
    `descending`    of the value, and of the id where values are equal
    """

    terms: tuple[str, ...] = ()
    every: bool = False
    areas: tuple[Area, ...] = tuple(Area)
    keywords: Mapping[Keyword, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[Number, Range] = field(default_factory=dict)
    sort: Number | None = Number.PUBLISHED
    descending: bool = True
    offset: int = 0
    limit: int = 25
