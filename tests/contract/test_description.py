"""Schemathesis reads the description and asks what it finds there, right and wrong: nothing may answer otherwise."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.front_door import FrontDoor
from tokstack.api import samples

_CONFIG = Path(__file__).with_name("schemathesis.toml")

# What the sample has, where a walk along the links begins.
_BEGINNINGS = f"""
[[operations]]
include-path-regex = "^/api/tiktok/"
parameters = {{ "query.url" = "{samples.POST.url}", "query.username" = "{samples.USERNAME}" }}

[[operations]]
include-path = "/v1/tiktok/tags/{{tagName}}"
parameters = {{ "path.tagName" = "{samples.TAG}" }}

[[operations]]
include-path = "/v1/tiktok/library"
parameters = {{ "query.page" = 1, "query.search" = "a", "query.status" = "all" }}
"""


def test_every_route_answers_as_it_is_described(door: FrontDoor, tmp_path: Path) -> None:
    run(door, tmp_path, "", "--phases", "examples,coverage,fuzzing", "--max-examples", "3")


def test_every_link_leads_to_an_answer_as_it_is_described(door: FrontDoor, tmp_path: Path) -> None:
    said = run(door, tmp_path, _BEGINNINGS, "--phases", "stateful", "--mode", "positive", "--max-examples", "8")
    found = re.search(r"API Links: +(\d+) covered", said)
    assert found, said
    assert int(found[1]) > 0


def run(door: FrontDoor, folder: Path, more: str, *options: str) -> str:
    """What it says, where it finds nothing wrong."""
    config = folder / _CONFIG.name
    config.write_text(_CONFIG.read_text() + more)
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"]
    command += [f"{door.url}/openapi.json", *options, "--seed", "1", "--no-color", "--workers", "6"]
    # The contract knows no 405: a method that no route takes is `route_not_found`, as API Gateway has it.
    command += ["--checks", "all", "--exclude-checks", "unsupported_method", "--exclude-by", "/x-alias == true"]
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "TOKSTACK_KEY": door.account(1_000_000).key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:]
    return ran.stdout
