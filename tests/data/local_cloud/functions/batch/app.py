"""Notes each record in the table; fails those that say so. Those that are to meet wait until they are three."""

import os
import time
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    failures = []
    for record in event["Records"]:
        if record.get("body") == "poison":
            failures.append({"itemIdentifier": record["messageId"]})
        elif "s3" in record:
            note("upload", record["s3"]["object"]["key"])
        elif record["body"].startswith("meet "):
            meet(record["body"])
        else:
            note("message", record["body"])
    return {"batchItemFailures": failures}


def note(kind: str, name: str) -> None:
    item = {"pk": {"S": kind}, "sk": {"S": name}}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=item)


def meet(name: str) -> None:
    note("arrived", name)
    while arrived() < 3:
        time.sleep(0.05)
    note("met", name)


def arrived() -> int:
    found = boto3.client("dynamodb").query(
        TableName=os.environ["TABLE_NAME"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "arrived"}},
    )
    return found["Count"]
