"""From the log into documents and index: whatever is repeated, reordered or cut short, the same comes of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient

from tests.functions import run
from tests.library_items import DAY, FIRST, Stack, always, item, observations, stack
from tests.library_model import ModelEngine, ModelWriter
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.lease import kept_lease
from tokstack.library import index as module
from tokstack.library.bucket import Bucket
from tokstack.library.documents import version
from tokstack.library.engines import form
from tokstack.library.engines.protocol import SupersededError
from tokstack.library.entry import Keyword
from tokstack.library.index import Outcome
from tokstack.library.item import Item, Metrics, Shop, Source, Status
from tokstack.library.merge import merged
from tokstack.library.shops import Shops
from tokstack.library.state import Rebuild, State
from tokstack.table import Table

HOUR = 3600


@pytest.fixture
def library(dynamodb: DynamoDBClient, clock: Clock) -> Stack:
    return stack(dynamodb, clock)


def expected(*told: tuple[Item, Any]) -> dict[int, Any]:
    known: dict[int, Any] = {}
    for each, received in told:
        number = int(each.tiktok_id)
        known[number] = merged(known.get(number), each, received)
    return known


def keys(library: Stack, prefix: str) -> list[str]:
    return list(library.bucket.keys(prefix))


def documents(dynamodb: DynamoDBClient, library: Stack) -> set[tuple[int, int]]:
    """Every document that is kept."""
    records = dynamodb.scan(TableName=library.table._name)["Items"]
    return {
        (int(record["pk"]["S"].removeprefix("ITEM#")), int(record["sk"]["S"], 16))
        for record in records
        if record["pk"]["S"].startswith("ITEM#")
    }


def test_what_is_taken_is_shown_after_a_turn(library: Stack, dynamodb: DynamoDBClient) -> None:
    (name,) = library.take(item(0, metrics=Metrics(views=3)), item(1))
    assert name.startswith("2026/11/20/080000000000Z-")
    assert keys(library, "") == [f"log/{name}", f"pending/{name}"]
    assert (len(library.woken), library.shown()) == (1, {})
    assert library.turn() is Outcome.DONE
    assert library.shown() == expected((item(0, metrics=Metrics(views=3)), DAY), (item(1), DAY))
    assert keys(library, "pending/") == []
    assert documents(dynamodb, library) == {(number, version(document)) for number, document in library.shown().items()}
    published = State(library.table).last_publication()
    assert published
    assert (published.items, published.at) == (2, library.clock.now)


def test_the_same_again_is_the_same_batch_and_changes_nothing(library: Stack) -> None:
    assert library.take(item(0), item(1)) == library.take(item(0), item(1))
    library.turn()
    before = (library.shown(), keys(library, ""))
    library.take(item(0), item(1))
    library.turn()
    library.take(item(1), received=DAY + timedelta(hours=1))  # in another batch, and later
    library.turn()
    assert library.shown() == before[0]
    assert isinstance(library.engine, ModelEngine)
    assert library.engine.published == 1
    assert keys(library, "retired/") == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(observations(), min_size=1, max_size=4), min_size=1, max_size=5), st.data())
def test_neither_the_order_of_batches_nor_of_turns_matters(
    dynamodb: DynamoDBClient, clock: Clock, told: list[list[tuple[Item, Any]]], data: st.DataObject
) -> None:
    library = stack(dynamodb, clock)
    for batch in data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told), max_size=2))])):
        for each, received in batch:
            library.take(each, received=received)
        if data.draw(st.booleans()):
            library.turn()
    library.turn()
    wanted = expected(*(each for batch in told for each in batch))
    reader = library.engine.reader()
    assert reader.find(wanted) == {number: version(document) for number, document in wanted.items()}


def test_many_batches_are_more_than_one_publication(library: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCHES", 2)
    for number in range(5):
        library.take(item(number))
    assert library.turn() is Outcome.DONE
    assert isinstance(library.engine, ModelEngine)
    assert (library.engine.published, len(library.shown())) == (3, 5)


def test_a_turn_ends_in_time_with_what_it_has_done(library: Stack) -> None:
    for number in range(3):
        library.take(item(number))
    assert library.turn(seconds=100) is Outcome.MORE
    assert library.shown() == {}
    left = iter([900.0, 100.0, 100.0])
    assert library.indexer.turn(lambda: next(left)) is Outcome.MORE
    assert set(library.shown()) == {FIRST + number for number in range(3)} - {
        int(each.tiktok_id) for name in library.log.pending() for each in library.log.read(name).items
    }
    assert len(library.log.pending()) == 2
    assert library.turn() is Outcome.DONE
    assert len(library.shown()) == 3


def test_one_worker_has_its_turn(library: Stack) -> None:
    library.take(item(0))
    with kept_lease(library.table, "library-index"):
        assert library.turn() is Outcome.BUSY
        assert library.indexer.rebuild(always(900)) is Outcome.BUSY
    assert library.turn() is Outcome.DONE


class Killing:
    """Counts the calls to everything outside; that of number `at` fails, before it was done or after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, *, after: bool) -> None:
        self.at, self.after, self.count = at, after, 0
        for kind, name in ((Bucket, "_call"), (Table, "_call"), (ModelWriter, "write"), (ModelWriter, "publish")):
            monkeypatch.setattr(kind, name, self._counted(getattr(kind, name)))

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **given: Any) -> Any:
            self.count += 1
            here = self.count == self.at
            if here and not self.after:
                raise TokstackError(Code.SERVICE_UNAVAILABLE, "Killed.")
            answer = call(*args, **given)
            if here:
                raise TokstackError(Code.SERVICE_UNAVAILABLE, "Killed.")
            return answer

        return counted


