"""Who signed a request: Signature Version 4 in the header or in a presigned URL, checked with botocore's signer."""

import hmac
import re
import time
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.iam.roles import Principal

_TIMESTAMP = "%Y%m%dT%H%M%SZ"


class SignatureError(Exception):
    """The request is not signed, or not well; `code` is S3's name for the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came in: header names in lower case, `path` and `query` still encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Claim:
    access_key: str
    region: str
    service: str
    timestamp: str
    token: str | None
    signed_headers: tuple[str, ...]
    signature: str
    presigned_until: float | None  # epoch seconds; None where the signature is in the header


def service_of(headers: Mapping[str, str]) -> str:
    """The service that a request is signed for; a presigned URL is S3's."""
    match = re.search(r"Credential=[^,\s]+/([a-z0-9-]+)/aws4_request", headers.get("authorization", ""))
    return match[1] if match else "s3"


def authenticate(request: SignedRequest, principals: Mapping[str, Principal]) -> Principal:
    """The principal, among those known by access key, whose signature the request carries; raises SignatureError."""
    claim = _claim(request)
    principal = principals.get(claim.access_key)
    if principal is None or claim.token != principal.token:
        raise SignatureError("InvalidAccessKeyId", "The security token included in the request is invalid.")
    if claim.presigned_until is not None and time.time() > claim.presigned_until:
        raise SignatureError("AccessDenied", "Request has expired")
    if not hmac.compare_digest(_signature(request, claim, principal), claim.signature):
        raise SignatureError("SignatureDoesNotMatch", "The request signature does not match the one calculated here.")
    return principal


def _claim(request: SignedRequest) -> _Claim:
    query = dict(_pairs(request.query))
    header = request.headers.get("authorization", "")
    try:
        if "X-Amz-Signature" in query:
            names = ("Credential", "SignedHeaders", "Signature", "Date", "Security-Token", "Expires")
            fields = {name: query.get(f"X-Amz-{name}", "") for name in names}
            until = timegm(time.strptime(fields["Date"], _TIMESTAMP)) + float(fields["Expires"])
            return _read(fields, until)
        if header.startswith("AWS4-HMAC-SHA256"):
            fields = dict(re.findall(r"(\w+)=([^,\s]+)", header))
            fields["Date"] = request.headers["x-amz-date"]
            fields["Security-Token"] = request.headers.get("x-amz-security-token", "")
            return _read(fields, None)
    except (KeyError, ValueError) as error:
        raise SignatureError("AuthorizationQueryParametersError", "The signature is not complete.") from error
    if "AWSAccessKeyId" in query:
        raise SignatureError("InvalidRequest", "Signature version 2 has ended: Config(signature_version='s3v4').")
    raise SignatureError("AccessDenied", "Access Denied")


def _read(fields: Mapping[str, str], presigned_until: float | None) -> _Claim:
    access_key, _, region, service, _ = fields["Credential"].rsplit("/", 4)
    return _Claim(
        access_key=access_key,
        region=region,
        service=service,
        timestamp=fields["Date"],
        token=fields["Security-Token"] or None,
        signed_headers=tuple(fields["SignedHeaders"].split(";")),
        signature=fields["Signature"],
        presigned_until=presigned_until,
    )


def _signature(request: SignedRequest, claim: _Claim, principal: Principal) -> str:
    again = AWSRequest(
        method=request.method,
        url=f"http://{request.headers['host']}{request.path}",
        params={name: value for name, value in _pairs(request.query) if name != "X-Amz-Signature"},
        headers={name: request.headers.get(name, "") for name in claim.signed_headers},
        data=request.body,
    )
    again.context["timestamp"] = claim.timestamp
    signer = _signer(claim, Credentials(principal.access_key, principal.secret_key))
    return str(signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again))


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _signer(claim: _Claim, credentials: Credentials) -> SigV4Auth:
    if claim.service != "s3":
        return SigV4Auth(credentials, claim.service, claim.region)
    kind = S3SigV4Auth if claim.presigned_until is None else S3SigV4QueryAuth
    return kind(credentials, claim.service, claim.region)
