"""What every kind of answer means, row by row."""

import json
from typing import Any

import pytest

from tests.payloads import recorded, recorded_bytes
from tokstack.errors import Code, TokstackError
from tokstack.providers import classification
from tokstack.providers.pages import embedded

ITEM = {"itemInfo": {"itemStruct": {"id": "1", "video": {"playAddr": "https://a/b"}}}}

# (statusCode, statusMsg) of a post page
STATUSES = {
    "never existed": (10204, "item doesn't exist", Code.POST_NOT_FOUND),
    "deleted": (10204, "status_deleted", Code.POST_DELETED),
    "deleted, of several reasons": (10204, "item_privacy_authorization&status_deleted", Code.POST_DELETED),
    "the author alone sees it": (10204, "status_self_see", Code.POST_PRIVATE),
    "in review": (10204, "status_reviewing", Code.POST_NOT_FOUND),
    "rejected": (10204, "status_audit_not_pass", Code.POST_NOT_FOUND),
    "age gate": (10204, "content_classification", Code.AGE_RESTRICTED),
    "region: cross border": (10204, "cross_border_violation", Code.REGION_BLOCKED),
    "region: cross border, user's region": (10204, "cross_border_violation_ur", Code.REGION_BLOCKED),
    "region: person": (10204, "person_geo_fencing", Code.REGION_BLOCKED),
    "region: copyright": (10204, "copyright_geo_filter", Code.REGION_BLOCKED),
    "region: by number": (10231, "", Code.REGION_BLOCKED),
    "no reason": (10204, "", Code.UPSTREAM_EMPTY),
    "private": (10216, "", Code.POST_PRIVATE),
    "deleted, by number": (10217, "", Code.POST_DELETED),
    "account private": (10222, "", Code.ACCOUNT_PRIVATE),
    "no such account": (10221, "", Code.USER_NOT_FOUND),
    "a passing failure": (100004, "", Code.UPSTREAM_UNAVAILABLE),
    "soft block": (0, "", Code.UPSTREAM_EMPTY),
    "words before numbers": (10216, "status_deleted", Code.POST_DELETED),
    "words without a number": (None, "status_deleted", Code.POST_DELETED),
    "an unknown number": (10999, "", Code.UPSTREAM_CHANGED),
    "unknown words": (10204, "status_of_tomorrow", Code.UPSTREAM_CHANGED),
    "nothing known": (None, None, Code.UPSTREAM_CHANGED),
}


def code(error: TokstackError | None) -> Code | None:
    return error.code if error else None


@pytest.mark.parametrize(("status", "message", "expected"), STATUSES.values(), ids=STATUSES)
def test_the_status_of_a_post(status: Any, message: Any, expected: Code) -> None:
    error = classification.video_detail({"statusCode": status, "statusMsg": message})
    assert code(error) is expected


def test_every_recorded_status() -> None:
    """In the order of the file; the last is well and has no post."""
    details = [row["webapp.video-detail"] for row in recorded("item_error/status-codes.composed.json")]
    assert [code(classification.video_detail(detail)) for detail in details] == [
        Code.POST_NOT_FOUND,
        Code.POST_PRIVATE,
        Code.POST_DELETED,
        Code.POST_DELETED,
        Code.REGION_BLOCKED,
        Code.REGION_BLOCKED,
        Code.REGION_BLOCKED,
        Code.POST_NOT_FOUND,
        Code.POST_NOT_FOUND,
        Code.AGE_RESTRICTED,
        Code.POST_PRIVATE,
        Code.POST_DELETED,
        Code.ACCOUNT_PRIVATE,
        Code.USER_NOT_FOUND,
        Code.REGION_BLOCKED,
        Code.UPSTREAM_UNAVAILABLE,
        Code.UPSTREAM_EMPTY,
    ]


def test_a_recorded_region_block() -> None:
    scope = recorded("item_error/10204-cross-border.json")["__DEFAULT_SCOPE__"]
    assert code(classification.video_detail(scope["webapp.video-detail"])) is Code.REGION_BLOCKED


@pytest.mark.parametrize(
    ("message", "words"), [("status_reviewing", "in review"), ("status_audit_not_pass", "not available")]
)
def test_a_post_that_is_not_shown_yet_says_so(message: str, words: str) -> None:
    error = classification.video_detail({"statusCode": 10204, "statusMsg": message})
    assert error
    assert words in error.message


