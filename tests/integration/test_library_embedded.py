"""The embedded engine and its bucket: a publication is seen whole, whatever happens to writers, readers and files."""

import gc
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import pytest
import tantivy
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from mypy_boto3_s3 import S3Client

from tests import buckets, library_entries
from tests.library_items import item, stack
from tests.tables import Clock, moto
from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded import index
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.embedded.publication import FILES, KEY, Publications
from tokstack.library.engines.embedded.reader import EmbeddedReader, Freshness
from tokstack.library.engines.form import FORM
from tokstack.library.engines.protocol import Hits, SupersededError
from tokstack.library.entry import Area, Entry, Number
from tokstack.library.index import Outcome
from tokstack.library.item import Content
from tokstack.library.query import Query

IDS = range(1, 61)
HOUR = 3600
AT_ONCE = Freshness(look_after=0, wait_after=0, patience=60)

Fail = Callable[[int], None]


@pytest.fixture
def client() -> Iterator[S3Client]:
    with mock_aws():
        yield buckets.client()


@pytest.fixture
def bucket(client: S3Client) -> str:
    return buckets.emptied(client)


@pytest.fixture
def engine(client: S3Client, bucket: str, tmp_path: Path) -> Embedded:
    return Embedded(client, bucket, tmp_path / "one", freshness=AT_ONCE)


@pytest.fixture
def other(client: S3Client, bucket: str, tmp_path: Path) -> Embedded:
    """Another process, as it were."""
    return Embedded(client, bucket, tmp_path / "other", freshness=AT_ONCE)


def entries(version: int, ids: range = IDS) -> list[Entry]:
    return [
        Entry(
            id=id_,
            version=version,
            texts={Area.CAPTION: ("big sale",), Area.MUSIC: (f"version v{version}",)},
            keywords=library_entries.entry(Random(id_), id_, whole=True).keywords,
            numbers={Number.VIEWS: id_ % 7, Number.LIKES: version, Number.CREATED: 1},
        )
        for id_ in ids
    ]


def put(engine: Embedded, version: int, ids: range = IDS) -> None:
    with engine.writing() as writer:
        writer.write(entries(version, ids))
        writer.publish()


def versions(reader: EmbeddedReader, query: Query = Query(limit=1000)) -> dict[int, int]:  # noqa: B008 - immutable
    found = reader.search(query)
    assert found.total == len(found.page)
    return {hit.id: hit.version for hit in found.page}


def all_of(version: int, ids: range = IDS) -> dict[int, int]:
    return dict.fromkeys(ids, version)


def content(client: S3Client, bucket: str) -> dict[str, str]:
    return {each["Key"]: each["ETag"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])}


class Killed(BaseException):
    """The process is gone."""


class Cut:
    """Lets the calls of some operations through, as many as it is told; after these nobody answers."""

    def __init__(self, client: S3Client, *operations: str) -> None:
        self.left = 10**6
        self.calls = 0
        for operation in operations:
            client.meta.events.register(f"before-call.s3.{operation}", self._call)

    def _call(self, **_: Any) -> None:
        self.calls += 1
        self.left -= 1
        if self.left < 0:
            raise EndpointConnectionError(endpoint_url="https://s3.example")


def test_nothing_is_there_before_anything_is_published(engine: Embedded) -> None:
    assert engine.reader().search(Query(terms=("sale",), sort=None)).total == 0
    assert engine.reader().find([1]) == {}
    assert not list(engine.reader().standings())
    assert engine.count() == 0


def test_what_is_written_is_seen_when_it_is_published(engine: Embedded) -> None:
    with engine.writing() as writer:
        writer.write(entries(1))
        assert writer.find(IDS) == all_of(1)
        assert versions(engine.reader()) == {}
        writer.publish()
        assert versions(engine.reader()) == all_of(1)
        writer.write(entries(2, range(1, 3)))
        writer.publish()
    assert versions(engine.reader()) == all_of(1) | all_of(2, range(1, 3))


