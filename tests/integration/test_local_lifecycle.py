"""The local cloud's beginnings and ends: what it leaves, and what it says where it cannot begin."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.clouds import ROOT, STOP_SECONDS, Stack, start, wait

SOURCE = ROOT / "tests" / "data" / "local_cloud"
SMALL = ("--template", str(SOURCE / "template.yaml"), "--upstream", "live")


def descendants(pid: int) -> list[int]:
    """The processes that the process has started and that still live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            child = int(stat.parent.name)
            found += [child, *descendants(child)]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int]) -> bool:
    """Whether all of them have ended, within five seconds."""
    deadline = time.monotonic() + 5
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(alive, pids))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_no_process_and_no_file(tmp_path: Path, end: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    process = start(tmp_path, "--template", str(SOURCE / "template.yaml"))
    stack = wait(tmp_path, process)
    assert httpx.get(stack.url, timeout=20).status_code == 201
    children = descendants(process.pid)
    assert len(children) >= 2  # the sample upstream and a worker
    assert list(temporary.iterdir())
    process.send_signal(end)
    assert process.wait(STOP_SECONDS) == 0
    assert gone(children)
    assert list(temporary.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"log", "tmp"}
    assert "Traceback" not in stack.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_its_children_die_with_it_even_when_it_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # nobody is left to clear it
    process = start(tmp_path, "--template", str(SOURCE / "template.yaml"))
    stack = wait(tmp_path, process)
    httpx.get(stack.url, timeout=20)
    children = descendants(process.pid)
    assert len(children) >= 2
    process.kill()
    process.wait()
    assert gone(children)


def test_what_it_prints_works_when_pasted(stack: Stack, tmp_path: Path) -> None:
    lines = [line.strip() for line in stack.log.read_text().splitlines() if line.strip().startswith("curl ")]
    assert len(lines) == 5
    answers = [
        subprocess.run(["bash", "-c", f"{line} -s"], capture_output=True, check=True, cwd=tmp_path).stdout
        for line in lines
    ]
    for answer in answers[:3]:
        assert json.loads(answer)["status"] == "success", answer
    (saved,) = tmp_path.glob("*.mp3")
    assert saved.stat().st_size
    assert json.loads(answers[4])["pagination"]["page"] == 1


def test_a_busy_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("run", "--port", port, "--state-dir", str(tmp_path / "state"), *SMALL)
    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} cannot be used: Address already in use.\n"
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("Resources:", "Resources: [", "is not YAML"),
        ("Type: AWS::SQS::Queue", "Type: AWS::Nowhere::Thing", "AWS::Nowhere::Thing is not known here"),
    ],
)
def test_a_broken_template_is_one_clear_line(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    template = Path(shutil.copytree(SOURCE, tmp_path / "source")) / "template.yaml"
    template.write_text(template.read_text().replace(right, wrong))
    ended = run("run", "--port", "0", "--template", str(template), "--upstream", "live", "--state-dir", str(tmp_path))
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert says in line


def test_an_unknown_parameter_is_one_clear_line(tmp_path: Path) -> None:
    ended = run("run", "--port", "0", "--param", "Nothing=1", *SMALL, "--state-dir", str(tmp_path))
    assert (ended.returncode, ended.stderr) == (1, "The template has no parameter 'Nothing'.\n")


def test_one_function_runs_on_one_event(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"do": "echo", "with": ["é", {"key": "DEMO_KEY"}]}))
    ended = run("invoke", "probe", "-e", str(event), *SMALL)
    letter, key = json.loads(ended.stdout)
    assert (ended.returncode, letter) == (0, "é")
    assert key["key"].startswith("tok_")


@pytest.mark.parametrize(("name", "code"), [("ProbeFunction", 1), ("nobody", 1)])
def test_a_function_that_fails_ends_the_command_with_1(tmp_path: Path, name: str, code: int) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"do": "raise", "with": "why"}')
    ended = run("invoke", name, "-e", str(event), *SMALL)
    assert ended.returncode == code
    assert ("LookupError" in ended.stdout) == (name != "nobody")
    assert "why" in ended.stderr or "There is no function 'nobody'" in ended.stderr
