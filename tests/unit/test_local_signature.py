"""Signatures made by botocore for real requests, and what is wrong with bent ones."""

import time
from dataclasses import replace
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from local.iam.roles import OWNER, Principal, assume
from local.iam.signature import SignatureError, SignedRequest, authenticate, service_of

ROLE = assume("arn:aws:iam::123456789012:role/tokstack-Role", "tokstack-probe", ())
PRINCIPALS = {each.access_key: each for each in (OWNER, ROLE)}
HOST = "127.0.0.1:4566"


def signed(
    path: str = "/", body: bytes = b"{}", *, service: str = "dynamodb", who: Principal = ROLE, query: str = ""
) -> SignedRequest:
    url = f"http://{HOST}{quote(path)}" + (f"?{query}" if query else "")
    request = AWSRequest("POST", url, {"content-type": "application/x-amz-json-1.0", "host": HOST}, body)
    credentials = Credentials(who.access_key, who.secret_key, who.token)
    (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, "us-east-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return SignedRequest("POST", quote(path), query, headers, body)


def presigned(key: str = "open/a b+c/é.txt", seconds: int = 3600) -> SignedRequest:
    session = boto3.Session(ROLE.access_key, ROLE.secret_key, ROLE.token, "us-east-1")
    s3 = session.client("s3", endpoint_url=f"http://{HOST}", config=Config(signature_version="s3v4"))
    url = urlsplit(s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": key}, ExpiresIn=seconds))
    return SignedRequest("GET", url.path, url.query, {"host": HOST}, b"")


@pytest.mark.parametrize(
    "request_",
    [
        signed(),
        signed(who=OWNER),
        signed(body=b""),
        signed("/bucket/a b+c/é!'()*.txt", b"bytes", service="s3"),
        signed("/bucket", b"", service="s3", query="list-type=2&prefix=a%20b&delimiter="),
        signed("/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:x/invocations", service="lambda"),
        presigned(),
    ],
)
def test_a_good_signature_names_its_signer(request_: SignedRequest) -> None:
    assert authenticate(request_, PRINCIPALS) in (ROLE, OWNER)


def test_the_service_is_the_one_that_was_signed_for() -> None:
    assert service_of(signed(service="lambda").headers) == "lambda"
    assert service_of(presigned().headers) == "s3"


GOOD = signed()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(GOOD, body=b'{"other": 1}'), "SignatureDoesNotMatch"),
        (replace(GOOD, path="/other"), "SignatureDoesNotMatch"),
        (replace(GOOD, method="PUT"), "SignatureDoesNotMatch"),
        (replace(GOOD, query="a=1"), "SignatureDoesNotMatch"),
        (replace(GOOD, headers={**GOOD.headers, "host": "other"}), "SignatureDoesNotMatch"),
        (replace(GOOD, headers={**GOOD.headers, "x-amz-security-token": "other"}), "InvalidAccessKeyId"),
        (replace(GOOD, headers={"host": HOST}), "AccessDenied"),
        (replace(GOOD, headers={**GOOD.headers, "authorization": "AWS4-HMAC-SHA256 Credential=x"}), "Authorization"),
        (replace(presigned(), path="/bucket/other"), "SignatureDoesNotMatch"),
        (
            replace(presigned(), query=presigned().query.replace("Expires=3600", "Expires=3601")),
            "SignatureDoesNotMatch",
        ),
        (replace(presigned(), query="X-Amz-Signature=a"), "Authorization"),
        (replace(presigned(), query="AWSAccessKeyId=a&Signature=b"), "InvalidRequest"),
    ],
)
def test_a_bent_request_is_refused(request_: SignedRequest, code: str) -> None:
    with pytest.raises(SignatureError) as refused:
        authenticate(request_, PRINCIPALS)
    assert refused.value.code.startswith(code)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(SignatureError) as refused:
        authenticate(GOOD, {})
    assert refused.value.code == "InvalidAccessKeyId"


def test_a_presigned_link_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    link, now = presigned(seconds=60), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 58)
    assert authenticate(link, PRINCIPALS) is ROLE
    monkeypatch.setattr(time, "time", lambda: now + 62)
    with pytest.raises(SignatureError, match="expired"):
        authenticate(link, PRINCIPALS)
