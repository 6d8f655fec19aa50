"""yt-dlp as this project lets it be: no program, plugin, file of its own, cache or network but the guarded client."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NoReturn

import httpx
import yt_dlp
import yt_dlp.globals
from yt_dlp.downloader import FileDownloader, get_suitable_downloader
from yt_dlp.downloader.dash import DashSegmentsFD
from yt_dlp.downloader.external import ExternalFD
from yt_dlp.downloader.hls import HlsFD
from yt_dlp.downloader.http import HttpFD
from yt_dlp.networking.common import RequestDirector
from yt_dlp.utils import DownloadCancelled, DownloadError, Popen, determine_protocol

from tokstack.posts.pages import MAX_ITEMS
from tokstack.providers.extractor.choice import Choice
from tokstack.providers.extractor.handler import GuardedRH, OneDirector

STREAMED = frozenset({"http", "https"})
PROTOCOLS = STREAMED | {"m3u8", "m3u8_native", "http_dash_segments"}

_DOWNLOADERS = (HttpFD, HlsFD, DashSegmentsFD)
_RETRIES = 2
_PARAMS = {
    "quiet": True,
    "no_warnings": True,
    "noprogress": True,
    "color": "never",
    "cachedir": False,
    "enable_file_urls": False,
    "proxy": "",  # rather than the environment's
    "js_runtimes": {},
    "remote_components": [],
    "external_downloader": {"default": "native"},
    "hls_prefer_native": True,
    "ffmpeg_location": "/nonexistent",
    "fixup": "never",
    "check_formats": None,
    "extract_flat": "in_playlist",
    "noplaylist": True,  # of a video in a list, the video
    "playlistend": MAX_ITEMS,
    "retries": _RETRIES,
    "fragment_retries": _RETRIES,
    "extractor_retries": 1,
    "file_access_retries": 0,
    "skip_unavailable_fragments": False,
    "socket_timeout": 10,
    "continuedl": False,
    "nopart": True,
    "_no_ytdl_file": True,
    "updatetime": False,
    "overwrites": True,
    "geo_bypass": False,
}


class Quiet:
    """A logger that keeps nothing: what matters comes as an error, and links may be signed."""

    def debug(self, _: str) -> None: ...

    info = warning = error = debug


class Library(yt_dlp.YoutubeDL):  # type: ignore[misc] # it says nothing of its types
    """One job's yt-dlp. Videos are left as their extractor gave them until `settled` decides on their formats."""

    def __init__(self, client: httpx.Client, choice: Choice) -> None:
        self.client = client
        params = {**_PARAMS, "format": choice.formats, "format_sort": choice.order, "logger": Quiet()}
        super().__init__(params, auto_init="no_verbose_header")
        self.opened: list[IO[bytes]] = []

    @property
    def handler(self) -> GuardedRH:
        director: OneDirector = self._request_director
        return director.handler

    def build_request_director(self, handlers: Any, preferences: Any = None) -> RequestDirector:  # noqa: ARG002
        """In place of the registry's handlers, ours alone."""
        built = super().build_request_director([lambda **options: GuardedRH(self.client, **options)])
        director = OneDirector(built.logger)
        director.handlers = built.handlers
        return director

    def process_video_result(self, info_dict: dict[str, Any], download: bool = True) -> dict[str, Any]:  # noqa: ARG002
        return info_dict

    def settled(self, info: dict[str, Any]) -> dict[str, Any]:
        """A video with its formats chosen. Raises an ExtractorError where none of them will do."""
        if formats := info.get("formats"):
            info["formats"] = [one for one in formats if one.get("url") and determine_protocol(one) in PROTOCOLS]
            if not info["formats"]:
                raise DownloadCancelled("no downloader for these protocols")
        return super().process_video_result(info, download=False)  # type: ignore[no-any-return] # as above

    def followed(self, entry: dict[str, Any]) -> dict[str, Any]:
        """What the page that an entry of a list links to is told to hold."""
        return self.process_ie_result(entry, download=False) or {}

    def save(self, info: dict[str, Any], path: Path, told: Callable[[dict[str, Any]], None]) -> None:
        """One format into one file, by a downloader that is part of yt-dlp."""
        if get_suitable_downloader(info, self.params) not in _DOWNLOADERS:
            raise DownloadCancelled("no downloader for this protocol")
        self._progress_hooks = [told]
        try:
            done, _ = self.dl(str(path), info)
        finally:
            for file in self.opened:
                file.close()
        if not done:
            raise DownloadError("the download did not end well")


def _no_programs(*_: Any, **__: Any) -> NoReturn:
    raise FileNotFoundError("programs are off")


def _no_external_downloader(*_: Any) -> NoReturn:
    raise DownloadCancelled("no downloader for this encryption")


_open = FileDownloader.__dict__["sanitize_open"]


def _noted(downloader: Any, name: str, mode: str) -> tuple[IO[bytes], str]:
    """Opens as ever; a download that fails leaves its files open, and `save` closes them."""
    file, name = _open.__get__(downloader)(name, mode)
    opened = downloader.ydl.opened
    opened[:] = [one for one in opened if not one.closed] + [file]
    return file, name


def _tame() -> None:
    """Options alone do not do it: for yt-dlp every program is not installed, and no plugin is looked for."""
    Popen.__init__ = _no_programs
    ExternalFD.real_download = _no_external_downloader  # the HLS downloader calls it by itself
    FileDownloader.sanitize_open = _noted
    yt_dlp.globals.plugin_dirs.value = []
    yt_dlp.globals.all_plugins_loaded.value = True


_tame()
