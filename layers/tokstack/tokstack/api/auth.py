"""Where a caller's API key stands in a request."""

import re
from collections.abc import Mapping

_SCHEME = re.compile(r"\A(?:bearer|key:?)(?:\s+|$)", re.IGNORECASE)


def api_key(headers: Mapping[str, str]) -> str | None:
    """The key of `Authorization: [Bearer|key|key:] K`, else of `x-api-key: K`; None where there is none."""
    authorization = headers.get("authorization", "").strip()
    return _SCHEME.sub("", authorization, count=1) or headers.get("x-api-key", "").strip() or None
