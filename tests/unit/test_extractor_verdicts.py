"""What each of yt-dlp's own errors, and each of the guard's, is called by us."""

import io

import httpx
import pytest
from yt_dlp.networking.common import Response
from yt_dlp.networking.exceptions import HTTPError, IncompleteRead, SSLError, TransportError
from yt_dlp.utils import (
    DownloadCancelled,
    DownloadError,
    ExtractorError,
    GeoRestrictedError,
    RegexNotFoundError,
    UnsupportedError,
    UserNotLive,
)

from tokstack.errors import Code
from tokstack.outbound import Reason, RefusedError
from tokstack.providers.extractor.handler import BudgetSpentError, RefusedByGuardError
from tokstack.providers.extractor.verdicts import verdict

URL = "https://example.org/"


def status(number: int) -> HTTPError:
    return HTTPError(Response(io.BytesIO(), URL, {}, number))


def webpage(cause: Exception) -> ExtractorError:
    """How an extractor tells that a page could not be read."""
    return ExtractorError(f"Unable to download webpage: {cause}", cause=cause, expected=True)


def told(text: str) -> ExtractorError:
    return ExtractorError(text, expected=True)


def reported(error: Exception) -> Exception:
    """How YoutubeDL gives on what an extractor raised."""
    try:
        try:
            raise error
        except ExtractorError as told:
            raise DownloadError(f"ERROR: [site] private-live-drm: {told}", told.exc_info)  # noqa: B904 - as it does
    except Exception as given:  # noqa: BLE001 - whatever it gives
        return given


def refusal(reason: Reason) -> RefusedError:
    return RefusedError(reason, "no")


def spent(reason: Reason) -> BudgetSpentError:
    error = BudgetSpentError("spent")
    error.__cause__ = refusal(reason)
    return error


CLASSES = [
    (UnsupportedError(URL), Code.UNSUPPORTED_MEDIA),
    (GeoRestrictedError("This video is not available from your location"), Code.REGION_BLOCKED),
    (UserNotLive(), Code.UNSUPPORTED_MEDIA),
    (RegexNotFoundError("Unable to extract age of the private video; please report this issue"), Code.UPSTREAM_CHANGED),
    (ExtractorError("An extractor error has occurred.", cause=KeyError("video")), Code.UPSTREAM_CHANGED),
    (ExtractorError("No video formats found!"), Code.UPSTREAM_CHANGED),
    (KeyError("video"), Code.UPSTREAM_CHANGED),
    (RecursionError(), Code.UPSTREAM_CHANGED),
]
STATUSES = [
    (401, Code.POST_PRIVATE),
    (403, Code.UPSTREAM_CHALLENGE),
    (404, Code.POST_NOT_FOUND),
    (408, Code.UPSTREAM_TIMEOUT),
    (410, Code.POST_DELETED),
    (418, Code.UPSTREAM_UNAVAILABLE),
    (429, Code.UPSTREAM_RATE_LIMITED),
    (451, Code.REGION_BLOCKED),
    (500, Code.UPSTREAM_UNAVAILABLE),
    (503, Code.UPSTREAM_UNAVAILABLE),
    (504, Code.UPSTREAM_TIMEOUT),
]
NETWORK = [
    (TransportError(cause=httpx.ConnectError("no such name")), Code.UPSTREAM_UNAVAILABLE),
    (TransportError(cause=httpx.ReadTimeout("slow")), Code.UPSTREAM_TIMEOUT),
    (IncompleteRead(10, 20), Code.UPSTREAM_UNAVAILABLE),
    (SSLError("handshake"), Code.UPSTREAM_UNAVAILABLE),
    (RefusedByGuardError(URL, refusal(Reason.PRIVATE)), Code.VALIDATION_ERROR),
    (RefusedByGuardError(URL, refusal(Reason.SCHEME)), Code.VALIDATION_ERROR),
    (RefusedByGuardError(URL, refusal(Reason.ENCODING)), Code.UPSTREAM_CHANGED),
]
WORDS = [
    ("This video is DRM protected", Code.UNSUPPORTED_MEDIA),
    ("This video is only available for registered users. Use --cookies-from-browser", Code.POST_PRIVATE),
    ("Private video. Sign in if you've been granted access to this video", Code.POST_PRIVATE),
    ("This video is protected by a password, use the --video-password option", Code.POST_PRIVATE),
    ("Sign in to confirm your age. This video may be inappropriate for some users", Code.AGE_RESTRICTED),
    ("This post is age-restricted", Code.AGE_RESTRICTED),
    ("Sign in to confirm you’re not a bot. Use --cookies", Code.UPSTREAM_CHALLENGE),
    ("Your IP address is blocked from accessing this post", Code.UPSTREAM_CHALLENGE),
    ("Got HTTP Error 403 caused by Cloudflare anti-bot challenge; try again with …", Code.UPSTREAM_CHALLENGE),
    ("The uploader has not made this video available in your country", Code.REGION_BLOCKED),
    ("This live event will begin in 5 hours.", Code.UNSUPPORTED_MEDIA),
    ("Premieres in 2 days", Code.UNSUPPORTED_MEDIA),
    ("There's no video in this tweet; no video found", Code.UNSUPPORTED_MEDIA),
    ("Requested format is not available. Use --list-formats", Code.UNSUPPORTED_MEDIA),
    ("Video unavailable. This video has been removed by the uploader", Code.POST_DELETED),
    ("This video is no longer available because the account has been terminated", Code.POST_DELETED),
    ("Video unavailable", Code.POST_NOT_FOUND),
    ("Sorry, this page does not exist", Code.POST_NOT_FOUND),
    ("Rate-limit exceeded", Code.UPSTREAM_RATE_LIMITED),
    ("The site said: 0x8badf00d", Code.UPSTREAM_CHANGED),
]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        *CLASSES,
        *((status(number), code) for number, code in STATUSES),
        *NETWORK,
        *((told(text), code) for text, code in WORDS),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_error_is_called_what_it_means_however_it_is_wrapped(error: Exception, code: Code) -> None:
    assert verdict(error).code is code
    assert verdict(reported(error)).code is code


