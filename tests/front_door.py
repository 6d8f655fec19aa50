"""The API as its callers see it: over HTTP, each answer held to the description, the sample upstream behind it."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import httpx
from jsonschema import Draft202012Validator

from local.account import STACK
from tests.clouds import Stack
from tokstack.accounts import credits as accounts
from tokstack.accounts import keys
from tokstack.api.service import OPENAPI_FILE
from tokstack.table import Table

_DESCRIPTION = json.loads(OPENAPI_FILE.read_text("utf-8"))
_HEADERS = ("Location", "Preference-Applied", "Content-Disposition")


@dataclass(frozen=True)
class Account:
    name: str
    key: str


@dataclass(frozen=True)
class FrontDoor:
    url: str
    key: str
    upstream: str
    table: Table
    secret: bytes  # that media links are signed with
    http: httpx.Client

    @cached_property
    def catalog(self) -> Any:
        return self._control("catalog.json")

    def get(self, path: str, key: str | None = None, **params: str) -> httpx.Response:
        """With the demo key, or with that one."""
        return self.ask("GET", path, {"x-api-key": self.key if key is None else key}, params=params)

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **how: Any) -> httpx.Response:
        answer = self.http.request(method, f"{self.url}{path}", headers=dict(headers or {}), **how)
        assert answer.headers["x-request-id"]
        _hold_to_description(method, path.partition("?")[0], answer)
        return answer

    def account(self, credits: int, *, rate: int | None = None, expires_at: float | None = None) -> Account:
        """A new account with a key."""
        name = f"test-{uuid4().hex[:12]}"
        if credits:
            accounts.grant(self.table, name, credits)
        return Account(name, keys.create(self.table, name, rate=rate, expires_at=expires_at))

    def balance(self, account: Account) -> int:
        return accounts.show(self.table, account.name).balance

    def upstream_requests(self, post_id: str = "") -> int:
        """How many requests the upstream has had, or how many for what has this id in its path."""
        hosts = self._control("requests")["hosts"]
        return sum(count for paths in hosts.values() for path, count in paths.items() if post_id in path)

    def _control(self, name: str) -> Any:
        return self.http.get(f"{self.upstream}/_control/{name}").raise_for_status().json()


@contextmanager
def front_door(stack: Stack) -> Iterator[FrontDoor]:
    """A running stack's, as its owner knows it."""
    with (
        stack.client("secretsmanager") as secrets,
        stack.client("dynamodb") as dynamodb,
        httpx.Client(timeout=60) as http,
    ):
        secret = secrets.get_secret_value(SecretId=f"{STACK}-signing")["SecretString"].encode()
    with stack.client("dynamodb") as dynamodb, httpx.Client(timeout=60) as http:
        yield FrontDoor(stack.url, stack.key, stack.upstream, Table(dynamodb, f"{STACK}-data"), secret, http)


def _hold_to_description(method: str, path: str, answer: httpx.Response) -> None:
    """A described operation answers nothing but what the description says."""
    operation = _described(path).get(method.lower())
    if operation is None:
        return
    response = operation["responses"][str(answer.status_code)]
    described = response.get("content", {})
    if described and answer.content:
        assert answer.headers["content-type"].partition(";")[0] in described
    assert response["headers"].keys() >= {name for name in _HEADERS if name.lower() in answer.headers}
    content = described.get("application/json")
    if not content or not answer.headers["content-type"].startswith("application/json"):
        return
    body = answer.json()
    Draft202012Validator({**content["schema"], "components": _DESCRIPTION["components"]}).validate(body)
    if "examples" in content:
        assert error_code(body) in content["examples"]


def _described(path: str) -> dict[str, Any]:
    """The operations of a path, by the first description that fits: those without variables come first."""
    paths: dict[str, dict[str, Any]] = _DESCRIPTION["paths"]
    forms = sorted(paths, key=lambda form: form.count("{"))
    return next((paths[form] for form in forms if re.fullmatch(re.sub(r"{\w+}", "[^/]+", form), path)), {})


def error_code(body: Any) -> str:
    """The code in a failure of any family."""
    if "errors" in body:
        return str(body["errors"][0]["code"])
    error = body["error"]
    if isinstance(error, Mapping):
        return str(error["code"])
    return str(error if "status" in body else body["code"])