def test_an_entry_takes_the_place_of_the_one_before_in_columns_and_texts(engine: Embedded) -> None:
    for version in (1, 2, 3):
        put(engine, version)
    assert engine.count() == len(IDS)
    for term, expected in (("big sale", all_of(3)), ("v3", all_of(3)), ("v2", {})):
        assert versions(engine.reader(), Query(terms=(term,), limit=1000)) == expected
    held = engine.reader()._snapshot
    assert held
    assert held.texts
    assert len(held.texts) == len(held.stack) == len(IDS)


def test_a_writer_goes_on_where_it_was(engine: Embedded, client: S3Client) -> None:
    put(engine, 1)
    downloads = Cut(client, "GetObject")
    put(engine, 2, range(1, 5))
    assert downloads.calls == 1  # the manifest alone


def test_a_writer_begins_with_what_another_has_published(engine: Embedded, other: Embedded) -> None:
    put(engine, 1)
    put(other, 2, range(1, 5))
    put(engine, 3, range(3, 4))
    expected = all_of(1) | all_of(2, range(1, 5)) | all_of(3, range(3, 4))
    assert versions(engine.reader()) == versions(other.reader()) == expected
    assert engine.count() == len(IDS)


def test_the_second_of_two_writers_changes_nothing(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str
) -> None:
    mine, theirs = range(1, 11), range(5, 15)
    put(engine, 1)
    with engine.writing() as first, other.writing() as second:
        first.write(entries(2, mine))
        second.write(entries(3, theirs))  # as many, so that tantivy gives its file of deletions the same name
        first.publish()
        published = content(client, bucket)
        with pytest.raises(SupersededError):
            second.publish()
    assert published.items() <= content(client, bucket).items()
    assert versions(engine.reader()) == all_of(1) | all_of(2, mine)
    put(other, 3, theirs)
    assert versions(engine.reader()) == all_of(1) | all_of(2, mine) | all_of(3, theirs)


def test_only_one_of_two_writers_is_first(engine: Embedded, other: Embedded) -> None:
    with engine.writing() as first, other.writing() as second:
        first.write(entries(1))
        second.write(entries(2))
        first.publish()
        with pytest.raises(SupersededError):
            second.publish()
    assert versions(engine.reader()) == all_of(1)


def test_a_rebuilt_index_holds_what_was_written_and_nothing_else(engine: Embedded) -> None:
    put(engine, 1)
    with engine.rebuilding() as writer:
        assert writer.find(IDS) == {}
        writer.write(entries(2, range(1, 5)))
        assert versions(engine.reader()) == all_of(1)
        writer.publish()
    assert versions(engine.reader()) == all_of(2, range(1, 5))
    put(engine, 3, range(5, 6))
    assert versions(engine.reader()) == all_of(2, range(1, 5)) | all_of(3, range(5, 6))


def test_a_rebuilt_index_may_be_empty(engine: Embedded) -> None:
    put(engine, 1)
    with engine.rebuilding() as writer:
        writer.publish()
    assert versions(engine.reader()) == {}
    put(engine, 2)
    assert versions(engine.reader(), Query(terms=("sale",), limit=1000)) == all_of(2)


def test_a_publication_that_fails_anywhere_changes_nothing(engine: Embedded, client: S3Client) -> None:
    put(engine, 1)
    uploads = Cut(client, "PutObject")
    put(engine, 2)
    calls = uploads.calls
    assert calls > 3
    for let_through in range(calls):
        uploads.left = let_through
        with pytest.raises(TokstackError) as caught:
            put(engine, 3 + let_through)
        assert caught.value.code is Code.SERVICE_UNAVAILABLE
        assert versions(engine.reader()) == all_of(2)
    uploads.left = 10**6
    put(engine, 100, range(1, 10))
    assert versions(engine.reader()) == all_of(2) | all_of(100, range(1, 10))


