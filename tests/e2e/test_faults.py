"""Failing upstreams: every answer is right or rightly refused, and every credit is accounted for."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.upstream.expected import differences
from tests.clouds import running
from tests.front_door import Account, FrontDoor, error_code, front_door
from tokstack.errors import PASSING
from tokstack.table import Table

CALLS = 800
CLIENTS = 16
CREDITS = 2000
FAULTS = {"rate": 0.2, "kinds": "all", "seed": 7}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    """A stack of its own: open circuits are no start for other tests."""
    with running(tmp_path_factory.mktemp("faults")) as stack, front_door(stack) as door:
        yield door


def test_every_answer_is_right_or_rightly_refused(door: FrontDoor) -> None:
    account = door.account(CREDITS)
    calls = list(_calls(door.catalog, random.Random(7)))
    door.http.post(f"{door.upstream}/_control/faults", json=FAULTS).raise_for_status()

    def make(call: tuple[str, dict[str, str], Any]) -> tuple[str, bool]:
        path, params, expected = call
        answer = door.get(path, account.key, **params)
        wrong = list(_faults_of(answer, expected))
        assert not wrong, (path, params, answer.status_code, wrong, answer.text[:500])
        return str(answer.status_code), answer.status_code == httpx.codes.OK

    with ThreadPoolExecutor(CLIENTS) as pool:
        outcomes = list(pool.map(make, calls))
    statuses = Counter(status for status, _ in outcomes)
    succeeded = sum(success for _, success in outcomes)
    assert "500" not in statuses, statuses
    assert succeeded > CALLS // 2, statuses
    _hold_ledger_to_balance(door.table, account, succeeded)


def _calls(catalog: Any, rng: random.Random) -> Iterator[tuple[str, dict[str, str], Any]]:
    """(path, parameters, expected answer), posts three times as often as profiles."""
    posts, profiles = catalog["posts"], catalog["profiles"]
    for _ in range(CALLS):
        if rng.random() < 0.25:
            profile = rng.choice(profiles)
            yield "/api/tiktok/random", {"username": profile["handle"]}, profile["expected"]["random"]
        else:
            post = rng.choice(posts)
            route = rng.choice(list(post["expected"]))
            yield f"/api/tiktok/{route}", {"url": post["url"]}, post["expected"][route]


def _faults_of(answer: httpx.Response, expected: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an answer; that a value is null, or every upstream failed, is not."""
    body = answer.json()
    if answer.status_code != httpx.codes.OK:
        allowed = {expected.get("error"), *expected.get("or", []), *PASSING}
        if error_code(body) not in allowed:
            yield f"{error_code(body)} is none of {sorted(filter(None, allowed))}"
    elif "error" in expected:
        yield f"an answer where {expected['error']} was due"
    else:
        wanted = expected["data"] if "newest" not in expected else expected["data"][body["data"]["id"]]
        for difference in differences(_plain(wanted), body["data"]):
            if " is None, not " not in difference:
                yield difference


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """What every upstream tells alike: they list other files and know other live photos."""
    return {name: value for name, value in data.items() if name not in ("renditions", "live_images")}


def _hold_ledger_to_balance(table: Table, account: Account, succeeded: int) -> None:
    """One settled charge per success, no charge open, and the balance is what was granted less these."""
    time.sleep(1)  # the last outcome is written after its answer has left
    holder = f"ACCOUNT#{account.name}"
    (balance,) = (item["balance"] for item in table.query(holder, "ACCOUNT"))
    charges = list(table.query(holder, "CHARGE#"))
    assert not [charge for charge in charges if "pending" in charge]
    settled = [charge for charge in charges if "settled_at" in charge]
    assert sum(charge["credits"] for charge in settled) == succeeded
    assert balance == CREDITS - succeeded
    assert sum(day["used"] for day in table.query(holder, "DAY#")) == succeeded
