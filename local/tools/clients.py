"""Clients of the API, generated from its description: a typed one for Python, and the types for TypeScript.

python -m local.tools.clients        into .cache/clients
"""

import os
import subprocess
import sys
from pathlib import Path

from local import ROOT
from local.tools import npm, typescript
from local.tools.npm import UnavailableError
from tokstack.api.service import OPENAPI_FILE

_FOLDER = ROOT / ".cache" / "clients"
_GENERATOR = ROOT / ".venv-clients" / "bin"
_CONFIG = Path(__file__).with_name("clients.yaml")


def python(folder: Path) -> Path:
    """Makes the project of the package `tokstack_client` in a subfolder. Raises UnavailableError."""
    generator, made = _GENERATOR / "openapi-python-client", folder / "python"
    if not generator.exists():
        raise UnavailableError("The generator is not installed: `make clients` does that.")
    made.parent.mkdir(parents=True, exist_ok=True)
    flags = ["--config", str(_CONFIG), "--meta", "setup", "--overwrite", "--fail-on-warning"]
    _run([str(generator), "generate", "--path", str(OPENAPI_FILE), "--output-path", str(made), *flags])
    return made


def types(folder: Path) -> Path:
    """Makes `tokstack.d.ts` in a subfolder. Raises UnavailableError."""
    made = folder / "typescript" / "tokstack.d.ts"
    made.parent.mkdir(parents=True, exist_ok=True)
    generator = typescript.install() / "openapi-typescript" / "bin" / "cli.js"
    _run([npm.program("node"), str(generator), str(OPENAPI_FILE), "--output", str(made)])
    return made


def _run(command: list[str]) -> None:
    # The generator has its formatter beside it.
    environment = {**os.environ, "PATH": f"{_GENERATOR}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if ran.returncode:
        sys.exit(f"{Path(command[0]).name} failed:\n{ran.stdout}{ran.stderr}")


if __name__ == "__main__":
    try:
        for make in (python, types):
            print(make(_FOLDER).relative_to(ROOT))
    except UnavailableError as unavailable:
        sys.exit(str(unavailable))
