"""What a run of the command line came to."""

from typer.testing import Result


def answer(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def complaint(result: Result) -> str:
    """The one line on standard error that comes with exit 1, and nothing else."""
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    return str(line)
