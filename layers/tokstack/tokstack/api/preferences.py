"""The `Prefer` header (RFC 7240): how long a caller wants to wait, and whether at all."""

import re
from dataclasses import dataclass

LONGEST = 25  # seconds; the API ends an answer at 30

_LIST = re.compile(r'(?:"(?:\\.|[^"\\])*(?:"|$)|[^,"])+')  # at commas, but for those in quotes
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`wait` in seconds, None where the caller did not say. What is in no known form is as if it were not said."""

    respond_async: bool = False
    wait: int | None = None

    @property
    def patience(self) -> int:
        """How many seconds to wait for what is asked."""
        if self.wait is None:
            return 0 if self.respond_async else LONGEST
        return self.wait

    @property
    def applied(self) -> str:
        """As `Preference-Applied` says it; empty where nothing was preferred."""
        wait = [] if self.wait is None else [f"wait={self.wait}"]
        return ", ".join([*(["respond-async"] if self.respond_async else []), *wait])


def preferences(header: str) -> Preferences:
    """Of one that is repeated, the first counts."""
    found: dict[str, str] = {}
    for preference in _LIST.findall(header):
        name, _, value = preference.partition(";")[0].partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"'))
    wait = found.get("wait", "")
    return Preferences(
        respond_async=found.get("respond-async") == "",
        wait=min(int(wait), LONGEST) if _SECONDS.fullmatch(wait) else None,
    )
