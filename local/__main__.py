"""The local cloud: the API on 127.0.0.1 with everything embedded, or one of its functions on one event."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from local import ROOT, demo
from local.cloud import Cloud, Settings
from local.logs import Log
from local.sample import Sample, SampleError
from local.template import TemplateError

RUNTIME = "3.13"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Template = Annotated[Path, typer.Option(help="The SAM template; a built one runs what was built.")]
Python = Annotated[str, typer.Option(help="The interpreter of the functions.", show_default="this one")]
Upstream = Annotated[str, typer.Option(help="sample, live, or a gateway's http://host:port.")]
Parameters = Annotated[list[str], typer.Option("--param", metavar="NAME=VALUE", help="A parameter of the template.")]


@app.command()
def run(  # noqa: PLR0913 - one parameter, one option
    *,
    port: Annotated[int, typer.Option(help="Where the API answers; 0 for any free port.")] = 3000,
    aws_port: Annotated[int, typer.Option(help="Where the embedded AWS answers; 0 for any free port.")] = 0,
    upstream: Upstream = "sample",
    state_dir: Annotated[Path, typer.Option(help="Where ready.json is, while it runs.")] = ROOT / ".local",
    param: Parameters = [],  # noqa: B006 - typer's way to say many
    template: Template = ROOT / "template.yaml",
    python: Python = sys.executable,
) -> None:
    """Run the whole API until Ctrl-C."""
    settings = Settings(template, _parameters(param), port, aws_port, python)
    with _clear_errors(), _started(settings, upstream) as (cloud, key, gateway, examples):
        cloud.open()
        _greet(cloud.front.url, key, python, examples)
        ready = {"url": cloud.front.url, "key": key, "aws_endpoint": cloud.aws.url, "upstream": gateway or "live"}
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
    with _clear_errors(), _started(settings, upstream) as (cloud, key, _, _):
        payload = event.read_text().replace(demo.KEY_PLACEHOLDER, key).encode()
        answer = cloud.lambdas.invoke(cloud.function_named(function).name, payload)
        print(json.dumps(json.loads(answer.payload), indent=2, ensure_ascii=False))
    if answer.failed:
        raise typer.Exit(1)


@contextmanager
def _started(settings: Settings, upstream: str) -> Iterator[tuple[Cloud, str, str, demo.Examples]]:
    """The cloud, the demo key, the gateway ("" for none), and what to ask for."""
    with ExitStack() as ends:
        sample = ends.enter_context(Sample(ROOT)) if upstream == "sample" else None
        gateway = sample.url if sample else "" if upstream == "live" else upstream.rstrip("/")
        settings = Settings(
            settings.template,
            {**settings.parameters, "UpstreamGateway": gateway},
            settings.port,
            settings.aws_port,
            settings.python,
        )
        cloud = ends.enter_context(Cloud(settings, Log()))
        key = demo.create_key(cloud.aws)
        yield cloud, key, gateway, demo.examples(sample.catalog()) if sample else demo.LIVE


@contextmanager
def _clear_errors() -> Iterator[None]:
    """One line for what is wrong, exit 1; Ctrl-C and SIGTERM are a good end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        return
    except (TemplateError, SampleError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(error.strerror or str(error))


def _fail(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise SystemExit(1)


@contextmanager
def _ready_file(folder: Path, content: dict[str, str]) -> Iterator[None]:
    """Appears whole and goes at the end, the folder too where nothing else is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / "ready.json", folder / f"ready.{os.getpid()}"
    partial.write_text(json.dumps(content))
    partial.rename(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()


def _parameters(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(f"{wrong[0]}: NAME=VALUE is wanted.")
    return {name: value for name, _, value in pairs}


def _greet(url: str, key: str, python: str, examples: demo.Examples) -> None:
    asked = [python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - a Python
    print(f"Tokstack answers at {url}, the demo key is {key}")
    if version != RUNTIME:
        print(f"The functions run under Python {version}, on Lambda under {RUNTIME}.")
    print("\nTry:\n")
    for line in demo.curl_lines(url, key, examples):
        print(f"  {line}\n")
    print("Ctrl-C ends it.", flush=True)


if __name__ == "__main__":
    app(prog_name="python -m local")
