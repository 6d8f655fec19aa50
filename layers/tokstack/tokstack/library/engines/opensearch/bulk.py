"""Many entries in few requests. An answer of 200 says nothing: each entry has its own."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import NotFoundError, OpenSearch, TransportError

from tokstack.library.engines.opensearch.connection import answering, unavailable
from tokstack.library.engines.protocol import SupersededError

_BYTES = 5 << 20  # of one request
_SECONDS = 60.0
_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)  # seconds, while a node has more to do than it takes
_BUSY = 429
_REFUSED = 400
_GONE, _CONFLICT = 404, 409


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in the history of its index: it is replaced there only while it stands there still."""

    number: int
    term: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Place":
        return cls(answer["_seq_no"], answer["_primary_term"])


@dataclass(frozen=True, slots=True)
class Line:
    """`action` says what is done, `document` is JSON."""

    id: int
    action: bytes
    document: bytes

    def __len__(self) -> int:
        return len(self.action) + len(self.document) + 2


def write(client: OpenSearch, alias: str, lines: Iterable[Line]) -> Iterator[tuple[int, Place]]:
    """Where each stands then. `alias` is to be one: an index that is gone does not come back by being written to.

    Raises SupersededError where another writer was first with any, and SERVICE_UNAVAILABLE.
    """
    for batch in _batches(lines):
        yield from _written(client, alias, batch)


def _written(client: OpenSearch, alias: str, batch: Sequence[Line]) -> Iterator[tuple[int, Place]]:
    rest = batch
    for pause in (*_PAUSES, None):
        answers = _answers(client, alias, rest)
        busy = []
        for line, answer in zip(rest, answers, strict=True):
            if answer["status"] == _BUSY:
                busy.append(line)
            else:
                yield line.id, _place(answer)
        rest = busy
        if not rest:
            return
        if pause is not None:
            time.sleep(pause)
    raise unavailable("it has more to do than it takes")


def _answers(client: OpenSearch, alias: str, lines: Sequence[Line]) -> Sequence[Mapping[str, Any]]:
    body = b"".join(part for line in lines for part in (line.action, b"\n", line.document, b"\n"))
    with answering():
        try:
            answer = client.bulk(body=body, index=alias, require_alias=True, request_timeout=_SECONDS)
        except NotFoundError as error:
            raise SupersededError from error
        except TransportError as error:
            if error.status_code != _BUSY:
                raise
            return [{"status": _BUSY}] * len(lines)
    return [done for item in answer["items"] for done in item.values()]


def _place(answer: Mapping[str, Any]) -> Place:
    if answer["status"] in (_GONE, _CONFLICT):
        raise SupersededError
    if answer["status"] >= _REFUSED:
        raise unavailable(str(answer["error"]))
    return Place.of(answer)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        if batch and size + len(line) > _BYTES:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch
