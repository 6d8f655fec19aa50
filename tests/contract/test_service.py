"""The routes that describe the service, and the clients that were there before it."""

import gzip
import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.front_door import FrontDoor
from tokstack.api.service import OPENAPI_FILE

CLIENT = Path(__file__).resolve().parents[3] / "shared/clients/posts.sh"


def test_health(door: FrontDoor) -> None:
    before = door.upstream_requests()
    body = door.ask("GET", "/health").json()
    assert body["status"] == "ok"
    assert datetime.fromisoformat(body["time"]).utcoffset() is not None
    assert door.upstream_requests() == before


def test_the_description(door: FrontDoor) -> None:
    assert door.ask("GET", "/openapi.json").json() == json.loads(OPENAPI_FILE.read_text("utf-8"))


def test_the_page(door: FrontDoor) -> None:
    plain = door.ask("GET", "/docs", {"accept-encoding": "identity"})
    small = door.ask("GET", "/docs", {"accept-encoding": "gzip"})
    assert plain.headers["content-type"].startswith("text/html")
    assert small.headers["content-encoding"] == "gzip"
    assert small.text == plain.text
    assert len(gzip.compress(plain.content)) < len(plain.content) / 2


def test_usage_is_free(door: FrontDoor) -> None:
    account = door.account(3)
    answer = door.get("/v1/usage", account.key)
    assert answer.json() == {
        "data": {"account": account.name, "creditsRemaining": 3, "creditsUsed": 0, "byRoute": {}, "byDay": {}}
    }
    assert (answer.headers["x-credits-used"], answer.headers["x-credits-remaining"]) == ("0", "3")


@pytest.mark.skipif(not CLIENT.exists(), reason="the clients are not here")
def test_an_existing_client_runs_unchanged(door: FrontDoor) -> None:
    def link(kind: str) -> str:
        return str(next(p["url"] for p in door.catalog["posts"] if p["type"] == kind and p["trait"] == "plain"))

    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "BASE": door.url,
        "KEY": door.key,
        "URL": link("video"),
        "SLIDES": link("slides"),
        "USERNAME": "maple.kitchen",
    }
    done = subprocess.run(["bash", str(CLIENT)], env=environment, capture_output=True, text=True, check=True)
    answers = done.stdout.replace("}{", "}\n{").splitlines()
    assert [json.loads(answer)["status"] for answer in answers] == ["success"] * 4
