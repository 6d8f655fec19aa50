"""What the OpenSearch engine does with a real node, beside what every engine does."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from moto import mock_aws
from opensearchpy import OpenSearch, RequestError

from tests.library_entries import entries, entry
from tests.library_items import item, stack
from tests.library_model import ModelEngine
from tests.tables import Clock, moto
from tokstack.errors import Code, TokstackError
from tokstack.library.engines.form import FORM
from tokstack.library.engines.opensearch import OpenSearchEngine, bulk, client
from tokstack.library.engines.protocol import SupersededError
from tokstack.library.entry import Entry, Keyword, Number
from tokstack.library.index import Outcome
from tokstack.library.query import Query

ONE = replace(entry(Random(1), 7, whole=True), version=1)


@pytest.fixture(scope="module")
def node(opensearch_address: str) -> Iterator[OpenSearch]:
    asked = client(opensearch_address)
    yield asked
    asked.close()


@pytest.fixture
def alias() -> str:
    return f"test-{uuid4().hex}"


@pytest.fixture
def engine(node: OpenSearch, alias: str) -> OpenSearchEngine:
    return OpenSearchEngine(node, alias, window=50)


def write(engine: OpenSearchEngine, written: Sequence[Entry], *, anew: bool = False) -> None:
    with engine.rebuilding() if anew else engine.writing() as writer:
        writer.write(written)
        writer.publish()


def versions(engine: OpenSearchEngine) -> dict[int, int]:
    return {hit.id: hit.version for hit in engine.reader().search(Query(limit=50)).page}


def indices(node: OpenSearch, alias: str) -> set[str]:
    return set(node.indices.get(index=f"{alias}-*"))


def read(node: OpenSearch, alias: str) -> str:
    (index,) = node.indices.get_alias(name=alias)
    return str(index)


# ---------------------------------------------------------------- Indices


def test_who_only_reads_makes_nothing(node: OpenSearch, alias: str, engine: OpenSearchEngine) -> None:
    assert engine.reader().search(Query(offset=1_000)).total == 0
    assert list(engine.reader().standings()) == []
    assert engine.count() == 0
    engine.tidy()
    assert indices(node, alias) == set()


def test_writers_that_are_first_at_once_make_one_index(node: OpenSearch, alias: str, engine: OpenSearchEngine) -> None:
    together = threading.Barrier(4)

    def begin(at: int) -> None:
        together.wait()
        write(engine, [replace(ONE, id=at)])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(begin, range(4)))
    assert indices(node, alias) == {read(node, alias)}
    assert versions(engine) == dict.fromkeys(range(4), 1)


def test_what_an_index_does_not_know_is_refused(node: OpenSearch, alias: str, engine: OpenSearchEngine) -> None:
    write(engine, [ONE])
    for unknown in ({"views": 1}, {"numbers": {"vews": 1}}, {"texts": {"bio": "x"}}):
        with pytest.raises(RequestError, match="strict_dynamic_mapping_exception"):
            node.index(index=alias, body=unknown)


def test_an_index_is_read_whole_until_another_takes_its_place(
    node: OpenSearch, alias: str, engine: OpenSearchEngine
) -> None:
    write(engine, [ONE])
    old = read(node, alias)
    with engine.rebuilding() as writer:
        writer.write([replace(ONE, version=2), replace(ONE, id=8)])
        assert read(node, alias) == old
        assert versions(engine) == {7: 1}
        writer.publish()
        assert versions(engine) == {7: 2, 8: 1}
    assert read(node, alias) != old
    assert engine.count() == 2


def test_a_rebuilding_that_is_given_up_leaves_nothing(node: OpenSearch, alias: str, engine: OpenSearchEngine) -> None:
    write(engine, [ONE])
    with engine.rebuilding() as writer:
        writer.write([replace(ONE, id=8)])
    assert indices(node, alias) == {read(node, alias)}


def test_of_two_who_build_anew_the_second_is_superseded(engine: OpenSearchEngine) -> None:
    write(engine, [ONE])
    with engine.rebuilding() as late:
        late.write([replace(ONE, version=2)])
        write(engine, [replace(ONE, version=3)], anew=True)
        with pytest.raises(SupersededError):
            late.publish()
    assert versions(engine) == {7: 3}


def test_indices_that_nobody_reads_go_after_an_hour(node: OpenSearch, alias: str) -> None:
    clock = Clock()
    clock.now = 0.0
    engine = OpenSearchEngine(node, alias, now=clock)
    write(engine, [ONE])
    write(engine, [replace(ONE, version=2)], anew=True)
    left = engine.rebuilding()  # by one that was killed
    everything = indices(node, alias)
    assert len(everything) == 3
    made = max(int(it["settings"]["index"]["creation_date"]) for it in node.indices.get(index=f"{alias}-*").values())
    for clock.now, there in ((made / 1000 + 3_500, everything), (made / 1000 + 3_601, {read(node, alias)})):
        engine.tidy()
        assert indices(node, alias) == there
    assert versions(engine) == {7: 2}
    with pytest.raises(SupersededError), left as writer:
        writer.write([ONE])
    assert indices(node, alias) == {read(node, alias)}


def test_readers_at_work_see_the_old_or_the_new_and_nothing_else(engine: OpenSearchEngine) -> None:
    generations = [[replace(it, version=version) for it in entries(Random(version), 150)] for version in range(4)]
    queries = [Query(limit=50), Query(sort=Number.VIEWS, descending=False, offset=90, limit=20)]
    right = [[ModelEngine(written).reader().search(query).page for written in generations] for query in queries]
    write(engine, generations[0])
    over = threading.Event()
    reader = engine.reader()

    def look() -> int:
        looks = 0
        while not over.is_set() or looks < 5:
            for query, pages in zip(queries, right, strict=True):
                assert reader.search(query).page in pages
            assert list(reader.standings()) in profiles
            looks += 1
        return looks

    profiles = [list(ModelEngine(written).reader().standings()) for written in generations]
    with ThreadPoolExecutor(4) as threads:
        looking = [threads.submit(look) for _ in range(3)]
        try:
            for written in generations[1:]:
                write(engine, written, anew=True)
        finally:
            over.set()
        assert all(each.result() for each in looking)
    assert set(versions(engine).values()) == {3}


# ---------------------------------------------------------------- Another form


def test_an_index_knows_its_form(node: OpenSearch, alias: str, engine: OpenSearchEngine) -> None:
    assert not engine.outdated()  # there is none
    for anew in (False, True):
        write(engine, [ONE], anew=anew)
        assert not engine.outdated()
        (known,) = node.indices.get_mapping(index=alias).values()
        assert known["mappings"]["_meta"] == {"form": FORM}


@pytest.mark.parametrize("meta", [{}, {"form": "0-0"}, {"form": None}, {"other": {"form": FORM}}], ids=str)
def test_an_outdated_index_is_read_and_not_written_until_another_is_built(
    node: OpenSearch, alias: str, engine: OpenSearchEngine, meta: dict[str, Any]
) -> None:
    write(engine, [ONE])
    node.indices.put_mapping(index=alias, body={"_meta": meta})
    old = read(node, alias)
    assert engine.outdated()
    with pytest.raises(TokstackError) as caught:
        engine.writing()
    assert (caught.value.code, caught.value.retry_after) == (Code.SERVICE_UNAVAILABLE, 60)
    with engine.rebuilding() as writer:
        writer.write([replace(ONE, version=2)])
    assert (read(node, alias), engine.outdated()) == (old, True)  # one that is given up changes nothing
    with engine.rebuilding() as writer:
        writer.write([replace(ONE, version=2)])
        assert versions(engine) == {7: 1}
        writer.publish()
    assert (versions(engine), engine.outdated()) == ({7: 2}, False)
    write(engine, [replace(ONE, version=3)])
    assert versions(engine) == {7: 3}


def test_a_turn_renews_an_outdated_index(node: OpenSearch, alias: str, engine: OpenSearchEngine) -> None:
    with moto() as dynamodb, mock_aws():
        library = stack(dynamodb, Clock())
        library.engine = engine
        library.take(item(0), item(1))
        library.turn()
        before = library.shown(), engine.reader().search(Query()).page
        node.indices.put_mapping(index=alias, body={"_meta": {}})
        assert (library.turn(), engine.outdated()) == (Outcome.DONE, False)
        assert (library.shown(), engine.reader().search(Query()).page) == before


# ---------------------------------------------------------------- Writing


def test_an_item_that_is_refused_fails_the_publication(engine: OpenSearchEngine) -> None:
    """The node says 200, and which items it did not take."""
    write(engine, [ONE])
    bad = replace(ONE, id=8, numbers={**ONE.numbers, Number.VIEWS: 2**70})
    with engine.writing() as writer:
        writer.write([bad, replace(ONE, id=9)])
        with pytest.raises(TokstackError) as caught:
            writer.publish()
    assert caught.value.code is Code.SERVICE_UNAVAILABLE
    assert versions(engine) == {7: 1}


def test_a_turn_shows_what_a_killed_one_left(engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is what it then finds, and readers are not to see what is older."""
    write(engine, [ONE])
    kill_after_bulk(monkeypatch)
    with engine.writing() as writer:
        writer.write([replace(ONE, version=2)])
        with pytest.raises(KeyboardInterrupt):
            writer.publish()
    assert versions(engine) == {7: 1}
    monkeypatch.undo()
    with engine.writing() as writer:
        assert writer.find([7]) == engine.reader().find([7]) == versions(engine) == {7: 2}


