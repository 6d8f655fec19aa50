"""Media links: who may use them, for how long, and that what they say of the file is so."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from local.upstream import links, routes
from local.upstream.answers import Answer, Request, Surface
from local.upstream.links import HOUR, Mint
from local.upstream.media import library
from local.upstream.recordings import Recordings, folder
from local.upstream.world import World
from tests.sample_upstream import CATALOG, world

NOW = 1_790_000_000.0
MINT = Mint(library(), NOW)
COOKIES = {links.COOKIE: links.chain_token(b"8 bytes!")}
REFERER = {"referer": "https://www.tiktok.com/@someone/video/1"}
VIDEO = "counter/h264-540.mp4"


def fetch(
    url: str,
    *,
    after: float = 0,
    cookies: Mapping[str, str] = COOKIES,
    headers: Mapping[str, str] = REFERER,
    within: World | None = None,
) -> Answer:
    here = within or world(clock=lambda: NOW + after)
    parts = urlsplit(url)
    return routes.answer(
        here, Request(parts.hostname or "", parts.path, dict(parse_qsl(parts.query)), headers, cookies)
    )


@pytest.mark.parametrize(
    ("url", "life"),
    [
        (MINT.web("1", VIDEO)[0], 48 * HOUR),
        (MINT.web("1", VIDEO)[1], 48 * HOUR),
        (MINT.cdn("1", "song-1.mp3", 6 * HOUR), 6 * HOUR),
        (MINT.cdn("1", "captions.vtt", 48 * HOUR, "v16-webapp"), 48 * HOUR),
        (MINT.image("1", "picture-1.jpeg"), 48 * HOUR),
        (MINT.image("1", "avatar-1.jpeg", "tplv-tiktokx-cropcenter:720:720"), 48 * HOUR),
    ],
)
def test_a_link_is_good_for_its_life_and_as_it_was_made_only(url: str, life: int) -> None:
    assert fetch(url, after=life).status == 200
    assert fetch(url, after=life + 1).status == 403
    longer = url.replace(str(int(NOW) + life), str(int(NOW) + 2 * life))
    longer = longer.replace(f"{int(NOW) + life:08x}", f"{int(NOW) + 2 * life:08x}")
    assert longer != url
    assert fetch(longer).status == 403


def test_web_video_wants_the_pages_cookie_and_referer() -> None:
    url = MINT.web("1", VIDEO)[0]

    assert fetch(url).file == library()[VIDEO].path
    assert fetch(url, cookies={}).status == 403
    assert fetch(url, cookies={links.COOKIE: "made up"}).status == 403
    assert fetch(url, headers={}).status == 403
    assert fetch(url, headers={"referer": "https://www.tiktok.com.evil.example/"}).status == 403


def test_the_other_hosts_want_neither() -> None:
    for url in (
        MINT.cdn("1", VIDEO, HOUR),
        MINT.image("1", "picture-1.jpeg"),
        MINT.music_object("1", "song-1.mp3"),
    ):
        assert fetch(url, cookies={}, headers={}).file


def test_some_links_lead_nowhere() -> None:
    mirrors = MINT.web("1", VIDEO)

    assert fetch(mirrors[-1]).status == 403  # TikTok's own mirror
    assert fetch(mirrors[0].replace("/?", f"/{links.BROKEN}/?")).status == 404
    assert fetch("https://v16-webapp-prime.tiktok.com/video/tos/unknown/").status == 404


def test_every_file_is_there_and_of_the_kind_that_its_name_says() -> None:
    beginnings = {
        "video/mp4": b"ftyp",
        "audio/mp4": b"ftyp",
        "audio/mpeg": b"",
        "image/jpeg": b"\xff\xd8\xff",
        "image/webp": b"RIFF",
        "text/vtt": b"WEBVTT",
    }
    for file in library().files.values():
        assert beginnings[file.mime] in file.path.read_bytes()[:16]
    assert len(library().by_code) == len(library().files)


def test_recorded_posts_are_served_with_links_that_are_good_again() -> None:
    place = folder()
    if place is None:
        pytest.skip("the recorded payloads are not here (TOKSTACK_PAYLOADS names their folder)")
    here = World(CATALOG, library(), Recordings(place), clock=lambda: NOW)
    detail = here.recordings.get(Surface.PAGE, "7571863205253778710", NOW)
    assert detail
    item = detail["itemInfo"]["itemStruct"]

    for url, mime in (
        (item["video"]["playAddr"], "video/mp4"),
        (item["video"]["bitrateInfo"][1]["PlayAddr"]["UrlList"][1], "video/mp4"),
        (item["music"]["playUrl"], "audio/mpeg"),
        (item["video"]["cover"], "image/jpeg"),
        (item["author"]["avatarLarger"], "image/jpeg"),
    ):
        assert fetch(url, within=here).content_type == mime
    assert fetch(item["video"]["playAddr"], within=here, cookies={}).status == 403
