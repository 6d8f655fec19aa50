"""An engine that is obviously right: it looks at every entry, one after the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from tokstack.library.engines.form import made_anew
from tokstack.library.engines.protocol import Hit, Hits, Standing, SupersededError
from tokstack.library.entry import Area, Entry, Keyword, Number
from tokstack.library.query import Query, Range
from tokstack.library.text import words

Entries = dict[int, Entry]


class ModelEngine:
    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: Entries = {entry.id: entry for entry in entries}
        self.published = 0
        self.old = False  # what is published is of another form

    def reader(self) -> "ModelReader":
        return ModelReader(self.entries)

    def writing(self) -> AbstractContextManager["ModelWriter"]:
        if self.old:
            raise made_anew()
        return self._writer(dict(self.entries))

    def rebuilding(self) -> AbstractContextManager["ModelWriter"]:
        return self._writer({})

    def outdated(self) -> bool:
        return self.old

    def count(self) -> int:
        return len(self.entries)

    def tidy(self) -> None:
        """Nothing is left behind."""

    @contextmanager
    def _writer(self, entries: Entries) -> Iterator["ModelWriter"]:
        yield ModelWriter(self, entries)


class ModelReader:
    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    def search(self, query: Query) -> Hits:
        """Where it is by relevance, all are equally relevant."""
        every = self.whole(query)
        page = every[query.offset : query.offset + query.limit]
        return Hits(len(every), tuple(page))

    def whole(self, query: Query) -> list[Hit]:
        """All pages of it."""
        score = 1.0 if query.terms else None
        return [Hit(it.id, it.version, score) for it in ordered(found(self._entries.values(), query), query)]

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        return {item: self._entries[item].version for item in ids if item in self._entries}

    def refresh(self) -> None:
        """It never lags behind, but for one that was asked for before."""

    def standings(self) -> Iterator[Standing]:
        return iter(
            sorted(map(_standing, filter(_profile, self._entries.values())), key=lambda it: (it.profile, it.id))
        )


class ModelWriter:
    def __init__(self, engine: ModelEngine, entries: Entries) -> None:
        self._engine = engine
        self._entries = entries
        self._base = engine.published

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        return ModelReader(self._entries).find(ids)

    def write(self, entries: Iterable[Entry]) -> None:
        self._entries.update((entry.id, entry) for entry in entries)

    def publish(self) -> None:
        if self._engine.published != self._base:
            raise SupersededError
        self._base = self._engine.published = self._base + 1
        self._engine.entries, self._engine.old = dict(self._entries), False


def found(entries: Iterable[Entry], query: Query) -> list[Entry]:
    terms = [" ".join(words(term)) for term in query.terms]
    return [entry for entry in entries if _matches(entry, query) and _says(entry, terms, query)]


def _matches(entry: Entry, query: Query) -> bool:
    return all(
        not values.isdisjoint(entry.keywords.get(keyword, ())) for keyword, values in query.keywords.items()
    ) and all(_within(entry.numbers.get(number), span) for number, span in query.ranges.items())


def ordered(entries: Iterable[Entry], query: Query) -> list[Entry]:
    by_id = sorted(entries, key=lambda entry: entry.id, reverse=query.descending)
    if query.sort is None:
        return by_id
    sort = query.sort
    known = [entry for entry in by_id if sort in entry.numbers]
    unknown = [entry for entry in by_id if sort not in entry.numbers]
    return sorted(known, key=lambda entry: entry.numbers[sort], reverse=query.descending) + unknown


def _within(value: int | None, span: Range) -> bool:
    return value is not None and (span.low is None or span.low <= value) and (span.high is None or value <= span.high)


def _says(entry: Entry, terms: Sequence[str], query: Query) -> bool:
    """Words hold no space, so that they stand side by side is that they are part of the text."""
    if not terms:
        return True
    texts = "\n".join(_texts(entry, area) for area in query.areas)
    said = (bool(term) and f" {term} " in texts for term in terms)
    return all(said) if query.every else any(said)


def _texts(entry: Entry, area: Area) -> str:
    """A line each: nothing that is searched for holds the end of a line."""
    return "\n".join(f" {text} " for text in entry.texts.get(area, ()))


def _profile(entry: Entry) -> tuple[str, ...]:
    return entry.keywords.get(Keyword.PROFILE, ())


def _standing(entry: Entry) -> Standing:
    return Standing(
        profile=_profile(entry)[0],
        id=entry.id,
        type=entry.keywords[Keyword.TYPE][0],
        views=entry.numbers.get(Number.VIEWS),
        created=entry.numbers[Number.CREATED],
    )
