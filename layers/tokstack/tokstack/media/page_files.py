"""The files of another site's page, by the extractor. What comes in parts is joined into one file that plays."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import httpx

from tokstack.media import pages
from tokstack.media.body import Body, Progress, any_media, ours
from tokstack.media.items import SOUND, read_page_item
from tokstack.media.source import Source
from tokstack.media.storage import Storage, Stored
from tokstack.providers.extractor.choice import Choice
from tokstack.table import Table

_SECONDS, _JOIN_SECONDS = 480.0, 100.0


class Items(Protocol):
    """Who opens a page's files (providers/extractor)."""

    def item(
        self,
        address: str,
        number: int,
        choice: Choice,
        folder: Path,
        seconds: float,
        progress: Callable[[int, int | None], None],
    ) -> AbstractContextManager[httpx.Response | tuple[Path, ...]]: ...


@dataclass(frozen=True, slots=True)
class PageFiles:
    items: Items
    storage: Storage
    table: Table
    max_bytes: int

    def store(self, source: Source, progress: Progress) -> Stored:
        """Brings the file into storage."""
        address = pages.recall(self.table, source.post_id)
        number, choice = read_page_item(source.rendition)

        def parts(done: int, total: int | None) -> None:
            if total:
                progress(done / total)

        with (
            TemporaryDirectory(prefix="page-") as name,
            self.items.item(address, number, _choice(choice), Path(name), _SECONDS, parts) as given,
        ):
            if isinstance(given, httpx.Response):
                return self._copy(given, source, progress)
            return self._join(given, Path(name), source)

    def _copy(self, response: httpx.Response, source: Source, progress: Progress) -> Stored:
        try:
            body = Body(response, self.max_bytes, progress)
            media_type = any_media(body.head())
            self.storage.put(source.key, body, media_type)
        except httpx.HTTPError as error:
            raise ours(error, self.max_bytes) from error
        return Stored(source.key, media_type, body.size)

    def _join(self, parts: tuple[Path, ...], folder: Path, source: Source) -> Stored:
        from tokstack.media.ffmpeg.material import limits
        from tokstack.media.ffmpeg.merge import merge

        whole = merge(parts, folder, limits(), seconds=_JOIN_SECONDS)
        with whole.open("rb") as file:
            media_type = any_media(file.read(16))
            file.seek(0)
            self.storage.put(source.key, file, media_type)
        return Stored(source.key, media_type, whole.stat().st_size)


def _choice(name: str) -> Choice:
    if name == SOUND:
        return Choice(sound_only=True)
    return Choice(short_side=int(name)) if name else Choice()
