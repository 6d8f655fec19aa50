"""Texts in tantivy: what stands side by side, and how well it answers.

Words come joined by spaces and are split there. Each text is a value of its own, which no phrase crosses. Numbers are
there as well, so that what a phrase finds can be told in their order without telling all of it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded.arrays import Array
from tokstack.library.entry import Area, Entry, Number
from tokstack.observability import logger

META = "meta.json"

_TOKENIZER = "words"
_ID = "id"  # signed: tantivy deletes nothing by an unsigned one, and says nothing

# A term is the words that are to stand side by side.
Term = tuple[str, ...]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field(_ID, indexed=True, fast=True)
    for area in Area:
        builder.add_text_field(area.value, tokenizer_name=_TOKENIZER, index_option="position")
    for number in Number:
        builder.add_integer_field(number.value, fast=True)
    return builder.build()


SCHEMA = _schema()


@contextmanager
def guarded() -> Iterator[None]:
    """Tantivy's failures, and its panics, which are no Exceptions, are `service_unavailable`."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, ValueError | OSError) and type(error).__name__ != "PanicException":
            raise
        logger.exception("The text index failed")
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The library cannot be searched now.") from error


def opened(directory: Path) -> tantivy.Index:
    """The index in a directory; a new one where there is none."""
    with guarded():
        index = tantivy.Index(SCHEMA, path=str(directory))
        index.register_tokenizer(_TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        return index


def document(entry: Entry) -> tantivy.Document:
    made = tantivy.Document()
    made.add_integer(_ID, entry.id)
    for area, texts in entry.texts.items():
        for text in texts:
            made.add_text(area, text)
    for number, value in entry.numbers.items():
        made.add_integer(number, value)
    return made


def delete(writer: tantivy.IndexWriter, id_: int) -> None:
    writer.delete_documents_by_term(_ID, id_)


class Texts:
    """One state of the index."""

    def __init__(self, directory: Path) -> None:
        with guarded():
            index = opened(directory)
            index.config_reader("manual")
            index.reload()
            self._searcher = index.searcher()

    def __len__(self) -> int:
        return self._searcher.num_docs

    def having(self, term: Term, areas: Sequence[Area], most: int) -> Array:
        """The ids of those in which the term stands, ascending. `most` is no less than they are."""
        query = _union([_found(term, area) for area in areas])
        with guarded():
            hits = self._searcher.search(
                query, limit=max(1, most), count=False, order_by_field=_ID, order=tantivy.Order.Asc
            ).hits
        return np.array([id_ for id_, _ in hits], np.int64)

    def first(
        self, term: Term, areas: Sequence[Area], number: Number, most: int, *, descending: bool
    ) -> tuple[int, Array, Array]:
        """In how many the term stands; and of no more than `most`, the ids and numbers, by the number.

        Where numbers are equal they are in no order, and those that have none are left out.
        """
        query = _union([_found(term, area) for area in areas])
        order = tantivy.Order.Desc if descending else tantivy.Order.Asc
        with guarded():
            found: Any = self._searcher.search(  # its types know nothing of the count
                query, limit=most, count=True, order_by_field=number.value, order=order
            )
            hits = [(value, address) for value, address in found.hits if value is not None]
            ids = self._searcher.fast_field_values(_ID, [address for _, address in hits]) if hits else []
        return found.count, np.array(ids, np.int64), np.array([value for value, _ in hits], np.int64)

    def best(self, query: tantivy.Query, most: int) -> tuple[Array, Array]:
        """The ids and scores of the best, the best first."""
        with guarded():
            hits = self._searcher.search(query, limit=max(1, most), count=False).hits
            scores, addresses = zip(*hits, strict=True) if hits else ((), ())
            ids = self._searcher.fast_field_values(_ID, list(addresses)) if hits else []
        return np.array(ids, np.int64), np.array(scores, np.float64)

    def among(self, query: tantivy.Query, ids: Array) -> tuple[Array, Array]:
        """Of these ids those that match, and their scores."""
        return self.best(_both(query, _only(ids)), len(ids))


def scored(terms: Sequence[Term], areas: Sequence[Area], *, every: bool, among: Array | None = None) -> tantivy.Query:
    """What is found by any of the terms, or by every one, in any of the areas.

    Where it is to be asked `among` some ids alone, each phrase is: else tantivy looks for its next place beyond them.
    """
    only = None if among is None else _only(among)
    found = [
        [_both(_found(term, area), only) if only and len(term) > 1 else _found(term, area) for area in areas]
        for term in terms
    ]
    if every:
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Must, _union(one)) for one in found])
    else:
        asked = _union([each for one in found for each in one])
    return _both(asked, only) if only else asked


def _found(term: Term, area: Area) -> tantivy.Query:
    if len(term) == 1:
        return tantivy.Query.term_query(SCHEMA, area.value, term[0], "freq")
    return tantivy.Query.phrase_query(SCHEMA, area.value, list(term))


def _only(ids: Array) -> tantivy.Query:
    """Of no score."""
    any_of = _union([tantivy.Query.term_query(SCHEMA, _ID, id_) for id_ in ids.tolist()])
    return tantivy.Query.const_score_query(any_of, 0.0)


def _both(one: tantivy.Query, other: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, one), (tantivy.Occur.Must, other)])


def _union(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def live(directory: Path) -> tuple[Mapping[str, Any], list[str]]:
    """Tantivy's list of its segments, when nothing merges any more, and the files that they are in; others go."""
    segments = json.loads((directory / META).read_text())
    deletes = {segment["segment_id"].replace("-", ""): segment["deletes"] for segment in segments["segments"]}
    files = []
    for path in directory.iterdir():
        segment, _, kind = path.name.partition(".")
        if not segment or path.name == META:
            continue
        if segment in deletes and (
            not kind.endswith("del") or kind == f"{(deletes[segment] or {}).get('opstamp')}.del"
        ):
            files.append(path.name)
        else:
            path.unlink()
    return segments, files
