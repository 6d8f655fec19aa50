"""One download or one conversion in a process of its own, whose memory another looks at (media_memory.py).

It imports what the function imports, and nothing else of this repository.
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from tokstack import outbound
from tokstack.jobs.convert import Converter
from tokstack.media import pages
from tokstack.media.body import silent
from tokstack.media.ffmpeg.material import Limits
from tokstack.media.page_files import PageFiles
from tokstack.media.post_files import PostFiles
from tokstack.media.source import TIKTOK, WEB, Source
from tokstack.media.storage import Storage
from tokstack.posts.models import Kind, Post, Rendition
from tokstack.posts.references import PostRef
from tokstack.table import Table

MAX_BYTES = 524_288_000
_SECONDS = 600


class OneVideo:
    """Every post has the video of that address."""

    def __init__(self, url: str) -> None:
        self._url = url

    def post(self, reference: PostRef, *, required: frozenset[str]) -> Post:  # noqa: ARG002 - the protocol's
        return self.renew(reference.id)

    def renew(self, post_id: str) -> Post:
        return Post(id=post_id, kind=Kind.VIDEO, renditions=(Rendition(urls=(self._url,)),))


def run(task: str, subject: str, where: dict[str, str]) -> None:
    """`subject` is a file's address, or a job's id."""
    storage = Storage(_client("s3", where["s3"]), where["bucket"])
    table = Table(_client("dynamodb", where["dynamodb"]), where["table_name"])

    def open_client(seconds: float = _SECONDS, requests: int = 64) -> httpx.Client:
        gateway = where["gateway"]
        return outbound.client(None, seconds=seconds, max_bytes=2 * MAX_BYTES, max_requests=requests, gateway=gateway)

    match task:
        case "post":
            files = PostFiles(OneVideo(subject), storage, open_client, MAX_BYTES, table.now)
            files.store(Source(TIKTOK, "7300000000000000000", "video"), silent)
        case "page":
            from tokstack.providers.extractor.extractor import Extractor

            page = PageFiles(Extractor(open_client, MAX_BYTES), storage, table, MAX_BYTES)
            page.store(Source(WEB, pages.remember(table, subject), "item-1"), silent)
        case "convert":
            Converter(table, storage, Limits()).convert(subject, _SECONDS)


def _client(service: str, endpoint: str) -> Any:
    session = boto3.Session("local", "local", region_name="us-east-1")
    config = Config(signature_version="s3v4") if service == "s3" else None
    return session.client(service, endpoint_url=endpoint, config=config)  # type: ignore[call-overload] # any service


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
