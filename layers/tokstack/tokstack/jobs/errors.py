"""What the machine is told when a step fails. It knows errors by their names, and tries some of them again.

PassingError        worth another try
FinalError          says something about what was asked: no try more
BusyError           another worker is at the same file: worth waiting for
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tokstack.errors import Code, TokstackError


class PassingError(Exception):
    """Worth another try."""


class FinalError(Exception):
    """No try more."""


class BusyError(Exception):
    """Another worker is at it."""


_TIMEOUTS = frozenset({"States.Timeout", "Sandbox.Timedout", "BusyError"})


@contextmanager
def told() -> Iterator[None]:
    """Whatever a caller would be told leaves the block as an error that the machine knows by name."""
    try:
        yield
    except TokstackError as error:
        passing = error.passing or error.code is Code.SERVICE_UNAVAILABLE
        text = json.dumps({"code": error.code, "message": error.message})
        raise (PassingError if passing else FinalError)(text) from error


def read(output: Mapping[str, str]) -> TokstackError:
    """What a machine's error output (`Error`, `Cause`) means to a caller."""
    if output.get("Error") in _TIMEOUTS:
        return TokstackError(Code.UPSTREAM_TIMEOUT, "This took too long.")
    try:
        said = json.loads(json.loads(output["Cause"])["errorMessage"])
        return TokstackError(Code(said["code"]), said["message"])
    except (KeyError, TypeError, ValueError):  # no error of ours: a worker that died, a fault in the machine
        return TokstackError(Code.INTERNAL_ERROR, "Something went wrong on our side.")
