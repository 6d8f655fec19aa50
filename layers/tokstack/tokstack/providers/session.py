"""How every provider asks: a guarded client per question, a browser's plain headers, and the one place
where what goes wrong on the way becomes an upstream error.

Nothing is signed and nobody is logged in: what is asked for is what anyone's browser gets.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx

from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.observability import logger
from tokstack.providers import classification

_MAX_BYTES = 8 << 20  # a post page is 500 KB
_MAX_REQUESTS = 8
BROWSER_HEADERS = {
    "User-Agent": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36"
    ),
    "Accept-Language": "en-US,en;q=0.9",
}

Hosts = frozenset[str] | None  # None is any public host, for links that an upstream gave
OpenClient = Callable[[Hosts, float], httpx.Client]
Session = Callable[[Hosts, float], AbstractContextManager[httpx.Client]]


def sessions(open_client: OpenClient) -> Session:
    """Sessions over clients that `open_client(hosts, seconds)` makes."""

    @contextmanager
    def session(hosts: Hosts, seconds: float) -> Iterator[httpx.Client]:
        """A client that may ask `hosts` for `seconds`. Whatever its block raises leaves it as TokstackError."""
        with _upstream_errors(), open_client(hosts, seconds) as client:
            client.headers.update(BROWSER_HEADERS)
            yield client

    return session


def guarded(gateway: str | None) -> OpenClient:
    """Clients that lead out (outbound.py)."""

    def open_client(hosts: Hosts, seconds: float) -> httpx.Client:
        return outbound.client(
            hosts, seconds=seconds, max_bytes=_MAX_BYTES, max_requests=_MAX_REQUESTS, gateway=gateway
        )

    return open_client


def get_page(client: httpx.Client, url: str) -> bytes:
    """An HTML page that carries its data. Raises TokstackError where it is a login wall, a challenge or the like."""
    response = client.get(url)
    accept(classification.page(response.status_code, response.url.path, response.content))
    return response.content


def get_json(
    client: httpx.Client, url: str, query: Mapping[str, str], *, referer: str | None = None
) -> Mapping[str, Any]:
    """The object that an endpoint answers with."""
    response = client.get(url, params=query, headers={"Referer": referer} if referer else None)
    return classification.json_object(response.status_code, response.content)


def get_text(client: httpx.Client, url: str) -> str:
    """A file of text in UTF-8, from a link that an upstream gave."""
    response = client.get(url, headers={"Referer": "https://www.tiktok.com/"})
    accept(classification.text_file(response.status_code, response.content))
    return response.content.decode()


def accept(verdict: TokstackError | None) -> None:
    """Raises what an answer was classified as, if that is an error."""
    if verdict is not None:
        raise verdict


@contextmanager
def _upstream_errors() -> Iterator[None]:
    try:
        yield
    except outbound.RefusedError as error:
        code = Code.UPSTREAM_TIMEOUT if error.reason is outbound.Reason.TIME else Code.UPSTREAM_UNAVAILABLE
        raise TokstackError(code, f"It was cut off: {error}.") from error
    except httpx.TimeoutException as error:
        raise TokstackError(Code.UPSTREAM_TIMEOUT, "It did not answer in time.") from error
    except httpx.HTTPError as error:  # no connection, a broken one, an answer that ends early
        raise TokstackError(Code.UPSTREAM_UNAVAILABLE, "It could not be read.") from error
    except (ValueError, LookupError) as error:  # no JSON, or JSON of another shape
        logger.warning("An upstream's answer was not understood", exc_info=True)
        raise TokstackError(Code.UPSTREAM_CHANGED, "Its answer was not understood.") from error
