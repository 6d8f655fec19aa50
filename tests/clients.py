"""Programs that call the API as it is described to the world, run as they stand; and a look at what they saved.

They lie beside the checkout; a test that runs one is skipped where it, or what it is written for, is not there.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import pytest

from local.tools import axios, npm

_ROOT = Path(os.environ.get("TOKSTACK_CLIENTS") or Path(__file__).parents[2] / "shared" / "clients")
_SECONDS = 120
_PHP_HAS_CURL = "exit(extension_loaded('curl') ? 0 : 1);"


@dataclass(frozen=True, slots=True)
class Saved:
    """What ffmpeg says of a file; `kbps` is of its sound."""

    codecs: tuple[str, ...]
    seconds: float
    kbps: int | None


def run(client: str, folder: Path, **environment: str) -> str:
    """What a client prints, run in that folder."""
    path = _ROOT / client
    if not path.is_file():
        pytest.skip(f"the client {client} is not here (TOKSTACK_CLIENTS names its folder)")
    return ran(_interpreter(path, folder), folder, **environment)


def ran(command: list[str], folder: Path, **environment: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def saved(file: Path) -> Saved:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(file)]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS).stderr
    duration = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told)
    assert duration, told
    rate = re.search(r"Audio: .*?(\d+) kb/s", told)
    return Saved(
        tuple(re.findall(r"Stream #\S+: (?:Video|Audio): (\w+)", told)),
        int(duration[1]) * 3600 + int(duration[2]) * 60 + float(duration[3]),
        int(rate[1]) if rate else None,
    )


def _interpreter(client: Path, folder: Path) -> list[str]:
    match client.suffix:
        case ".py":
            return [sys.executable, str(client)]
        case ".sh":
            program("curl")
            return [program("bash"), str(client)]
        case ".php":
            php = program("php")
            if subprocess.run([php, "-r", _PHP_HAS_CURL], check=False, timeout=_SECONDS).returncode:
                pytest.skip("PHP has no curl")
            return [php, str(client)]
        case _:
            return [program("node"), str(_beside_axios(client, folder))]


def _beside_axios(client: Path, folder: Path) -> Path:
    """A copy of the client, in a folder that has axios: Node looks for it where the file is."""
    try:
        modules = axios.install()
    except npm.UnavailableError as unavailable:
        pytest.skip(str(unavailable))
    (folder / modules.name).symlink_to(modules)
    return Path(shutil.copy(client, folder))