def told_twice(library: Stack) -> None:
    library.take(item(0, hour=1, metrics=Metrics(views=1)), item(1))
    library.take(item(0, hour=2, metrics=Metrics(views=2)), received=DAY + timedelta(hours=2))


def after_both() -> dict[int, Any]:
    """What comes of item 0 as it was first, and then `told_twice`."""
    return expected(
        (item(0), DAY),
        (item(0, hour=1, metrics=Metrics(views=1)), DAY),
        (item(1), DAY),
        (item(0, hour=2, metrics=Metrics(views=2)), DAY + timedelta(hours=2)),
    )


@pytest.mark.parametrize("after", [False, True])
def test_whichever_step_is_the_last_nothing_is_lost_or_wrong(
    dynamodb: DynamoDBClient, clock: Clock, *, after: bool
) -> None:
    at = 1
    while True:
        library = stack(dynamodb, clock)
        library.take(item(0))
        library.turn()
        with pytest.MonkeyPatch.context() as monkeypatch:
            killing = Killing(monkeypatch, at, after=after)
            with suppress(TokstackError):
                told_twice(library)
                library.turn()
        assert all(library.shown().values())  # whatever there is is whole
        clock.now += 15  # the lease of who was killed has run out
        told_twice(library)
        assert library.turn() is Outcome.DONE
        assert library.shown() == after_both()
        assert library.log.pending() == []
        clock.now += 2 * HOUR
        library.turn()
        assert documents(dynamodb, library) == {
            (number, version(document)) for number, document in library.shown().items()
        }
        assert keys(library, "retired/") == []
        if killing.count < at:
            break
        at += 1
    assert at > 20


def test_what_was_replaced_is_kept_for_an_hour(library: Stack, dynamodb: DynamoDBClient, clock: Clock) -> None:
    library.take(item(0, metrics=Metrics(views=1)))
    library.turn()
    old = documents(dynamodb, library)
    library.take(item(0, hour=1, metrics=Metrics(views=2)))
    library.turn()
    clock.now += HOUR - 1
    library.turn()
    assert len(documents(dynamodb, library)) == 2
    clock.now += 2
    library.turn()
    assert documents(dynamodb, library).isdisjoint(old)
    assert len(documents(dynamodb, library)) == 1


def test_what_is_meant_again_or_was_just_written_again_is_not_deleted(
    library: Stack, dynamodb: DynamoDBClient, clock: Clock
) -> None:
    library.take(item(0))
    library.turn()
    current = next(iter(documents(dynamodb, library)))
    (other,) = library.documents.put([merged(None, item(1), DAY)])
    library.indexer.retired.note([current, (FIRST + 1, other)])
    clock.now += 2 * HOUR
    library.documents.put([merged(None, item(1), DAY)])  # a writer that has not published yet
    library.turn()
    assert documents(dynamodb, library) == {current, (FIRST + 1, other)}
    assert keys(library, "retired/") == []


