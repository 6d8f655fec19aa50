"""The mends of moto's S3, and the shortfalls that they mend: where the latter's test fails, the mend can go."""

import json
import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3 import notifications
from moto.s3.responses import S3Response
from mypy_boto3_s3 import S3Client
from werkzeug.test import Client as WebClient

from local import mends


@pytest.fixture
def s3() -> Iterator[S3Client]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        client.create_bucket(Bucket="bucket")
        client.put_bucket_notification_configuration(
            Bucket="bucket",
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {"LambdaFunctionArn": "arn:aws:lambda:us-east-1:1:function:f", "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )
        yield client
        client.close()


# ---------------------------------------------------------------- notifications


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What is sent to functions, mended."""
    found: list[tuple[str, bytes]] = []
    monkeypatch.setattr(notifications, "_invoke_awslambda", notifications._invoke_awslambda)
    mends.notifications_reach_functions(lambda arn, event: found.append((arn, event)))
    return found


def key_in(event: bytes) -> str:
    key: str = json.loads(event)["Records"][0]["s3"]["object"]["key"]
    return key


def test_moto_quotes_the_slashes_of_a_key(s3: S3Client, sent: list[tuple[str, bytes]]) -> None:
    s3.put_object(Bucket="bucket", Key="a/b c")
    assert key_in(sent[0][1]) == "a%2Fb+c"


def test_a_mended_key_keeps_its_slashes(
    s3: S3Client, sent: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "quote_plus", notifications.quote_plus)  # type: ignore[attr-defined]
    mends.object_keys_keep_their_slashes()
    s3.put_object(Bucket="bucket", Key="a/b c")
    assert key_in(sent[0][1]) == "a/b+c"


def test_a_mended_notification_reaches_its_function(s3: S3Client, sent: list[tuple[str, bytes]]) -> None:
    s3.put_object(Bucket="bucket", Key="a")
    ((arn, event),) = sent
    assert arn == "arn:aws:lambda:us-east-1:1:function:f"
    assert json.loads(event)["Records"][0]["eventName"] == "ObjectCreated:Put"


def test_moto_looks_for_functions_in_its_own_lambda(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.awslambda import utils

    asked: list[str] = []
    monkeypatch.setattr(utils, "get_backend", lambda account, region: asked.append(region))
    s3.put_object(Bucket="bucket", Key="a")
    assert asked == ["us-east-1"]


# ---------------------------------------------------------------------- objects

LARGE = (
    random.Random(6).randbytes(1024) * (6 * 1024) + b"end"
)  # more than moto keeps in memory, and than is read at once


def taken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Notes what moto takes for the content of its answers."""
    contents: list[Any] = []
    handle = S3Response._handle_range_header

    def note(response: Any, request: Any, headers: Any, content: Any) -> Any:
        contents.append(content)
        return handle(response, request, headers, content)

    monkeypatch.setattr(S3Response, "_handle_range_header", note)
    return contents


def ask(s3: S3Client, wanted: str, expected: bytes) -> None:
    s3.put_object(Bucket="bucket", Key="large", Body=LARGE)
    assert s3.get_object(Bucket="bucket", Key="large", Range=wanted)["Body"].read() == expected


def test_moto_reads_the_whole_of_an_object_for_a_part(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = taken(monkeypatch)
    ask(s3, "bytes=0-0", LARGE[:1])
    assert contents == [LARGE]


@pytest.fixture
def in_pieces(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a mended moto server, in this process and without a socket."""
    monkeypatch.setattr(S3Response, "get_object", S3Response.get_object)
    mends.objects_are_read_in_pieces()
    s3.put_object(Bucket="bucket", Key="large", Body=LARGE)
    s3.put_object(Bucket="bucket", Key="small", Body=b"small")
    return DomainDispatcherApplication(create_backend_app)


@pytest.mark.parametrize(
    ("key", "wanted", "status", "expected"),
    [
        ("large", None, 200, LARGE),
        ("large", "bytes=0-", 206, LARGE),
        ("large", "bytes=1-3", 206, LARGE[1:4]),
        ("large", "bytes=1048570-2097160", 206, LARGE[1048570:2097161]),
        ("large", "bytes=-3", 206, b"end"),
        ("small", None, 200, b"small"),
        ("small", "bytes=1-2", 206, b"ma"),
    ],
)
def test_a_mended_object_is_read_in_pieces(
    in_pieces: Any, key: str, wanted: str | None, status: int, expected: bytes
) -> None:
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20261101/us-east-1/s3/aws4_request"}
    headers |= {"Range": wanted} if wanted else {}
    with WebClient(in_pieces).get(f"/bucket/{key}", base_url="http://s3.amazonaws.com", headers=headers) as answer:
        assert answer.status_code == status
        assert answer.content_length == len(expected)
        blocks = list(answer.iter_encoded())
    assert b"".join(blocks) == expected
    assert max(map(len, blocks)) <= 1024 * 1024
