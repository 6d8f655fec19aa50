"""What is said in a video: which subtitles its page tells of, and the text of one, asked for once."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.payloads import recorded_bytes
from tests.tables import Clock
from tests.upstreams import Recorder, post_page
from tokstack.errors import Code, TokstackError
from tokstack.providers.limiter import Limiter
from tokstack.providers.transcripts import Transcripts
from tokstack.table import Table

ID = "7571863205253778710"
TEXT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n\u200fمرحبا 👋\u0301\n"


def page(*subtitles: dict[str, str]) -> httpx.Response:
    return httpx.Response(200, text=post_page({"id": ID, "video": {"subtitleInfos": list(subtitles)}}))


def info(language: str, source: str = "ASR", format: str = "webvtt") -> dict[str, str]:
    url = f"https://v16-webapp.tiktokcdn-xx.com/{language}"
    return {"LanguageCodeName": language, "Url": url, "Format": format, "Source": source}


class World:
    def __init__(self) -> None:
        self.page = page(info("ara-EG"), info("eng-US", "MT"), info("fra-FR", "MT", "creator_caption"))
        self.file = httpx.Response(200, content=TEXT.encode())

    def __call__(self, request: httpx.Request) -> httpx.Response:
        given = self.page if request.url.host == "www.tiktok.com" else self.file
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def recorder(world: World) -> Recorder:
    return Recorder(world)


@pytest.fixture
def transcripts(table: Table, recorder: Recorder) -> Transcripts:
    return Transcripts(table, recorder.session, Limiter(table))


def code_of(call: Callable[[], object]) -> Code:
    with pytest.raises(TokstackError) as caught:
        call()
    return caught.value.code


def test_it_is_asked_for_once_and_survives_to_the_letter(
    transcripts: Transcripts, recorder: Recorder, clock: Clock
) -> None:
    assert transcripts.transcript(ID, None).text == TEXT
    assert transcripts.transcript(ID, "en").subtitle.language == "eng-US"
    clock.now += 80_000
    assert transcripts.transcript(ID, None).text == TEXT
    hosts = "www.tiktok.com/@_/video/" + ID, "v16-webapp.tiktokcdn-xx.com/"
    assert recorder.asked == [hosts[0], f"{hosts[1]}ara-EG", f"{hosts[1]}eng-US"]


@pytest.mark.parametrize("language", ["fr", "tlh", "en-GB"])
def test_there_is_none_in_that_language(transcripts: Transcripts, language: str) -> None:
    assert code_of(lambda: transcripts.transcript(ID, language)) is Code.ITEM_NOT_FOUND


def test_nothing_is_said(transcripts: Transcripts, world: World) -> None:
    world.page = page()
    assert code_of(lambda: transcripts.transcript(ID, None)) is Code.ITEM_NOT_FOUND


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (httpx.Response(403), Code.UPSTREAM_CHALLENGE),
        (httpx.Response(404), Code.UPSTREAM_UNAVAILABLE),
        (httpx.Response(200), Code.UPSTREAM_EMPTY),
        (httpx.Response(200, text="<html>no</html>"), Code.UPSTREAM_CHANGED),
        (httpx.Response(200, content=b"WEBVTT\n\n\xff"), Code.UPSTREAM_CHANGED),
    ],
)
def test_the_file_is_not_to_be_had(transcripts: Transcripts, world: World, file: Any, code: Code) -> None:
    world.file = file
    assert code_of(lambda: transcripts.transcript(ID, None)) is code


def test_a_page_that_fails_says_nothing_of_its_subtitles(transcripts: Transcripts, world: World) -> None:
    world.page = httpx.Response(503)
    assert code_of(lambda: transcripts.transcript(ID, None)) is Code.UPSTREAM_UNAVAILABLE


def test_a_recorded_page(transcripts: Transcripts, world: World) -> None:
    world.page = httpx.Response(200, content=recorded_bytes("item_page_html/video-2025-12.trimmed.html"))
    assert transcripts.transcript(ID, None).subtitle.language == "spa-ES"
    assert transcripts.transcript(ID, "en-US").subtitle.source == "MT"