def test_a_writer_that_was_not_first_does_it_again(library: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    publish, other = ModelWriter.publish, stack_of_another(library)

    def late(writer: ModelWriter) -> None:
        monkeypatch.setattr(ModelWriter, "publish", publish)
        other.indexer._publish(other.log.pending(), always(900))
        publish(writer)

    library.take(item(0))
    monkeypatch.setattr(ModelWriter, "publish", late)
    library.take(item(1))
    library.turn()
    assert set(library.shown()) == {FIRST, FIRST + 1}


def stack_of_another(library: Stack) -> Stack:
    return Stack(library.bucket, library.table, library.engine, library.clock)


def test_a_writer_that_is_never_first_gives_up(library: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: ModelWriter) -> None:
        raise SupersededError

    library.take(item(0))
    monkeypatch.setattr(ModelWriter, "publish", never)
    with pytest.raises(TokstackError) as failed:
        library.turn()
    assert failed.value.code is Code.SERVICE_UNAVAILABLE
    assert len(library.log.pending()) == 1


def test_a_document_that_is_not_there_is_made_anew(library: Stack, dynamodb: DynamoDBClient) -> None:
    library.take(item(0))
    library.turn()
    for number, which in documents(dynamodb, library):
        library.documents.delete([(number, which)], written_before=library.clock.now + 1)
    library.take(item(0, hour=1))
    library.turn()
    assert library.shown() == expected((item(0, hour=1), DAY))


def test_the_whole_log_makes_an_equal_index(library: Stack) -> None:
    for hour in range(4):
        for number in range(hour + 1):
            library.take(
                item(number, hour=(hour * 7) % 5, status=Status.ACTIVE, is_pinned=number == hour),
                received=DAY + timedelta(hours=hour),
            )
        library.turn()
    engine = library.engine
    assert isinstance(engine, ModelEngine)
    before, engine.entries = engine.entries, {}
    assert library.indexer.rebuild(always(900)) is Outcome.DONE
    assert engine.entries == before
    assert all(library.shown().values())
    assert State(library.table).last_rebuild() == Rebuild(10, 10, ended=True, at=library.clock.now)


@pytest.fixture
def outdated(library: Stack) -> ModelEngine:
    """The engine of a library whose index holds three items in another form."""
    for number in range(3):
        library.take(item(number))
        library.turn()
    engine = library.engine
    assert isinstance(engine, ModelEngine)
    engine.entries, engine.old = dict.fromkeys(engine.entries, engine.entries[FIRST]), True
    return engine


def test_an_outdated_index_is_rebuilt_before_a_turn(library: Stack, outdated: ModelEngine) -> None:
    library.take(item(3), received=DAY + timedelta(hours=1))
    assert library.turn() is Outcome.DONE
    assert library.shown() == expected(*((item(n), DAY) for n in range(3)), (item(3), DAY + timedelta(hours=1)))
    assert outdated.entries[FIRST + 1].id == FIRST + 1
    assert (library.log.pending(), outdated.published) == ([], 4)  # nothing is published twice
    assert State(library.table).last_rebuild() == Rebuild(4, 4, ended=True, at=library.clock.now)
    before = library.clock.now
    library.clock.now += 300
    library.turn()
    rebuilt = State(library.table).last_rebuild()
    assert rebuilt
    assert rebuilt.at == before


def test_an_outdated_index_of_an_empty_log_becomes_an_empty_one(library: Stack) -> None:
    library.engine = engine = ModelEngine()
    engine.old = True
    assert library.turn() is Outcome.DONE
    assert (engine.old, library.shown()) == (False, {})
    assert State(library.table).last_rebuild() == Rebuild(0, 0, ended=True, at=library.clock.now)


def test_an_outdated_index_stays_where_a_turn_has_no_time_and_its_owner_is_told(
    library: Stack, outdated: ModelEngine
) -> None:
    library.take(item(3))
    before = dict(outdated.entries)
    for _ in range(2):  # the next turn begins anew
        with pytest.raises(TokstackError, match="There was time for 2 of 4 batches") as failed:
            library.indexer.turn(iter([900.0, 900.0, 100.0]).__next__)
        assert failed.value.code is Code.SERVICE_UNAVAILABLE
        state = State(library.table).last_rebuild()
        assert state
        assert (state.ended, state.failure) == (True, failed.value.message)
        assert (outdated.entries, outdated.old, len(library.log.pending())) == (before, True, 1)
    assert library.turn() is Outcome.DONE
    assert set(library.shown()) == {FIRST + number for number in range(4)}


def test_an_outdated_index_is_the_work_of_one_worker(library: Stack, outdated: ModelEngine) -> None:
    with kept_lease(library.table, "library-index"):
        assert library.turn() is Outcome.BUSY
    assert outdated.old


@pytest.mark.parametrize("after", [False, True])
def test_wherever_the_rebuilding_of_an_outdated_index_ends_another_turn_does_it(
    dynamodb: DynamoDBClient, clock: Clock, *, after: bool
) -> None:
    at, killing = 1, None
    while killing is None or killing.count >= killing.at:
        library = stack(dynamodb, clock)
        library.take(item(0))
        library.turn()
        told_twice(library)
        engine = library.engine
        assert isinstance(engine, ModelEngine)
        engine.old = True
        before = dict(engine.entries)
        with pytest.MonkeyPatch.context() as monkeypatch:
            killing = Killing(monkeypatch, at, after=after)
            with suppress(TokstackError):
                library.turn()
        assert not engine.old or engine.entries == before
        clock.now += 15  # the lease of who was killed has run out
        assert library.turn() is Outcome.DONE
        assert library.shown() == after_both()
        assert (engine.old, library.log.pending()) == (False, [])
        at += 1
    assert at > 15


def test_an_item_is_found_by_its_shops_country_from_then_on_that_it_is_indexed(library: Stack) -> None:
    engine, shops = cast("ModelEngine", library.engine), Shops(library.table)

    def countries() -> dict[int, tuple[str, ...]]:
        return {number: entry.keywords.get(Keyword.COUNTRY, ()) for number, entry in engine.entries.items()}

    shops.put([Shop(id="dew", domain="dew.example", country_code="de")])
    dew = item(0, countries=("US",), source=Source(domain="www.dew.example"))
    library.take(dew, item(1, source=Source(domain="glow.example")), item(2, source=Source(domain="d" * 5000)), item(3))
    library.turn()
    before = {FIRST: ("US", "DE"), FIRST + 1: (), FIRST + 2: (), FIRST + 3: ()}
    assert countries() == before
    shops.put([Shop(id="glow", domain="glow.example", country_code="SE")])
    library.turn()
    assert countries() == before
    library.indexer.rebuild(always(900))
    assert countries() == before | {FIRST + 1: ("SE",)}


def test_the_schedule_renews_an_outdated_index(
    library: Stack, outdated: ModelEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokstack.library.indexer.indexer", lambda: library.indexer)
    run("library_index", {"source": "aws.scheduler", "detail": {}})
    assert (outdated.old, len(library.shown())) == (False, 3)


@pytest.mark.parametrize(
    ("vocabulary", "same"),
    [
        ({"Fruit": ["apple", "pear"], "Tool": ["saw"]}, True),
        ({"Fruit": ["pear", "apple"], "Tool": ["saw"]}, True),
        ({"Fruit": ["apple"], "Tool": ["saw"]}, False),
        ({"Fruit": ["apple", "pears"], "Tool": ["saw"]}, False),
        ({"Fruit": ["apple", "pear", "plum"], "Tool": ["saw"]}, False),
        ({"Fruit": ["apple", "pear", "saw"], "Tool": []}, False),
    ],
)
def test_a_form_is_of_its_names_in_any_order(vocabulary: dict[str, list[str]], *, same: bool) -> None:
    known = form._digest(_names("Fruit", "apple", "pear"), _names("Tool", "saw"))
    assert (form._digest(*(_names(kind, *names) for kind, names in vocabulary.items())) == known) is same


def _names(kind: str, *names: str) -> type[StrEnum]:
    made: Any = StrEnum
    return cast("type[StrEnum]", made(kind, [(name.upper(), name) for name in names]))


def test_what_a_rebuilding_leaves_behind_is_cleared_away(
    library: Stack, dynamodb: DynamoDBClient, clock: Clock
) -> None:
    for hour in range(3):
        library.take(item(0, hour=hour))
        library.turn()
    library.indexer.rebuild(always(900))
    clock.now += 2 * HOUR
    library.turn()
    assert len(documents(dynamodb, library)) == 1


def test_a_rebuilding_that_has_no_time_leaves_all_as_it_was(library: Stack) -> None:
    for number in range(3):
        library.take(item(number))
    library.turn()
    before = library.shown()
    left = iter([900.0, 900.0, 100.0])
    with pytest.raises(TokstackError, match="There was time for 2 of 3 batches"):
        library.indexer.rebuild(lambda: next(left))
    assert library.shown() == before
    state = State(library.table).last_rebuild()
    assert state
    assert (state.ended, state.failure) == (True, "There was time for 2 of 3 batches: the index is as it was before.")


def test_a_batch_that_is_gone_is_told_of(library: Stack) -> None:
    (name,) = library.take(item(0))
    library.bucket.delete([f"log/{name}"])
    with pytest.raises(TokstackError, match=name):
        library.turn()


def test_a_large_take_is_cut_into_batches(library: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokstack.library.ingest.AT_ONCE", 2)
    names = library.take(*(item(number) for number in range(5)))
    assert [len(library.log.read(name).items) for name in names] == [2, 2, 1]
    monkeypatch.setattr("tokstack.library.ingest.BYTES_AT_ONCE", 10)
    assert len(library.take(item(7), item(8))) == 2
    assert len(library.woken) == 5
    assert library.log.pending() == sorted(library.log.names())
