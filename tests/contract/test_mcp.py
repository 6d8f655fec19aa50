"""The tools, driven by the official client of the Model Context Protocol."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.front_door import FrontDoor
from tokstack.api.tools import tools

Steps = Callable[[Client], Awaitable[Any]]


def drive(door: FrontDoor, steps: Steps, key: str | None = None) -> Any:
    """What the steps come to in a session of their own, with the demo key or another."""

    async def session() -> Any:
        headers = {"Authorization": f"Bearer {door.key if key is None else key}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{door.url}/mcp", http_client=http)) as client,
        ):
            return await steps(client)

    return anyio.run(session)


def called(door: FrontDoor, name: str, key: str | None = None, /, **arguments: Any) -> Any:
    async def steps(client: Client) -> Any:
        return await client.call_tool(name, arguments)

    return drive(door, steps, key)


def test_every_tool_is_listed(door: FrontDoor) -> None:
    async def steps(client: Client) -> Any:
        return await client.list_tools(), client.server_info

    listed, server = drive(door, steps)
    assert [tool.name for tool in listed.tools] == list(tools())
    assert server.name == "tokstack"


def test_a_tool_answers_and_costs_what_its_operation_does(door: FrontDoor) -> None:
    account = door.account(2)
    url = next(post["url"] for post in door.catalog["posts"] if post["trait"] == "plain")
    whole = called(door, "statistic", account.key, url=url)
    assert not whole.is_error
    over_http = door.get("/api/tiktok/statistic", account.key, url=url).json()
    assert whole.structured_content["data"].keys() == over_http["data"].keys()
    assert door.balance(account) == 0
    refused = called(door, "statistic", account.key, url=url)
    assert refused.is_error
    assert refused.structured_content["error"] == "insufficient_credits"


def test_a_projection_leaves_what_was_not_asked_for(door: FrontDoor) -> None:
    answer = called(door, "usage", projection=["data.account"])
    assert answer.structured_content == {"data": {"account": "demo"}}
    assert json.loads(answer.content[0].text) == answer.structured_content


def test_a_conversion_is_a_job_that_ends_in_a_file(door: FrontDoor) -> None:
    url = next(post["url"] for post in door.catalog["posts"] if post["trait"] == "plain" and post["type"] == "video")
    job = called(door, "convert", url=url, format="wav", options={"end_time": 1.0}).structured_content["job"]

    async def until_it_ended(client: Client) -> Any:
        with anyio.fail_after(60):
            while True:
                data = (await client.call_tool("job", {"jobId": job["id"]})).structured_content["data"]
                if data["status"] in ("succeeded", "failed"):
                    return data
                await anyio.sleep(0.2)

    data = drive(door, until_it_ended)
    assert data["status"] == "succeeded"
    assert door.http.get(data["result"]["url"]).content.startswith(b"RIFF")


def test_a_tool_asks_for_a_key_as_its_operation_does(door: FrontDoor) -> None:
    answer = called(door, "usage", "nobody")
    assert answer.is_error
    assert answer.structured_content["error"]["code"] == "invalid_api_key"
