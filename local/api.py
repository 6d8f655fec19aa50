"""What the template says of the HTTP API: its routes, who may call from a browser, how fast, what is logged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.routes import DEFAULT, Route
from local.stack import Stack
from local.template import TemplateError

_ANY_METHOD = "x-amazon-apigateway-any-method"
_FUNCTION = re.compile(r":function:([^/]+)/invocations$")


@dataclass(frozen=True, slots=True)
class Cors:
    origins: frozenset[str]
    methods: str
    allow_headers: str
    expose_headers: str
    max_age: str

    def allows(self, origin: str) -> bool:
        return origin in self.origins or "*" in self.origins

    def preflight(self, origin: str) -> list[tuple[str, str]]:
        """What a browser is told before it calls; nothing where it may not."""
        if not self.allows(origin):
            return []
        headers = [
            ("access-control-allow-origin", origin),
            ("access-control-allow-methods", self.methods),
            ("access-control-allow-headers", self.allow_headers),
            ("access-control-max-age", self.max_age),
        ]
        return [(name, value) for name, value in headers if value]

    def answer(self, origin: str) -> list[tuple[str, str]]:
        """What goes with every answer to a browser."""
        if not self.allows(origin):
            return []
        headers = [("access-control-allow-origin", origin), ("access-control-expose-headers", self.expose_headers)]
        return [(name, value) for name, value in headers if value]


@dataclass(frozen=True, slots=True)
class Api:
    """`routes` are the most exact first; `rate` (requests per second) and `burst` hold for each route."""

    routes: tuple[Route, ...]
    cors: Cors | None
    access_log: str
    rate: float
    burst: float


def api(stack: Stack) -> Api:
    """The stack's HTTP API; raises TemplateError."""
    body = _only(stack, "AWS::ApiGatewayV2::Api")["Body"]
    stage = _only(stack, "AWS::ApiGatewayV2::Stage")
    throttle = stage.get("DefaultRouteSettings", {})
    return Api(
        routes=tuple(sorted(_routes(body), key=lambda route: route.rank)),
        cors=_cors(body.get("x-amazon-apigateway-cors")),
        access_log=stage.get("AccessLogSettings", {}).get("Format", ""),
        rate=float(throttle.get("ThrottlingRateLimit", "inf")),
        burst=float(throttle.get("ThrottlingBurstLimit", "inf")),
    )


def _only(stack: Stack, kind: str) -> Mapping[str, Any]:
    found = [properties for _, properties in stack.of_type(kind)]
    if len(found) != 1:
        raise TemplateError(f"The template has {len(found)} resources of type {kind}, not one.")
    return found[0]


def _routes(body: Mapping[str, Any]) -> list[Route]:
    found = []
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            function = _FUNCTION.search(operation["x-amazon-apigateway-integration"]["uri"])
            if function is None:
                raise TemplateError(f"The route {path} leads to no function.")
            name = "ANY" if method == _ANY_METHOD else method.upper()
            key = DEFAULT if path == DEFAULT else f"{name} {path}"
            found.append(Route(key, name, path, function[1]))
    return found


def _cors(settings: Mapping[str, Any] | None) -> Cors | None:
    if not settings:
        return None
    return Cors(
        origins=frozenset(settings["allowOrigins"]),
        methods=",".join(settings.get("allowMethods", [])),
        allow_headers=",".join(settings.get("allowHeaders", [])),
        expose_headers=",".join(settings.get("exposeHeaders", [])),
        max_age=str(settings.get("maxAge", "")),
    )
