"""What a page of any site holds, and the bytes of one of its files."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tokstack import outbound
from tokstack.config import settings
from tokstack.errors import Code, TokstackError
from tokstack.observability import logger
from tokstack.posts.addresses import parse_address
from tokstack.posts.pages import Page
from tokstack.providers.extractor.choice import Choice

if TYPE_CHECKING:
    from tokstack.providers.extractor.library import Library

_PAGE_BYTES = 64 << 20  # all pages and lists of a job; a file comes on top
_PAGE_REQUESTS = 64
_ITEM_REQUESTS = 4096  # a film of four hours comes in as many parts

Info = dict[str, Any]
Progress = Callable[[int, int | None], None]
OpenClient = Callable[[float, int], httpx.Client]  # seconds and requests of one job


@dataclass(frozen=True, slots=True)
class Extractor:
    """Every call is one job with a client, cookies and budgets of its own, and raises TokstackError alone."""

    open_client: OpenClient
    max_bytes: int

    def page(self, address: str, seconds: float) -> Page:
        """What the page holds, its first 50 files. No file is fetched, and no entry of a list is looked up."""
        from tokstack.providers.extractor import items

        address = parse_address(address)
        with self._library(Choice(), seconds, _PAGE_REQUESTS) as library:
            with _failures(library):
                result, entries = _read(library, address)
                if len(entries) == 1 and entries[0].get("_type", "video") == "video":
                    entries = [library.settled(entries[0])]
            found = [items.item(entry, head=library.handler.head(entry.get("url", ""))) for entry in entries]
        return Page(site=items.site(result, address), title=items.title(result), items=tuple(found))

    @contextmanager
    def item(
        self, address: str, number: int, choice: Choice, folder: Path, seconds: float, progress: Progress
    ) -> Iterator[httpx.Response | tuple[Path, ...]]:
        """The bytes of file `number`, from 1: an open answer, or files in `folder`.

        They are two where picture and sound are apart, the picture first. Whoever reads the answer counts its bytes,
        and sees whether they are all that was promised; `progress` is told of the bytes in the folder, and of how many
        where that is known.
        """
        address = parse_address(address)
        with ExitStack() as stack:
            library = stack.enter_context(self._library(choice, seconds, _ITEM_REQUESTS))
            with _failures(library):
                info = _resolved(library, _numbered(_read(library, address)[1], number))
            with _failures(library, media=True):
                given = self._given(library, info, folder, progress)
            if isinstance(given, httpx.Response):
                stack.enter_context(closing(given))
            yield given

    @contextmanager
    def _library(self, choice: Choice, seconds: float, requests: int) -> Iterator["Library"]:
        from tokstack.providers.extractor.library import Library

        with self.open_client(seconds, requests) as client, Library(client, choice) as library:
            yield library

    def _given(
        self, library: "Library", info: Info, folder: Path, progress: Progress
    ) -> httpx.Response | tuple[Path, ...]:
        from tokstack.providers.extractor.library import STREAMED

        formats = info.pop("requested_formats", None) or [info]
        if len(formats) == 1 and formats[0]["protocol"] in STREAMED:
            return _opened(library, formats[0])
        saved, size = [], 0
        for number, chosen in enumerate(formats, 1):
            path = folder / str(number)
            library.save({**info, **chosen}, path, partial(_tell, progress, size))
            size += path.stat().st_size
            saved.append(path)
        if size > self.max_bytes:
            raise TokstackError(Code.MEDIA_TOO_LARGE, f"This file has more than {self.max_bytes} bytes.")
        return tuple(saved)


@cache
def extractor() -> Extractor:
    """This function's extractor."""
    max_bytes, gateway = settings().media_max_bytes, settings().upstream_gateway

    def open_client(seconds: float, requests: int) -> httpx.Client:
        budget = max_bytes + _PAGE_BYTES
        return outbound.client(None, seconds=seconds, max_bytes=budget, max_requests=requests, gateway=gateway)

    return Extractor(open_client, max_bytes)


def _read(library: "Library", address: str) -> tuple[Info, list[Info]]:
    """What is told of the page, and its files as they are listed there: for both calls the same, in the same order."""
    from tokstack.providers.extractor import items, verdicts

    result = library.extract_info(address, download=False)
    entries = items.first(result or {})
    if not entries:
        live = any(map(items.is_live, items.listed(result or {})))
        raise TokstackError(*(verdicts.LIVE if live else verdicts.NO_MEDIA))
    return result, entries


def _numbered(entries: list[Info], number: int) -> Info:
    if not 1 <= number <= len(entries):
        raise TokstackError(Code.POST_NOT_FOUND, f"This page has no file {number} any more.")
    return entries[number - 1]


def _resolved(library: "Library", entry: Info) -> Info:
    """An entry with its formats chosen; where it is a link only, that page is read now."""
    from tokstack.providers.extractor import items, verdicts

    if entry.get("_type", "video") != "video":
        entry = _numbered(items.first(library.followed(entry)), 1)
    if items.is_live(entry):
        raise TokstackError(*verdicts.LIVE)
    if items.is_direct(entry):
        items.direct_type(entry, library.handler.head(entry.get("url", "")))
    return library.settled(entry)


def _opened(library: "Library", chosen: Info) -> httpx.Response:
    """The file's answer, asked for as its site wants it; the cookies of its page are the client's already."""
    from tokstack.providers.extractor import verdicts

    url, client = chosen["url"], library.client
    headers = {**chosen.get("http_headers", {}), "Accept-Encoding": "identity"}
    with library.handler.errors(url):
        response = client.send(client.build_request("GET", url, headers=headers), stream=True)
    if response.status_code != httpx.codes.OK:
        response.close()
        raise verdicts.http_status(response.status_code, media=True)
    return response


def _tell(progress: Progress, before: int, state: dict[str, Any]) -> None:
    """`state` is yt-dlp's, of one file; `before` are the bytes of those that are done."""
    total = state.get("total_bytes") or state.get("total_bytes_estimate")
    progress(before + (state.get("downloaded_bytes") or 0), before + int(total) if total else None)


@contextmanager
def _failures(library: "Library", *, media: bool = False) -> Iterator[None]:
    from tokstack.providers.extractor import verdicts

    try:
        yield
    except TokstackError:
        raise
    except Exception as error:
        found = verdicts.verdict(error, refused=library.handler.refused, media=media)
        if found.code is Code.UPSTREAM_CHANGED:
            logger.warning("A site's answer was not understood", exc_info=True)
        raise found from error