def kill_after_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bulk.write

    def cut(*given: Any) -> Iterator[Any]:
        yield from whole(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "write", cut)


@pytest.mark.parametrize("before", [[], [ONE]])
def test_who_is_overtaken_in_the_midst_of_publishing_undoes_nothing(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch, before: list[Entry]
) -> None:
    write(engine, before)
    whole = bulk.write

    def overtaken(*given: Any) -> Iterator[Any]:
        monkeypatch.setattr(bulk, "write", whole)
        write(engine, [replace(ONE, version=3)])
        return whole(*given)

    monkeypatch.setattr(bulk, "write", overtaken)
    with engine.writing() as writer:
        writer.write([replace(ONE, version=2)])
        with pytest.raises(SupersededError):
            writer.publish()
    assert versions(engine) == {7: 3}


def test_many_writers_lose_nothing(engine: OpenSearchEngine) -> None:
    """Each adds one to the version of the same item, as often as it takes."""
    write(engine, [replace(ONE, version=0)])

    def add(times: int) -> None:
        while times:
            with engine.writing() as writer:
                writer.write([replace(ONE, version=writer.find([ONE.id])[ONE.id] + 1)])
                try:
                    writer.publish()
                except SupersededError:
                    continue
            times -= 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, [5] * 4))
    assert versions(engine) == {7: 20}


