"""A cached post through HTTP, against `/health` in the same run: what is left is keys, credits and cache.

The local cloud, one machine for callers, front, functions and the embedded AWS, whose table takes some
milliseconds a request where DynamoDB takes one or two: shares carry over, milliseconds do not.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from benchmarks.cost import Call, per_thousand
from benchmarks.report import Figure, Section
from tests.clouds import running
from tests.front_door import FrontDoor, front_door
from tokstack.accounts import ledger
from tokstack.table import Key

CALLS = 300
CLIENTS = (1, 16)
UNTHROTTLED = ("--param", "ThrottleRate=10000", "--param", "ThrottleBurst=10000")
MEMORY_MB = 512
# One settled call (accounts/ledger.py): three items in a transaction, the index of open charges, then the outcome
# and the index again; the key, the account and the cached post are read.
WRITE_UNITS, READ_UNITS = 9, 3
LOG_BYTES = 900  # the answer's line, its metric and Lambda's own two


def measure() -> Section:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), *UNTHROTTLED) as stack,
        front_door(stack) as door,
    ):
        return Section("HTTP", __doc__ or "", list(_figures(door)))


def _figures(door: FrontDoor) -> Iterator[Figure]:
    post = next(post for post in door.catalog["posts"] if post["trait"] == "plain")

    def cached() -> None:
        answer = door.http.get(
            f"{door.url}/api/tiktok/statistic", params={"url": post["url"]}, headers={"x-api-key": door.key}
        )
        answer.raise_for_status()

    def health() -> None:
        door.http.get(f"{door.url}/health").raise_for_status()

    cached()
    asked = door.upstream_requests()
    for clients in CLIENTS:
        for warm in (cached, health):
            _times(warm, clients, 5 * clients)
        ours, ours_rate = _times(cached, clients, CALLS)
        peer, peer_rate = _times(health, clients, CALLS)
        ratio = f"{ours / peer:.1f}"
        yield Figure(f"p50, {_clients(clients)}", f"{ours * 1e3:.1f} ms", f"{peer * 1e3:.1f} ms", ratio)
        yield Figure(
            f"requests/s, {_clients(clients)}", f"{ours_rate:.0f}", f"{peer_rate:.0f}", f"{ours_rate / peer_rate:.2f}"
        )
        if clients == 1:
            yield from _shares(door, ours, peer)
            yield from _price(ours)
    requests = door.upstream_requests() - asked
    yield Figure("upstream requests of all these calls", str(requests), bound="0", held=requests == 0)


def _shares(door: FrontDoor, whole: float, front: float) -> Iterator[Figure]:
    """Where one call's time goes: the front and Lambda's runtime, the table as the handler asks it, the rest."""

    def books() -> None:
        charge = ledger.charge(door.table, door.key, credits=1, route="bench", charge_id=uuid4().hex)
        door.table.get(Key("CACHE#none", "VALUE#0"))
        ledger.settle(door.table, charge)

    table, _ = _times(books, 1, CALLS)
    for what, seconds in (
        ("front and runtime (`/health`)", front),
        ("table: key, charge, balance, cache, outcome", table),
        ("the rest: handler, links, JSON", whole - front - table),
    ):
        yield Figure(f"of which {what}", f"{seconds * 1e3:.1f} ms", f"{whole * 1e3:.1f} ms", f"{seconds / whole:.2f}")


def _clients(number: int) -> str:
    return "1 client" if number == 1 else f"{number} clients"


def _times(call: Callable[[], None], clients: int, calls: int) -> tuple[float, float]:
    """(median seconds of a call, calls per second)."""

    def timed(_: int) -> float:
        started = time.perf_counter()
        call()
        return time.perf_counter() - started

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        seconds = list(pool.map(timed, range(calls)))
    return statistics.median(seconds), calls / (time.perf_counter() - started)


def _price(seconds: float) -> Iterator[Figure]:
    """Of 1,000 such calls, had Lambda billed what the caller waited here: more than it takes with a real table."""
    call = Call(seconds * 1e3, MEMORY_MB, WRITE_UNITS, READ_UNITS, LOG_BYTES)
    parts = ", ".join(f"{name} {dollars:.4f}" for name, dollars in per_thousand(call).items() if name != "total")
    total = per_thousand(call)["total"]
    yield Figure(f"1,000 cached calls at {call.billed_ms:.0f} billed ms, {MEMORY_MB} MB", f"${total:.4f}: {parts}")
