"""The extractor against the sample upstream's other sites: what they hold, which file it gives, what goes wrong."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from local.upstream.faults import KINDS, Plan
from local.upstream.media import library
from local.upstream.server import Upstream
from local.upstream.site_files import KEY, SEGMENTS, site_files
from local.upstream.sites import SITES, Site
from tests.extractors import BEST, SECONDS, fetched, file_failure, page_failure, through
from tests.sample_upstream import serving, world
from tokstack.errors import Code, TokstackError
from tokstack.posts.pages import MAX_ITEMS, MediaKind
from tokstack.providers.extractor.choice import Choice
from tokstack.providers.extractor.extractor import Extractor

ROOT = Path(__file__).parents[2]
GOOD = [site for site in SITES if site.items]
FILM = "https://hls.video.example/film/master.m3u8"
DASH = "https://dash.video.example/film.mpd"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with serving(world()) as server:
        yield server


@pytest.fixture(scope="module")
def extractor(upstream: Upstream) -> Extractor:
    return through(upstream.url)


def described(file: bytes, folder: Path) -> str:
    """What ffmpeg says of a file."""
    path = folder / "described"
    path.write_bytes(file)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", path]
    # Without it the static binary crashes in the machine's own gconv modules.
    environment = {"GCONV_PATH": "/nonexistent"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stderr


# Every site


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.url)
def test_a_site_is_what_it_is_listed_as(extractor: Extractor, site: Site) -> None:
    if site.error:
        assert page_failure(extractor, site.url) == site.error
        return
    page = extractor.page(site.url, SECONDS)
    assert tuple(item.media_type for item in page.items) == site.items
    assert [item.kind for item in page.items] == [mime.partition("/")[0] for mime in site.items]
    assert page.site == httpx.URL(site.url).host
    assert page.title


@pytest.mark.parametrize("site", GOOD, ids=lambda site: site.url)
def test_the_first_file_of_a_site_comes_or_fails_as_listed(extractor: Extractor, site: Site, tmp_path: Path) -> None:
    if site.file_error:
        assert file_failure(extractor, site.url, tmp_path) == site.file_error
    else:
        assert all(fetched(extractor, site.url, tmp_path))


def test_the_listing_tells_of_every_site(upstream: Upstream) -> None:
    told = httpx.get(f"{upstream.url}/_control/catalog.json").json()["sites"]
    assert [site["url"] for site in told] == [site.url for site in SITES]
    assert {site["expected"]["status"] for site in told} >= {200, 400, 403, 404, 410, 413, 422, 451, 502}


@pytest.mark.parametrize(
    "path", ["files.example/clip.mp4", "files.example/huge.png", "hls.video.example/film/low/00.ts"]
)
def test_the_files_of_the_sites_come_in_ranges_too(upstream: Upstream, path: str) -> None:
    url = f"{upstream.url}/{path}"
    whole, part = httpx.get(url).content, httpx.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"


# Which file


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://og.video.example/watch/1", "counter/h264-540.mp4"),
        ("https://members.example/watch", "counter/h264-540.mp4"),
        ("https://files.example/song.mp3", "song-1.mp3"),
        ("https://files.example/picture.jpg", "picture-1.jpeg"),
        ("https://podcast.example/feed.xml", "song-1.mp3"),
    ],
)
def test_a_file_comes_byte_for_byte(extractor: Extractor, url: str, name: str, tmp_path: Path) -> None:
    assert fetched(extractor, url, tmp_path) == [library()[name].path.read_bytes()]
    assert list(tmp_path.iterdir()) == []


def test_each_file_of_a_page_has_its_number(extractor: Extractor, tmp_path: Path) -> None:
    first, second = (
        fetched(extractor, "https://tag.video.example/pair", tmp_path, number=number)[0] for number in (1, 2)
    )
    assert (len(first), len(second)) == tuple(
        library()[name].bytes for name in ("counter/h264-540.mp4", "silent/h264-540.mp4")
    )


@pytest.mark.parametrize(
    ("choice", "size"),
    [
        (BEST, "1280x720"),
        (Choice(short_side=1080), "1280x720"),
        (Choice(short_side=720), "1280x720"),
        (Choice(short_side=480), "640x360"),
        (Choice(short_side=240), "640x360"),
        (Choice(sound_only=True), "640x360"),
    ],
    ids=repr,
)
def test_hls_comes_whole_in_the_size_that_was_chosen(
    extractor: Extractor, choice: Choice, size: str, tmp_path: Path
) -> None:
    (film,) = fetched(extractor, FILM, tmp_path, choice)
    name = {"1280x720": "high", "640x360": "low"}[size]
    segments = sorted((site_files() / "hls" / name).glob("*.ts"))
    assert len(segments) == SEGMENTS
    assert film == b"".join(path.read_bytes() for path in segments)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


@pytest.mark.parametrize(("choice", "size"), [(BEST, "1280x720"), (Choice(short_side=360), "640x360")], ids=repr)
def test_dash_comes_as_a_picture_and_a_sound(extractor: Extractor, choice: Choice, size: str, tmp_path: Path) -> None:
    picture, sound = (described(file, tmp_path) for file in fetched(extractor, DASH, tmp_path, choice))
    assert f" {size}" in picture
    assert "Audio:" not in picture
    assert "Audio: aac" in sound
    assert "Video:" not in sound


def test_of_dash_the_sound_alone_can_be_had(extractor: Extractor, tmp_path: Path) -> None:
    (file,) = fetched(extractor, DASH, tmp_path, Choice(sound_only=True))
    sound = described(file, tmp_path)
    assert "Audio: aac" in sound
    assert "Video:" not in sound


def test_encrypted_hls_is_decrypted(extractor: Extractor, tmp_path: Path) -> None:
    (film,) = fetched(extractor, "https://hls.video.example/locked/index.m3u8", tmp_path)
    assert len(KEY) == 16
    assert "Video: h264" in described(film, tmp_path)


def test_progress_is_told_to_its_end(extractor: Extractor, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with extractor.item(DASH, 1, BEST, tmp_path, SECONDS, lambda done, total: told.append((done, total))) as files:
        assert isinstance(files, tuple)
        size = sum(path.stat().st_size for path in files)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (size, size)


def test_a_feed_of_sixty_gives_fifty_without_asking_for_one(extractor: Extractor, upstream: Upstream) -> None:
    upstream.tally.clear()
    page = extractor.page("https://podcast.example/feed.xml", SECONDS)
    assert [item.title for item in page.items] == [f"Episode {number}" for number in range(1, MAX_ITEMS + 1)]
    assert {item.kind for item in page.items} == {MediaKind.AUDIO}
    assert upstream.tally.as_mapping()["total"] == 1


# What goes wrong on purpose


FAULTS = {
    "challenge": Code.UPSTREAM_CHALLENGE,
    "empty": Code.UPSTREAM_EMPTY,
    "limiter": Code.UPSTREAM_RATE_LIMITED,
    "soft_block": Code.UNSUPPORTED_MEDIA,
    "login_wall": Code.UPSTREAM_CHALLENGE,
    "403": Code.UPSTREAM_CHALLENGE,
    "429": Code.UPSTREAM_RATE_LIMITED,
    "5xx": Code.UPSTREAM_UNAVAILABLE,
    "timeout": Code.UPSTREAM_TIMEOUT,
    "slow": Code.UPSTREAM_TIMEOUT,
    "truncated": Code.UPSTREAM_UNAVAILABLE,
    "changed_shape": Code.UNSUPPORTED_MEDIA,
    "reset": Code.UPSTREAM_UNAVAILABLE,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_of_a_page_is_called_something(extractor: Extractor, upstream: Upstream, kind: str) -> None:
    seconds = 1.0 if FAULTS[kind] is Code.UPSTREAM_TIMEOUT else SECONDS
    upstream.faults.set(Plan(1.0, (kind,), ("og.video.example",)))
    try:
        assert page_failure(extractor, "https://og.video.example/watch/1", seconds) is FAULTS[kind]
    finally:
        upstream.faults.set(Plan())


@pytest.mark.parametrize("kind", ["truncated", "reset", "403", "429", "5xx", "timeout"])
def test_every_fault_of_a_segment_ends_the_download(
    extractor: Extractor, upstream: Upstream, kind: str, tmp_path: Path
) -> None:
    given = extractor.item(FILM, 1, BEST, tmp_path, 2.0, lambda done, total: fail())

    def fail() -> None:
        upstream.faults.set(Plan(1.0, (kind,), ("hls.video.example",)))

    try:
        with pytest.raises(TokstackError) as caught, given:
            pass
    finally:
        upstream.faults.set(Plan())
    assert caught.value.passing
