"""Does what the event says: `{"do": …, "with": …}`. Over HTTP it answers with the event that it got."""

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

VERSION = 1


def handler(event: dict[str, Any], _context: object) -> Any:
    return _over_http(event) if "routeKey" in event else _ACTIONS[event["do"]](event.get("with"))


def _fail(why: str) -> None:
    raise LookupError(why)


def _eat(megabytes: int) -> int:
    eaten = os.urandom(1024) * 1024 * megabytes
    time.sleep(60)
    return len(eaten)


def _put(item: dict[str, Any]) -> None:
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=item)


def _get(key: dict[str, Any]) -> None:
    boto3.client("dynamodb").get_item(TableName=os.environ["TABLE_NAME"], Key=key)


def _read(key: str) -> str:
    return boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read().decode()


def _presign(wish: dict[str, Any]) -> str:
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    values = {"Bucket": os.environ["BUCKET"], "Key": wish["key"]}
    return s3.generate_presigned_url("get_object", values, ExpiresIn=wish["seconds"])


_ACTIONS: dict[str, Callable[[Any], Any]] = {
    "answer too much": lambda _: "x" * (7 * 1024 * 1024),
    "eat memory": lambda _: _eat(600),
    "die": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "echo": lambda value: value,
    "environment": lambda _: dict(os.environ),
    "exit": lambda _: os._exit(3),
    "get item": _get,
    "hang": lambda _: time.sleep(60),
    "list tables": lambda _: boto3.client("dynamodb").list_tables(),
    "presign": _presign,
    "put item": _put,
    "raise": _fail,
    "read object": _read,
    "version": lambda _: VERSION,
}


def _over_http(event: dict[str, Any]) -> Any:
    wish = event.get("queryStringParameters", {}).get("answer", "")
    if wish == "fail":
        _fail("over http")
    picture = {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": "iVBORw==", "isBase64Encoded": True}
    answers: dict[str, Any] = {"nonsense": {"statusCode": "many"}, "bare": {"hello": "there"}, "bytes": picture}
    whole = {
        "statusCode": 201,
        "headers": {"Content-Type": "application/json", "X-Number": 7},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": json.dumps(event),
    }
    return answers.get(wish, whole)
