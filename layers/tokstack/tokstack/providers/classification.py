"""What an upstream's answer means. They answer 200 to nearly everything, so the HTTP status is asked last.

Each function takes what was observed and gives the error that it amounts to, or None where what was asked for
is there. The words of the upstream come first (`statusMsg`), its numbers second (`statusCode`).

page            any HTML page: login wall, challenge, block
json_object     any JSON endpoint: the object, or raises the error that the bytes amount to
text_file       a file of text, such as subtitles
video_detail    `webapp.video-detail` of a post page
user_detail     `webapp.user-detail` of a profile page
item_list       the envelope of an item list
embed           the data of an embed page, a post's or an account's
player          the answer of the player's item list
tikwm           any answer of tikwm.com
oembed          the answer of oEmbed
official        the envelope of an official API: the object, or raises the error that it names
official_token  the answer to who asks an official API for a token
is_refused_token    whether an official API wants another token
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from tokstack.errors import Code, TokstackError
from tokstack.posts.normalise.fields import dig, integer, mapping, mappings, text
from tokstack.providers import pages

_Verdict = tuple[Code, str]

_NOT_FOUND = Code.POST_NOT_FOUND, "There is no such post."
_DELETED = Code.POST_DELETED, "This post was deleted."
_PRIVATE = Code.POST_PRIVATE, "This post is private."
_AGE = Code.AGE_RESTRICTED, "This post is shown to signed-in adults only."
_REGION = Code.REGION_BLOCKED, "This post is withheld in the region that it was asked from."
_EMPTY = Code.UPSTREAM_EMPTY, "The upstream's answer was empty."

# The beginnings of statusMsg, which joins several with &; the first row that fits is the answer.
_MESSAGES: tuple[tuple[str, _Verdict], ...] = (
    ("item doesn't exist", _NOT_FOUND),
    ("status_deleted", _DELETED),
    ("status_self_see", _PRIVATE),
    ("status_reviewing", (Code.POST_NOT_FOUND, "This post is in review.")),
    ("status_audit_not_pass", (Code.POST_NOT_FOUND, "This post is not available: it did not pass review.")),
    ("content_classification", _AGE),
    ("cross_border_violation", _REGION),
    ("person_geo_fencing", _REGION),
    ("copyright_geo_filter", _REGION),
)

_NO_ITEM = 10204
_ACCOUNT_PRIVATE = 10222
_STATUSES: Mapping[int, _Verdict] = {
    _NO_ITEM: (Code.UPSTREAM_EMPTY, "The upstream gave no post and no reason."),
    10216: _PRIVATE,
    10217: _DELETED,
    10221: (Code.USER_NOT_FOUND, "There is no such account."),
    _ACCOUNT_PRIVATE: (Code.ACCOUNT_PRIVATE, "This account is private."),
    10231: _REGION,
    100004: (Code.UPSTREAM_UNAVAILABLE, "The upstream failed for a moment."),
}

_OFFICIAL: Mapping[str, _Verdict] = {
    "access_token_invalid": (Code.UPSTREAM_UNAVAILABLE, "The official API refused the token."),
    "scope_not_authorized": (Code.UPSTREAM_UNAVAILABLE, "The credentials are not for this official API."),
    "scope_permission_missed": (Code.UPSTREAM_UNAVAILABLE, "The credentials are not for this official API."),
    "rate_limit_exceeded": (Code.UPSTREAM_RATE_LIMITED, "The official API was asked too often."),
    "daily_quota_limit_exceeded": (Code.UPSTREAM_RATE_LIMITED, "The official API answers no more today."),
    "internal_error": (Code.UPSTREAM_UNAVAILABLE, "The official API failed."),
}

_TIKWM_LIMITER = "free api limit"
_TIKWM_PAUSE = 1.1  # seconds; its limit is one request a second
_TIKWM_MISSING = ("url parsing is failed", "is invalid")


def page(status: int, path: str, html: bytes) -> TokstackError | None:
    """A page by its HTTP status, the path where its redirects ended, and its bytes.

    Its markers count only where it carries no data: a caption may say "Security Check" too.
    """
    if path.startswith("/login"):
        return TokstackError(Code.UPSTREAM_CHALLENGE, "The upstream asked for a login.")
    if pages.has_state(html):
        return None
    if pages.is_challenge(html):
        return TokstackError(Code.UPSTREAM_CHALLENGE, "The upstream answered with a challenge.")
    if pages.is_blocked(html):
        return TokstackError(Code.UPSTREAM_CHALLENGE, "The upstream has blocked us for now.")
    return _http(status) or (_changed("a page without its data") if html.strip() else TokstackError(*_EMPTY))


def json_object(status: int, body: bytes) -> Mapping[str, Any]:
    """The object in a JSON answer. Raises TokstackError where there is none."""
    is_page = body.lstrip().startswith(b"<")
    if is_page and (status in (HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE) or pages.is_challenge(body)):
        raise TokstackError(Code.UPSTREAM_CHALLENGE, "The upstream answered with a challenge.")
    if error := _http(status):
        raise error
    if not body.strip():
        raise TokstackError(*_EMPTY)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise _changed("an answer that is not a JSON object")
    return answer


def text_file(status: int, body: bytes) -> TokstackError | None:
    """A file behind a link; a dead one is answered with 403 or 404."""
    if status == HTTPStatus.OK:
        return None if body.strip() else TokstackError(*_EMPTY)
    return _http(status) or TokstackError(Code.UPSTREAM_UNAVAILABLE, f"The upstream answered {status} for this file.")


def video_detail(detail: Mapping[str, Any] | None) -> TokstackError | None:
    item = dig(detail, "itemInfo", "itemStruct")
    if error := _web(detail, item):
        return error
    return TokstackError(*_AGE) if dig(item, "isContentClassified") is True and not item.get("video") else None


def user_detail(detail: Mapping[str, Any] | None) -> TokstackError | None:
    """A public account may be called private here; then the count of its posts tells."""
    user_info = dig(detail, "userInfo")
    if integer(dig(detail, "statusCode")) == _ACCOUNT_PRIVATE and _has_posts(user_info):
        return None
    return _web(detail, dig(user_info, "user"))


def item_list(envelope: Mapping[str, Any]) -> TokstackError | None:
    """An empty list is no error: it may be the end."""
    code = envelope.get("statusCode", envelope.get("status_code"))
    message = envelope.get("statusMsg", envelope.get("status_msg"))
    if code is None and not isinstance(envelope.get("itemList"), list):
        return _changed("an answer that is not a list of posts")
    return _status(code, message)


def embed(data: Mapping[str, Any] | None) -> TokstackError | None:
    if data is None:
        return _changed("an embed page without its data")
    if data.get("isError"):
        code = data.get("errorCode")
        return TokstackError(*_NOT_FOUND) if code == _NO_ITEM else _status(code, None) or _changed("an unnamed error")
    if isinstance(data.get("videoList"), list):
        return None
    if "videoData" not in data:
        return _changed("an embed page of another shape")
    return None if mapping(data["videoData"]) else TokstackError(*_EMPTY)


def player(answer: Mapping[str, Any]) -> TokstackError | None:
    if any(mappings(answer.get("items"))):
        return None
    codes = [text(result.get("code")) or "" for result in mappings(answer.get("results"))]
    if any(code == "nil_core_data" or "not_exist" in code for code in codes):
        return TokstackError(Code.POST_NOT_FOUND, "This post was deleted, is private or never was.")
    if "api_busy" in codes:
        return TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream is busy.")
    if error := _status(answer.get("status_code"), answer.get("status_msg")):
        return error
    return TokstackError(*_EMPTY) if "items" in answer else _changed("an answer without items")


def tikwm(answer: Mapping[str, Any], *, missing: Code = Code.POST_NOT_FOUND) -> TokstackError | None:
    """`missing` is what it means that tikwm cannot find the thing asked for."""
    if answer.get("code") == 0:
        return None if answer.get("data") else TokstackError(*_EMPTY)
    message = (text(answer.get("msg")) or "").lower()
    if _TIKWM_LIMITER in message:
        return TokstackError(
            Code.UPSTREAM_RATE_LIMITED, "The upstream takes one request a second.", retry_after=_TIKWM_PAUSE
        )
    if any(words in message for words in _TIKWM_MISSING):
        return TokstackError(missing, "The upstream finds nothing under this link.")
    return _changed("an unknown error" if "code" in answer else "an answer of another shape")


def oembed(answer: Mapping[str, Any]) -> TokstackError | None:
    if text(answer.get("embed_product_id")):
        return None
    return (
        TokstackError(*_NOT_FOUND)
        if answer.get("code") == HTTPStatus.BAD_REQUEST
        else _changed("an answer of another shape")
    )


def official(status: int, body: bytes) -> Mapping[str, Any]:
    """Its own words come first: it says with the HTTP status no more than with them."""
    code = _official_code(body)
    if verdict := _OFFICIAL.get(code or ""):
        raise TokstackError(*verdict)
    answer = json_object(status, body)
    if code != "ok":
        raise _changed(f"the unknown error {code}" if code else "an answer of another shape")
    return answer


def official_token(answer: Mapping[str, Any]) -> TokstackError | None:
    """What it says of the credentials is for the owner, and nothing secret is in it."""
    if "error" not in answer:
        return None
    said = text(answer.get("error_description")) or "no reason"
    return TokstackError(Code.UPSTREAM_UNAVAILABLE, f"The official API gave no token: {said}")


def is_refused_token(body: bytes) -> bool:
    return _official_code(body) == "access_token_invalid"


def _official_code(body: bytes) -> str | None:
    try:
        return text(dig(json.loads(body), "error", "code"))
    except (ValueError, RecursionError):
        return None


def _web(detail: Mapping[str, Any] | None, described: Any) -> TokstackError | None:
    """What the web says of a post or an account; a soft block says that all is well and gives nothing."""
    code = dig(detail, "statusCode")
    if error := _status(code, dig(detail, "statusMsg")):
        return error
    if mapping(described):
        return None
    return TokstackError(*_EMPTY) if code == 0 else _changed("a page of another shape")


def _status(code: Any, message: Any) -> TokstackError | None:
    """The two numbers and words that TikTok's own answers carry; None where they say that all is well, or nothing."""
    parts = (text(message) or "").lower().split("&")
    for beginning, verdict in _MESSAGES:
        if any(part.startswith(beginning) for part in parts):
            return TokstackError(*verdict)
    if not (number := integer(code)):
        return None
    if number == _NO_ITEM and any(parts):
        return _changed("a reason that is unknown")
    return TokstackError(*_STATUSES[number]) if number in _STATUSES else _changed(f"the unknown status {number}")


def _http(status: int) -> TokstackError | None:
    """What the HTTP status means where the body means nothing."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TokstackError(Code.UPSTREAM_RATE_LIMITED, "The upstream was asked too often.")
    if status == HTTPStatus.FORBIDDEN:
        return TokstackError(Code.UPSTREAM_CHALLENGE, "The upstream refused to answer.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TokstackError(Code.UPSTREAM_UNAVAILABLE, "The upstream failed.")
    return None


def _has_posts(user_info: Any) -> bool:
    return any(integer(dig(user_info, stats, "videoCount")) for stats in ("statsV2", "stats"))


def _changed(what: str) -> TokstackError:
    return TokstackError(Code.UPSTREAM_CHANGED, f"The upstream gave {what}.")
