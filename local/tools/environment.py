"""Makes a virtual environment from a hashed requirement file; runs on any Python, needs nothing installed.

    python3 environment.py FOLDER REQUIREMENTS

The interpreter is Python 3.13, the template's runtime, where one is found, else the newest that is known to
work. The folder is made anew only when it is missing, broken, or of another interpreter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

RUNTIME = (3, 13)
OLDEST = (3, 11)
BOOTSTRAP = Path(__file__).resolve().parents[2] / "requirements/uv.txt"


def version_of(python: str | Path) -> tuple[int, int] | None:
    """(major, minor) of an interpreter that runs, else None. A shim may stand first on PATH and lead nowhere."""
    try:
        answer = subprocess.run(  # noqa: S603 - a path that was found, no shell
            [str(python), "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        major, minor = answer.stdout.split()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return int(major), int(minor)


def candidates() -> Iterator[str | Path]:
    """Interpreters worth a try, the runtime's own first."""
    name = "python{}.{}".format(*RUNTIME)
    yield name
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/{}.{}*/bin/{}".format(*RUNTIME, name)), reverse=True)
    yield from sorted((Path.home() / ".local/share/uv/python").glob("cpython-{}.{}*/bin/{}".format(*RUNTIME, name)))
    yield sys.executable
    yield from ("python3.14", "python3.12", "python3.11")


def interpreter() -> tuple[str | Path, tuple[int, int]]:
    """The best interpreter here and its version; ends the program with one line where there is none."""
    found = None
    for candidate in candidates():
        version = version_of(candidate)
        if version == RUNTIME:
            return candidate, version
        if version and version >= OLDEST and found is None:
            found = candidate, version
    if found is None:
        sys.exit("Tokstack needs Python {}.{} or newer with the venv module; none was found.".format(*OLDEST))
    print("Python {}.{} was not found: the functions run under {}.{} here.".format(*RUNTIME, *found[1]))
    return found


def run(*command: object) -> None:
    process = subprocess.run([str(part) for part in command], check=False)  # noqa: S603 - our own words
    if process.returncode:
        sys.exit(f"{Path(str(command[0])).name} failed; the lines above say why.")


def main(name: str, requirements: str) -> None:
    folder = Path(name).absolute()
    python, version = interpreter()
    if version_of(folder / "bin/python") != version:
        shutil.rmtree(folder, ignore_errors=True)
        run(python, "-m", "venv", folder)
        run(
            folder / "bin/python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            BOOTSTRAP,
        )
    os.environ["VIRTUAL_ENV"] = str(folder)
    # Installed beside the rest, so that the next change of a requirement needs no second bootstrap.
    run(folder / "bin/uv", "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", BOOTSTRAP, requirements)


if __name__ == "__main__":
    main(*sys.argv[1:])
