"""What the machine is told of a failure, and what a caller is told of what the machine says."""

import json

import pytest

from tokstack.errors import Code, TokstackError
from tokstack.jobs.errors import BusyError, FinalError, PassingError, read, told

PASSING = {
    Code.SERVICE_UNAVAILABLE,
    Code.UPSTREAM_RATE_LIMITED,
    Code.UPSTREAM_CHALLENGE,
    Code.UPSTREAM_EMPTY,
    Code.UPSTREAM_CHANGED,
    Code.UPSTREAM_UNAVAILABLE,
    Code.UPSTREAM_TIMEOUT,
}


def failure(error: Exception) -> dict[str, str]:
    """An error of a function as Step Functions hands it on."""
    cause = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
    return {"Error": type(error).__name__, "Cause": json.dumps(cause)}


@pytest.mark.parametrize("code", Code)
def test_what_a_caller_is_told_comes_through_the_machine(code: Code) -> None:
    with pytest.raises((PassingError, FinalError)) as caught, told():
        raise TokstackError(code, 'A "quoted" sentence – mit Umläuten.')
    assert type(caught.value) is (PassingError if code in PASSING else FinalError)
    heard = read(failure(caught.value))
    assert (heard.code, heard.message) == (code, 'A "quoted" sentence – mit Umläuten.')


def test_a_fault_of_ours_leaves_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError), told():
        _ = 1 / 0


def test_where_nothing_fails_nothing_is_told() -> None:
    with told():
        pass


@pytest.mark.parametrize(
    "output",
    [
        {"Error": "States.Timeout"},
        {"Error": "Sandbox.Timedout", "Cause": '{"errorMessage": "Task timed out after 900.00 seconds"}'},
        failure(BusyError("tiktok/1/video")),
    ],
)
def test_what_took_too_long_is_said_so(output: dict[str, str]) -> None:
    assert read(output).code is Code.UPSTREAM_TIMEOUT


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"Error": "FinalError"},
        {"Error": "Runtime.ExitError", "Cause": '{"errorMessage": "RequestId: 1 Error: Runtime exited"}'},
        {"Error": "Lambda.Unknown", "Cause": "The cause could not be determined because Lambda did not return a type."},
        failure(ZeroDivisionError("division by zero")),
        failure(FinalError('{"code": "no_such_code", "message": "m"}')),
        failure(FinalError('{"code": "post_deleted"}')),
        failure(FinalError('["post_deleted", "m"]')),
        failure(FinalError("1")),
        {"Error": "FinalError", "Cause": "[]"},
        {"Error": "FinalError", "Cause": '{"errorMessage": null}'},
    ],
)
def test_all_else_is_our_fault(output: dict[str, str]) -> None:
    assert read(output).code is Code.INTERNAL_ERROR
