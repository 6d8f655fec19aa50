"""The local cloud: the API on 127.0.0.1 with everything embedded, or one of its functions on one event."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from local import ROOT, demo
from local.cloud import Cloud, Settings
from local.errors import LocalError
from local.library.seed import seed
from local.logs import Log
from local.sample import Sample

RUNTIME = "3.13"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Template = Annotated[Path, typer.Option(help="The SAM template; a built one runs what was built.")]
Python = Annotated[str, typer.Option(help="The interpreter of the functions.", show_default="this one")]
Upstream = Annotated[str, typer.Option(help="sample, live, or a gateway's http://host:port.")]
Parameters = Annotated[list[str], typer.Option("--param", metavar="NAME=VALUE", help="A parameter of the template.")]


@app.command()
def run(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the API answers; 0 for any free port.")] = 3000,
    aws_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the embedded AWS answers; 0 for any free port.")
    ] = 0,
    upstream: Upstream = "sample",
    state_dir: Annotated[Path, typer.Option(help="Where ready.json is, while it runs.")] = ROOT / ".local",
    library: Annotated[bool, typer.Option(help="With the sample library, where the upstream is the sample.")] = True,
    param: Parameters = [],  # noqa: B006 - typer's way to say many
    template: Template = ROOT / "template.yaml",
    python: Python = sys.executable,
) -> None:
    """Run the whole API until Ctrl-C."""
    settings = Settings(template, _parameters(param), port, aws_port, python)
    with _clear_errors(), _started(settings, upstream) as started:
        if library and upstream == "sample":
            seed(started.cloud.aws, datetime.now(UTC), settings.parameters.get("OpenSearchUrl"))
        started.cloud.open()
        _greet(started)
        ready = {
            "url": started.cloud.front.url,
            "key": started.key,
            "aws_endpoint": started.cloud.aws.url,
            "upstream": started.gateway or "live",
        }
        with _ready_file(state_dir, ready):
            signal.pause()


@app.command()
def invoke(
    function: Annotated[str, typer.Argument(help="By its folder or its logical id.")],
    event: Annotated[Path, typer.Option("-e", "--event", help="The event, JSON.", exists=True, dir_okay=False)],
    *,
    upstream: Upstream = "sample",
    param: Parameters = [],  # noqa: B006 - typer's way to say many
    template: Template = ROOT / "template.yaml",
    python: Python = sys.executable,
) -> None:
    """Invoke one function with one event, in a cloud of its own, and print its answer."""
    settings = Settings(template, _parameters(param), 0, 0, python)
    with _clear_errors():
        text = _json(event)
        with _started(settings, upstream) as started:
            name = started.cloud.function_named(function).name
            answer = started.cloud.lambdas.invoke(name, started.with_key(text).encode())
            print(json.dumps(json.loads(answer.payload), indent=2, ensure_ascii=False))
    raise typer.Exit(int(answer.failed))


@dataclass(frozen=True, slots=True)
class Started:
    """A cloud with its demo account; `gateway` is "" where the upstream is the live one."""

    cloud: Cloud
    gateway: str
    key: str
    examples: demo.Examples
    python: str  # its version: the functions'

    def with_key(self, text: str) -> str:
        """A sample event with the key that it asks for."""
        return text.replace(demo.KEY_PLACEHOLDER, self.key)


@contextmanager
def _started(settings: Settings, upstream: str) -> Iterator[Started]:
    python = _version(settings.python)
    log = Log()
    with ExitStack() as ends:
        sample = ends.enter_context(Sample(partial(log.line, "upstream"))) if upstream == "sample" else None
        gateway = sample.url if sample else "" if upstream == "live" else upstream.rstrip("/")
        parameters = {**settings.parameters, "UpstreamGateway": gateway}
        cloud = ends.enter_context(Cloud(replace(settings, parameters=parameters), log))
        examples = demo.examples(sample.catalog()) if sample else demo.LIVE
        yield Started(cloud, gateway, demo.create_key(cloud.aws), examples, python)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """One line for what is wrong, exit 1; Ctrl-C and SIGTERM are a good end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt as end:
        raise typer.Exit from end
    except LocalError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error


@contextmanager
def _ready_file(folder: Path, content: dict[str, str]) -> Iterator[None]:
    """Appears whole and goes at the end, the folder too where nothing else is in it."""
    path, partial_path = folder / "ready.json", folder / f"ready.{os.getpid()}"
    text = json.dumps(content)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial_path.write_text(text)
        partial_path.rename(path)
    except OSError as error:
        raise LocalError(f"{folder} cannot be written: {os.strerror(error.errno or 0)}.") from error
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            if path.read_text() == text:  # else it is that of a run that began later
                path.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()


def _parameters(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(f"{wrong[0]}: NAME=VALUE is wanted.")
    return {name: value for name, _, value in pairs}


def _version(python: str) -> str:
    """Of an interpreter that can run the functions; raises LocalError."""
    asked = [python, "-c", "import sys, awslambdaric; print('{}.{}'.format(*sys.version_info))"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - a Python
    except (OSError, subprocess.CalledProcessError) as error:
        raise LocalError(f"{python} cannot run the functions: it is no Python that has awslambdaric.") from error


def _json(file: Path) -> str:
    """The text of a file that is JSON; raises LocalError."""
    try:
        text = file.read_text("utf-8")
        json.loads(text)
    except (OSError, ValueError) as error:
        raise LocalError(f"{file} is not JSON: {error}.") from error
    return text


def _greet(started: Started) -> None:
    url = started.cloud.front.url
    print(f"Tokstack answers at {url}, the demo key is {started.key}")
    if started.python != RUNTIME:
        print(f"The functions run under Python {started.python}, on Lambda under {RUNTIME}.")
    print("\nTry:\n")
    for line in demo.curl_lines(url, started.key, started.examples):
        print(f"  {line}\n")
    print(f"In a browser, with that key:\n\n  {demo.page(url, started.examples)}\n")
    print("Ctrl-C ends it.", flush=True)


if __name__ == "__main__":
    app(prog_name="python -m local")
