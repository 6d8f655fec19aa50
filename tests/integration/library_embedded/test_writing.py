"""A publication is seen whole or not at all, whatever happens to its writer; what is obsolete goes, and no sooner."""

import pytest
from mypy_boto3_s3 import S3Client

from tests.embedded_libraries import (
    IDS,
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
from tokstack.errors import Code, TokstackError
from tokstack.library.engines.embedded.engine import Embedded
from tokstack.library.engines.embedded.publication import FILES, KEY, Publications
from tokstack.library.engines.protocol import SupersededError
from tokstack.library.query import Query


class Killed(BaseException):
    """The process is gone."""


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
        assert_the_first_is_first(first, second)
    assert versions(engine.reader()) == all_of(2)


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
