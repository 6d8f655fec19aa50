"""The machine's third step: the result, made of what is in storage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tokstack.jobs import store
from tokstack.jobs.job import Job
from tokstack.jobs.progress import CONVERT, Progress
from tokstack.jobs.work import Site, Subject
from tokstack.media.ffmpeg.convert import convert
from tokstack.media.ffmpeg.material import Converted, Limits, Recording, Slideshow, SubtitleTrack, Unchanged, limits
from tokstack.media.growing import Growing
from tokstack.media.item import Item
from tokstack.media.storage import Readable, Storage, Stored, gone, storage
from tokstack.table import Table, table

_MARGIN = 30.0  # seconds to put the result away


@dataclass(frozen=True, slots=True)
class StoredInput:
    """An object in storage as a file of the material."""

    storage: Storage
    stored: Stored

    @property
    def size(self) -> int:
        return self.stored.size

    @contextmanager
    def open(self) -> Iterator[Readable]:
        with self.storage.open(self.stored.key) as stream:
            yield stream


@dataclass(frozen=True, slots=True)
class Converter:
    table: Table
    storage: Storage
    limits: Limits

    def convert(self, job_id: str, seconds: float) -> None:
        """Leaves the result in storage; where it is there already, nothing is done."""
        job = store.found(self.table, job_id)
        work = job.work
        if work.format is None or self.storage.find(work.result_key):
            return
        material = self._material(job)
        progress = Progress(self.table, job_id, CONVERT)
        with (
            TemporaryDirectory(prefix="convert-") as folder,
            Growing(self.storage, work.result_key, work.format.media_type) as result,
        ):
            made = convert(
                material,
                work.format,
                work.options,
                self.limits,
                Path(folder),
                progress=progress,
                writing=result.follow,
                seconds=max(1.0, seconds - _MARGIN),
            )
            match made:
                case Unchanged(StoredInput(stored=source)):
                    self.storage.copy(source, work.result_key, made.media_type)
                case Converted():
                    result.finish(made.path)

    def _material(self, job: Job) -> Recording | Slideshow:
        """Of the job's planned files; an upload is its own."""
        subject, files = job.work.subject, job.plan.files if job.plan else ()
        if subject.site is Site.UPLOAD:
            return Recording(self._input(subject.address))
        slides = [file for file in files if file.name.startswith(("image-", "live-"))]
        if slides:
            music = [self._file(subject, file) for file in files if file.type == "audio"]
            shown = tuple(self._file(subject, slide) for slide in slides)
            return Slideshow(shown, music[0] if music else None)
        whole, *subtitles = files
        return Recording(self._file(subject, whole), tuple(self._subtitle(subject, file) for file in subtitles))

    def _subtitle(self, subject: Subject, file: Item) -> SubtitleTrack:
        text = self.storage.read(_key(subject, file)).decode("utf-8-sig", "replace")
        return SubtitleTrack(file.title or "und", text)

    def _file(self, subject: Subject, file: Item) -> StoredInput:
        return self._input(_key(subject, file))

    def _input(self, key: str) -> StoredInput:
        stored = self.storage.find(key)
        if stored is None:
            raise gone()
        return StoredInput(self.storage, stored)


def _key(subject: Subject, file: Item) -> str:
    return subject.file(file.name).key


@cache
def converter() -> Converter:
    """This function's converter."""
    return Converter(table(), storage(), limits())
