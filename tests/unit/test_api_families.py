"""The shapes, key by key as the contracts name them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tokstack.api.dates import rfc3339
from tokstack.api.families import STATUS, Exchange, PostsSuccess, ServiceSuccess, failure_at
from tokstack.api.service import Health
from tokstack.errors import Code, Fault, TokstackError

EXCHANGE = Exchange("Acme", "https://api.example.com", "r-1", datetime(2026, 1, 31, 8, 15, 0, 123_456, tzinfo=UTC))
HEALTH = Health(version="1", time=EXCHANGE.now)

POSTS_FAILURE = {
    "author": "Acme",
    "code": 410,
    "docs": "https://api.example.com/docs",
    "message": "Gone.",
    "server_time": "2026-01-31T08:15:00.123Z",
    "status": "failed",
    "error": "post_deleted",
    "request_id": "r-1",
}
MEDIA_FAILURE = {"error": "Gone.", "code": "post_deleted", "request_id": "r-1"}
SERVICE_FAILURE = {"error": {"code": "post_deleted", "message": "Gone.", "requestId": "r-1"}}
SOCIAL_FAILURE = {"errors": [{"code": "not_found", "message": "Not found"}], "data": None}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/tiktok/statistic", POSTS_FAILURE),
        ("/api/tiktok/nothing", POSTS_FAILURE),
        ("/api/tiktokslide/downloader", POSTS_FAILURE),
        ("/api/download", MEDIA_FAILURE),
        ("/api/convert/mp3", MEDIA_FAILURE),
        ("/media/token", MEDIA_FAILURE),
        ("/v1/jobs/abc-1/file", MEDIA_FAILURE),
        ("/v1/jobs/{jobId}/file", MEDIA_FAILURE),
        ("/v1/jobs/abc-1", SERVICE_FAILURE),
        ("/v1/jobs/file", SERVICE_FAILURE),
        ("/v1/jobs/abc-1/files", SERVICE_FAILURE),
        ("/v1/usage", SERVICE_FAILURE),
        ("/v1/tiktok/audios/{audioId}", SOCIAL_FAILURE),
        ("/v1/tiktok/users/library", SOCIAL_FAILURE),
        ("/v1/tiktok/nothing", SOCIAL_FAILURE),
        ("/v1/tiktokx", SERVICE_FAILURE),
        ("/v1/tiktok/library", SERVICE_FAILURE),
        ("/v1/tiktok/library/{itemId}", SERVICE_FAILURE),
        ("/v1/shops/s/tiktok/library", SERVICE_FAILURE),
        ("/health", SERVICE_FAILURE),
        ("/", SERVICE_FAILURE),
    ],
)
def test_each_path_fails_in_its_familys_shape(path: str, body: dict[str, Any]) -> None:
    failure = failure_at(path).of(TokstackError(Code.POST_DELETED, "Gone."), EXCHANGE)
    assert failure.model_dump(mode="json", by_alias=True) == body


def test_success_of_the_posts_family() -> None:
    assert PostsSuccess[Health].of(HEALTH, EXCHANGE).model_dump(mode="json") == {
        "author": "Acme",
        "code": 200,
        "data": {"status": "ok", "version": "1", "time": "2026-01-31T08:15:00.123Z"},
        "docs": "https://api.example.com/docs",
        "server_time": "2026-01-31T08:15:00.123Z",
        "status": "success",
    }


def test_success_of_the_service_routes() -> None:
    body = ServiceSuccess[Health](data=HEALTH).model_dump(mode="json")
    assert body == {"data": {"status": "ok", "version": "1", "time": "2026-01-31T08:15:00.123Z"}}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (Code.MISSING_API_KEY, "Provide an API key using Authorization: Bearer <api_key>."),
        (Code.INVALID_API_KEY, "Invalid API key."),
    ],
)
@pytest.mark.parametrize("path", ["/v1/usage", "/v1/tiktok/library", "/v1/shops/s/tiktok/library"])
def test_the_service_routes_have_their_own_words_for_keys(path: str, code: Code, message: str) -> None:
    body = failure_at(path).of(TokstackError(code, "x"), EXCHANGE).model_dump(by_alias=True)
    assert body["error"]["message"] == message


@pytest.mark.parametrize(
    "path", ["/v1/tiktok/library", "/v1/tiktok/library/query", "/v1/tiktok/library/1", "/v1/shops/s/tiktok/library"]
)
def test_the_library_tells_faults_one_by_one(path: str) -> None:
    faults = [Fault("body.a", "body", "a must be text"), Fault("body.b", "body", "b must be text")]
    refused = TokstackError(Code.VALIDATION_ERROR, "a, b", faults=faults)
    assert failure_at(path).of(refused, EXCHANGE).model_dump(mode="json", by_alias=True)["error"]["details"] == {
        "validationErrors": [
            {"field": "body.a", "location": "body", "expected": ["a must be text"]},
            {"field": "body.b", "location": "body", "expected": ["b must be text"]},
        ]
    }


@pytest.mark.parametrize("path", ["/api/download", "/api/convert/mp3"])
@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        (Code.MISSING_API_KEY, 401, "Invalid API token"),
        (Code.INVALID_API_KEY, 401, "Invalid API token"),
        (Code.INSUFFICIENT_CREDITS, 402, "Insufficient credits"),
    ],
)
def test_the_media_family_has_words_that_clients_compare_with(path: str, code: Code, status: int, message: str) -> None:
    body = failure_at(path).of(TokstackError(code, "x"), EXCHANGE).model_dump(by_alias=True)
    assert (body["error"], body["code"], STATUS[code]) == (message, code, status)


def test_every_code_has_its_status() -> None:
    assert set(STATUS) == set(Code)
    assert {status for code, status in STATUS.items() if code.startswith("upstream_")} == {502, 504}


def test_moments_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 31, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert rfc3339(moment) == "2026-01-30T23:00:00.000Z"
