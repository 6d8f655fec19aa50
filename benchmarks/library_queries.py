"""What is asked of a library: 1,500 questions of 25 kinds, with words and values that occur in it.

Mostly they are searches, and for one kind ids that are looked up.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import TypeVar

from benchmarks.library_corpus import BEGINNING, NOW
from tokstack.library.entry import NO, YES, Area, Entry, Keyword, Number
from tokstack.library.query import Query, Range

Asked = Query | int
T = TypeVar("T")

OF_A_KIND = 60
LAST = -1  # as an offset: the last page, wherever that begins

_PAGE = 50
_DEEP = 999 * _PAGE
_DAY = timedelta(days=1) // timedelta(milliseconds=1)
_SORTS = (
    *(Number.PUBLISHED, Number.UPDATED, Number.VIEWS, Number.LIKES, Number.COMMENTS, Number.SHARES, Number.SAVES),
    *(Number.ENGAGEMENT_RATE, Number.DAYS_RUNNING, Number.FOLLOWERS),
)
_query = partial(Query, limit=_PAGE)
_SPARSE = (Number.VIEWS, Number.ENGAGEMENT_RATE, Number.DAYS_RUNNING, Number.FOLLOWERS)


def questions(sample: Sequence[Entry], seed: int, of_a_kind: int = OF_A_KIND) -> dict[str, list[Asked]]:
    """By kind."""
    drawn = _Drawn(sample, Random(seed))
    return {name: [ask(number) for number in range(of_a_kind)] for name, ask in _kinds(drawn).items()}


def settled(asked: Asked, total: Callable[[Query], int]) -> Asked:
    """With its offset, where it asks for the last page."""
    if isinstance(asked, int) or asked.offset != LAST:
        return asked
    last = max(0, total(replace(asked, offset=0, limit=0)) - 1) // _PAGE * _PAGE
    return replace(asked, offset=last)


class _Drawn:
    """Random parts of questions, as they occur."""

    def __init__(self, sample: Sequence[Entry], random: Random) -> None:
        self.random = random
        self._sample = sample
        captions = Counter(word for entry in sample for word in set(_words(entry, Area.CAPTION)) if word.isascii())
        self.common = [word for word, _ in captions.most_common(8)]

    def words(self, count: int, area: Area = Area.CAPTION) -> tuple[str, ...]:
        """Different Latin words of one text."""
        while True:
            found = list(dict.fromkeys(word for word in _words(self.entry(), area) if word.isascii()))
            if len(found) >= count:
                return tuple(self.random.sample(found, count))

    def scattered(self, count: int) -> tuple[str, ...]:
        """Words of several captions."""
        return tuple(self.words(1)[0] for _ in range(count))

    def side_by_side(self) -> tuple[str]:
        while True:
            words = _words(self.entry(), Area.CAPTION)
            at = self.random.randrange(len(words) - 1)
            if all(word.isalpha() and len(word) > 1 for word in words[at : at + 2]):
                return (" ".join(words[at : at + 2]),)

    def in_script(self) -> tuple[str]:
        """Three characters of a script that sets no spaces, or an Arabic word."""
        while True:
            words = _words(self.entry(), Area.CAPTION)
            at = self.random.randrange(len(words) - 2)
            if all(len(word) == 1 and word.isalpha() and not word.isascii() for word in words[at : at + 3]):
                return ("".join(words[at : at + 3]),)
            if len(words[at]) > 2 and "\u0620" < words[at][0] < "\u064b":
                return (words[at],)

    def value(self, keyword: Keyword) -> str:
        while True:
            if values := self.entry().keywords.get(keyword):
                return values[0]

    def entry(self) -> Entry:
        return self.random.choice(self._sample)

    def one_of(self, *values: T) -> T:
        return self.random.choice(values)

    def some(self, *values: str) -> frozenset[str]:
        return frozenset(self.random.sample(values, 2))

    def published(self) -> Range:
        start = self.random.randrange(BEGINNING * 1000, NOW * 1000 - 180 * _DAY)
        return Range(start, start + self.random.randrange(90, 540) * _DAY)

    def views(self) -> Range:
        least = int(10 ** self.random.uniform(2, 4.5))
        return Range(least, least * self.one_of(10, 30, 100))


def _words(entry: Entry, area: Area) -> list[str]:
    return " ".join(entry.texts.get(area, ())).split()


def _kinds(drawn: _Drawn) -> Mapping[str, Callable[[int], Asked]]:
    return {**_of_texts(drawn), **_of_facts(drawn), "by id": lambda _: drawn.entry().id}


def _of_texts(drawn: _Drawn) -> Mapping[str, Callable[[int], Asked]]:
    caption = (Area.CAPTION,)
    return {
        "any of 3, newest": lambda _: _query(terms=drawn.scattered(3)),
        "all of 2, by views": lambda _: _query(terms=drawn.words(2), every=True, sort=Number.VIEWS),
        "phrase, by views": lambda _: _query(terms=drawn.side_by_side(), areas=caption, sort=Number.VIEWS),
        "3 characters, by views": lambda _: _query(terms=drawn.in_script(), areas=caption, sort=Number.VIEWS),
        "3 characters anywhere, newest": lambda _: _query(terms=drawn.in_script()),
        "any of 2, 3 ranges, type, by likes": lambda _: _query(
            terms=drawn.scattered(2),
            keywords={Keyword.TYPE: frozenset({drawn.one_of("ad", "organic")})},
            ranges={
                Number.VIEWS: drawn.views(),
                Number.ENGAGEMENT_RATE: Range(drawn.one_of(100, 200, 300), drawn.one_of(None, 1000, 2050)),
                Number.PUBLISHED: drawn.published(),
            },
            sort=Number.LIKES,
        ),
        "any of 3, by relevance": lambda _: _query(terms=drawn.scattered(3), sort=None),
        "any of 2, filters, by relevance": lambda _: _query(
            terms=drawn.scattered(2),
            keywords={
                Keyword.TYPE: frozenset({drawn.one_of("ad", "organic")}),
                Keyword.LANGUAGE: drawn.some("en", "es", "de", "fr"),
            },
            ranges={Number.PUBLISHED: Range(drawn.published().low)},
            sort=None,
        ),
        "a common word, page 1,000": lambda number: _query(terms=(_in_turn(drawn.common, number),), offset=_DEEP),
        "a common word, counted": lambda number: _query(terms=(_in_turn(drawn.common, number),), limit=0),
        "music, by days": lambda _: _query(
            terms=drawn.words(1, Area.MUSIC), areas=(Area.MUSIC,), sort=Number.DAYS_RUNNING
        ),
        "profile, by comments": lambda _: _query(
            terms=drawn.words(1, Area.PROFILE), areas=(Area.PROFILE,), sort=Number.COMMENTS
        ),
    }


def _of_facts(drawn: _Drawn) -> Mapping[str, Callable[[int], Asked]]:
    def only(keyword: Keyword, value: str) -> Mapping[Keyword, frozenset[str]]:
        return {keyword: frozenset({value})}

    return {
        "hashtag, by likes": lambda _: _query(
            keywords=only(Keyword.HASHTAG, drawn.value(Keyword.HASHTAG)), sort=Number.LIKES
        ),
        "active ads, ten sorts": lambda number: _query(
            keywords={**only(Keyword.TYPE, "ad"), **only(Keyword.STATUS, "active")},
            sort=_in_turn(_SORTS, number),
            descending=number // len(_SORTS) % 2 == 0,
        ),
        "range, likes ascending": lambda _: _query(
            ranges={Number.VIEWS: drawn.views()}, sort=Number.LIKES, descending=False
        ),
        "all, newest": lambda _: _query(),
        "all, newest, page 1,000": lambda _: _query(offset=_DEEP),
        "all, by views, page 1,000": lambda _: _query(sort=Number.VIEWS, offset=_DEEP),
        "shop, by engagement": lambda _: _query(
            keywords=only(Keyword.SHOP, drawn.value(Keyword.SHOP)), sort=Number.ENGAGEMENT_RATE
        ),
        "shop, views ascending, last page": lambda _: _query(
            keywords=only(Keyword.SHOP, drawn.value(Keyword.SHOP)), sort=Number.VIEWS, descending=False, offset=LAST
        ),
        "handle, newest": lambda _: _query(keywords=only(Keyword.HANDLE, drawn.value(Keyword.HANDLE))),
        "four filters, by views": lambda _: _query(
            keywords={
                Keyword.COUNTRY: drawn.some("US", "GB", "DE", "FR", "JP"),
                Keyword.CATEGORY: frozenset({drawn.value(Keyword.CATEGORY)}),
                Keyword.MEDIA: frozenset({"video", "carousel"}),
                Keyword.SHOP_LINKED: frozenset({YES}),
            },
            sort=Number.VIEWS,
        ),
        "pinned or not, 2 ranges, by followers": lambda number: _query(
            keywords=only(Keyword.PINNED, _in_turn((YES, NO), number)),
            ranges={
                Number.DAYS_RUNNING: Range(drawn.random.randrange(1, 60), drawn.random.randrange(100, 400)),
                Number.FOLLOWERS: Range(drawn.one_of(100, 1000, 10_000)),
            },
            sort=Number.FOLLOWERS,
            descending=number % 3 > 0,
        ),
        "status unknown, sparse sorts, last page": lambda number: _query(
            keywords=only(Keyword.STATUS, "unknown"),
            sort=_in_turn(_SPARSE, number),
            descending=number // len(_SPARSE) % 2 == 1,
            offset=LAST,
        ),
    }


def _in_turn(values: Sequence[T], number: int) -> T:
    return values[number % len(values)]
