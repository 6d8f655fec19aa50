"""A post page of real size, from its bytes to a `Post`, against yt-dlp's extraction of the same bytes.

The page is the recorded state of a post within the furniture that the sample's pages have.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from benchmarks.report import Figure, Section, in_turn
from local.upstream import shapes_page
from local.upstream.recordings import folder
from tokstack.posts.normalise import web
from tokstack.providers.pages import rehydrated

ENTRY = "webapp.video-detail"
BOUND = 5.0
ROUNDS = 60


def measure() -> Section:
    page, post_id = _page()
    ours, theirs = _ours(page), _ytdlp(page, post_id)
    assert ours().id == post_id == theirs()["id"], "both must read the same post"
    medians = in_turn({"ours": ours, "peer": theirs}, ROUNDS)
    ratio = medians["peer"] / medians["ours"]
    figure = Figure(
        f"{len(page) / 1e3:.0f} KB page → `Post`",
        f"{medians['ours'] * 1e3:.2f} ms",
        f"{medians['peer'] * 1e3:.2f} ms",
        f"{ratio:.1f} × faster",
        f"≥ {BOUND:.0f} ×",
        ratio >= BOUND,
    )
    return Section("A page", __doc__ or "", [figure])


def _page() -> tuple[bytes, str]:
    """The recorded post's page, made as large as pages are, and its id."""
    recordings = folder()
    if recordings is None:
        raise FileNotFoundError("this benchmark reads a recorded page: set TOKSTACK_PAYLOADS")
    recorded = (recordings / "item_page_html/video-2025-12.trimmed.html").read_text()
    found = re.search(r'id="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>', recorded, re.DOTALL)
    assert found
    detail = json.loads(found[1])["__DEFAULT_SCOPE__"][ENTRY]
    pages = (shapes_page.page(ENTRY, detail, seed=str(seed)) for seed in range(50))
    page = min(pages, key=lambda page: abs(len(page) - 500_000))
    return page, detail["itemInfo"]["itemStruct"]["id"]


def _ours(page: bytes) -> Callable[[], Any]:
    def extract() -> Any:
        detail = rehydrated(page, ENTRY)
        assert detail
        return web.post(detail["itemInfo"]["itemStruct"])

    return extract


def _ytdlp(page: bytes, post_id: str) -> Callable[[], Any]:
    from yt_dlp import YoutubeDL
    from yt_dlp.extractor.tiktok import TikTokIE

    extractor = TikTokIE()
    extractor.set_downloader(YoutubeDL({"quiet": True}, auto_init=False))
    extractor._ready = True  # noqa: SLF001 - otherwise it asks an app API for a device first
    url = f"https://www.tiktok.com/@_/video/{post_id}"

    def extract() -> Any:
        # What its extractor does between the page's bytes and its result; nothing of it is public.
        scope = extractor._get_universal_data(page.decode(), post_id)  # noqa: SLF001
        item = scope[ENTRY]["itemInfo"]["itemStruct"]
        return extractor._parse_aweme_video_web(item, url, post_id)  # noqa: SLF001

    return extract
