"""Extractors on a sample upstream, and how tests ask them."""

from pathlib import Path

import httpx
import pytest

from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.providers.extractor.choice import Choice
from tokstack.providers.extractor.extractor import Extractor

MAX_BYTES = 8 << 20
SECONDS = 20.0
BEST = Choice()


def through(gateway: str | None) -> Extractor:
    def open_client(seconds: float, requests: int) -> httpx.Client:
        return outbound.client(None, seconds=seconds, max_bytes=2 * MAX_BYTES, max_requests=requests, gateway=gateway)

    return Extractor(open_client, MAX_BYTES)


def page_failure(extractor: Extractor, address: str, seconds: float = SECONDS) -> Code:
    with pytest.raises(TokstackError) as caught:
        extractor.page(address, seconds)
    return caught.value.code


def fetched(extractor: Extractor, address: str, folder: Path, choice: Choice = BEST, number: int = 1) -> list[bytes]:
    """All bytes of each file. What breaks off, and what never ends, is told by the code that a reader would give."""
    with extractor.item(address, number, choice, folder, SECONDS, lambda done, total: None) as given:
        if not isinstance(given, httpx.Response):
            return [path.read_bytes() for path in given]
        body = bytearray()
        try:
            for chunk in given.iter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise TokstackError(Code.MEDIA_TOO_LARGE, "It does not end.")
        except httpx.HTTPError as error:
            raise TokstackError(Code.UPSTREAM_UNAVAILABLE, "It broke off.") from error
        return [bytes(body)]


def file_failure(extractor: Extractor, address: str, folder: Path) -> Code:
    with pytest.raises(TokstackError) as caught:
        fetched(extractor, address, folder)
    return caught.value.code
