"""Packages from npm, each pinned by its hash."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SECONDS = 300


class UnavailableError(Exception):
    """It cannot be had on this machine; the message says why."""


def install(pinned: str, folder: Path) -> Path:
    """The folder's `node_modules`; fetched where it is missing. Each line of `pinned` is name@version and its sha512.

    Raises UnavailableError.
    """
    installed = folder / "node_modules"
    if not installed.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as fetched:
            modules = Path(fetched) / installed.name
            modules.mkdir()
            unpack(dict(line.split() for line in pinned.splitlines()), modules)
            # Whole or not at all; where another process was quicker, its copy is as good.
            with suppress(OSError):
                modules.rename(installed)
    return installed


def unpack(packages: Mapping[str, str], folder: Path) -> None:
    """Each package into a subfolder that is named as it is; they are given as name@version, with their sha512.

    No script of theirs is run. Raises UnavailableError.
    """
    with tempfile.TemporaryDirectory(dir=folder) as fetched:
        _fetch(list(packages), Path(fetched))
        for package, sha512 in packages.items():
            name, _, version = package.rpartition("@")
            file = Path(fetched) / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
            if base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode() != sha512:
                raise UnavailableError(f"{package} is not the file that was pinned")
            with tarfile.open(file) as archive:
                archive.extractall(Path(fetched) / "unpacked", filter="data")
            (folder / name).parent.mkdir(exist_ok=True)
            (Path(fetched) / "unpacked" / "package").rename(folder / name)


def program(name: str) -> str:
    """Where it is. Raises UnavailableError."""
    found = shutil.which(name)
    if found is None:
        raise UnavailableError(f"{name} is not installed")
    return found


def _fetch(packages: list[str], folder: Path) -> None:
    command = [program("npm"), "pack", *packages, "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(  # noqa: S603 - our own words
            command, check=True, capture_output=True, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f"npm could not fetch {', '.join(packages)}") from error