def test_a_writer_that_is_killed_before_the_manifest_leaves_what_is_tidied_away(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    before = content(client, bucket)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Publications, "swap", killed)
        with pytest.raises(Killed):
            put(other, 2)
    left = content(client, bucket).keys() - before.keys()
    assert any(key.startswith(FILES) for key in left)
    assert versions(engine.reader()) == all_of(1)
    put(engine, 3, range(1, 5))
    clear(engine, client, bucket)
    assert not left & content(client, bucket).keys()
    assert versions(engine.reader()) == all_of(1) | all_of(3, range(1, 5))


def clear(engine: Embedded, client: S3Client, bucket: str) -> None:
    """More than an hour later; before that, nothing is deleted."""
    before = content(client, bucket)
    engine.tidy()
    assert content(client, bucket) == before
    engine._clock = lambda: time.time() + HOUR + 60
    engine.tidy()
    engine._clock = time.time


def test_what_is_obsolete_is_there_for_an_hour_and_what_is_not_for_ever(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str
) -> None:
    for version in (1, 2, 3):
        put(engine, version)
    clear(engine, client, bucket)
    named = {FILES + name for name in Publications(client, bucket).latest().manifest.sizes}
    assert content(client, bucket).keys() == {KEY, *named}
    assert versions(other.reader()) == all_of(3)


