"""What AWS would run: `sam build` for both processors, bytecode beside the source, sizes against their bounds.

python -m local.tools.package --sam PATH_TO_SAM
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURES = ("arm64", "x86_64")
SHARED_LAYER = "TokstackLayer"
LAYER_BOUND = 20 << 20  # the shared layer, with bytecode: every cold start loads it
FUNCTION_BOUND = 250 << 20  # a function with its layers, unzipped: AWS's own


def main(sam: Annotated[str, typer.Option(help="The SAM CLI.")] = "sam") -> None:
    python = shutil.which("python3.13", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if python is None:
        sys.exit("Building needs Python 3.13, the template's runtime; it was not found.")
    too_large = False
    for architecture in ARCHITECTURES:
        folder = build(architecture, sam, Path(python))
        too_large |= report(architecture, folder)
    if too_large:
        sys.exit("A package is over its bound.")


def build(architecture: str, sam: str, python: Path) -> Path:
    """The folder of one processor's build: a folder per function and layer, and the template that names them."""
    folder = ROOT / ".aws-sam" / architecture
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(python.parent), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TOKSTACK_ARCHITECTURE": architecture,
    }
    command = [sam, "build", "--build-dir", str(folder), "--parameter-overrides", f"Architecture={architecture}"]
    outcome = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if outcome.returncode:
        sys.exit(f"sam build failed for {architecture}:\n{outcome.stderr}")
    compile_bytecode(python, folder)
    return folder


def compile_bytecode(python: Path, folder: Path) -> None:
    """Lambda's disk is read-only, so without these every cold start compiles anew. By hash, since zips change times."""
    command = [str(python), "-m", "compileall", "-q", "-j0", "--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run(command, check=True)  # noqa: S603


def report(architecture: str, folder: Path) -> bool:
    """Prints what was built; whether anything is over its bound."""
    template = yaml_parse((folder / "template.yaml").read_text())
    sizes = {path.name: size_of(path) for path in folder.iterdir() if path.is_dir()}
    rows: list[tuple[str, int, int | None]] = [
        (name, sizes[name], LAYER_BOUND if name == SHARED_LAYER else None)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    ]
    for name, layers in layers_of(template).items():
        rows.append((f"{name} and its layers", sum(sizes[part] for part in (name, *layers)), FUNCTION_BOUND))
    table = Table("Package", "MB", "Bound", title=architecture, title_justify="left")
    too_large = [name for name, size, bound in rows if bound and size > bound]
    for name, size, bound in rows:
        style = "red" if name in too_large else None
        table.add_row(name, f"{size / (1 << 20):.1f}", f"{bound >> 20}" if bound else "", style=style)
    Console().print(table)
    return bool(too_large)


def layers_of(template: Mapping[str, Any]) -> dict[str, list[str]]:
    """The layers of each function: those that all have, then its own."""
    common = template["Globals"]["Function"].get("Layers", [])
    return {
        name: [layer["Ref"] for layer in (*common, *resource["Properties"].get("Layers", []))]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def size_of(folder: Path) -> int:
    """Bytes of every file below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    typer.run(main)
