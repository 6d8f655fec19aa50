"""What else a library could be searched with, each made to answer the same questions: a total, and the ids of a page.

OpenSearch      one node, asked for what the library's own engine asks of it (ids, versions, scores), and nothing around
Tantivy         bare: every fact in its index as well, sorted by its columns; where values are equal, in its order; no
                versions, and scores by relevance alone
SQLite          FTS5, words in one table and facts in another with an index each; of facts with several values, none
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import tantivy

from benchmarks.library_queries import Asked
from tokstack.library.engines.opensearch import asking, mapping
from tokstack.library.entry import Area, Entry, Keyword, Number
from tokstack.library.query import Query, Range
from tokstack.library.text import words

_TOKENIZER = "words"
_SEVERAL = frozenset({Keyword.COUNTRY, Keyword.HASHTAG, Keyword.SHOP})  # values of one item
_BREAK = " \N{PILCROW SIGN} "  # no phrase crosses it


class Peer(Protocol):
    def ask(self, asked: Asked) -> tuple[int, list[int]]: ...


class BareOpenSearch:
    def __init__(self, url: str, index: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._index = index

    def ask(self, asked: Asked) -> tuple[int, list[int]]:
        if isinstance(asked, int):
            found = self._answer("GET", f"_doc/{asked}?_source=false")["found"]
            return int(found), [asked] * found
        body = {
            "query": asking.matching(asked),
            "sort": asking.order(asked),
            "from": asked.offset,
            "size": asked.limit,
            "track_total_hits": True,
            "track_scores": bool(asked.terms),
            "stored_fields": "_none_",
            "docvalue_fields": [mapping.ID, mapping.VERSION],
        }
        hits = self._answer("POST", "_search?request_cache=false", body)["hits"]
        return hits["total"]["value"], [hit["fields"][mapping.ID][0] for hit in hits["hits"]]

    def _answer(self, method: str, path: str, body: Any = None) -> Any:
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, f"/{self._index}/{path}", sent, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        read = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(read)
        return read


class BareTantivy:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        splitting = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer(_TOKENIZER, splitting)
        self._writer = self._index.writer(256_000_000, 2)

    def write(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._writer.add_document(_document(entry))

    def finish(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, asked: Asked) -> tuple[int, list[int]]:
        if isinstance(asked, int):
            return self._page(tantivy.Query.term_query(self._schema, "id", asked), limit=1)
        query = self._query(asked)
        if not asked.limit:
            return self._page(query, limit=1)[0], []
        sorted_by: dict[str, Any] = {}
        if asked.sort:
            order = tantivy.Order.Desc if asked.descending else tantivy.Order.Asc
            sorted_by = {"order_by_field": asked.sort.value, "order": order}
        return self._page(query, limit=asked.limit, offset=asked.offset, **sorted_by)

    def _page(self, query: tantivy.Query, **how: Any) -> tuple[int, list[int]]:
        found: Any = self._searcher.search(query, count=True, **how)  # its types know nothing of the count
        addresses = [address for _, address in found.hits]
        ids: Any = self._searcher.fast_field_values("id", addresses) if addresses else []
        return found.count, ids

    def _query(self, query: Query) -> tantivy.Query:
        must, should = tantivy.Occur.Must, tantivy.Occur.Should
        parts = []
        if query.terms:
            said = [_either([self._said(term, area) for area in query.areas]) for term in query.terms]
            parts.append(tantivy.Query.boolean_query([(must if query.every else should, each) for each in said]))
        for keyword, values in query.keywords.items():
            parts.append(tantivy.Query.term_set_query(self._schema, f"{keyword}_", sorted(values)))
        parts += [self._within(number, span) for number, span in query.ranges.items()]
        if not parts:
            return tantivy.Query.all_query()
        scored = parts[:1] if query.terms else []
        bare = [tantivy.Query.const_score_query(part, 0.0) for part in parts[len(scored) :]]
        return tantivy.Query.boolean_query([(must, part) for part in (*scored, *bare)])

    def _said(self, term: str, area: Area) -> tantivy.Query:
        split = words(term)
        if len(split) == 1:
            return tantivy.Query.term_query(self._schema, area.value, split[0])
        return tantivy.Query.phrase_query(self._schema, area.value, list(split))

    def _within(self, number: Number, span: Range) -> tantivy.Query:
        return tantivy.Query.range_query(
            self._schema, number.value, tantivy.FieldType.Integer, lower_bound=span.low, upper_bound=span.high
        )


class Sqlite:
    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file)
        self._database.execute("PRAGMA cache_size = -256000")
        self._database.execute("PRAGMA synchronous = off")
        self._keywords = [keyword for keyword in Keyword if keyword not in _SEVERAL]
        columns = ", ".join(f'"{name}_"' for name in self._keywords) + ", " + ", ".join(Number)
        self._database.execute(f"CREATE TABLE facts (id INTEGER PRIMARY KEY, {columns})")
        self._database.execute(
            f"CREATE VIRTUAL TABLE texts USING fts5({', '.join(Area)}, content='', detail=full, "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* S* P*'\")"
        )

    def write(self, entries: Sequence[Entry]) -> None:
        marks = ", ".join("?" * (1 + len(self._keywords) + len(Number)))
        self._database.executemany(f"INSERT INTO facts VALUES ({marks})", map(self._facts, entries))
        texts = ((entry.id, *(_BREAK.join(entry.texts.get(area, ())) for area in Area)) for entry in entries)
        self._database.executemany(f"INSERT INTO texts (rowid, {', '.join(Area)}) VALUES (?, ?, ?, ?, ?)", texts)

    def finish(self) -> None:
        for column in (*(f"{name}_" for name in self._keywords), *Number):
            self._database.execute(f'CREATE INDEX "by_{column}" ON facts ("{column}")')
        self._database.execute("ANALYZE")
        self._database.commit()

    def can(self, asked: Asked) -> bool:
        return isinstance(asked, int) or _SEVERAL.isdisjoint(asked.keywords)

    def ask(self, asked: Asked) -> tuple[int, list[int]]:
        if isinstance(asked, int):
            found = self._database.execute("SELECT id FROM facts WHERE id = ?", (asked,)).fetchall()
            return len(found), [asked] * len(found)
        tables, conditions, values = self._conditions(asked)
        where = f"FROM {tables} WHERE {' AND '.join(conditions) or 'true'}"
        total: int = self._database.execute(f"SELECT count(*) {where}", values).fetchone()[0]
        if not asked.limit:
            return total, []
        way = "DESC" if asked.descending else "ASC"
        order = "rank" if asked.sort is None else f"{asked.sort} {way} NULLS LAST, id {way}"
        page = f"SELECT facts.id {where} ORDER BY {order} LIMIT {asked.limit} OFFSET {asked.offset}"
        return total, [id_ for (id_,) in self._database.execute(page, values)]

    def _facts(self, entry: Entry) -> tuple[Any, ...]:
        keywords = ((entry.keywords.get(keyword) or (None,))[0] for keyword in self._keywords)
        return entry.id, *keywords, *(entry.numbers.get(number) for number in Number)

    def _conditions(self, query: Query) -> tuple[str, list[str], list[Any]]:
        tables = "facts"
        conditions: list[str] = []
        values: list[Any] = []
        if query.terms:
            phrases = [f'"{" ".join(words(term))}"' for term in query.terms]
            areas = " ".join(query.areas)
            tables = "texts JOIN facts ON facts.id = texts.rowid"
            conditions.append("texts MATCH ?")
            values.append(f"{{{areas}}} : ({(' AND ' if query.every else ' OR ').join(phrases)})")
        for keyword, wanted in query.keywords.items():
            conditions.append(f'"{keyword}_" IN ({", ".join("?" * len(wanted))})')
            values += wanted
        for number, span in query.ranges.items():
            for sign, bound in ((">=", span.low), ("<=", span.high)):
                if bound is not None:
                    conditions.append(f"{number} {sign} ?")
                    values.append(bound)
        return tables, conditions, values


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_integer_field("id", indexed=True, fast=True)
    for area in Area:
        builder.add_text_field(area.value, tokenizer_name=_TOKENIZER, index_option="position")
    for keyword in Keyword:
        builder.add_text_field(f"{keyword}_", tokenizer_name="raw", index_option="basic")
    for number in Number:
        builder.add_integer_field(number.value, fast=True)
    return builder.build()


def _document(entry: Entry) -> tantivy.Document:
    made = tantivy.Document()
    made.add_integer("id", entry.id)
    for area, texts in entry.texts.items():
        for text in texts:
            made.add_text(area.value, text)
    for keyword, values in entry.keywords.items():
        for value in values:
            made.add_text(f"{keyword}_", value)
    for number, known in entry.numbers.items():
        made.add_integer(number.value, known)
    return made


def _either(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return (
        queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, q) for q in queries])
    )
