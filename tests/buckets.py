"""An empty bucket for tests, in moto or on a real S3 server."""

import boto3
from botocore.config import Config
from mypy_boto3_s3 import S3Client

_BUCKET = "media"
ACCESS_KEY = SECRET_KEY = "local"


def client(endpoint: str | None = None) -> S3Client:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(signature_version="s3v4", retries={"total_max_attempts": 1}),
    )


def emptied(client: S3Client) -> str:
    """The name of the one bucket, with nothing in it. On a real server each new one claims disk of its own."""
    if not client.list_buckets()["Buckets"]:
        client.create_bucket(Bucket=_BUCKET)
    for stored in client.list_objects_v2(Bucket=_BUCKET).get("Contents", []):
        client.delete_object(Bucket=_BUCKET, Key=stored["Key"])
    return _BUCKET