def test_a_writer_publishes_as_often_as_it_likes(engine: OpenSearchEngine) -> None:
    with engine.writing() as writer:
        for version in (1, 2, 3):
            writer.write([replace(ONE, version=version), replace(ONE, id=10 + version)])
            writer.publish()
            assert versions(engine)[7] == version
    assert versions(engine) == {7: 3, 11: 1, 12: 1, 13: 1}


def test_what_does_not_fit_in_memory_is_published_as_well(
    engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokstack.library.engines.opensearch.writer._IN_MEMORY", 10_000)
    written = entries(Random(2), 200)
    write(engine, written)
    assert engine.count() == 200
    assert engine.reader().find(it.id for it in written) == {it.id: it.version for it in written}


# ---------------------------------------------------------------- Reading


def test_what_is_equally_relevant_is_ordered_by_id(engine: OpenSearchEngine) -> None:
    write(engine, [replace(ONE, id=item) for item in (2**62, 5, 2**53 + 1, 2**53)])
    said = next(text for texts in ONE.texts.values() for text in texts if text)
    query = Query(terms=(said,), sort=None)
    ids = [hit.id for hit in engine.reader().search(query).page]
    assert ids == [2**62, 2**53 + 1, 2**53, 5]
    assert [hit.id for hit in engine.reader().search(replace(query, descending=False)).page] == ids[::-1]


def test_a_word_without_end_does_not_stop_the_others(engine: OpenSearchEngine) -> None:
    endless = "x" * 40_000
    write(engine, [replace(ONE, keywords={**ONE.keywords, Keyword.DOMAIN: (endless,)}), replace(ONE, id=8)])
    assert versions(engine) == {7: 1, 8: 1}
    assert engine.reader().search(Query(keywords={Keyword.DOMAIN: frozenset({endless})})).total == 0


def test_a_scan_goes_on_with_what_it_began(engine: OpenSearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokstack.library.engines.opensearch.reader._SCANNED", 10)
    old = entries(Random(3), 100)
    write(engine, old)
    scan = engine.reader().standings()
    first = next(scan)
    write(engine, entries(Random(4), 100), anew=True)
    write(engine, [replace(it, version=9) for it in entries(Random(5), 100)])
    assert [first, *scan] == list(ModelEngine(old).reader().standings())


def test_deep_pages_leave_nothing_open_on_the_node(node: OpenSearch, engine: OpenSearchEngine) -> None:
    write(engine, entries(Random(6), 200))
    reader = engine.reader()
    for offset in (60, 130, 199, 200, 10**9):
        reader.search(Query(offset=offset))
    next(reader.standings())
    stats = node.nodes.stats(metric="indices", index_metric="search")
    assert all(each["indices"]["search"]["point_in_time_current"] == 0 for each in stats["nodes"].values())