@pytest.mark.parametrize("status", [0, None, "0"])
def test_a_post_that_is_there(status: Any) -> None:
    assert classification.video_detail({"statusCode": status, "statusMsg": "", **ITEM}) is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"id": "1", "isContentClassified": True}, Code.AGE_RESTRICTED),
        ({"id": "1", "isContentClassified": True, "video": {}}, Code.AGE_RESTRICTED),
        ({"id": "1", "isContentClassified": True, "video": {"playAddr": "https://a/b"}}, None),
        ({"id": "1", "isContentClassified": False}, None),
        ({}, Code.UPSTREAM_EMPTY),
        (None, Code.UPSTREAM_EMPTY),
    ],
)
def test_what_stands_where_the_post_should(item: Any, expected: Code | None) -> None:
    detail = {"statusCode": 0, "itemInfo": {"itemStruct": item}}
    assert code(classification.video_detail(detail)) is expected


@pytest.mark.parametrize("detail", [None, {}, {"statusCode": "ok"}])
def test_a_post_page_of_another_shape(detail: Any) -> None:
    assert code(classification.video_detail(detail)) is Code.UPSTREAM_CHANGED


USER = {"user": {"id": "1", "uniqueId": "someone"}}

USERS: dict[str, tuple[Any, Code | None]] = {
    "there": ({"statusCode": 0, "userInfo": USER}, None),
    "no such account": ({"statusCode": 10221}, Code.USER_NOT_FOUND),
    "private": ({"statusCode": 10222, "userInfo": USER | {"stats": {"videoCount": 0}}}, Code.ACCOUNT_PRIVATE),
    "private, nothing said": ({"statusCode": 10222}, Code.ACCOUNT_PRIVATE),
    "called private, has posts": ({"statusCode": 10222, "userInfo": USER | {"stats": {"videoCount": 3}}}, None),
    "called private, has exact posts": (
        {"statusCode": 10222, "userInfo": USER | {"statsV2": {"videoCount": "3"}}},
        None,
    ),
    "soft block": ({"statusCode": 0, "userInfo": {}}, Code.UPSTREAM_EMPTY),
    "other shape": ({}, Code.UPSTREAM_CHANGED),
    "no detail": (None, Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("detail", "expected"), USERS.values(), ids=USERS)
def test_a_profile(detail: Any, expected: Code | None) -> None:
    assert code(classification.user_detail(detail)) is expected


def test_a_recorded_profile() -> None:
    assert classification.user_detail(recorded("user_detail/user-detail-2025-12.json")) is None


LISTS: dict[str, tuple[dict[str, Any], Code | None]] = {
    "rows": ({"statusCode": 0, "itemList": [{}]}, None),
    "the end": ({"statusCode": 0, "hasMorePrevious": False}, None),
    "rows without a status": ({"itemList": []}, None),
    "private": ({"statusCode": 10222, "statusMsg": ""}, Code.ACCOUNT_PRIVATE),
    "snake case": ({"status_code": 10221, "status_msg": ""}, Code.USER_NOT_FOUND),
    "other shape": ({"message": "hello"}, Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("envelope", "expected"), LISTS.values(), ids=LISTS)
def test_a_list(envelope: dict[str, Any], expected: Code | None) -> None:
    assert code(classification.item_list(envelope)) is expected


def test_a_recorded_list() -> None:
    assert classification.item_list(recorded("item_list/post-item-list-2025-10.json")) is None


STATE = b'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{}</script>'
POST_PATH = "/@someone/video/1"

PAGES: dict[str, tuple[int, str, bytes, Code | None]] = {
    "data": (200, POST_PATH, STATE, None),
    "data, though the status is bad": (404, POST_PATH, STATE, None),
    "data of a caption that reads like a wall": (200, POST_PATH, STATE + b"Security Check Please wait...", None),
    "login wall": (200, "/login", STATE, Code.UPSTREAM_CHALLENGE),
    "login wall, deeper": (200, "/login/phone-or-email", b"", Code.UPSTREAM_CHALLENGE),
    "an account named login": (200, "/@login", STATE, None),
    "challenge: cs": (200, POST_PATH, b'<p id="cs" class="x"></p>', Code.UPSTREAM_CHALLENGE),
    "challenge: wci": (200, POST_PATH, b'<p id="wci" class="x"></p>', Code.UPSTREAM_CHALLENGE),
    "challenge: rci": (200, POST_PATH, b'<p id="rci" class="x"></p>', Code.UPSTREAM_CHALLENGE),
    "challenge: words": (200, POST_PATH, b"<html>Please wait...</html>", Code.UPSTREAM_CHALLENGE),
    "block: overload": (200, "/embed/v2/1", b"overload-protect triggered", Code.UPSTREAM_CHALLENGE),
    "block: security check": (200, "/embed/v2/1", b"<title>Security Check</title>", Code.UPSTREAM_CHALLENGE),
    "403": (403, POST_PATH, b"<html></html>", Code.UPSTREAM_CHALLENGE),
    "429": (429, POST_PATH, b"", Code.UPSTREAM_RATE_LIMITED),
    "500": (500, POST_PATH, b"<html></html>", Code.UPSTREAM_UNAVAILABLE),
    "504": (504, POST_PATH, b"", Code.UPSTREAM_UNAVAILABLE),
    "nothing": (200, POST_PATH, b" \n", Code.UPSTREAM_EMPTY),
    "another page": (200, POST_PATH, b"<html></html>", Code.UPSTREAM_CHANGED),
    "404 alone": (404, POST_PATH, b"<html></html>", Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("status", "path", "html", "expected"), PAGES.values(), ids=PAGES)
def test_a_page(status: int, path: str, html: bytes, expected: Code | None) -> None:
    assert code(classification.page(status, path, html)) is expected


def test_a_recorded_challenge() -> None:
    html = recorded_bytes("item_page_html/challenge.composed.html")
    assert code(classification.page(200, POST_PATH, html)) is Code.UPSTREAM_CHALLENGE


ANSWERS: dict[str, tuple[int, bytes, Code]] = {
    "nothing": (200, b"", Code.UPSTREAM_EMPTY),
    "a gateway's page, 403": (403, b"<!DOCTYPE html><title>Just a moment...</title>", Code.UPSTREAM_CHALLENGE),
    "a gateway's page, 503": (503, b"\n<html></html>", Code.UPSTREAM_CHALLENGE),
    "a challenge": (200, b'<html><p id="cs"></p></html>', Code.UPSTREAM_CHALLENGE),
    "403": (403, b"{}", Code.UPSTREAM_CHALLENGE),
    "429": (429, b"{}", Code.UPSTREAM_RATE_LIMITED),
    "500": (500, b"<html></html>", Code.UPSTREAM_UNAVAILABLE),
    "503": (503, b"{}", Code.UPSTREAM_UNAVAILABLE),
    "a page": (200, b"<html></html>", Code.UPSTREAM_CHANGED),
    "truncated": (200, b'{"code": 0, "da', Code.UPSTREAM_CHANGED),
    "not UTF-8": (200, b'{"code": "\xff"}', Code.UPSTREAM_CHANGED),
    "a list": (200, b"[]", Code.UPSTREAM_CHANGED),
    "too deep": (200, b'{"a":' * 100_000, Code.UPSTREAM_CHANGED),
    "too long a number": (200, b'{"a":' + b"1" * 5000 + b"}", Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("status", "body", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_no_object(status: int, body: bytes, expected: Code) -> None:
    with pytest.raises(TokstackError) as raised:
        classification.json_object(status, body)
    assert raised.value.code is expected


@pytest.mark.parametrize("status", [200, 400])
def test_an_object_is_read_whatever_else_the_status_says(status: int) -> None:
    assert classification.json_object(status, b'{"code": 400}') == {"code": 400}


PLAYERS: dict[str, tuple[dict[str, Any], Code | None]] = {
    "there": ({"status_code": 0, "items": [{"id_str": "1"}]}, None),
    "deleted or private": ({"items": [], "results": [{"code": "nil_core_data"}]}, Code.POST_NOT_FOUND),
    "not there": ({"items": [], "results": [{"code": "item_not_exist"}]}, Code.POST_NOT_FOUND),
    "busy": ({"items": [], "results": [{"code": "api_busy"}]}, Code.UPSTREAM_UNAVAILABLE),
    "no items": ({"status_code": 0, "items": [], "results": []}, Code.UPSTREAM_EMPTY),
    "empty item": ({"status_code": 0, "items": [{}]}, Code.UPSTREAM_EMPTY),
    "region": ({"status_code": 10231, "items": []}, Code.REGION_BLOCKED),
    "other shape": ({"message": "hello"}, Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("answer", "expected"), PLAYERS.values(), ids=PLAYERS)
def test_the_player(answer: dict[str, Any], expected: Code | None) -> None:
    assert code(classification.player(answer)) is expected


def test_recorded_players() -> None:
    assert classification.player(recorded("player_items/items-video.composed.json")) is None
    gone = recorded("player_items/items-unavailable.composed.json")
    assert code(classification.player(gone)) is Code.POST_NOT_FOUND


EMBEDS: dict[str, tuple[Any, Code | None]] = {
    "a post": ({"videoData": {"itemInfos": {}}}, None),
    "an account": ({"videoList": []}, None),
    "removed": ({"isError": True, "errorCode": 10204, "errorStatus": 400}, Code.POST_NOT_FOUND),
    "private account": ({"isError": True, "errorCode": 10222}, Code.ACCOUNT_PRIVATE),
    "no such account": ({"isError": True, "errorCode": 10221}, Code.USER_NOT_FOUND),
    "an error without a number": ({"isError": True}, Code.UPSTREAM_CHANGED),
    "no post": ({"videoData": None}, Code.UPSTREAM_EMPTY),
    "other shape": ({"data": {}}, Code.UPSTREAM_CHANGED),
    "no data": (None, Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("data", "expected"), EMBEDS.values(), ids=EMBEDS)
def test_an_embed_page(data: Any, expected: Code | None) -> None:
    assert code(classification.embed(data)) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("embed-v2-state.composed.json", None), ("embed-v2-error.composed.json", Code.POST_NOT_FOUND)],
)
def test_recorded_embeds(name: str, expected: Code | None) -> None:
    script = json.dumps(recorded(f"embed_shape/{name}"))
    html = f'<script id="__FRONTITY_CONNECT_STATE__" type="application/json">{script}</script>'.encode()
    assert classification.page(200, "/embed/v2/1", html) is None
    assert code(classification.embed(embedded(html))) is expected


TIKWM: dict[str, tuple[dict[str, Any], Code | None]] = {
    "there": ({"code": 0, "msg": "success", "data": {"id": "1"}}, None),
    "nothing": ({"code": 0, "msg": "success", "data": {}}, Code.UPSTREAM_EMPTY),
    "no data": ({"code": 0, "msg": "success"}, Code.UPSTREAM_EMPTY),
    "limiter": ({"code": -1, "msg": "Free Api Limit: 1 request/second."}, Code.UPSTREAM_RATE_LIMITED),
    "not there": ({"code": -1, "msg": "Url parsing is failed! Please check url."}, Code.POST_NOT_FOUND),
    "unknown words": ({"code": -1, "msg": "hello"}, Code.UPSTREAM_CHANGED),
    "other shape": ({"message": "hello"}, Code.UPSTREAM_CHANGED),
}


@pytest.mark.parametrize(("answer", "expected"), TIKWM.values(), ids=TIKWM)
def test_tikwm(answer: dict[str, Any], expected: Code | None) -> None:
    assert code(classification.tikwm(answer)) is expected


def test_recorded_errors_of_tikwm() -> None:
    limiter, missing = map(classification.tikwm, recorded("tikwm/errors.composed.json"))
    assert limiter
    assert limiter.code is Code.UPSTREAM_RATE_LIMITED
    assert limiter.retry_after == 1.1
    assert code(missing) is Code.POST_NOT_FOUND


def test_what_tikwm_cannot_find_is_what_was_asked_for() -> None:
    missing = {"code": -1, "msg": "Url parsing is failed! Please check url."}
    assert code(classification.tikwm(missing, missing=Code.USER_NOT_FOUND)) is Code.USER_NOT_FOUND


def test_oembed() -> None:
    assert classification.oembed(recorded("oembed/oembed-2026-09.json")) is None
    assert code(classification.oembed(recorded("oembed/oembed-not-found.json"))) is Code.POST_NOT_FOUND
    assert code(classification.oembed({"version": "1.0", "embed_product_id": ""})) is Code.UPSTREAM_CHANGED
