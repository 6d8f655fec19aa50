"""`tokstack library` on a stack that runs: what is loaded is found, and the log makes the same library anew."""

import gzip
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from cli import stack as command_stack
from cli.main import app
from tests.clouds import Stack
from tests.command_line import answer
from tests.front_door import FrontDoor
from tests.media_calls import until

LIBRARY = "/v1/tiktok/library"
WORD = f"loaded{uuid4().hex[:8]}"
DOMAIN = f"{WORD}.example"
FIRST = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) << 32 | random.getrandbits(31)
COUNT = 40
QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"page": 40},
    {"search": ["skin care", "🔥"], "sortBy": "relevance"},
    {"search": "ครีม"},
    {"sortBy": "views", "order": "asc", "type": "ad"},
    {"sortBy": "daysRunning", "hasShopLinked": "yes"},
    {"sortBy": "engagementRate", "minViews": 10, "mediaTypes": ["carousel"]},
    {"search": WORD, "sortBy": "likes"},
)

Run = Callable[..., Result]


@pytest.fixture
def run(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"aws_endpoint": stack.aws_endpoint}))
    monkeypatch.setattr(command_stack, "READY_FILE", ready)
    return lambda *words: CliRunner().invoke(app, ["library", *map(str, words)])


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [str(FIRST + number) for number in range(COUNT)]


def lines(ids: list[str]) -> bytes:
    said = {"content": {"description": f"{WORD} serum"}, "landingUrl": f"https://www.{DOMAIN}/buy"}
    observed = {"updatedAt": "2026-11-20T08:00:00Z", "type": "ad", "status": "active"}
    items = [{"tiktokId": name, "metrics": {"likes": int(name) % 7}, **observed, **said} for name in ids]
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def asked(door: FrontDoor, fields: dict[str, Any]) -> Any:
    headers = {"authorization": f"Bearer {door.key}"}
    return door.ask("POST", f"{LIBRARY}/query", headers, json=fields).raise_for_status().json()


def total(door: FrontDoor, fields: dict[str, Any]) -> int:
    return int(asked(door, {**fields, "page": 10**9})["pagination"]["total"])


def test_a_file_is_loaded_and_found(run: Run, door: FrontDoor, ids: list[str], tmp_path: Path) -> None:
    """Zipped or not, and again; what makes no sense is told, and the rest is taken."""
    half = COUNT // 2
    zipped, plain = tmp_path / "ads.jsonl.gz", tmp_path / "more ads.jsonl"
    zipped.write_bytes(gzip.compress(lines(ids[:half])))
    plain.write_bytes(lines(ids[half:]))
    both = f"{COUNT} taken, 0 rejected, of {COUNT} lines."
    assert answer(run("load", zipped, plain)) == both
    until(lambda: total(door, {"search": WORD}) == COUNT)
    assert answer(run("load", zipped, plain)) == both
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b"{\n" + lines(ids[:1]) + b'\n{"tiktokId": "0"}\n')
    result = run("load", bad)
    assert (result.exit_code, result.stdout.strip()) == (1, "1 taken, 2 rejected, of 3 lines.")
    assert [told.partition(": ")[0] for told in result.stderr.splitlines()] == [
        f"{bad}, line {number}" for number in (1, 4)
    ]
    assert total(door, {"search": WORD}) == COUNT


def test_facts_of_a_shop_are_shown_with_its_items(run: Run, door: FrontDoor, ids: list[str], tmp_path: Path) -> None:
    (before,) = asked(door, {"search": WORD, "limit": 1})["data"]
    assert (before["shop"]["domain"], before["shop"]["name"]) == (DOMAIN, None)
    facts: dict[str, Any] = {
        "id": f"id-{WORD}",
        "name": "Loaded",
        "countryCode": "SE",
        "monthlyVisits": 7,
        "trafficGrowth30d": -1.5,
    }
    shops = tmp_path / "shops.jsonl"
    shops.write_text(json.dumps({"domain": f"https://www.{DOMAIN}/", **facts}) + '\n{"name": "Nobody"}\n')
    result = run("shops", "load", shops)
    assert (result.exit_code, result.stdout.strip()) == (1, "1 taken, 1 rejected.")
    (row,) = asked(door, {"search": WORD, "limit": 1})["data"]
    assert {name: row["shop"][name] for name in facts} == facts
    until(lambda: of_shop(door, DOMAIN) == COUNT)
    for name in (facts["id"], before["shop"]["id"]):
        assert of_shop(door, name) == COUNT
    more = tmp_path / "more.jsonl"
    more.write_bytes(lines(ids[:1]).replace(b"2026-11-20", b"2026-11-21"))
    assert answer(run("load", more)) == "1 taken, 0 rejected, of 1 lines."
    until(lambda: total(door, {"search": WORD, "countries": ["se"]}) == 1)  # and the others when it is made anew


def of_shop(door: FrontDoor, name: str) -> int:
    """How many items lead to it."""
    path = f"/v1/shops/{name}/tiktok/library?page=1000000"
    answer = door.ask("GET", path, {"authorization": f"Bearer {door.key}"})
    return int(answer.raise_for_status().json()["pagination"]["total"])


def test_the_log_makes_the_same_library_anew(run: Run, door: FrontDoor) -> None:
    until(lambda: told(run)["batches pending"] == "0")
    whole = total(door, {})
    assert told(run)["items"] == str(whole)
    before = [shown(asked(door, query)) for query in QUERIES]
    rebuilt = told(run)["rebuilt"]
    batches = answer(run("rebuild")).split()[0]
    assert int(batches) > 40
    assert told(run)["items"] == str(whole)
    assert told(run)["rebuilt"] != rebuilt
    until(lambda: [shown(asked(door, query)) for query in QUERIES] == before)


def told(run: Run) -> dict[str, str]:
    """What the status says."""
    rows = (re.split(r"\s{2,}", line.strip()) for line in answer(run("status")).splitlines())
    return {row[0]: row[1] for row in rows if len(row) > 1}


def shown(page: Any) -> Any:
    """But for scores, which tell of all that is in the index and of what was."""
    for row in page["data"]:
        row["metrics"].pop("relevanceScore")
    return page["pagination"], page["data"]
