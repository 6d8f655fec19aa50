"""The queries that engines are compared by: that they are all that they are meant to be."""

from itertools import combinations, product
from random import Random

from tests import library_queries
from tests.library_entries import entries
from tests.library_model import ModelEngine
from tokstack.library.entry import Area, Keyword, Number

LEVELS = {name: len(uses) for name, uses in library_queries.parameters().items()}


def test_every_two_parameters_meet_in_all_their_uses() -> None:
    rows = list(library_queries.covering(LEVELS, 6))
    met = {frozenset(pair) for row in rows for pair in combinations(row.items(), 2)}
    for (left, many), (right, others) in combinations(LEVELS.items(), 2):
        for at, to in product(range(many), range(others)):
            assert frozenset(((left, at), (right, to))) in met
    assert len(rows) < len(met) / 10


def test_every_parameter_is_used() -> None:
    assert {*Keyword, *Number} <= set(LEVELS)
    assert LEVELS["sort"] == len(Number) + 1
    assert LEVELS["areas"] > len(Area)


def test_most_queries_find_something_and_many_of_them_little() -> None:
    made = entries(Random(1), 500)
    model = ModelEngine(made).reader()
    queries = [query for _, query in library_queries.pairwise(made, Random(2))]
    queries += library_queries.randomly(made, Random(3), 300)
    totals = [model.search(query).total for query in queries]
    assert sum(total > 0 for total in totals) > len(totals) * 2 / 3
    assert sum(1 < total < 400 for total in totals) > len(totals) / 4
