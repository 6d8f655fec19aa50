"""Notes each record in the table; fails those that say so."""

import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    failures = []
    for record in event["Records"]:
        if record.get("body") == "poison":
            failures.append({"itemIdentifier": record["messageId"]})
        elif "s3" in record:
            note("upload", record["s3"]["object"]["key"])
        else:
            note("message", record["body"])
    return {"batchItemFailures": failures}


def note(kind: str, name: str) -> None:
    item = {"pk": {"S": kind}, "sk": {"S": name}}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=item)
