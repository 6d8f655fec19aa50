"""What `make build` made runs by itself, in an environment of only what Lambda's runtime brings."""

import json
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.tools.package import FUNCTION_BOUND, LAYER_BOUND, SHARED_LAYER, layers_of, size_of
from tests.clouds import ROOT, Stack, running

BUILD = ROOT / ".aws-sam/x86_64"
RUNTIME = ROOT / ".venv-runtime/bin/python"
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
STEPS = ("media_resolve", "media_convert", "media_finish", "media_fail")  # of a job; their sample events name none
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
    if function in STEPS:
        assert json.loads(answer["errorMessage"])["code"] == "job_not_found"
        return
    assert failed is None, answer
    if '"routeKey"' in event:
        elsewhere = {"media": 403, "job_file": 403}  # the sample link was signed there
        expected = {**elsewhere, "convert": 202, "job": 404, "library_item": 404, "not_found": 404}.get(function, 200)
        assert answer["statusCode"] == expected, answer["body"]


def test_the_runtime_has_nothing_of_the_layer() -> None:
    for package in ("httpx", "pydantic", "aws_lambda_powertools", "tokstack", "yt_dlp", "imageio_ffmpeg", "webvtt"):
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


MACHINES = {"arm64": 183, "x86_64": 62}  # ELF's numbers
PROCESSORS = pytest.mark.parametrize("architecture", MACHINES)


@PROCESSORS
def test_binaries_are_of_the_processor(architecture: str) -> None:
    binaries = list((ROOT / ".aws-sam" / architecture).rglob("*.so"))
    assert binaries
    for binary in binaries:
        assert machine(binary.read_bytes()) == MACHINES[architecture], binary


@PROCESSORS
def test_ffmpeg_runs_on_any_linux_of_the_processor(architecture: str) -> None:
    """A program that names an interpreter (a header of type 3) needs libraries that Lambda lacks."""
    (ffmpeg,) = (ROOT / ".aws-sam" / architecture / "FfmpegLayer/python/imageio_ffmpeg/binaries").glob("ffmpeg-*")
    content = ffmpeg.read_bytes()
    assert ffmpeg.stat().st_mode & 0o111 == 0o111
    assert machine(content) == MACHINES[architecture]
    (first,), (size, count) = struct.unpack("<Q", content[32:40]), struct.unpack("<HH", content[54:58])
    headers = [struct.unpack("<I", content[at : at + 4])[0] for at in range(first, first + size * count, size)]
    assert 1 in headers  # what is loaded
    assert 3 not in headers


@PROCESSORS
def test_a_function_and_its_layers_fit(architecture: str) -> None:
    folder = ROOT / ".aws-sam" / architecture
    totals = {
        name: sum(size_of(folder / part) for part in (name, *layers))
        for name, layers in layers_of(template(architecture)).items()
    }
    assert len(totals) == len(FUNCTIONS)
    assert size_of(folder / SHARED_LAYER) <= LAYER_BOUND
    assert max(totals.values()) <= FUNCTION_BOUND


def test_what_a_function_needs_is_in_its_layers() -> None:
    """Each has what the other one's layer brings only if it has that layer, too."""
    needs = {
        "ExtractorLayer": "import yt_dlp, Cryptodome.Cipher.AES",
        "FfmpegLayer": "import webvtt, imageio_ffmpeg",
        "SearchLayer": "import numpy, tantivy, regex, opensearchpy",
    }
    layers = layers_of(template("x86_64"))
    assert {name for name in layers if "FfmpegLayer" in layers[name]} == {
        "MediaDownloadFunction",
        "MediaConvertFunction",
    }
    for name in sorted(set().union(*(set(layers[name]) for name in layers)) - {SHARED_LAYER}):
        assert not fails(needs[name], [SHARED_LAYER, name]), name
        assert fails(needs[name], [SHARED_LAYER]), name


def test_ffmpeg_runs_from_its_layer() -> None:
    program = "import subprocess, imageio_ffmpeg; subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), '-version'])"
    said = subprocess.run(
        [RUNTIME, "-c", program], env=path_of([SHARED_LAYER, "FfmpegLayer"]), capture_output=True, check=True, text=True
    )
    assert said.stdout.startswith("ffmpeg version 7.0.2-static")


def machine(binary: bytes) -> int:
    """The number of the processor that an ELF file is for."""
    assert binary[:4] == b"\x7fELF"
    return int(struct.unpack("<H", binary[18:20])[0])


def template(architecture: str) -> Any:
    return yaml_parse((ROOT / ".aws-sam" / architecture / "template.yaml").read_text())


def path_of(layers: list[str]) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(str(BUILD / layer / "python") for layer in layers)}


def fails(program: str, layers: list[str]) -> bool:
    """Whether the bare runtime with these layers cannot run it."""
    outcome = subprocess.run([RUNTIME, "-c", program], env=path_of(layers), capture_output=True, check=False)
    return outcome.returncode != 0
