"""The library's routes as callers ask them, and what they answer held against the sample's own catalogue."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.clouds import Stack, running
from tests.front_door import FrontDoor, front_door
from tests.library_sample import Sample
from tokstack.library.query import Query

LIBRARY = "/v1/tiktok/library"
QUERY = f"{LIBRARY}/query"
MOST = 50
SHOP, DOMAIN = "shop_0001", "glowlab.example"
SHOP_ITEMS = frozenset({SHOP, DOMAIN})


@contextmanager
def sample_door(stack: Stack, folder: Path) -> Iterator[FrontDoor]:
    """The session's stack; where others have written into its library by now, one that is as it began."""
    with front_door(stack) as door:
        if untouched(door):
            yield door
            return
    with running(folder, "--library") as own, front_door(own) as door:
        assert untouched(door)
        yield door


def sample_of(door: FrontDoor) -> Sample:
    """Whose last day is the one on which all items were observed."""
    (row,) = listed(door, {"limit": 1})["data"]
    return Sample(day_of(row))


def untouched(door: FrontDoor) -> bool:
    """No more items than there are, none observed later than the others, no profile ranked anew."""
    first, last = (listed(door, {"sortBy": "updatedAt", "order": order, "limit": 1}) for order in ("asc", "desc"))
    (oldest,), (newest,) = first["data"], last["data"]
    total, snapshot = last["pagination"]["total"], oldest["pageSnapshot"]["recordedAt"]
    if total != len(Sample(day_of(oldest)).entrants) or newest["updatedAt"] != oldest["updatedAt"]:
        return False
    return bool(snapshot) and snapshot[:10] == oldest["updatedAt"][:10]


def day_of(row: Mapping[str, Any]) -> date:
    return datetime.fromisoformat(row["updatedAt"]).date()


def listed(door: FrontDoor, fields: Mapping[str, Any], path: str = LIBRARY) -> Any:
    """By the query string."""
    return answered(bearing(door, "GET", f"{path}?{query_string(fields)}"))


def queried(door: FrontDoor, fields: Mapping[str, Any]) -> Any:
    """By the body."""
    return answered(bearing(door, "POST", QUERY, json=fields))


def bearing(door: FrontDoor, method: str, path: str, key: str | None = None, **how: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {key or door.key}", **how.pop("headers", {})}
    return door.ask(method, path, headers, **how)


def answered(answer: httpx.Response) -> Any:
    """Each row has cost one credit."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["requestId"] == answer.headers["x-request-id"]
    cost = str(len(body["data"]))
    assert (answer.headers["x-usage-cost"], answer.headers["x-credits-used"]) == (cost, cost)
    return body


def query_string(fields: Mapping[str, Any]) -> str:
    return urlencode({name: written(value) for name, value in fields.items()}, doseq=True)


def written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def walked(door: FrontDoor, fields: Mapping[str, Any]) -> list[Any]:
    """To the end, by pages of the largest size."""
    first = listed(door, {**fields, "limit": MOST})
    others = range(2, first["pagination"]["totalPages"] + 1)
    return [first, *(listed(door, {**fields, "limit": MOST, "page": page}) for page in others)]


def ids(*pages: Any) -> list[str]:
    return [row["tiktokId"] for page in pages for row in page["data"]]


def wanted(sample: Sample, query: Query) -> list[str]:
    return [str(hit.id) for hit in sample.model.whole(query)]


def hold(answer: Any, sample: Sample, query: Query) -> None:
    """A page of it to what the model finds."""
    every = wanted(sample, query)
    page = answer["pagination"]
    start = (page["page"] - 1) * page["limit"]
    assert (page["total"], page["totalPages"]) == (len(every), -(-len(every) // page["limit"]))
    assert ids(answer) == every[start : start + page["limit"]]
