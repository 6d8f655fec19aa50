"""Nothing that is deployed reaches the outside but through the guard; AWS itself is boto3's."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUARD = ROOT / "layers/tokstack/tokstack/outbound.py"
SOURCES = sorted(path for folder in ("layers", "functions") for path in (ROOT / folder).rglob("*.py") if path != GUARD)

# Modules that open connections.
DOORS = {
    *(
        "socket",
        "socketserver",
        "ssl",
        "asyncio",
        "http.client",
        "urllib.request",
        "ftplib",
        "smtplib",
        "xmlrpc.client",
    ),
    *("httpcore", "h11", "requests", "urllib3", "aiohttp", "pycurl", "websockets"),
    *("botocore.httpsession", "botocore.vendored"),
}
# What of httpx asks something by itself. Its types and errors may be named anywhere.
ASKS = {"Client", "AsyncClient", "HTTPTransport", "AsyncHTTPTransport"} | {
    *("request", "stream", "get", "head", "options", "post", "put", "patch", "delete")
}


def doors(source: str) -> Iterator[str]:
    """Every way out that a module opens by itself."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (
                    name.name for name in names if _is_door(name.name) or (name.name == "httpx" and name.asname)
                )
            case ast.ImportFrom(module=str(module), names=names):
                imported = (f"{module}.{name.name}" for name in names)
                yield from (name for name in imported if _is_door(name) or _asks(name))
            case ast.Call(func=ast.Attribute() as used) if _asks(ast.unparse(used)):
                yield ast.unparse(used)
            case ast.ClassDef(bases=bases):
                yield from (name for name in map(ast.unparse, bases) if _asks(name))


def _is_door(module: str) -> bool:
    return any(module == door or module.startswith(door + ".") for door in DOORS)


def _asks(name: str) -> bool:
    return name.startswith("httpx.") and name.removeprefix("httpx.") in ASKS


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_no_way_out(path: Path) -> None:
    assert list(doors(path.read_text())) == []


def test_the_guard_is_where_the_way_out_is() -> None:
    assert {"socket", "httpcore", "httpx.HTTPTransport", "httpx.Client"} <= set(doors(GUARD.read_text()))


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "import http.client",
        "from http import client",
        "from urllib import request",
        "from urllib.request import urlopen",
        "import requests.sessions as r",
        "def f():\n    import urllib3",
        "import httpx as h",
        "from httpx import Client",
        "import httpx\nhttpx.get('https://example.org')",
        "import httpx\nwith httpx.Client() as c: pass",
        "import httpx\nclass C(httpx.AsyncClient): pass",
    ],
)
def test_a_way_out_is_noticed(source: str) -> None:
    assert list(doors(source))


@pytest.mark.parametrize(
    "source",
    [
        "import boto3\nboto3.client('s3')",
        "from urllib.parse import urlsplit",
        "from http import HTTPStatus",
        "import httpx\ndef f(client: httpx.Client) -> httpx.Response: return client.get('x')",
        "import httpx\ntry: pass\nexcept httpx.HTTPError: pass",
    ],
)
def test_what_only_names_or_uses_the_guard_is_no_way_out(source: str) -> None:
    assert not list(doors(source))
