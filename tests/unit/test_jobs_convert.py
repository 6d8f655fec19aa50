"""What a conversion is made of, and that its result comes into storage once. ffmpeg itself is tested elsewhere."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests import buckets
from tests.jobs import PAGE, UPLOAD, VIDEO, World, conversion, download, job
from tests.tables import Clock
from tokstack.errors import Code, TokstackError
from tokstack.jobs import convert as step
from tokstack.jobs import machine, store
from tokstack.jobs.convert import Converter
from tokstack.jobs.errors import FinalError, PassingError
from tokstack.jobs.job import Job
from tokstack.jobs.plan import Plan
from tokstack.jobs.work import Work
from tokstack.media.ffmpeg.material import Converted, Input, Limits, Recording, Slideshow, Unchanged, pour
from tokstack.media.formats import Format, Options
from tokstack.media.item import Item
from tokstack.media.storage import Storage
from tokstack.table import Table


def item(name: str, family: str, title: str | None = None) -> Item:
    return Item(name, family, f"{family}/x", "tiktok", title)


@dataclass
class Ffmpeg:
    """Converts nothing: writes down what it is given. `unchanged` finds nothing to do, after it was called."""

    given: list[dict[str, Any]] = field(default_factory=list)
    fails: Exception | None = None
    unchanged: Callable[[], object] | None = None

    def __call__(
        self,
        material: Recording | Slideshow,
        format: Format,
        options: Options,
        limits: Limits,
        folder: Path,
        *,
        progress: Callable[[float], None],
        writing: Callable[[Path], AbstractContextManager[None]],
        seconds: float,
    ) -> Converted | Unchanged:
        self.given.append({"material": read(material), "format": format, "options": options, "seconds": seconds})
        if self.fails:
            raise self.fails
        progress(0.5)
        if self.unchanged and isinstance(material, Recording):
            self.unchanged()
            return Unchanged(material.file, format.media_type, 1.0)
        path = folder / "result"
        with writing(path):
            path.write_bytes(b"converted")
        return Converted(path, format.media_type, 1.0)


def read(material: Recording | Slideshow) -> Any:
    """All bytes of the material, each file twice: it is opened anew each time."""

    def content(file: Input) -> str:
        first, second = bytearray(), bytearray()
        pour(file, first.extend)
        pour(file, second.extend)
        assert first == second
        return first.decode()

    if isinstance(material, Slideshow):
        return [content(slide) for slide in material.slides], material.sound and content(material.sound)
    return content(material.file), [(track.language, track.text) for track in material.subtitles]


@pytest.fixture(scope="module")
def s3(dynamodb: DynamoDBClient) -> S3Client:
    """In the cloud that `dynamodb` opened."""
    return buckets.client()


@pytest.fixture
def world(table: Table, s3: S3Client) -> World:
    return World(table, Storage(s3, buckets.emptied(s3)))


@pytest.fixture
def ffmpeg(monkeypatch: pytest.MonkeyPatch) -> Ffmpeg:
    fake = Ffmpeg()
    monkeypatch.setattr(step, "convert", fake)
    return fake


def kept(world: World, work: Work, *files: Item, stored: bool = True) -> Job:
    made = job(world.table, work, account="")
    store.create(world.table, made)
    store.begin(world.table, made, Plan("A title", files))
    if stored:
        for file in files:
            world.store(f"source/{work.subject.site}/{work.subject.id}/{file.name}", file.name.encode(), "video/mp4")
    return made


def converter(world: World) -> Converter:
    return Converter(world.table, world.storage, Limits())


def test_a_video_is_converted_and_its_result_kept(world: World, ffmpeg: Ffmpeg) -> None:
    work = conversion(format=Format.MP4, video_quality=720)
    one = kept(world, work, VIDEO)
    converter(world).convert(one.id, 900)
    stored = world.storage.find(work.result_key)
    assert stored
    assert (stored.media_type, world.storage.read(stored.key)) == ("video/mp4", b"converted")
    (given,) = ffmpeg.given
    assert given == {
        "material": ("video", []),
        "format": Format.MP4,
        "options": Options(video_quality=720),
        "seconds": 870,
    }
    found = store.find(world.table, one.id)
    assert found
    assert found.progress == pytest.approx(0.7)


def test_a_file_that_is_its_own_result_is_copied(world: World, ffmpeg: Ffmpeg) -> None:
    ffmpeg.unchanged = list
    one = kept(world, conversion(UPLOAD, format=Format.MP4))
    world.store(UPLOAD.address, b"a film", "application/octet-stream")
    converter(world).convert(one.id, 900)
    stored = world.storage.find(one.work.result_key)
    assert stored
    assert (stored.media_type, world.storage.read(stored.key)) == ("video/mp4", b"a film")
    assert world.storage.read(UPLOAD.address) == b"a film"


def test_a_file_that_is_gone_meanwhile_is_worth_another_try(world: World, ffmpeg: Ffmpeg) -> None:
    ffmpeg.unchanged = lambda: world.storage.delete(UPLOAD.address)
    one = kept(world, conversion(UPLOAD, format=Format.MP4))
    world.store(UPLOAD.address, b"a film")
    with pytest.raises(TokstackError) as caught:
        converter(world).convert(one.id, 900)
    assert caught.value.code is Code.UPSTREAM_EMPTY
    assert world.storage.find(one.work.result_key) is None


def test_a_result_that_is_there_is_not_made_again(world: World, ffmpeg: Ffmpeg) -> None:
    one = kept(world, conversion(), VIDEO)
    for _ in range(2):
        converter(world).convert(one.id, 900)
    assert len(ffmpeg.given) == 1


def test_what_is_no_conversion_is_left_alone(world: World, ffmpeg: Ffmpeg) -> None:
    converter(world).convert(kept(world, download(), VIDEO).id, 900)
    assert ffmpeg.given == []


@pytest.mark.parametrize(
    ("files", "material"),
    [
        ([item("music", "audio")], ("music", [])),
        ([item("image-1", "image"), item("live-2", "video")], (["image-1", "live-2"], None)),
        (
            [item("image-1", "image"), item("image-2", "image"), item("music", "audio")],
            (["image-1", "image-2"], "music"),
        ),
        (
            [item("video-720-h264", "video"), item("subtitle-1", "text", "eng-US"), item("subtitle-2", "text")],
            ("video-720-h264", [("eng-US", "subtitle-1"), ("und", "subtitle-2")]),
        ),
    ],
)
def test_it_is_made_of_the_planned_files(world: World, ffmpeg: Ffmpeg, files: list[Item], material: Any) -> None:
    converter(world).convert(kept(world, conversion(), *files).id, 900)
    assert ffmpeg.given[0]["material"] == material


def test_a_page_s_file_is_found_where_pages_are_kept(world: World, ffmpeg: Ffmpeg) -> None:
    converter(world).convert(kept(world, conversion(PAGE), item("item-1-720", "video")).id, 900)
    assert ffmpeg.given[0]["material"] == ("item-1-720", [])


def test_an_upload_is_its_own_material(world: World, ffmpeg: Ffmpeg) -> None:
    world.store(UPLOAD.address, b"a memo")
    converter(world).convert(kept(world, conversion(UPLOAD)).id, 900)
    assert ffmpeg.given[0]["material"] == ("a memo", [])


def test_a_subtitle_need_not_be_perfect(world: World, ffmpeg: Ffmpeg) -> None:
    files = item("video", "video"), item("subtitle-1", "text", "eng-US")
    one = kept(world, conversion(), *files, stored=False)
    world.store("source/tiktok/7300000000000000000/video", b"video")
    world.store("source/tiktok/7300000000000000000/subtitle-1", b"\xef\xbb\xbfWEBVTT\xff", "text/vtt")
    converter(world).convert(one.id, 900)
    assert ffmpeg.given[0]["material"][1] == [("eng-US", "WEBVTT\ufffd")]


def test_the_last_moments_are_for_putting_it_away(world: World, ffmpeg: Ffmpeg, clock: Clock) -> None:
    converter(world).convert(kept(world, conversion(), VIDEO).id, 5)
    assert ffmpeg.given[0]["seconds"] == 1


def test_a_file_that_is_gone_is_worth_another_try(world: World, ffmpeg: Ffmpeg) -> None:
    with pytest.raises(TokstackError) as caught:
        converter(world).convert(kept(world, conversion(), VIDEO, stored=False).id, 900)
    assert caught.value.code is Code.UPSTREAM_EMPTY
    assert ffmpeg.given == []


@pytest.mark.parametrize(
    ("code", "error"), [(Code.UNSUPPORTED_MEDIA, FinalError), (Code.SERVICE_UNAVAILABLE, PassingError)]
)
def test_what_fails_leaves_nothing_and_is_known_by_name(
    world: World, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch, code: Code, error: type[Exception]
) -> None:
    monkeypatch.setattr(step, "converter", lambda: converter(world))
    ffmpeg.fails = TokstackError(code, "It cannot be converted.")
    one = kept(world, conversion(), VIDEO)
    with pytest.raises(error):
        machine.convert(one.id, 900)
    assert world.storage.find(one.work.result_key) is None
    ffmpeg.fails = None
    machine.convert(one.id, 900)
    assert world.storage.find(one.work.result_key)