@pytest.mark.parametrize(
    ("error", "code"),
    [*((status(number), code) for number, code in STATUSES), *NETWORK],
    ids=lambda value: str(value)[:60],
)
def test_an_extractor_that_could_not_read_a_page_names_the_cause(error: Exception, code: Code) -> None:
    assert verdict(reported(webpage(error))).code is code


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.BYTES, Code.MEDIA_TOO_LARGE),
        (Reason.REQUESTS, Code.MEDIA_TOO_LARGE),
        (Reason.TIME, Code.UPSTREAM_TIMEOUT),
    ],
)
def test_a_spent_budget_is_told_whoever_hits_it(reason: Reason, code: Code) -> None:
    assert verdict(spent(reason)).code is code
    assert verdict(refusal(reason)).code is code


@pytest.mark.parametrize("error", [DownloadError("the page has nothing"), KeyError("url")])
def test_a_refusal_that_yt_dlp_hid_is_the_cause_of_what_came_of_it(error: Exception) -> None:
    assert verdict(error, refused=refusal(Reason.HOST)).code is Code.VALIDATION_ERROR
    assert verdict(error).code is Code.UPSTREAM_CHANGED


def test_what_an_extractor_says_amidst_a_failure_counts_more_than_that_failure() -> None:
    def extractor() -> None:
        try:
            raise status(403)
        except HTTPError:
            raise told("This video is private")  # noqa: B904 - as they do

    with pytest.raises(ExtractorError) as caught:
        extractor()
    assert verdict(caught.value).code is Code.POST_PRIVATE
    assert verdict(reported(caught.value)).code is Code.POST_PRIVATE


def test_a_refusal_of_something_optional_hides_no_other_cause() -> None:
    assert verdict(status(404), refused=refusal(Reason.HOST)).code is Code.POST_NOT_FOUND


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (401, Code.UPSTREAM_CHALLENGE),
        (403, Code.UPSTREAM_CHALLENGE),
        (404, Code.UPSTREAM_UNAVAILABLE),
        (410, Code.UPSTREAM_UNAVAILABLE),
        (429, Code.UPSTREAM_RATE_LIMITED),
        (451, Code.REGION_BLOCKED),
        (500, Code.UPSTREAM_UNAVAILABLE),
    ],
)
def test_a_dead_link_of_a_good_page_is_the_sites_fault(number: int, code: Code) -> None:
    assert verdict(reported(status(number)), media=True).code is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("This format is DRM protected; Try selecting another format", Code.UNSUPPORTED_MEDIA),
        ("no downloader for this encryption", Code.UNSUPPORTED_MEDIA),
        ("The downloaded file is empty", Code.UPSTREAM_EMPTY),
        ("unable to write data: [Errno 28] No space left on device", Code.INTERNAL_ERROR),
    ],
)
def test_what_a_downloader_says(text: str, code: Code) -> None:
    assert verdict(DownloadError(f"ERROR: {text}"), media=True).code is code
    assert verdict(DownloadCancelled(text), media=True).code is code


def test_errors_in_a_circle_end() -> None:
    one, other = told("one"), told("other")
    one.cause, other.cause = other, one
    assert verdict(one).code is Code.UPSTREAM_CHANGED


def test_every_sentence_is_one_and_says_nothing_of_yt_dlp() -> None:
    for error, _ in (*CLASSES, *NETWORK, *((told(text), code) for text, code in WORDS)):
        message = verdict(error).message
        assert message.endswith(".")
        assert "yt-dlp" not in message
