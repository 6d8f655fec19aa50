"""What a deployed function can reach: which libraries are imported when it runs, read from the sources alone.

A definition reaches what it names: other definitions of its module, and what it imports. A module that is imported
reaches what stands in it outside of definitions; so a library imported inside a function counts only for those who
come to that function.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAYER = ROOT / "layers" / "tokstack"

_Definition = ast.FunctionDef | ast.ClassDef

Place = tuple[str, str]  # a module, and a definition in it; "" is what stands outside of definitions


@dataclass
class _Module:
    imports: dict[str, Place]  # what a name stands for
    bodies: dict[str, list[ast.stmt]] = field(default_factory=dict)


def libraries(function: Path) -> set[str]:
    """The outermost packages that a function's app.py comes to import, ours left out."""
    module = _read(function.read_text())
    found, seen, ahead = set(), set[Place](), list(_all(module))
    while ahead:
        place = ahead.pop()
        if place in seen:
            continue
        seen.add(place)
        name, definition = place
        path = _path(name)
        if path is None:
            found.add(name.partition(".")[0])
        else:
            ahead.extend(_of_ours(_module(path), name, definition))
    return found


def _all(module: _Module) -> Iterator[Place]:
    for body in module.bodies.values():
        yield from _reached(module, "", body)


def _of_ours(module: _Module, name: str, definition: str) -> Iterator[Place]:
    yield name, ""
    if definition in module.bodies:
        yield from _reached(module, name, module.bodies[definition])
    elif definition in module.imports:
        yield module.imports[definition]
    elif _path(f"{name}.{definition}"):
        yield f"{name}.{definition}", ""


def _reached(module: _Module, name: str, body: list[ast.stmt]) -> Iterator[Place]:
    """Everything that the statements name or import."""
    inner = {**module.imports, **dict(_imports(body))}
    yield from dict(_imports(body)).values()
    for node in (node for statement in body for node in ast.walk(statement)):
        match node:
            case ast.Attribute(value=ast.Name(id=base), attr=attribute) if base in inner:
                owner, part = inner[base]
                whole = f"{owner}.{part}" if part else owner
                yield (whole, attribute) if _path(whole) else inner[base]
            case ast.Name(id=used) if used in inner:
                yield inner[used]
            case ast.Name(id=used) if used in module.bodies and name:
                yield name, used


def _imports(body: list[ast.stmt]) -> Iterator[tuple[str, Place]]:
    """Names that imports bind, but for those that types alone need."""
    for statement in body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            continue
        for node in ast.walk(statement):
            match node:
                case ast.Import(names=names):
                    yield from ((each.asname or each.name.partition(".")[0], (each.name, "")) for each in names)
                case ast.ImportFrom(module=str(source), names=names):
                    yield from ((each.asname or each.name, (source, each.name)) for each in names)


@cache
def _module(path: Path) -> _Module:
    return _read(path.read_text())


def _read(text: str) -> _Module:
    body = ast.parse(text).body
    outside = [statement for statement in body if not isinstance(statement, _Definition)]
    module = _Module(dict(_imports(outside)), {"": outside})
    for statement in body:
        if isinstance(statement, _Definition):
            module.bodies[statement.name] = [statement]
    for statement in outside:  # a constant is reached by its name, and all of them with their module
        for target in getattr(statement, "targets", [getattr(statement, "target", None)]):
            if isinstance(target, ast.Name):
                module.bodies.setdefault(target.id, [statement])
    return module


@cache
def _path(module: str) -> Path | None:
    """The source of a module of ours."""
    if module.partition(".")[0] != "tokstack":
        return None
    base = LAYER.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)
