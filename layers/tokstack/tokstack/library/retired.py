"""Which documents a publication took the place of: deleted an hour later, when nobody reads an older index any more.

`retired/documents/{time}-{digest}.json` holds a list of [id, version]. What is listed and yet the current version, as
its publication did not come about, is left.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from tokstack.library.bucket import Bucket
from tokstack.library.documents import Documents, Version

KEPT = 3600.0  # seconds

_PREFIX = "retired/documents/"
_TIME = "%Y%m%dT%H%M%S%fZ"

# Tells the current versions of items, by their ids.
Current = Callable[[Iterable[int]], Mapping[int, int]]


class Retired:
    def __init__(self, bucket: Bucket, documents: Documents, now: Callable[[], float]) -> None:
        self._bucket = bucket
        self._documents = documents
        self._now = now

    def note(self, versions: Sequence[Version]) -> None:
        """Before the publication, so that none is forgotten."""
        if versions:
            body = json.dumps(sorted(versions)).encode()
            self._bucket.write(f"{_PREFIX}{_stamp(self._now())}-{sha256(body).hexdigest()[:16]}.json", body)

    def due(self, most: int) -> list[str]:
        """The keys of the lists that are old enough, the oldest first."""
        until = f"{_PREFIX}{_stamp(self._now() - KEPT)}"
        return [key for key in self._bucket.keys(_PREFIX, most) if key < until]

    def delete(self, key: str, current: Current) -> int:
        """How many documents of that list are not current; they are gone."""
        listed: list[Version] = [(item, version) for item, version in json.loads(self._bucket.read(key) or b"[]")]
        meant = current(sorted({item for item, _ in listed}))
        gone = [(item, version) for item, version in listed if meant.get(item) != version]
        self._documents.delete(gone, written_before=self._now() - KEPT)
        self._bucket.delete([key])
        return len(gone)


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_TIME)
