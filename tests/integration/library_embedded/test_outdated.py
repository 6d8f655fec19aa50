"""An index of another form is neither read nor written on: it is built anew."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_s3 import S3Client

from tests.embedded_libraries import (
    AT_ONCE,
    HOUR,
    Cut,
    all_of,
    assert_the_first_is_first,
    clear,
    content,
    entries,
    older,
    put,
    versions,
)
from tests.library_items import item, stack
from tests.tables import Clock, moto
from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.embedded.publication import FILES, KEY, Publications
from tokstack.library.engines.form import FORM
from tokstack.library.engines.protocol import Hits
from tokstack.library.entry import Number
from tokstack.library.index import Outcome
from tokstack.library.item import Content
from tokstack.library.query import Query


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
        assert_the_first_is_first(first, second)
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