def test_an_obsolete_file_that_is_older_than_an_hour_is_not_deleted_with_its_publication(
    engine: Embedded, client: S3Client, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    named = {FILES + name for name in Publications(client, bucket).latest().manifest.sizes}
    put(engine, 2)
    monkeypatch.setattr(Publications, "listed", older(Publications.listed))
    engine.tidy()
    assert named <= content(client, bucket).keys()


def older(listed: Callable[[Publications, str], dict[str, float]]) -> Callable[[Publications, str], dict[str, float]]:
    """As if the files had been written two hours before."""

    def told(publications: Publications, prefix: str) -> dict[str, float]:
        return {key: at - (2 * HOUR if prefix == FILES else 0) for key, at in listed(publications, prefix).items()}

    return told


def test_a_first_look_that_fails_is_told_and_repeated(engine: Embedded, other: Embedded, client: S3Client) -> None:
    put(other, 1)
    downloads = Cut(client, "GetObject")
    for let_through in range(3):
        downloads.left = let_through
        with pytest.raises(TokstackError) as caught:
            engine.reader().search(Query())
        assert caught.value.code is Code.SERVICE_UNAVAILABLE
    downloads.left = 10**6
    assert versions(engine.reader()) == all_of(1)


def test_readers_keep_what_they_have_where_the_new_one_cannot_be_fetched(
    engine: Embedded, other: Embedded, client: S3Client, caplog: pytest.LogCaptureFixture
) -> None:
    put(other, 1)
    assert versions(engine.reader()) == all_of(1)
    put(other, 2)
    downloads = Cut(client, "GetObject")
    for let_through in range(3):
        downloads.left = let_through
        assert versions(engine.reader()) == all_of(1)
    assert "The library goes on with an old publication" in caplog.text
    downloads.left = 10**6
    assert versions(engine.reader()) == all_of(2)


def without_form(manifest: bytes) -> bytes:
    given = json.loads(manifest)
    del given["form"]
    return json.dumps(given).encode()


FOREIGN: dict[str, Callable[[bytes], bytes]] = {
    "without a form": without_form,
    "of another": lambda manifest: manifest.replace(FORM.encode(), b"0-0"),
    "of another kind": lambda manifest: manifest.replace(b'"' + FORM.encode() + b'"', b"[1]"),
    "with other names": lambda _: b'{"form": "x", "files": [], "number": "one", "sizes": ["a"]}',
    "of names that this form has not": lambda manifest: manifest.replace(b'"segments"', b'"unknown"'),
    "of this form alone": lambda _: json.dumps({"form": FORM}).encode(),
    "of nothing": lambda _: b"",
    "broken off": lambda manifest: manifest[:20],
    "of no text": lambda _: b"\xff\xfe",
    "a list": lambda _: b"[]",
}


def make_foreign(client: S3Client, bucket: str, change: Callable[[bytes], bytes]) -> None:
    manifest = client.get_object(Bucket=bucket, Key=KEY)["Body"].read()
    changed = change(manifest)
    assert changed != manifest
    client.put_object(Bucket=bucket, Key=KEY, Body=changed)


def assert_made_anew(ask: Callable[[], Any]) -> None:
    with pytest.raises(TokstackError, match=r"The library is being made anew\.") as caught:
        ask()
    assert (caught.value.code, caught.value.retry_after) == (Code.SERVICE_UNAVAILABLE, 60)


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_what_is_published_in_another_form_is_neither_read_nor_written_on_until_it_is_built_anew(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str, change: Callable[[bytes], bytes]
) -> None:
    put(engine, 1)
    assert versions(engine.reader()) == all_of(1)
    make_foreign(client, bucket, change)
    assert engine.outdated()
    reader = other.reader()
    for ask in (lambda: reader.search(Query()), lambda: reader.find([1]), reader.standings, reader.refresh):
        assert_made_anew(ask)
    assert versions(engine.reader()) == all_of(1)  # who has an older publication
    assert_made_anew(engine.reader().refresh)
    assert_made_anew(lambda: put(engine, 2))
    assert_made_anew(lambda: put(other, 2))
    with other.rebuilding() as writer:
        writer.write(entries(3))
        writer.publish()
    assert not engine.outdated()
    assert versions(engine.reader()) == versions(other.reader()) == all_of(3)
    put(engine, 4, range(1, 5))
    assert versions(other.reader()) == all_of(3) | all_of(4, range(1, 5))


def test_nothing_is_not_of_another_form(engine: Embedded) -> None:
    assert not engine.outdated()
    put(engine, 1)
    assert not engine.outdated()


def test_the_rebuilding_of_an_outdated_index_may_fail_anywhere(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str
) -> None:
    put(engine, 1)
    make_foreign(client, bucket, without_form)
    before = content(client, bucket)
    uploads = Cut(client, "PutObject")

    def rebuild() -> None:
        with engine.rebuilding() as writer:
            writer.write(entries(2))
            writer.publish()

    for let_through in range(100):
        uploads.left = let_through
        try:
            rebuild()
        except TokstackError:
            assert before.items() <= content(client, bucket).items()
            assert engine.outdated()
            assert_made_anew(lambda: other.reader().find([1]))
        else:
            break
    assert let_through > 3
    assert versions(other.reader()) == all_of(2)


def test_of_two_who_rebuild_an_outdated_index_one_is_first(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str
) -> None:
    put(engine, 1)
    make_foreign(client, bucket, without_form)
    with engine.rebuilding() as first, other.rebuilding() as second:
        first.write(entries(2))
        second.write(entries(3))
        first.publish()
        with pytest.raises(SupersededError):
            second.publish()
    assert versions(engine.reader()) == all_of(2)


def test_nothing_is_deleted_beside_an_outdated_index(engine: Embedded, client: S3Client, bucket: str) -> None:
    put(engine, 1)
    make_foreign(client, bucket, FOREIGN["with other names"])
    before = content(client, bucket)
    engine._clock = lambda: time.time() + 2 * HOUR
    engine.tidy()
    assert content(client, bucket) == before


def test_what_an_outdated_index_names_is_there_for_an_hour_after_it(
    engine: Embedded, client: S3Client, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, 1)
    named = {key for key in content(client, bucket) if key.startswith(FILES)}
    make_foreign(client, bucket, without_form)
    with engine.rebuilding() as writer:
        writer.write(entries(2))
        writer.publish()
    with monkeypatch.context() as patched:
        patched.setattr(Publications, "listed", older(Publications.listed))
        engine.tidy()
    assert named <= content(client, bucket).keys()
    clear(engine, client, bucket)
    assert not named & content(client, bucket).keys()
    assert versions(engine.reader()) == all_of(2)


def test_a_turn_renews_an_outdated_index_and_it_answers_as_before(client: S3Client, tmp_path: Path) -> None:
    queries = [Query(), Query(terms=("glow serum",), sort=None), Query(sort=Number.VIEWS)]
    with moto() as dynamodb:
        library = stack(dynamodb, Clock(), client)
        library.engine = engine = Embedded(client, library.bucket.name, tmp_path / "one", freshness=AT_ONCE)
        for hour in range(3):
            library.take(*(item(n, hour, content=Content(description=f"Glow serum {n}")) for n in range(hour, 9)))
            library.turn()
        before = library.shown(), [engine.reader().search(query) for query in queries]
        make_foreign(client, library.bucket.name, without_form)
        library.engine = engine = Embedded(client, library.bucket.name, tmp_path / "two", freshness=AT_ONCE)
        assert_made_anew(library.shown)
        assert library.turn() is Outcome.DONE
        after = library.shown(), [engine.reader().search(query) for query in queries]
    assert len(before[0]) == 9
    assert after[0] == before[0]
    assert [ids(hits) for hits in after[1]] == [ids(hits) for hits in before[1]]


def ids(hits: Hits) -> tuple[int, list[int]]:
    """How relevant an item is depends on those that it took the place of as well, until they are cleared away."""
    return hits.total, sorted(hit.id for hit in hits.page)


def test_a_file_that_is_not_whole_is_not_opened(
    engine: Embedded, other: Embedded, client: S3Client, bucket: str
) -> None:
    put(other, 1)
    assert versions(engine.reader()) == all_of(1)
    put(other, 2)
    block = Publications(client, bucket).latest().manifest.blocks[-1]
    whole = client.get_object(Bucket=bucket, Key=FILES + block)["Body"].read()
    client.put_object(Bucket=bucket, Key=FILES + block, Body=whole[:-100])
    assert versions(engine.reader()) == all_of(1)
    client.put_object(Bucket=bucket, Key=FILES + block, Body=whole)
    assert versions(engine.reader()) == all_of(2)


def test_a_reader_keeps_to_its_size(
    client: S3Client, bucket: str, engine: Embedded, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(engine, 1)
    size = sum(engine.publications.latest().manifest.sizes.values())
    small = Embedded(client, bucket, tmp_path / "small", most=size + 100, freshness=AT_ONCE)
    assert versions(small.reader()) == all_of(1)
    put(engine, 2)  # beside the old one it has no room
    assert versions(small.reader()) == all_of(1)
    assert "The library is larger than its disk" in caplog.text
    assert sum(path.stat().st_size for path in files(tmp_path / "small")) <= size + 100
    with pytest.raises(TokstackError) as caught:
        Embedded(client, bucket, tmp_path / "tiny", most=size // 2).reader().search(Query())
    assert caught.value.code is Code.SERVICE_UNAVAILABLE
    assert not files(tmp_path / "tiny")


def files(home: Path) -> list[Path]:
    return list(home.glob("readers/*/files/*"))


def test_files_go_when_nobody_uses_them_and_no_sooner(engine: Embedded, other: Embedded, tmp_path: Path) -> None:
    put(other, 1)
    under_way = engine.reader().standings()
    told = [next(under_way)]
    for version in (2, 3):
        put(other, version)
        assert versions(engine.reader()) == all_of(version)
    assert len(files(tmp_path / "one")) > len(other.publications.latest().manifest.sizes)
    told += under_way
    assert {each.id for each in told} == set(IDS)
    del under_way
    gc.collect()
    kept = {path.name for path in files(tmp_path / "one")}
    assert kept == other.publications.latest().manifest.sizes.keys()


def test_what_is_here_already_is_not_fetched_again(engine: Embedded, other: Embedded, client: S3Client) -> None:
    fetched: list[str] = []
    client.meta.events.register("provide-client-params.s3.GetObject", lambda params, **_: fetched.append(params["Key"]))
    known: set[str] = set()
    put(other, 1)
    for version in (2, 3, 4):
        put(other, version, range(1, 3))
        named = {FILES + name for name in other.publications.latest().manifest.sizes}
        fetched.clear()
        assert versions(engine.reader()) == all_of(1) | all_of(version, range(1, 3))
        assert set(fetched) - {KEY} == named - known
        assert version == 2 or named & known
        known = named


def test_what_a_process_left_behind_is_cleared_away(engine: Embedded, tmp_path: Path) -> None:
    left = tmp_path / "one/readers/left"
    (left / "files").mkdir(parents=True)
    (left / "files/large").write_bytes(b"x")
    (left / "lock").touch()
    assert versions(engine.reader()) == {}
    assert not left.exists()
    Embedded(None, "", tmp_path / "one").reader()  # type: ignore[arg-type] # it asks for nothing
    assert len(list((tmp_path / "one/readers").iterdir())) == 1


def test_a_reader_looks_again_after_a_while_and_waits_when_it_has_slept(
    client: S3Client, bucket: str, other: Embedded, tmp_path: Path
) -> None:
    clock = Clock()
    put(other, 1)
    freshness = Freshness(look_after=5, wait_after=30, patience=60)
    asked = Embedded(client, bucket, tmp_path / "one", freshness=freshness, clock=clock).reader()
    assert versions(asked) == all_of(1)
    put(other, 2)
    clock.now += 4
    assert versions(asked) == all_of(1)
    assert asked._looking is None
    clock.now += 1
    assert versions(asked) in (all_of(1), all_of(2))
    assert asked._looking
    asked._looking.join()
    assert versions(asked) == all_of(2)
    put(other, 3)
    clock.now += 30
    assert versions(asked) == all_of(3)
    put(other, 4)
    asked.refresh()
    assert versions(asked) == all_of(4)


def test_a_look_that_hangs_holds_up_nobody_for_long(
    client: S3Client, bucket: str, other: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(other, 1)
    freshness = Freshness(look_after=0, wait_after=0, patience=0.01)
    asked = Embedded(client, bucket, tmp_path / "one", freshness=freshness).reader()
    assert versions(asked) == all_of(1)
    put(other, 2)
    awake = Event()
    pull = Publications.pull

    def hanging(*arguments: Any) -> None:
        awake.wait()
        pull(*arguments)

    monkeypatch.setattr(Publications, "pull", hanging)
    for _ in range(3):
        assert versions(asked) == all_of(1)
    awake.set()
    assert asked._looking
    asked._looking.join()
    assert versions(asked) == all_of(2)


def test_many_readers_see_whole_publications_only(engine: Embedded, other: Embedded) -> None:
    last = 8
    put(other, 1)
    done = Event()
    queries = [
        Query(limit=1000),
        Query(terms=("big sale",), sort=None, limit=1000),
        Query(terms=("sale", "version"), every=True, sort=Number.LIKES, limit=1000),
    ]

    def read(at: int) -> set[int]:
        seen: set[int] = set()
        while not done.is_set():
            found = versions(engine.reader(), queries[at % len(queries)])
            assert found.keys() == set(IDS)
            assert len(set(found.values())) == 1
            seen.update(found.values())
        return seen

    with ThreadPoolExecutor(6) as pool:
        reading = [pool.submit(read, at) for at in range(6)]
        try:
            for version in range(2, last + 1):
                put(other, version)
            engine.reader().refresh()
            assert versions(engine.reader()) == all_of(last)
        finally:
            done.set()
        assert len(set.union(*(each.result() for each in reading))) > 2


def test_a_panic_of_tantivy_is_an_error_like_others(engine: Embedded) -> None:
    put(engine, 1)
    engine.reader().refresh()
    held = engine.reader()._snapshot
    assert held
    assert held.texts
    with pytest.raises(TokstackError) as caught, index.guarded():
        held.texts._searcher.search(tantivy.Query.all_query(), limit=0)
    assert caught.value.code is Code.SERVICE_UNAVAILABLE


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(KeyboardInterrupt), index.guarded():
        raise KeyboardInterrupt
