"""That the readers of the library in trouble see what is wrong: each lie that a reader could tell is found out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.library_items import DAY, FIRST, item
from tests.library_readers import Looker
from tests.small_library import SmallLibrary
from tokstack.library.engines.protocol import Hits
from tokstack.library.entry import Keyword, Number
from tokstack.library.item import ItemType, Metrics
from tokstack.library.query import Query

ADS = Query(keywords={Keyword.TYPE: frozenset({"ad"})}, sort=Number.VIEWS)


class Lying:
    """A reader that changes what it is answered."""

    def __init__(self, library: SmallLibrary, lie: Callable[[Hits], Hits]) -> None:
        self._library = library
        self._lie = lie

    def search(self, query: Query) -> Hits:
        return self._lie(self._library._engine.reader().search(query))


@pytest.fixture
def library() -> SmallLibrary:
    made = SmallLibrary()
    types = (ItemType.AD, ItemType.ORGANIC)
    made.take((item(number, type=types[number % 2], metrics=Metrics(views=number)) for number in range(10)), DAY)
    return made


def looked(library: SmallLibrary, lie: Callable[[Hits], Hits], documents: Any = None) -> list[str]:
    looker = Looker(Lying(library, lie), documents or library, [ADS], {0: 5})  # type: ignore[arg-type] # all that is asked
    looker.look(0)
    return looker.looked.wrong


def test_who_tells_the_truth_is_believed(library: SmallLibrary) -> None:
    assert looked(library, lambda hits: hits) == []


@pytest.mark.parametrize(
    ("told", "lie"),
    [
        ("a total of 6", lambda hits: replace(hits, total=6)),
        ("4 rows of 5", lambda hits: replace(hits, page=hits.page[:4])),
        ("a document is missing", lambda hits: replace(hits, page=(*hits.page[:4], replace(hits.page[4], version=1)))),
        ("rows are out of order", lambda hits: replace(hits, page=hits.page[::-1])),
    ],
)
def test_a_lie_is_found_out(library: SmallLibrary, told: str, lie: Callable[[Hits], Hits]) -> None:
    assert any(wrong.startswith(told) for wrong in looked(library, lie))


def test_a_row_that_does_not_match_is_found_out(library: SmallLibrary) -> None:
    organic = replace(ADS, keywords={Keyword.TYPE: frozenset({"organic"})})
    other = library._engine.reader().search(organic).page
    wrong = looked(library, lambda hits: replace(hits, page=other))
    assert any(each.startswith("a row does not match") for each in wrong)


def test_another_document_is_found_out(library: SmallLibrary) -> None:
    class Swapped:
        def get(self, versions: Any) -> Any:
            return library.get(versions)[::-1]

    assert any(wrong.startswith("a document is another") for wrong in looked(library, lambda hits: hits, Swapped()))


def test_what_goes_back_in_time_is_found_out(library: SmallLibrary) -> None:
    old = library._engine.reader().search(ADS)
    library.take([item(number, hour=1, type=ItemType.AD, metrics=Metrics(views=number)) for number in (0, 2)], DAY)
    answers = iter([library._engine.reader().search(ADS), old])
    looker = Looker(Lying(library, lambda _: next(answers)), library, [ADS], {})  # type: ignore[arg-type] # all that is asked
    looker.look(0)
    assert looker.looked.wrong == []
    looker.look(0)
    assert sorted(wrong.partition(":")[0] for wrong in looker.looked.wrong) == [
        f"{FIRST} is older than before",
        f"{FIRST + 2} is older than before",
    ]
