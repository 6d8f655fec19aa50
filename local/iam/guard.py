"""Stands before the embedded AWS: a request passes if its signer's own policies allow all that it needs.

Refusals have each service's own shape, so that boto3 raises what it would raise on AWS.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.sax.saxutils import escape

from local.account import ACCOUNT
from local.iam.policy import Decision, decide
from local.iam.requests import Need, Request, UnmappedError, needs
from local.iam.roles import Principal
from local.iam.signature import SignatureError, SignedRequest, authenticate, service_of

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Services whose operation is told by method and path.
_REST = {"s3", "lambda"}
_JSON_CODES = {
    "InvalidAccessKeyId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
}
_FORBIDDEN_IN_JSON = {"lambda", "sqs"}  # 403; the other JSON services answer 400


class Guard:
    """A WSGI application in front of another one. `principals` are known by access key."""

    def __init__(
        self, application: Application, principals: Mapping[str, Principal], log: Callable[[str], None]
    ) -> None:
        self._application = application
        self._principals = principals
        self._log = log

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "OPTIONS":  # a browser asks before it calls, unsigned
            return self._application(environ, start_response)
        signed = _signed_request(environ)
        service = service_of(signed.headers)
        try:
            principal = authenticate(signed, self._principals)
            if principal.statements is None:
                return self._application(environ, start_response)
            request = _request(service, environ, signed)
            _permit(principal, request)
        except SignatureError as error:
            return self._refuse(service, error.code, str(error), environ, start_response)
        except (UnmappedError, PermissionError) as error:
            return self._refuse(service, "AccessDenied", str(error), environ, start_response)
        if request.operation in ("GetObject", "HeadObject"):
            return self._object(principal, request, environ, start_response)
        return self._application(environ, start_response)

    def _object(
        self, principal: Principal, request: Request, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """An object; one that is missing looks forbidden to whoever may not list the bucket, as on S3."""
        listing = Request("s3", "ListObjectsV2", {"Bucket": request.parameters["Bucket"]})
        try:
            _permit(principal, listing)
        except PermissionError as error:
            return self._hiding_the_missing(str(error), environ, start_response)
        return self._application(environ, start_response)

    def _hiding_the_missing(self, message: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started: list[Any] = []
        body = self._application(environ, lambda *response: started.append(response))
        if started[0][0].startswith("404"):
            return self._refuse("s3", "AccessDenied", message, environ, start_response)
        start_response(*started[0])
        return body

    def _refuse(
        self, service: str, code: str, message: str, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        self._log(f"{code}: {message}")
        status, headers, body = refusal(service, code, message)
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]


def refusal(service: str, code: str, message: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body that say no the way the service says it."""
    request_id = str(uuid4())
    if service in ("s3", "sts"):
        error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        if service == "sts":
            error = f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
        status = "400 Bad Request" if code.startswith(("Invalid", "Authorization")) else "403 Forbidden"
        headers = [("Content-Type", "application/xml"), ("x-amz-request-id", request_id)]
        return status, headers, f'<?xml version="1.0"?>{error}'.encode()
    name = _JSON_CODES.get(code, "AccessDeniedException")
    headers = [
        ("Content-Type", "application/x-amz-json-1.0"),
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", name),
    ]
    if service == "sqs":
        headers.append(("x-amzn-query-error", f"{code};Sender"))
    body = json.dumps({"__type": f"com.amazon.coral.service#{name}", "Message": message}).encode()
    return "403 Forbidden" if service in _FORBIDDEN_IN_JSON else "400 Bad Request", headers, body


def _signed_request(environ: Environ) -> SignedRequest:
    chunked = environ.get("wsgi.input_terminated")
    body = environ["wsgi.input"].read(-1 if chunked else int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    headers["content-length"] = environ.get("CONTENT_LENGTH", "")
    path, _, query = environ["REQUEST_URI"].partition("?")
    return SignedRequest(environ["REQUEST_METHOD"], path, query, headers, body)


def _request(service: str, environ: Environ, signed: SignedRequest) -> Request:
    parameters: dict[str, Any] = {}
    if service in _REST:
        from moto.core.request import Request as MotoRequest
        from moto.core.routing import get_service_router

        operation_model, parameters = get_service_router(service).match(MotoRequest(dict(environ)))
        operation = operation_model.name
    elif "x-amz-target" in signed.headers:
        operation = signed.headers["x-amz-target"].rpartition(".")[2]
        parameters = json.loads(signed.body or b"{}")
    else:
        operation = dict(parse_qsl(signed.body.decode())).get("Action", "")
    query = dict(parse_qsl(signed.query, keep_blank_values=True))
    return Request(service, operation, parameters, query, signed.headers, signed.body)


def _permit(principal: Principal, request: Request) -> None:
    """Raises PermissionError in IAM's own words, UnmappedError where it is not known what the request needs."""
    for need in needs(request):
        decision = decide(principal.statements or (), need.action, need.resource, _context(principal, need))
        if decision is Decision.ALLOWED:
            continue
        reason = f"because no identity-based policy allows the {need.action} action"
        if decision is Decision.DENIED:
            reason = "with an explicit deny in an identity-based policy"
        raise PermissionError(
            f"User: {principal.arn} is not authorized to perform: {need.action} on resource: {need.resource} {reason}"
        )


def _context(principal: Principal, need: Need) -> Mapping[str, list[str]]:
    return {
        "aws:principalaccount": [ACCOUNT],
        "aws:principalarn": [principal.arn],
        "aws:securetransport": ["true"],  # as it would be on AWS; here the wire is this machine's own
        **need.context,
    }
