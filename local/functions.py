"""What the template says of each function."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.stack import Stack
from local.template import TemplateError

_DEFAULT_RETRIES = 2


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function: memory in MB, timeout in seconds."""

    logical_id: str
    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    memory: int
    timeout: float
    role: str  # ARN
    retries: int  # of an asynchronous invocation that failed
    on_failure: str | None  # ARN of the queue for one that failed to the last


def functions(stack: Stack) -> list[Function]:
    """Every function of the stack; raises TemplateError."""
    layers = {stack.arn(logical_id): _layer(stack, layer) for logical_id, layer in stack.of_type(_LAYER)}
    later = {config["FunctionName"]: config for _, config in stack.of_type("AWS::Lambda::EventInvokeConfig")}
    found = []
    for logical_id, properties in stack.of_type("AWS::Lambda::Function"):
        name = stack.name(logical_id)
        config = later.get(name, {})
        function = Function(
            logical_id=logical_id,
            name=name,
            handler=properties["Handler"],
            code=_folder(stack, logical_id, properties["Code"]),
            layers=tuple(layers[arn] for arn in properties.get("Layers", [])),
            environment={key: str(value) for key, value in _variables(properties).items()},
            memory=int(properties.get("MemorySize", 128)),
            timeout=float(properties.get("Timeout", 3)),
            role=properties["Role"],
            retries=int(config.get("MaximumRetryAttempts", _DEFAULT_RETRIES)),
            on_failure=config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        )
        found.append(function)
    return found


_LAYER = "AWS::Lambda::LayerVersion"


def _layer(stack: Stack, properties: Mapping[str, Any]) -> Path:
    folder = _folder(stack, properties["LayerName"], properties["Content"])
    # A built layer has its modules under python/; the source of one is the modules themselves.
    built = folder / "python"
    return built if built.is_dir() else folder


def _folder(stack: Stack, owner: str, code: Mapping[str, str]) -> Path:
    folder = (stack.template.folder / code["S3Key"]).resolve()
    if not folder.is_dir():
        raise TemplateError(f"{owner}: there is no folder {code['S3Key']}.")
    return folder


def _variables(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    variables: Mapping[str, Any] = properties.get("Environment", {}).get("Variables", {})
    return variables
