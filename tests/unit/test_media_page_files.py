"""One file of another site's page into storage. The extractor is a function; what joins parts is ffmpeg, not here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.exchanges import ENVIRONMENT
from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.media import pages
from tokstack.media.ffmpeg.material import Limits
from tokstack.media.page_files import PageFiles
from tokstack.media.source import WEB, Source
from tokstack.media.storage import Storage, Stored
from tokstack.providers.extractor.choice import Choice
from tokstack.table import Table

ADDRESS = "https://films.example/watch/1"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + b"moving pictures" * 100
MAX_BYTES = 10_000

Given = httpx.Response | tuple[Path, ...]


@dataclass
class World:
    """An extractor that gives what a test says, and all that it fills."""

    table: Table
    storage: Storage
    gives: Callable[[Path], Given] = lambda _: httpx.Response(200, content=MP4)
    asked: list[tuple[str, int, Choice]] = field(default_factory=list)
    heard: list[tuple[int, int | None]] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    @contextmanager
    def item(
        self,
        address: str,
        number: int,
        choice: Choice,
        folder: Path,
        seconds: float,
        progress: Callable[[int, int | None], None],
    ) -> Iterator[Given]:
        assert seconds > 0
        self.asked.append((address, number, choice))
        self.folders.append(folder)
        for heard in self.heard:
            progress(*heard)
        yield self.gives(folder)

    def store(self, name: str = "item-1") -> Stored:
        return PageFiles(self, self.storage, self.table, MAX_BYTES).store(self.source(name), self.told.append)

    def source(self, name: str = "item-1") -> Source:
        return Source(WEB, pages.remember(self.table, ADDRESS), name)

    def refusal(self) -> Code:
        with pytest.raises(TokstackError) as caught:
            self.store()
        assert self.storage.find(self.source().key) is None
        assert not any(folder.exists() for folder in self.folders)
        return caught.value.code


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def world(table: Table, s3: S3Client) -> World:
    return World(table, Storage(s3, buckets.emptied(s3)))


@pytest.mark.parametrize(
    ("name", "number", "choice"),
    [
        ("item-1", 1, Choice()),
        ("item-50", 50, Choice()),
        ("item-2-720", 2, Choice(short_side=720)),
        ("item-3-sound", 3, Choice(sound_only=True)),
    ],
)
def test_a_name_says_which_file_and_how(world: World, name: str, number: int, choice: Choice) -> None:
    stored = Stored(world.source(name).key, "video/mp4", len(MP4))
    assert world.store(name) == stored
    assert world.storage.find(stored.key) == stored
    assert world.asked == [(ADDRESS, number, choice)]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"OggS\x00\x02", "audio/ogg"), (b"\x1aE\xdf\xa3\x01", "video/webm"), (b"\xff\xd8\xff\xe0", "image/jpeg")],
)
def test_any_media_is_stored_as_what_it_is(world: World, content: bytes, media_type: str) -> None:
    world.gives = lambda _: httpx.Response(200, content=content)
    assert world.store().media_type == media_type


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html>", b"WEBVTT\n\n", b"#EXTM3U\n"])
def test_what_is_no_media_is_refused_for_good(world: World, content: bytes) -> None:
    world.gives = lambda _: httpx.Response(200, content=content)
    assert world.refusal() is Code.UNSUPPORTED_MEDIA


def test_an_answer_that_is_too_large_or_not_whole(world: World) -> None:
    world.gives = lambda _: httpx.Response(200, content=iter([MP4, bytes(MAX_BYTES)]))
    assert world.refusal() is Code.MEDIA_TOO_LARGE
    world.gives = lambda _: httpx.Response(200, content=iter([MP4]), headers={"Content-Length": str(len(MP4) + 1)})
    assert world.refusal() is Code.UPSTREAM_UNAVAILABLE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ReadTimeout("late"), Code.UPSTREAM_TIMEOUT),
        (httpx.RemoteProtocolError("odd"), Code.UPSTREAM_UNAVAILABLE),
        (outbound.RefusedError(outbound.Reason.BYTES, "no"), Code.MEDIA_TOO_LARGE),
    ],
)
def test_an_answer_that_breaks_off(world: World, error: Exception, code: Code) -> None:
    def breaking() -> Iterator[bytes]:
        yield MP4
        raise error

    world.gives = lambda _: httpx.Response(200, content=breaking())
    assert world.refusal() is code


def test_parts_are_joined_and_leave_nothing_behind(world: World, environment: pytest.MonkeyPatch) -> None:
    def parts(folder: Path) -> tuple[Path, ...]:
        for name, content in (("1", MP4), ("2", b"sound")):
            (folder / name).write_bytes(content)
        return folder / "1", folder / "2"

    def merge(parts: tuple[Path, ...], folder: Path, limits: Limits, *, seconds: float) -> Path:
        assert limits.max_bytes == int(ENVIRONMENT["MEDIA_MAX_BYTES"])
        assert seconds > 0
        whole = folder / "whole"
        whole.write_bytes(b"".join(part.read_bytes() for part in parts))
        return whole

    environment.setattr("tokstack.media.ffmpeg.merge.merge", merge)
    world.gives, world.heard = parts, [(0, None), (50, 200), (200, 200)]
    stored = Stored(world.source().key, "video/mp4", len(MP4) + 5)
    assert world.store() == stored
    assert world.storage.read(stored.key) == MP4 + b"sound"
    assert world.told == [0.25, 1]  # of what has no known size nothing can be told
    assert not any(folder.exists() for folder in world.folders)


def test_a_page_that_was_forgotten_is_not_found(world: World) -> None:
    with pytest.raises(TokstackError) as caught:
        PageFiles(world, world.storage, world.table, MAX_BYTES).store(
            Source(WEB, "0" * 32, "item-1"), world.told.append
        )
    assert caught.value.code is Code.POST_NOT_FOUND
    assert world.asked == []


@pytest.mark.parametrize("name", ["item-1-0", "video", "item-1-mp3"])
def test_a_name_that_no_link_bears_opens_nothing(world: World, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        world.store(name)
    assert world.asked == []
