"""The local cloud's command line, as far as it comes before anything runs, and the file that says it is ready."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.__main__ import _ready_file, app
from local.errors import LocalError


@pytest.mark.parametrize("option", ["--port=65536", "--port=-1", "--aws-port=99999", "--port=x", "--param=Nothing"])
def test_an_option_that_makes_no_sense(option: str) -> None:
    result = CliRunner().invoke(app, ["run", option])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value" in result.stderr


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_an_interpreter_that_cannot_run_functions_is_one_clear_line(python: str) -> None:
    result = CliRunner().invoke(app, ["run", "--port=0", "--python", python])
    assert result.exit_code == 1
    assert result.stderr == f"{python} cannot run the functions: it is no Python that has awslambdaric.\n"


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe"])
def test_an_event_that_is_no_json_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    event = tmp_path / "event.json"
    event.write_bytes(content)
    result = CliRunner().invoke(app, ["invoke", "health", "-e", str(event)])
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{event} is not JSON")


def test_the_ready_file_goes_with_its_folder(tmp_path: Path) -> None:
    with _ready_file(tmp_path / "state", {"url": "first"}):
        assert (tmp_path / "state" / "ready.json").exists()
    assert not (tmp_path / "state").exists()


def test_the_ready_file_of_a_later_run_stays(tmp_path: Path) -> None:
    first, second = _ready_file(tmp_path / "state", {"url": "first"}), _ready_file(tmp_path / "state", {"url": "2nd"})
    first.__enter__()
    with second:
        first.__exit__(None, None, None)
        assert "2nd" in (tmp_path / "state" / "ready.json").read_text()
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match=r"file cannot be written: File exists\.$"), _ready_file(tmp_path / "file", {}):
        pass
