"""What `make build` made runs by itself, in an environment of only what Lambda's runtime brings."""

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clouds import ROOT, Stack, running

BUILD = ROOT / ".aws-sam/x86_64"
RUNTIME = ROOT / ".venv-runtime/bin/python"
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
UNCHECKED_HASH = 0b01  # PEP 552: the bytecode is trusted as it is

pytestmark = [
    pytest.mark.skipif(not (BUILD / "template.yaml").is_file(), reason="nothing is built: make build"),
    pytest.mark.skipif(not RUNTIME.is_file(), reason="there is no bare runtime: make .venv-runtime/.ready"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    options = ("--template", str(BUILD / "template.yaml"), "--python", str(RUNTIME))
    with running(tmp_path_factory.mktemp("built"), *options) as stack:
        yield stack


def invoke(stack: Stack, function: str, event: bytes) -> tuple[str | None, Any]:
    """(what failed, answer)."""
    with stack.client("lambda") as client:
        answer = client.invoke(FunctionName=f"tokstack-{function.replace('_', '-')}", Payload=event)
        with answer["Payload"] as payload:
            return answer.get("FunctionError"), json.load(payload)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_answers_its_event(built: Stack, function: str) -> None:
    event = (ROOT / f"events/{function}.json").read_text().replace("DEMO_KEY", built.key)
    failed, answer = invoke(built, function, event.encode())
    assert failed is None, answer
    if '"routeKey"' in event:
        expected = {"media": 403, "not_found": 404}.get(function, 200)  # the sample link was signed elsewhere
        assert answer["statusCode"] == expected, answer["body"]


def test_the_runtime_has_nothing_of_the_layer() -> None:
    for package in ("httpx", "pydantic", "aws_lambda_powertools", "tokstack"):
        outcome = subprocess.run([RUNTIME, "-c", f"import {package}"], capture_output=True, check=False)
        assert outcome.returncode, f"{package} is there: the layer is not put to the test"


def test_every_module_has_trusted_bytecode() -> None:
    sources = list(BUILD.rglob("*.py"))
    assert len(sources) > len(FUNCTIONS)
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        _, flags = struct.unpack("<4sI", compiled.read_bytes()[:8])
        assert flags == UNCHECKED_HASH, source


def test_the_bytecode_is_used(tmp_path: Path) -> None:
    """A module whose source no longer compiles is imported all the same."""
    layer = shutil.copytree(BUILD / "TokstackLayer/python", tmp_path / "python")
    (layer / "tokstack/errors.py").write_text("this is no Python")
    outcome = subprocess.run(
        [RUNTIME, "-c", "import tokstack.errors"], env={"PYTHONPATH": str(layer)}, capture_output=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize(("architecture", "machine"), [("arm64", 183), ("x86_64", 62)])
def test_binaries_are_of_the_processor(architecture: str, machine: int) -> None:
    """ELF's own number of the machine stands at byte 18."""
    binaries = list((ROOT / ".aws-sam" / architecture).rglob("*.so"))
    assert binaries
    for binary in binaries:
        assert struct.unpack("<H", binary.read_bytes()[18:20])[0] == machine, binary
