"""`/mcp`: every operation as a tool of the Model Context Protocol, by its streamable HTTP transport, without a state.

A message is one JSON-RPC 2.0 request, and its answer is JSON: nothing is streamed and no session is kept, which the
protocol leaves to the server.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from tokstack import __version__
from tokstack.api.http import Reply
from tokstack.api.routes import Call, Route
from tokstack.api.tools import PROJECTION, Tool, event, projected, tools
from tokstack.config import settings
from tokstack.errors import Code, TokstackError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_VERSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")  # of the protocol
_METHOD_NOT_FOUND, _INVALID_PARAMS = -32601, -32602
_SECONDS = 30  # the API's longest answer
_INSTRUCTIONS = (
    "TikTok posts, media, sounds and a library of ads and posts. A conversion is a job: ask `job` with its id until "
    "it has a result. Answers can be long: name the fields that you want in `projection`."
)


class RpcMessage(BaseModel):
    """A JSON-RPC request, or a notification where it has no id."""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    jsonrpc: str
    method: str
    id: StrictStr | StrictInt | None = None
    params: dict[str, Any] = {}


class _RpcError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _answer(message: RpcMessage, call: Call) -> Reply:
    if message.id is None:
        return Reply(202)
    try:
        outcome: dict[str, Any] = {"result": _result(message, call)}
    except _RpcError as error:
        outcome = {"error": {"code": error.code, "message": str(error)}}
    body = json.dumps({"jsonrpc": "2.0", "id": message.id, **outcome}, ensure_ascii=False)
    return Reply(200, body, {"Content-Type": "application/json", "Cache-Control": "no-store"})


def _result(message: RpcMessage, call: Call) -> dict[str, Any]:
    match message.method:
        case "initialize":
            return _initialized(message.params)
        case "ping":
            return {}
        case "tools/list":
            return {"tools": [_listed(tool) for tool in tools().values()]}
        case "tools/call":
            return _called(message.params, call)
    raise _RpcError(_METHOD_NOT_FOUND, f"There is no method {message.method[:60]!r} here.")


def _initialized(params: Mapping[str, Any]) -> dict[str, Any]:
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in _VERSIONS else _VERSIONS[-1],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": settings().service_name, "version": __version__},
        "instructions": _INSTRUCTIONS,
    }


def _listed(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": tool.schema,
        "annotations": {"readOnlyHint": tool.reads_only, "destructiveHint": False, "openWorldHint": True},
    }


def _called(params: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """What the operation answers; its refusals are the tool's to tell, not the protocol's."""
    tool = tools().get(str(params.get("name")))
    if tool is None:
        raise _RpcError(_INVALID_PARAMS, f"There is no tool {str(params.get('name'))[:60]!r}.")
    arguments = params.get("arguments") or {}
    if not isinstance(arguments, dict):
        raise _RpcError(_INVALID_PARAMS, "The arguments are to be an object.")
    fields = arguments.pop(PROJECTION, None)
    if fields is not None and not (isinstance(fields, list) and all(isinstance(field, str) for field in fields)):
        raise _RpcError(_INVALID_PARAMS, f"{PROJECTION} is to be a list of paths.")
    try:
        answer = _invoke(tool, event(tool, arguments, call.request))
    except TokstackError as error:
        return told({"error": {"code": error.code, "message": error.message}}, failed=True)
    body, failed = _body(answer), answer["statusCode"] >= 400  # noqa: PLR2004 - HTTP's failures
    return told(projected(body, fields) if fields and not failed else body, failed=failed)


def told(body: Any, *, failed: bool) -> dict[str, Any]:
    """An operation's answer as a tool's."""
    text = json.dumps(body, ensure_ascii=False)
    return {"content": [{"type": "text", "text": text}], "structuredContent": body, "isError": failed}


def _body(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's JSON; where it is a file, where that is."""
    location = answer.get("headers", {}).get("Location")
    if location and not answer.get("body"):
        return {"location": location}
    body = json.loads(answer["body"])
    return body if isinstance(body, dict) else {"data": body}


def _invoke(tool: Tool, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises TokstackError: SERVICE_UNAVAILABLE where the function cannot be called, or failed without an answer."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = _client().invoke(FunctionName=f"{settings().stack_name}-{tool.function}", Payload=json.dumps(payload))
    except (BotoCoreError, ClientError) as error:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The operation cannot be reached.", retry_after=1) from error
    if "FunctionError" in answer:
        raise TokstackError(Code.SERVICE_UNAVAILABLE, "The operation broke off.", retry_after=1)
    answered: Mapping[str, Any] = json.load(answer["Payload"])
    return answered


@cache
def _client() -> "LambdaClient":
    import boto3
    from botocore.config import Config

    # Once: a call that is tried again by itself might be charged again.
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=_SECONDS)
    return boto3.client("lambda", config=config)


MCP = Route(
    name="mcp",
    paths=("/mcp",),
    summary="Every operation as a tool of the Model Context Protocol",
    body=RpcMessage,
    answer=_answer,
    methods=("POST",),
)
