"""Which function a request is for: a route of the HTTP API, found as API Gateway finds it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT = "$default"

_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """`key` is the route as it is written: `GET /media/{token}`, or `$default`."""

    key: str
    method: str  # upper case, or ANY
    path: str
    function: str

    @property
    def rank(self) -> tuple[int, int, bool]:
        """The lower, the more exact: no variable, a variable, a greedy one, the default; a method before ANY."""
        if self.key == DEFAULT:
            return 3, 0, True
        kind = 2 if "+}" in self.path else 1 if "{" in self.path else 0
        return kind, -self.path.count("/"), self.method == "ANY"

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's variables; None where the route is for something else."""
        if self.key == DEFAULT:
            return {}
        if self.method not in ("ANY", method):
            return None
        found = re.fullmatch(_expression(self.path), path, re.DOTALL)
        return found.groupdict() if found else None


def _expression(path: str) -> str:
    parts, end = [], 0
    for variable in _VARIABLE.finditer(path):
        parts.append(re.escape(path[end : variable.start()]))
        parts.append(f"(?P<{variable[1]}>{'.+' if variable[2] else '[^/]+'})")
        end = variable.end()
    return "".join(parts) + re.escape(path[end:])


def find(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The first route that takes the request, and the path's variables."""
    for route in routes:
        if (variables := route.match(method, path)) is not None:
            return route, variables
    return None
