"""What goes wrong on the way to a page or its files, as our errors.

yt-dlp has classes for a few causes, carries HTTP statuses and broken connections in others, and says the rest in
words alone. They are asked in that order.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import httpx
from yt_dlp.networking.exceptions import HTTPError, RequestError
from yt_dlp.utils import (
    DownloadCancelled,
    DownloadError,
    ExtractorError,
    GeoRestrictedError,
    UnsupportedError,
    UserNotLive,
)

from tokstack import outbound
from tokstack.errors import Code, TokstackError
from tokstack.outbound import Reason, RefusedError

_Verdict = tuple[Code, str]

NO_MEDIA = Code.UNSUPPORTED_MEDIA, "There is no video, sound or image on this page that can be fetched."
LIVE = Code.UNSUPPORTED_MEDIA, "This is a live stream, which cannot be fetched."
_DRM = Code.UNSUPPORTED_MEDIA, "This is protected against copying."
_NOT_FOUND = Code.POST_NOT_FOUND, "There is no such page."
_DELETED = Code.POST_DELETED, "This page or its media was removed."
_PRIVATE = Code.POST_PRIVATE, "This is shown to those who are signed in or invited only."
_AGE = Code.AGE_RESTRICTED, "This is shown to signed-in adults only."
_REGION = Code.REGION_BLOCKED, "This is withheld in the region that it was asked from."
_CHALLENGE = Code.UPSTREAM_CHALLENGE, "The site refused to answer."
_RATE = Code.UPSTREAM_RATE_LIMITED, "The site was asked too often."
_UNAVAILABLE = Code.UPSTREAM_UNAVAILABLE, "The site could not be read."
_TIMEOUT = Code.UPSTREAM_TIMEOUT, "The site took too long."
_CHANGED = Code.UPSTREAM_CHANGED, "The site's answer was not understood."
_FORBIDDEN = Code.VALIDATION_ERROR, "This leads to an address that is not of the public internet."
_DEAD_LINK = Code.UPSTREAM_UNAVAILABLE, "The site's link to this file leads nowhere."

_REFUSALS: Mapping[Reason, _Verdict] = {
    Reason.BYTES: (Code.MEDIA_TOO_LARGE, "This has more bytes than are fetched."),
    Reason.REQUESTS: (Code.MEDIA_TOO_LARGE, "This has more parts than are fetched."),
    Reason.TIME: _TIMEOUT,
    Reason.ENCODING: _CHANGED,
}
_STATUSES: Mapping[int, _Verdict] = {
    HTTPStatus.UNAUTHORIZED: _PRIVATE,
    HTTPStatus.FORBIDDEN: _CHALLENGE,
    HTTPStatus.NOT_FOUND: _NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT: _TIMEOUT,
    HTTPStatus.GONE: _DELETED,
    HTTPStatus.TOO_MANY_REQUESTS: _RATE,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: _REGION,
    HTTPStatus.GATEWAY_TIMEOUT: _TIMEOUT,
}
_MEDIA_STATUSES: Mapping[int, _Verdict] = {
    HTTPStatus.UNAUTHORIZED: _CHALLENGE,
    HTTPStatus.NOT_FOUND: _DEAD_LINK,
    HTTPStatus.GONE: _DEAD_LINK,
}
# The first row that fits is the answer. The words are those of yt-dlp's extractors and of the sites that they quote.
_WORDS: tuple[tuple[re.Pattern[str], _Verdict], ...] = tuple(
    (re.compile(words, re.IGNORECASE), verdict)
    for words, verdict in (
        (r"unable to (?:open for writing|write data)", (Code.INTERNAL_ERROR, "This file could not be kept.")),
        (r"\bdrm\b|no downloader for this encryption", _DRM),
        (r"no downloader for", NO_MEDIA),
        (r"not a bot|captcha|cloudflare|impersonat|ip (?:address )?(?:is |has been )?(?:blocked|banned)", _CHALLENGE),
        (r"rate.?limit|too many requests|try again later", _RATE),
        (r"\bage\b|age.?(?:restrict|gate|verif)|for some audiences|for adults|18\+|nsfw", _AGE),
        (r"geo.?restrict|geo.?block|your (?:country|location|region)|in this (?:country|region)", _REGION),
        (r"\blive\b|premieres? in|will begin|not (?:yet )?started|upcoming|scheduled", LIVE),
        (
            r"--cookies|--username|log ?in|sign ?in|registered|private|members?.only|permission|subscri|password",
            _PRIVATE,
        ),
        (
            r"requested format is not available|no (?:video|media|audio)(?: formats?)? found|no (?:video|media)",
            NO_MEDIA,
        ),
        (r"downloaded file is empty", (Code.UPSTREAM_EMPTY, "The site gave an empty file.")),
        (r"removed|deleted|taken down|no longer|terminated|expired", _DELETED),
        (r"unavailable|not available|does(?:n.t| not) exist|not (?:be )?found", _NOT_FOUND),
    )
)


def verdict(error: BaseException, *, refused: RefusedError | None = None, media: bool = False) -> TokstackError:
    """`refused` is the guard's last refusal in this job; `media` says that the page was read and a file was next."""
    chain = list(_chain(error))
    found = _by_class(chain) or _by_cause(chain, media=media)
    if not found and refused:  # which yt-dlp took for a page without that part
        found = _refusal(refused)
    return TokstackError(*(found or _by_words(chain) or _CHANGED))


def http_status(status: int, *, media: bool) -> TokstackError:
    """What it means that this was answered instead of a page or a file."""
    return TokstackError(*_status(status, media=media))


def _by_class(chain: list[BaseException]) -> _Verdict | None:
    for error in chain:
        match error:
            case UnsupportedError():
                return NO_MEDIA
            case GeoRestrictedError():
                return _REGION
            case UserNotLive():
                return LIVE
    return None


def _by_cause(chain: list[BaseException], *, media: bool) -> _Verdict | None:
    for error in reversed(chain):  # the innermost knows best
        match error:
            case RefusedError():
                return _refusal(error)
            case httpx.HTTPError() if outbound.is_timeout(error):
                return _TIMEOUT
            case HTTPError():
                return _status(error.status, media=media)
            case httpx.HTTPError() | RequestError():
                return _UNAVAILABLE
    return None


def _by_words(chain: list[BaseException]) -> _Verdict | None:
    """By what an extractor says of a page, or a downloader of a file. What they did not foresee says nothing."""
    told = next((error for error in chain if isinstance(error, ExtractorError)), None)
    if told:
        text = told.orig_msg if told.expected else ""
    else:
        text = next((str(error) for error in chain if isinstance(error, DownloadError | DownloadCancelled)), "")
    return next((verdict for words, verdict in _WORDS if words.search(text)), None)


def _refusal(refused: RefusedError) -> _Verdict:
    return _REFUSALS.get(refused.reason, _FORBIDDEN)


def _status(status: int, *, media: bool) -> _Verdict:
    return (_MEDIA_STATUSES if media else {}).get(status) or _STATUSES.get(status, _UNAVAILABLE)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it says it was caused by."""
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = _inner(error)


def _inner(error: BaseException) -> BaseException | None:
    """yt-dlp has its own ways to name a cause; a DownloadError names what an extractor's error was raised amidst."""
    if isinstance(error, DownloadError):
        told = error.__context__
        return told if isinstance(told, ExtractorError) else error.exc_info[1] if error.exc_info else None
    return getattr(error, "cause", None) or error.__cause__
