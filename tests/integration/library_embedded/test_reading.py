"""Readers see whole publications only, whatever happens to the way there and to what they have."""

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import tantivy
from mypy_boto3_s3 import S3Client

from tests.embedded_libraries import AT_ONCE, IDS, Cut, all_of, put, versions
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded import index
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.embedded.publication import FILES, KEY, Publications
from tokstack.library.engines.embedded.reader import Freshness
from tokstack.library.entry import Number
from tokstack.library.query import Query


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
