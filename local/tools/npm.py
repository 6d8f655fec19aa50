"""Packages from npm, each pinned by its hash."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

_SECONDS = 300


class UnavailableError(Exception):
    """It cannot be had on this machine; the message says why."""


def unpack(packages: Mapping[str, str], folder: Path) -> None:
    """Each package into a subfolder that is named as it is; they are given as name@version, with their sha512.

    No script of theirs is run. Raises UnavailableError.
    """
    with tempfile.TemporaryDirectory(dir=folder) as fetched:
        _fetch(list(packages), Path(fetched))
        for package, sha512 in packages.items():
            name, _, version = package.rpartition("@")
            file = Path(fetched) / f"{name}-{version}.tgz"
            if base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode() != sha512:
                raise UnavailableError(f"{package} is not the file that was pinned")
            with tarfile.open(file) as archive:
                archive.extractall(Path(fetched) / "unpacked", filter="data")
            (Path(fetched) / "unpacked" / "package").rename(folder / name)


def _fetch(packages: list[str], folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is not installed")
    command = [npm, "pack", *packages, "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(  # noqa: S603 - our own words
            command, check=True, capture_output=True, timeout=_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f"npm could not fetch {', '.join(packages)}") from error
