"""Short links, followed hop by hop until they name a post.

follow                  a short link → the post that it leads to
"""

import httpx

from tokstack.errors import Code, TokstackError
from tokstack.outbound import is_timeout
from tokstack.posts.references import PostRef, ShortLink, parse, web_path

MAX_HOPS = 5

_FRONT_PAGES = frozenset({"", "/foryou", "/explore"})
_LOGIN = "/login"


def follow(link: ShortLink, client: httpx.Client) -> PostRef:
    """Asks TikTok where a short link leads, 5 times at most.

    A hop is read, never fetched as it was given, and no body is read at all. Raises TokstackError: VALIDATION_ERROR
    where the link leads elsewhere, POST_NOT_FOUND where it leads nowhere any more, else what went wrong upstream.
    """
    for _ in range(MAX_HOPS):
        found = _read(_ask(link, client))
        if isinstance(found, PostRef):
            return found
        link = found
    raise _elsewhere()


def _ask(link: ShortLink, client: httpx.Client) -> str:
    """Where one hop points: an absolute URL, whoever's."""
    try:
        with client.stream("GET", link.url, follow_redirects=False) as response:
            if response.next_request:
                return str(response.next_request.url)
            raise _answered(response.status_code)
    except httpx.HTTPError as error:
        raise _trouble(error) from error


def _read(target: str) -> PostRef | ShortLink:
    try:
        return parse(target)
    except TokstackError:
        path = web_path(target)
    if path in _FRONT_PAGES:
        raise _gone()
    if path == _LOGIN or (path or "").startswith(_LOGIN + "/"):
        raise TokstackError(Code.UPSTREAM_CHALLENGE, "TikTok asked for a login.")
    raise _elsewhere()


def _answered(status: int) -> TokstackError:
    """What an answer without a redirect says."""
    match status:
        case httpx.codes.NOT_FOUND | httpx.codes.GONE:
            return _gone()
        case httpx.codes.FORBIDDEN:
            return TokstackError(Code.UPSTREAM_CHALLENGE, "TikTok has blocked us for now.")
        case httpx.codes.TOO_MANY_REQUESTS:
            return TokstackError(Code.UPSTREAM_RATE_LIMITED, "TikTok asks us to slow down.")
        case _ if httpx.codes.is_server_error(status):
            return TokstackError(Code.UPSTREAM_UNAVAILABLE, f"TikTok answered the short link with status {status}.")
        case _:
            return TokstackError(Code.UPSTREAM_CHANGED, f"TikTok answered the short link with status {status}.")


def _trouble(error: httpx.HTTPError) -> TokstackError:
    if is_timeout(error):
        return TokstackError(Code.UPSTREAM_TIMEOUT, "TikTok took too long to say where the short link leads.")
    return TokstackError(Code.UPSTREAM_UNAVAILABLE, "TikTok could not be asked where the short link leads.")


def _gone() -> TokstackError:
    return TokstackError(Code.POST_NOT_FOUND, "This short link leads to no post any more.")


def _elsewhere() -> TokstackError:
    return TokstackError(Code.VALIDATION_ERROR, "This short link does not lead to a TikTok post.")
