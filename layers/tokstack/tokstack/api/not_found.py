"""Every path and method that no other route has, answered as its neighbours answer."""

from tokstack.api.access import FREE
from tokstack.api.http import Reply
from tokstack.api.routes import Call, NoQuery, Route
from tokstack.errors import Code, TokstackError


def _not_found(_: NoQuery, call: Call) -> Reply:
    request = call.request
    if request.path.startswith("/v1/"):
        FREE.identify(call)  # what is there and what is not is for callers with a key
    raise TokstackError(Code.ROUTE_NOT_FOUND, f"There is no route that takes {request.method} on this path.")


NOT_FOUND = Route(name="not-found", paths=(), summary="", query=NoQuery, answer=_not_found)
