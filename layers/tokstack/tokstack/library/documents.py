"""Where documents are kept: `ITEM#{id}` / `{version:016x}`, `body` is the zlib of their JSON.

A version is made of what the document says, so it is written once and never changed, and it does not matter how often
or by whom. Which version of an item is the current one is the index's business.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from hashlib import sha256

from tokstack.library.document import Document
from tokstack.table import ConditionFailedError, Delete, Key, Table, library_table

Version = tuple[int, int]  # an item's id, and which of its documents

_VERSION_BITS = 63  # engines keep it as a signed integer
_DELETED_AT_ONCE = 16


class Documents:
    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, documents: Iterable[Document]) -> list[int]:
        """Their versions, in their order."""
        bodies = [(int(document.item.tiktok_id), serialised(document)) for document in documents]
        versions = [(item, version_of(body)) for item, body in bodies]
        self.write(dict(zip(versions, (body for _, body in bodies), strict=True)))
        return [version for _, version in versions]

    def write(self, bodies: Mapping[Version, bytes]) -> None:
        """Documents as they are serialised, by the versions that these make."""
        now = self._table.now()
        self._table.put_many(_record(version, body, now) for version, body in bodies.items())

    def get(self, versions: Sequence[Version]) -> list[Document | None]:
        """In their order; None for what is not there."""
        keys = [_key(version) for version in versions]
        found = {Key(record["pk"], record["sk"]): record["body"] for record in self._table.get_many(keys)}
        return [parsed(zlib.decompress(found[key])) if key in found else None for key in keys]

    def delete(self, versions: Iterable[Version], written_before: float) -> None:
        """But for those that were written, or written again, since then: somebody is about to mean them."""

        def delete(version: Version) -> None:
            condition, values = "written_at < :before", {":before": written_before}
            with suppress(ConditionFailedError):
                self._table.delete(Delete(_key(version), condition, values=values))

        with ThreadPoolExecutor(_DELETED_AT_ONCE) as pool:
            list(pool.map(delete, versions))


@cache
def documents() -> Documents:
    """This function's."""
    return Documents(library_table())


def version(document: Document) -> int:
    return version_of(serialised(document))


def serialised(document: Document) -> bytes:
    return document.model_dump_json(by_alias=True, exclude_none=True).encode()


def parsed(body: bytes) -> Document:
    """What was serialised."""
    return Document.model_validate_json(body)


def version_of(body: bytes) -> int:
    return int.from_bytes(sha256(body).digest()[:8]) >> (64 - _VERSION_BITS)


def _key(version: Version) -> Key:
    item, number = version
    return Key(f"ITEM#{item}", f"{number:016x}")


def _record(version: Version, body: bytes, now: float) -> dict[str, object]:
    key = _key(version)
    return {"pk": key.pk, "sk": key.sk, "body": zlib.compress(body), "written_at": now}
