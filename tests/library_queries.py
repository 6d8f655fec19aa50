"""Queries of made-up entries: at random, and so that every two parameters meet.

A query is made for one of the entries, so that it finds at least that one, unless it asks for what nobody has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from random import Random

from tests.library_entries import PUNCTUATION
from tokstack.library.entry import Area, Entry, Keyword, Number
from tokstack.library.query import Query, Range

_NOWHERE = "that which nobody has"
_TOGETHER = 6  # parameters in one query


@dataclass(frozen=True, slots=True)
class Level:
    """One use of a parameter: what it makes of a query for an entry."""

    name: str
    use: Callable[[Query, Entry, Random], Query]


def parameters() -> dict[str, list[Level]]:
    """Every parameter with the ways in which it is used."""
    return {
        "terms": [Level(name, use) for name, use in _TERMS.items()],
        "areas": [*(Level(area, _in_areas(area)) for area in Area), Level("two", _in_areas(Area.HASHTAG, Area.MUSIC))],
        "sort": [*(Level(number, _sorted(number)) for number in Number), Level("relevance", _sorted(None))],
        "order": [Level("asc", _ordered(descending=False)), Level("desc", _ordered(descending=True))],
        "page": [Level("second", _paged(3, 3)), Level("one", _paged(0, 1)), Level("far", _paged(1_000, 50))],
        **{keyword: [Level("one", _of(keyword, 1)), Level("any", _of(keyword, 3))] for keyword in Keyword},
        **{
            number: [Level("low", _low(number)), Level("high", _high(number)), Level("same", _same(number))]
            for number in Number
        },
    }


def pairwise(entries: Sequence[Entry], random: Random) -> Iterator[tuple[str, Query]]:
    """Each use of each parameter with each use of each other one, in few queries, with their names."""
    levels = parameters()
    targets = whole(entries)
    for row in covering({name: len(uses) for name, uses in levels.items()}, _TOGETHER):
        target = random.choice(targets)
        query = Query()
        for name in sorted(row, key=list(levels).index):
            query = levels[name][row[name]].use(query, target, random)
        yield " ".join(f"{name}={levels[name][at].name}" for name, at in row.items()), with_term(query, target, random)


def whole(entries: Sequence[Entry]) -> list[Entry]:
    """Those of which everything is known."""
    return [entry for entry in entries if len(entry.keywords) == len(Keyword) and len(entry.numbers) == len(Number)]


def covering(levels: Mapping[str, int], together: int) -> Iterator[dict[str, int]]:
    """Rows with at most so many parameters; any two parameters meet in some row with any two of their levels."""
    missing = {
        frozenset(((left, at), (right, to)))
        for left, right in combinations(levels, 2)
        for at, to in product(range(levels[left]), range(levels[right]))
    }
    cells = [(name, at) for name, count in levels.items() for at in range(count)]
    for pair in sorted(missing, key=sorted):
        if pair not in missing:
            continue
        row = dict(pair)
        while len(row) < together and (best := _best(row, cells, missing)):
            row[best[0]] = best[1]
        missing -= {frozenset(met) for met in combinations(row.items(), 2)}
        yield row


def _best(
    row: Mapping[str, int], cells: Sequence[tuple[str, int]], missing: set[frozenset[tuple[str, int]]]
) -> tuple[str, int] | None:
    """What meets most for the first time; None where nothing does."""
    gains = {
        cell: sum(frozenset((cell, other)) in missing for other in row.items()) for cell in cells if cell[0] not in row
    }
    best = max(gains, key=lambda cell: gains[cell])
    return best if gains[best] else None


def randomly(entries: Sequence[Entry], random: Random, count: int) -> Iterator[Query]:
    """A few parameters each, from narrow to wide, some for what nobody has."""
    levels = parameters()
    targets = whole(entries)
    for _ in range(count):
        target = random.choice(targets if random.random() < 0.8 else entries)
        query = Query()
        for name in random.sample(list(levels), random.randrange(5)):
            query = random.choice(levels[name]).use(query, target, random)
        if random.random() < 0.4 and not query.terms:
            query = random.choice((_one_term, _any_term, _every_term))(query, target, random)
        yield with_term(query, target, random)


def with_term(query: Query, target: Entry, random: Random) -> Query:
    """What is sorted by relevance has something to be relevant to."""
    return _one_term(query, target, random) if query.sort is None and not query.terms else query


def term(entry: Entry, areas: Sequence[Area], random: Random) -> str:
    """A few words that stand side by side in one of its texts, as somebody might write them."""
    texts = [text for area in areas for text in entry.texts.get(area, ()) if text]
    if not texts:
        return _NOWHERE
    said = random.choice(texts).split()
    start = random.randrange(len(said))
    part = said[start : start + random.choice((1, 1, 2, 3, 8))]
    dressed = random.choice((str, str.upper, str.title, lambda text: f"“{text}”!", lambda text: f"+{text}*~2"))
    return dressed(" ".join(part))


def _one_term(query: Query, entry: Entry, random: Random) -> Query:
    return replace(query, terms=(term(entry, query.areas, random),))


def _any_term(query: Query, entry: Entry, random: Random) -> Query:
    return replace(query, terms=(term(entry, query.areas, random), _NOWHERE, random.choice(PUNCTUATION)))


def _every_term(query: Query, entry: Entry, random: Random) -> Query:
    return replace(query, terms=tuple(term(entry, query.areas, random) for _ in range(3)), every=True)


def _no_term(query: Query, entry: Entry, random: Random) -> Query:
    return replace(query, terms=(_NOWHERE,))


_TERMS = {"one": _one_term, "any": _any_term, "every": _every_term, "none": _no_term}


def _in_areas(*areas: Area) -> Callable[[Query, Entry, Random], Query]:
    """Terms are chosen anew, where the areas are."""

    def use(query: Query, entry: Entry, random: Random) -> Query:
        narrowed = replace(query, areas=areas)
        return _one_term(narrowed, entry, random) if len(query.terms) == 1 else narrowed

    return use


def _sorted(sort: Number | None) -> Callable[[Query, Entry, Random], Query]:
    return lambda query, _entry, _random: replace(query, sort=sort)


def _ordered(*, descending: bool) -> Callable[[Query, Entry, Random], Query]:
    return lambda query, _entry, _random: replace(query, descending=descending)


def _paged(offset: int, limit: int) -> Callable[[Query, Entry, Random], Query]:
    return lambda query, _entry, _random: replace(query, offset=offset, limit=limit)


def _of(keyword: Keyword, count: int) -> Callable[[Query, Entry, Random], Query]:
    def use(query: Query, entry: Entry, random: Random) -> Query:
        had = entry.keywords.get(keyword, ("",))
        values = frozenset((random.choice(had), "nobody's", "US")[:count])
        return replace(query, keywords={**query.keywords, keyword: values})

    return use


def _low(number: Number) -> Callable[[Query, Entry, Random], Query]:
    return _ranged(number, lambda value, random: Range(low=value - random.randrange(2)))


def _high(number: Number) -> Callable[[Query, Entry, Random], Query]:
    return _ranged(number, lambda value, random: Range(high=value + random.randrange(2)))


def _same(number: Number) -> Callable[[Query, Entry, Random], Query]:
    return _ranged(number, lambda value, random: Range(value, value + random.choice((0, 0, 1, 1_000))))


def _ranged(number: Number, made: Callable[[int, Random], Range]) -> Callable[[Query, Entry, Random], Query]:
    def use(query: Query, entry: Entry, random: Random) -> Query:
        span = made(entry.numbers.get(number, 100), random)
        return replace(query, ranges={**query.ranges, number: span})

    return use
