"""Every engine against one that looks at every entry: the same totals, the same items, the same order."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import groupby, pairwise
from random import Random

import pytest

from tests import library_engines, library_queries
from tests.library_entries import PHRASES, PUNCTUATION, entries, entry, new_id
from tests.library_model import ModelEngine, ModelReader
from tokstack.library.engines.protocol import Engine, Hit, Reader, SupersededError, Writer
from tokstack.library.entry import Area, Entry, Keyword, Number
from tokstack.library.query import Query, Range

COUNT = 2_000
PAGE = 200
ORDERS = (True, False)

Fresh = Callable[[], Engine]


@pytest.fixture(scope="module", params=library_engines.ENGINES)
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Makes engines that hold nothing."""
    needs = library_engines.ENGINES[request.param]
    values = [request.getfixturevalue(name) for name in needs.fixtures]
    with needs.factory(tmp_path_factory.mktemp("engine"), *values) as factory:
        yield factory


@pytest.fixture(scope="module")
def library() -> list[Entry]:
    return entries(Random(1), COUNT)


@pytest.fixture(scope="module")
def model(library: list[Entry]) -> ModelReader:
    return ModelEngine(library).reader()


@pytest.fixture(scope="module")
def reader(fresh: Fresh, library: list[Entry]) -> Reader:
    """Of an engine that was written in two turns, with a third of the entries replaced by the second."""
    engine = fresh()
    before = [entry(Random(2), known.id) for known in library]
    put(engine.writing(), before[: COUNT // 3], before[COUNT // 3 : COUNT // 2])
    put(engine.writing(), library)
    return seen(engine)


def put(turn: AbstractContextManager[Writer], *batches: Sequence[Entry]) -> None:
    with turn as writer:
        for batch in batches:
            writer.write(batch)
        writer.publish()


def fail_in(turn: AbstractContextManager[Writer], entries: Sequence[Entry]) -> None:
    with turn as writer:
        writer.write(entries)
        raise ZeroDivisionError


def seen(engine: Engine) -> Reader:
    """What those see who catch up."""
    reader = engine.reader()
    reader.refresh()
    return reader


def listed(reader: Reader, query: Query, page: int = PAGE) -> list[Hit]:
    """All that it finds, page after page."""
    hits: list[Hit] = []
    while True:
        found = reader.search(replace(query, offset=len(hits), limit=page))
        hits += found.page
        if not found.page or len(hits) >= found.total:
            return hits


def identities(hits: Sequence[Hit]) -> list[tuple[int, int]]:
    return [(hit.id, hit.version) for hit in hits]


def agree(reader: Reader, model: ModelReader, query: Query) -> None:
    """One page, its order where there is one that all engines share, and the total."""
    found, whole = reader.search(query), model.whole(query)
    right = whole[query.offset : query.offset + query.limit]
    assert found.total == len(whole)
    assert len(found.page) == len(right)
    assert all((hit.score is not None) == bool(query.terms) for hit in found.page)
    if query.sort is not None:
        assert identities(found.page) == identities(right)
    else:
        scores = [hit.score or 0.0 for hit in found.page]
        assert scores == sorted(scores, reverse=query.descending)
        page = set(identities(found.page))
        assert len(page) == len(found.page)
        assert page <= set(identities(whole))


# ---------------------------------------------------------------- Filters


@pytest.mark.parametrize("keyword", Keyword)
def test_a_keyword_filters(reader: Reader, model: ModelReader, library: list[Entry], keyword: Keyword) -> None:
    values = sorted({value for entry in library for value in entry.keywords.get(keyword, ())})
    for asked in ([], ["nobody's"], values, [*values[:2], "nobody's"], *([value] for value in values[:12])):
        agree(reader, model, Query(keywords={keyword: frozenset(asked)}))
    agree(reader, model, Query(keywords={keyword: frozenset({values[0].swapcase()})}))


@pytest.mark.parametrize("number", Number)
def test_a_number_filters(reader: Reader, model: ModelReader, library: list[Entry], number: Number) -> None:
    values = sorted({entry.numbers[number] for entry in library if number in entry.numbers})
    least, middle, most = values[0], values[len(values) // 2], values[-1]
    for span in (
        *(Range(low=value) for value in (least, middle, middle + 1, most, most + 1, -(10**30), 10**30)),
        *(Range(high=value) for value in (least, middle, middle - 1, most, least - 1, -(10**30), 10**30)),
        *(Range(middle, middle), Range(middle, most), Range(-(10**30), 10**30), Range(most, least), Range()),
    ):
        agree(reader, model, Query(ranges={number: span}))


def test_what_is_known_of_no_item_is_in_no_range(fresh: Fresh) -> None:
    engine = fresh()
    known = entry(Random(3), 1, whole=True)
    put(engine.writing(), [replace(known, numbers={Number.CREATED: 1})])
    assert seen(engine).search(Query(ranges={Number.VIEWS: Range()})).total == 0
    assert seen(engine).search(Query(sort=Number.VIEWS)).total == 1


# ---------------------------------------------------------------- Texts


@pytest.mark.parametrize("areas", [*((area,) for area in Area), (Area.CAPTION, Area.MUSIC), (), tuple(Area)])
def test_terms_are_found_where_they_are_looked_for(reader: Reader, model: ModelReader, areas: tuple[Area, ...]) -> None:
    for phrase in PHRASES:
        agree(reader, model, Query(terms=(phrase,), areas=areas))
    for first, second in pairwise(PHRASES[::2]):
        agree(reader, model, Query(terms=(first, second), areas=areas, every=True))
    for first, second, third in zip(PHRASES[::3], PHRASES[1::3], PHRASES[2::3], strict=False):
        agree(reader, model, Query(terms=(first, second, third), areas=areas, sort=None))


def test_case_accents_and_width_do_not_matter(reader: Reader) -> None:
    for one, other in (
        ("CAFÉ", "cafe"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("STRASSE", "straße"),
        ("❤️", "❤"),
        ("e\u0301clair", "ECLAIR"),
    ):
        found = reader.search(Query(terms=(one,)))
        assert found.total
        assert replace(found, page=()) == replace(reader.search(Query(terms=(other,))), page=())


def test_a_phrase_does_not_cross_from_text_to_text(fresh: Fresh) -> None:
    engine = fresh()
    bare = replace(entry(Random(4), 1, whole=True), texts={})
    put(
        engine.writing(),
        [
            replace(bare, id=1, texts={Area.HASHTAG: ("red", "shoes"), Area.PROFILE: ("blue red", "shoes blue")}),
            replace(bare, id=2, texts={Area.CAPTION: ("blue red",), Area.MUSIC: ("shoes",)}),
            replace(bare, id=3, texts={Area.HASHTAG: ("shoes", "old red shoes")}),
        ],
    )
    reader = seen(engine)
    assert identities(listed(reader, Query(terms=("red shoes",)))) == [(3, bare.version)]
    assert reader.search(Query(terms=("red", "shoes"), every=True)).total == 3


@pytest.mark.parametrize("every", ORDERS)
def test_what_has_no_word_finds_nothing(reader: Reader, model: ModelReader, every: bool) -> None:
    for sort in (Number.VIEWS, None):
        for mark in ("", *PUNCTUATION):
            assert reader.search(Query(terms=(mark,), sort=sort, every=every)).total == 0
        assert reader.search(Query(terms=PUNCTUATION, sort=sort, every=every)).total == 0
        agree(reader, model, Query(terms=("sale", "!!!"), sort=sort, every=every))


@pytest.mark.parametrize(
    "term",
    [
        *("sale*", "s?le", "sale~", "sale^9", "caption:sale", "sale OR gummies", "NOT sale", "+sale -gummies", "(sale"),
        *('"sale', "sale\\", "/sa.e/", "[a TO z]", "{a TO z}", "sale AND", "*", "*:*", "_exists_:caption", "<sale>"),
        *(
            "sale\0gummies",
            "sale\ngummies",
            "sale\u200dnow",
            "'; DROP TABLE items; --",
            '{"match_all": {}}',
            "a" * 9_000,
        ),
    ],
)
def test_the_signs_of_query_languages_are_text(reader: Reader, model: ModelReader, term: str) -> None:
    agree(reader, model, Query(terms=(term,), sort=None))


def test_many_long_terms_are_answered(reader: Reader, model: ModelReader, library: list[Entry]) -> None:
    random = Random(5)
    terms = tuple(library_queries.term(random.choice(library), tuple(Area), random) for _ in range(50))
    for every in ORDERS:
        agree(reader, model, Query(terms=terms, every=every))
        agree(reader, model, Query(terms=terms, every=every, sort=None))
    agree(reader, model, Query(terms=(" ".join(PHRASES * 4),)))


# ---------------------------------------------------------------- Order


@pytest.mark.parametrize("sort", Number)
@pytest.mark.parametrize("descending", ORDERS)
def test_all_stand_in_order(reader: Reader, model: ModelReader, sort: Number, descending: bool) -> None:
    query = Query(sort=sort, descending=descending)
    assert identities(listed(reader, query)) == identities(model.whole(query))
    for offset in (1, COUNT // 2, COUNT - 3):
        agree(reader, model, replace(query, offset=offset, limit=50))


@pytest.mark.parametrize("sort", Number)
@pytest.mark.parametrize("descending", ORDERS)
def test_a_phrase_alone_is_found_in_any_order(
    reader: Reader, model: ModelReader, sort: Number, descending: bool
) -> None:
    """Also at its end, where nobody knows the number, and page by page."""
    for phrase in ("減肥", "gummies protein"):
        query = Query(terms=(phrase,), sort=sort, descending=descending)
        whole = model.whole(query)
        assert len(whole) > 50
        for offset in (0, 7, len(whole) - 5, len(whole)):
            found = reader.search(replace(query, offset=offset, limit=10))
            assert found.total == len(whole)
            assert identities(found.page) == identities(whole[offset : offset + 10])


@pytest.mark.parametrize(
    "terms", [("sale",), ("減肥",), ("the the", "крем"), ("gummies protein",), ("🔥", "C", "don't")]
)
@pytest.mark.parametrize("every", ORDERS)
def test_relevance_has_a_stable_order_both_ways(
    reader: Reader, model: ModelReader, terms: tuple[str, ...], every: bool
) -> None:
    query = Query(terms=terms, every=every, sort=None)
    found = listed(reader, query)
    assert sorted(identities(found)) == sorted(identities(model.whole(query)))
    scores = [hit.score or 0.0 for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert identities(listed(reader, query, 37)) == identities(found)
    assert identities(listed(reader, replace(query, descending=False), 61)) == identities(found[::-1])


def test_a_score_is_of_the_terms_alone(reader: Reader) -> None:
    """Neither the order nor a filter changes it."""
    by_relevance = {hit.id: hit.score for hit in listed(reader, Query(terms=("sale", "крем"), sort=None))}
    query = Query(terms=("sale", "крем"), sort=Number.VIEWS, keywords={Keyword.TYPE: frozenset({"ad"})})
    by_views = {hit.id: hit.score for hit in listed(reader, query)}
    assert by_views == pytest.approx({item: by_relevance[item] for item in by_views})
    assert len(set(by_views.values())) > 5


@pytest.mark.parametrize(
    "query",
    [
        Query(sort=Number.LIKES),
        Query(sort=Number.LIKES, descending=False, keywords={Keyword.TYPE: frozenset({"ad"})}),
        Query(terms=("sale",), sort=Number.COMMENTS),
        Query(terms=("sale",), sort=None),
    ],
)
def test_pages_neither_repeat_nor_skip(reader: Reader, model: ModelReader, query: Query) -> None:
    whole = listed(reader, query)
    assert len(whole) == model.search(query).total > 300
    for limit in (1, 25, 50):
        for offset in (0, limit, 7 * limit, len(whole) - limit - 1, len(whole) - limit, len(whole) - 1):
            page = reader.search(replace(query, offset=offset, limit=limit))
            assert identities(page.page) == identities(whole[offset : offset + limit])
            assert page.total == len(whole)


@pytest.mark.parametrize("offset", [COUNT, COUNT + 1, 10_000, 10**6, 49 * 10**9, 2**62])
def test_past_the_end_there_is_nothing_but_the_total(reader: Reader, model: ModelReader, offset: int) -> None:
    for query in (Query(), Query(terms=("sale",), sort=None), Query(sort=Number.VIEWS, descending=False)):
        found = reader.search(replace(query, offset=offset, limit=50))
        assert (found.total, found.page) == (model.search(query).total, ())


# ---------------------------------------------------------------- All at once


def test_any_two_parameters_together(reader: Reader, model: ModelReader, library: list[Entry]) -> None:
    for name, query in library_queries.pairwise(library, Random(6)):
        try:
            agree(reader, model, query)
        except AssertionError as error:
            error.add_note(f"{name}: {query}")
            raise


def test_random_queries(reader: Reader, model: ModelReader, library: list[Entry]) -> None:
    for query in library_queries.randomly(library, Random(7), 500):
        try:
            agree(reader, model, query)
        except AssertionError as error:
            error.add_note(str(query))
            raise


# ---------------------------------------------------------------- What is not searched


def test_versions_are_found_by_id(reader: Reader, library: list[Entry]) -> None:
    missing = {new_id(Random(8)) for _ in range(20)} - {entry.id for entry in library}
    assert reader.find([]) == {}
    assert reader.find(missing) == {}
    assert reader.find([*(entry.id for entry in library), *missing]) == {entry.id: entry.version for entry in library}


def test_standings_tell_every_item_of_a_profile(reader: Reader, model: ModelReader) -> None:
    found = list(reader.standings())
    assert sorted(found, key=lambda it: (it.profile, it.id)) == list(model.standings())
    profiles = [profile for profile, _ in groupby(found, key=lambda standing: standing.profile)]
    assert len(profiles) == len(set(profiles))


# ---------------------------------------------------------------- Writing


def test_a_new_engine_holds_nothing(fresh: Fresh) -> None:
    reader = fresh().reader()
    assert reader.search(Query()).total == 0
    assert reader.search(Query(terms=("sale",), sort=None)).page == ()
    assert reader.find([1]) == {}
    assert list(reader.standings()) == []


def test_an_entry_replaces_that_of_its_id(fresh: Fresh) -> None:
    """Whatever the id, and whether it was written in this turn or in one before."""
    engine, random = fresh(), Random(9)
    first = entries(random, 60)
    second = [entry(random, known.id) for known in first[:40]]
    third = [entry(random, known.id) for known in first[:20]]
    put(engine.writing(), first)
    put(engine.writing(), second, third)
    model = ModelEngine([*first, *second, *third]).reader()
    reader = seen(engine)
    assert reader.search(Query()).total == len(first)
    for number in Number:
        agree(reader, model, Query(sort=number, limit=100))
    for phrase in PHRASES:
        agree(reader, model, Query(terms=(phrase,), limit=100))
    assert reader.find(entry.id for entry in first) == model.find(entry.id for entry in first)


def test_of_two_entries_of_one_id_in_one_batch_the_last_counts(fresh: Fresh) -> None:
    engine = fresh()
    one = replace(entry(Random(10), 7, whole=True), version=1)
    put(engine.writing(), [one, replace(one, version=2)])
    assert identities(listed(seen(engine), Query())) == [(7, 2)]


def test_nothing_is_seen_until_it_is_published(fresh: Fresh) -> None:
    engine = fresh()
    one = replace(entry(Random(11), 7, whole=True), version=1)
    put(engine.writing(), [one])
    with engine.writing() as writer:
        writer.write([replace(one, version=2), replace(one, id=8)])
        assert writer.find([7, 8, 9]) == {7: 2, 8: one.version}
        assert identities(listed(seen(engine), Query())) == [(7, 1)]
        writer.publish()
        assert dict(identities(listed(seen(engine), Query()))) == {7: 2, 8: one.version}
    with engine.writing() as writer:
        writer.write([replace(one, version=3), replace(one, id=9)])
    put(engine.writing(), [])
    assert dict(identities(listed(seen(engine), Query()))) == {7: 2, 8: one.version}


def test_a_writer_that_fails_leaves_all_as_it_was(fresh: Fresh) -> None:
    engine = fresh()
    one = replace(entry(Random(12), 7, whole=True), version=1)
    put(engine.writing(), [one])
    for turn in (engine.writing, engine.rebuilding):
        with pytest.raises(ZeroDivisionError):
            fail_in(turn(), [replace(one, version=2), replace(one, id=8)])
        assert identities(listed(seen(engine), Query())) == [(7, 1)]
    put(engine.writing(), [replace(one, version=3)])
    assert identities(listed(seen(engine), Query())) == [(7, 3)]


def test_of_two_writers_of_one_item_the_second_begins_anew(fresh: Fresh) -> None:
    engine = fresh()
    one = replace(entry(Random(13), 7, whole=True), version=1)
    put(engine.writing(), [one])
    with engine.writing() as early, engine.writing() as late:
        for writer, version in ((early, 2), (late, 3)):
            assert writer.find([7]) == {7: 1}
            writer.write([replace(one, version=version), replace(one, id=10 + version)])
        early.publish()
        with pytest.raises(SupersededError):
            late.publish()
        assert dict(identities(listed(seen(engine), Query()))) == {7: 2, 12: one.version}
    with engine.writing() as writer:
        assert writer.find([7, 13]) == {7: 2}
        writer.write([replace(one, version=3), replace(one, id=13)])
        writer.publish()
    assert dict(identities(listed(seen(engine), Query()))) == {7: 3, 12: one.version, 13: one.version}


def test_the_old_is_seen_until_the_new_is_built(fresh: Fresh) -> None:
    engine, random = fresh(), Random(14)
    old = entries(random, 50)
    new = [*(entry(random, known.id) for known in old[:10]), *entries(random, 30)]
    put(engine.writing(), old)
    before, after = ModelEngine(old).reader(), ModelEngine(new).reader()
    with engine.rebuilding() as writer:
        assert writer.find(known.id for known in old) == {}
        writer.write(new[:20])
        agree(seen(engine), before, Query(limit=100))
        writer.write(new[20:])
        assert writer.find(known.id for known in new) == after.find(known.id for known in new)
        agree(seen(engine), before, Query(limit=100))
        writer.publish()
        agree(seen(engine), after, Query(limit=100))
    agree(seen(engine), after, Query(limit=100))
    put(engine.writing(), old)
    agree(seen(engine), ModelEngine([*new, *old]).reader(), Query(limit=100))


def test_what_is_built_anew_does_not_undo_what_was_written_meanwhile(fresh: Fresh) -> None:
    engine = fresh()
    one = replace(entry(Random(15), 7, whole=True), version=1)
    put(engine.writing(), [one])
    with engine.rebuilding() as rebuilder:
        rebuilder.write([one])
        put(engine.writing(), [replace(one, version=2)])
        with pytest.raises(SupersededError):
            rebuilder.publish()
    assert identities(listed(seen(engine), Query())) == [(7, 2)]


def test_what_was_begun_before_a_rebuilding_is_begun_anew(fresh: Fresh) -> None:
    engine = fresh()
    one = replace(entry(Random(16), 7, whole=True), version=1)
    put(engine.writing(), [one])
    with engine.writing() as writer:
        writer.write([replace(one, version=2)])
        put(engine.rebuilding(), [replace(one, version=3)])
        with pytest.raises(SupersededError):
            writer.publish()
    assert identities(listed(seen(engine), Query())) == [(7, 3)]
