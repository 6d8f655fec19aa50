"""What is asked of the index that the alias means.

Pages within the first `window` items are one request. For those OpenSearch keeps in mind all that lies before, which is
some 10 MB at the end of the window that an index allows, and takes the more memory the deeper they are. Deeper ones are
walked to, a part of the window at a step, from the nearer end, as of one moment: memory is bounded, the depth is not,
and past the end there is nothing to walk.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from json import dumps
from typing import Any
from zlib import crc32

from opensearchpy import NotFoundError, OpenSearch, OpenSearchException

from tokstack.library.engines.opensearch import asking, mapping
from tokstack.library.engines.opensearch.bulk import Place
from tokstack.library.engines.opensearch.connection import answering, unavailable
from tokstack.library.engines.protocol import Hit, Hits, Standing
from tokstack.library.entry import Keyword, Number
from tokstack.library.query import Query

Answer = Mapping[str, Any]

_IDS = 5_000  # looked up in one request
_SCANNED = 5_000  # of one request
_STEPS = 5  # in which a window is walked on
_PATIENCE = "5m"  # between two requests that are of one moment

_PROFILE, _TYPE = mapping.keyword(Keyword.PROFILE), mapping.keyword(Keyword.TYPE)
_VIEWS, _CREATED = mapping.number(Number.VIEWS), mapping.number(Number.CREATED)


class OpenSearchReader:
    def __init__(self, client: OpenSearch, alias: str, window: int) -> None:
        self._client = client
        self._alias = alias
        self._window = window

    def search(self, query: Query) -> Hits:
        """A page of at most `window` items."""
        with answering():
            return self._shown(query) if query.offset + query.limit <= self._window else self._walked(query)

    def find(self, ids: Iterable[int]) -> Mapping[int, int]:
        with answering():
            return {item: found.version for item, found in looked_up(self._client, self._alias, ids).items()}

    def refresh(self) -> None:
        """It shows what is published."""

    def standings(self) -> Iterator[Standing]:
        body: dict[str, Any] = {
            "query": {"exists": {"field": _PROFILE}},
            "sort": [{_PROFILE: "asc"}, {mapping.ID: "asc"}],
            "size": _SCANNED,
            **_fields(mapping.ID, _PROFILE, _TYPE, _VIEWS, _CREATED),
        }
        with answering(), self._moment() as moment:
            while found := self._hits({**body, **moment}):
                yield from map(_standing, found)
                body["search_after"] = found[-1]["sort"]

    def _shown(self, query: Query) -> Hits:
        answer = self._asked(
            {**_page(query, query.limit), "from": query.offset, "sort": asking.order(query), "track_total_hits": True}
        )
        return Hits(answer["hits"]["total"]["value"], tuple(map(_hit, answer["hits"]["hits"])))

    def _walked(self, query: Query) -> Hits:
        with self._moment() as moment:
            counted = {"query": asking.matching(query), "size": 0, "track_total_hits": True, **moment}
            total: int = self._asked(counted)["hits"]["total"]["value"]
            count = min(query.limit, total - query.offset)
            if count <= 0:
                return Hits(total)
            after = total - query.offset - count
            backwards = after < query.offset
            body = {**moment, "sort": asking.order(query, backwards=backwards)}
            body |= self._past(after if backwards else query.offset, {**body, **_bare(query)})
            page = [_hit(found) for found in self._hits({**body, **_page(query, count)})]
            return Hits(total, tuple(reversed(page) if backwards else page))

    def _past(self, skipped: int, body: Answer) -> Answer:
        """What says to go on behind as many. Only the first request can leave out of its answer what it passes."""
        if not skipped:
            return {}
        step = min(skipped, self._window)
        last = self._hits({**body, "from": step - 1, "size": 1})[-1]["sort"]
        while skipped := skipped - step:
            step = min(skipped, self._window // _STEPS)
            last = self._hits({**body, "search_after": last, "size": step})[-1]["sort"]
        return {"search_after": last}

    @contextmanager
    def _moment(self) -> Iterator[Answer]:
        """What makes requests see the same; nothing is there where there is no index."""
        try:
            made = self._client.create_pit(index=self._alias, params={"keep_alive": _PATIENCE})
        except NotFoundError:
            yield {"query": {"match_none": {}}}
            return
        moment = {"id": made["pit_id"], "keep_alive": _PATIENCE}
        try:
            yield {"pit": moment}
        finally:
            with suppress(OpenSearchException):  # it comes to its end by itself
                self._client.delete_pit(body={"pit_id": [moment["id"]]})

    def _hits(self, body: Answer) -> Sequence[Answer]:
        hits: Sequence[Answer] = self._asked({**body, "track_total_hits": False})["hits"]["hits"]
        return hits

    def _asked(self, body: Answer) -> Answer:
        """The pages of one query come of one copy of the index: scores differ a little among copies."""
        if "pit" in body:
            return _asked(self._client, body)
        copy = f"{crc32(dumps(body['query']).encode()):08x}"
        return _asked(self._client, body, index=self._alias, preference=copy, ignore_unavailable=True)


@dataclass(frozen=True, slots=True)
class Found:
    """What is there of an item: its version, and where that stands in the history of the index."""

    version: int
    place: Place


def looked_up(client: OpenSearch, index: str, ids: Iterable[int]) -> dict[int, Found]:
    """What is shown of these. Asked as a search: it reads columns, and is several times as fast as a get of many."""
    found: dict[int, Found] = {}
    rest = iter(ids)
    while some := [str(item) for item in islice(rest, _IDS)]:
        body = {
            "query": {"bool": {"filter": {"ids": {"values": some}}}},
            "size": len(some),
            "sort": "_doc",
            "seq_no_primary_term": True,
            **_fields(mapping.ID, mapping.VERSION),
        }
        for answer in _asked(client, body, index=index, ignore_unavailable=True)["hits"]["hits"]:
            hit = _hit(answer)
            found[hit.id] = Found(hit.version, Place.of(answer))
    return found


def _asked(client: OpenSearch, body: Answer, **how: Any) -> Answer:
    """A part of an answer is none."""
    answer: Answer = client.search(body=body, allow_partial_search_results=False, **how)
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise unavailable("a part of the answer is missing")
    return answer


def _page(query: Query, size: int) -> dict[str, Any]:
    return {
        "query": asking.matching(query),
        "size": size,
        "track_scores": bool(query.terms),
        **_fields(mapping.ID, mapping.VERSION),
    }


def _bare(query: Query) -> Answer:
    return {"query": asking.matching(query), **_fields()}


def _fields(*names: str) -> Answer:
    """Of columns: nothing is read of what is stored."""
    return {"stored_fields": "_none_", "docvalue_fields": names}


def _hit(found: Answer) -> Hit:
    fields = found["fields"]
    return Hit(fields[mapping.ID][0], fields[mapping.VERSION][0], found["_score"])


def _standing(found: Answer) -> Standing:
    fields = found["fields"]
    return Standing(
        profile=fields[_PROFILE][0],
        id=fields[mapping.ID][0],
        type=fields[_TYPE][0],
        views=fields.get(_VIEWS, (None,))[0],
        created=fields[_CREATED][0],
    )
