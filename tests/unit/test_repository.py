"""What may and may not be committed."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted([*ROOT.glob("requirements/*.txt"), *ROOT.glob("layers/*/requirements.txt")])


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_requirement_is_pinned_and_hashed_and_names_no_address(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    blocks = [block for block in re.split(r"\n(?=\S)", text) if block and not block.startswith("#")]
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9.\[\],-]+==\S+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_asked_for_is_what_is_pinned(path: Path) -> None:
    asked = re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(\S+)", path.with_suffix(".in").read_text(), re.MULTILINE)
    pinned = dict(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(\S+)", path.read_text(), re.MULTILINE))
    assert asked
    assert {name: pinned.get(name) for name, _ in asked} == dict(asked)


def test_no_environment_or_build_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert tracked
    assert [name for name in tracked if re.search(r"(^|/)(\.venv|\.aws-sam|\.local|__pycache__)", name)] == []
