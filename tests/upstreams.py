"""Upstreams made of functions: what a provider asks goes to `answer`, and no socket is opened."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tokstack.providers.session import Hosts, Session, sessions

Answer = Callable[[httpx.Request], httpx.Response]


class Recorder:
    """Answers with what `answer` gives, and remembers what was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    @property
    def asked(self) -> list[str]:
        """Host and path of every request, in order."""
        return [f"{request.url.host}{request.url.path}" for request in self.requests]

    @property
    def session(self) -> Session:
        return session(self)


def session(answer: Answer) -> Session:
    def open_client(hosts: Hosts, seconds: float) -> httpx.Client:
        def checked(request: httpx.Request) -> httpx.Response:
            host = request.url.host
            assert hosts is None or any(host == one or host.endswith(f".{one}") for one in hosts)
            return answer(request)

        return httpx.Client(transport=httpx.MockTransport(checked), follow_redirects=True, timeout=seconds)

    return sessions(open_client)


def always(response: httpx.Response) -> Answer:
    return lambda _: httpx.Response(response.status_code, headers=response.headers, content=response.content)


def web_page(**entries: Any) -> str:
    """A page of the web with entries of its state, such as `video_detail`."""
    scope = {f"webapp.{name.replace('_', '-')}": value for name, value in entries.items()}
    state = json.dumps({"__DEFAULT_SCOPE__": scope})
    script = f'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{state}</script>'
    return f"<!DOCTYPE html><html><head></head><body>{script}</body></html>"


def post_page(item: Mapping[str, Any]) -> str:
    return web_page(video_detail={"statusCode": 0, "statusMsg": "", "itemInfo": {"itemStruct": item}})


def embed_page(path: str, data: Mapping[str, Any]) -> str:
    state = json.dumps({"source": {"data": {path: data}}})
    return f'<html><script id="__FRONTITY_CONNECT_STATE__" type="application/json">{state}</script></html>'
