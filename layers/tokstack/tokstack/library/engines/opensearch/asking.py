"""Queries as OpenSearch's language says them. What a person wrote is never part of the language."""

from collections.abc import Mapping, Sequence
from typing import Any

from tokstack.library.engines.opensearch import mapping
from tokstack.library.entry import Area
from tokstack.library.query import Query, Range
from tokstack.library.text import words

Clause = Mapping[str, Any]

_LEAST, _MOST = -(2**63), 2**63 - 1

_NOTHING: Clause = {"match_none": {}}


def matching(query: Query) -> Clause:
    """Terms alone make the score."""
    filters: list[Clause] = [
        {"terms": {mapping.keyword(keyword): sorted(values)}} for keyword, values in query.keywords.items()
    ]
    filters += [_within(mapping.number(number), span) for number, span in query.ranges.items()]
    if not query.terms:
        return {"bool": {"filter": filters}} if filters else {"match_all": {}}
    said = [_said(term, query.areas) for term in query.terms]
    return {"bool": {"filter": filters, "must": said if query.every else [_any(said)]}}


def order(query: Query, *, backwards: bool = False) -> Sequence[Clause]:
    """From the end to the beginning, where that is wanted. What all are equal in is no order: then it is by id."""
    direction = "desc" if query.descending != backwards else "asc"
    by_id = {mapping.ID: {"order": direction}}
    if query.sort is not None:
        missing = "_first" if backwards else "_last"
        return [{mapping.number(query.sort): {"order": direction, "missing": missing}}, by_id]
    return [{"_score": {"order": direction}}, by_id] if query.terms else [by_id]


def _said(term: str, areas: Sequence[Area]) -> Clause:
    phrase = " ".join(words(term))
    if not phrase:
        return _NOTHING
    return _any([{"match_phrase": {mapping.text(area): phrase}} for area in areas])


def _any(clauses: Sequence[Clause]) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": 1}} if clauses else _NOTHING


def _within(field: str, span: Range) -> Clause:
    """OpenSearch refuses bounds that no value of the field can have."""
    bounds = {
        name: min(max(bound, _LEAST), _MOST)
        for name, bound in (("gte", span.low), ("lte", span.high))
        if bound is not None
    }
    return {"range": {field: bounds}} if bounds else {"exists": {"field": field}}
