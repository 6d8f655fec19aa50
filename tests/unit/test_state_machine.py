"""The media machine: every step may fail, and every way through it ends in an outcome, in time."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tokstack.jobs import errors, store

ROOT = Path(__file__).parents[2]
RESOURCES: Mapping[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
DEFAULT_TIMEOUT: int = yaml_parse((ROOT / "template.yaml").read_text())["Globals"]["Function"]["Timeout"]
PROPERTIES: Mapping[str, Any] = RESOURCES["MediaMachine"]["Properties"]
TEXT = (ROOT / PROPERTIES["DefinitionUri"]).read_text()
MACHINE: Mapping[str, Any] = json.loads(TEXT)
TERMINAL = {"Succeed", "Fail"}

State = Mapping[str, Any]


def every_machine(machine: State) -> Iterator[State]:
    """The machine, and those inside of its maps."""
    yield machine
    for state in machine["States"].values():
        if state["Type"] == "Map":
            yield from every_machine(state["ItemProcessor"])


def tasks(machine: State, around: State | None = None) -> Iterator[tuple[str, State, State | None]]:
    """Each task with its name, and the map that it is in."""
    for name, state in machine["States"].items():
        if state["Type"] == "Task":
            yield name, state, around
        if state["Type"] == "Map":
            yield from tasks(state["ItemProcessor"], state)


def follows(state: State) -> Iterator[str]:
    """Wherever the machine may go from there."""
    yield from (each["Next"] for each in (state, *state.get("Choices", ()), *state.get("Catch", ())) if "Next" in each)
    if "Default" in state:
        yield state["Default"]


def reached(machine: State, start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead.extend(follows(machine["States"][name]))
    return seen


def function_of(task: State) -> str:
    """The function of the template that a task calls."""
    (substitution,) = re.findall(r"^\$\{(\w+)\}$", task["Arguments"]["FunctionName"])
    name, _ = PROPERTIES["DefinitionSubstitutions"][substitution]["Fn::GetAtt"]
    return str(name)


def timeout_of(function: str) -> int:
    return int(RESOURCES[function]["Properties"].get("Timeout", DEFAULT_TIMEOUT))


TASKS = {name: (task, around) for name, task, around in tasks(MACHINE)}
every_task = pytest.mark.parametrize("name", TASKS)
MACHINES = list(every_machine(MACHINE))
every_machine_of_them = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine["StartAt"])


def test_there_are_steps() -> None:
    assert list(TASKS) == ["Resolve", "DownloadFile", "Convert", "Finish", "Fail"]


@every_task
def test_a_task_has_a_timeout_that_its_function_fits_in(name: str) -> None:
    task, _ = TASKS[name]
    assert timeout_of(function_of(task)) <= task["TimeoutSeconds"]


@every_task
def test_a_task_is_tried_again_for_named_reasons_not_all_at_once(name: str) -> None:
    task, _ = TASKS[name]
    assert task["Retry"]
    for rule in task["Retry"]:
        assert rule["ErrorEquals"]
        assert not [error for error in rule["ErrorEquals"] if error.startswith("States.")], "named, not all"
        assert rule["JitterStrategy"] == "FULL"
        assert rule["MaxAttempts"] >= 1
        assert rule["BackoffRate"] > 1


@every_task
def test_a_task_knows_every_passing_error_and_tries_no_final_one_again(name: str) -> None:
    task, _ = TASKS[name]
    again = {error for rule in task["Retry"] for error in rule["ErrorEquals"]}
    ours = {error for error in again if "." not in error}
    assert "PassingError" in ours
    assert "Lambda.TooManyRequestsException" in again
    for error in ours | {"FinalError"}:
        assert issubclass(getattr(errors, error), Exception)
    assert "FinalError" not in again
    assert ("BusyError" in ours) == (name == "DownloadFile")


def test_whoever_waits_for_another_s_fetch_waits_as_long_as_that_may_take() -> None:
    task, _ = TASKS["DownloadFile"]
    (rule,) = (rule for rule in task["Retry"] if "BusyError" in rule["ErrorEquals"])
    waits = (rule["IntervalSeconds"] * rule["BackoffRate"] ** number for number in range(rule["MaxAttempts"]))
    jitter = 0.5  # of each, on average
    assert jitter * sum(min(wait, rule["MaxDelaySeconds"]) for wait in waits) >= timeout_of(function_of(task))


@every_task
def test_whatever_goes_wrong_in_a_task_is_caught(name: str) -> None:
    task, around = TASKS[name]
    catchers = task.get("Catch") or (around or {}).get("Catch") or []
    assert [catcher["ErrorEquals"] for catcher in catchers] == [["States.ALL"]]
    assert catchers[0]["Next"] == ("Failed" if name == "Fail" else "Fail")
    assert catchers[0]["Assign"]


@every_machine_of_them
def test_every_way_leads_on_to_an_end(machine: State) -> None:
    states = machine["States"]
    assert reached(machine, machine["StartAt"]) == set(states)
    ends = {name for name, state in states.items() if state["Type"] in TERMINAL or state.get("End")}
    assert ends
    for name, state in states.items():
        assert (name in ends) != ("Next" in state or "Choices" in state), name
        assert reached(machine, name) & ends, name
        if state["Type"] == "Choice":
            assert "Default" in state, name


def test_a_machine_does_not_go_round_in_circles() -> None:
    for machine in MACHINES:
        for name, state in machine["States"].items():
            assert not any(name in reached(machine, follower) for follower in follows(state)), name


def test_a_job_ends_before_it_is_taken_for_lost() -> None:
    longest = sum(task["TimeoutSeconds"] for task, _ in TASKS.values())
    assert longest <= MACHINE["TimeoutSeconds"] < store.LONGEST


def test_what_the_definition_leaves_open_is_given_and_nothing_else() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == set(PROPERTIES["DefinitionSubstitutions"])


def test_the_machine_may_call_its_functions_and_no_others() -> None:
    (policy,) = PROPERTIES["Policies"]
    (statement,) = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "lambda:InvokeFunction")
    allowed = [resource["Fn::GetAtt"] for resource in statement["Resource"]]
    assert sorted(allowed) == sorted([function_of(task), "Arn"] for task, _ in TASKS.values())


@every_task
def test_a_step_calls_a_function_and_names_the_job(name: str) -> None:
    task, _ = TASKS[name]
    assert task["Resource"] == "arn:aws:states:::lambda:invoke"
    assert "$states.context.Execution.Name" in json.dumps(task["Arguments"]["Payload"])
    assert function_of(task).startswith("Media")


def test_only_what_fails_is_a_failed_execution() -> None:
    assert MACHINE["States"]["Failed"]["Type"] == "Fail"
    assert MACHINE["States"]["Finish"]["End"] is True
    assert list(follows(MACHINE["States"]["Fail"])) == ["Failed", "Failed"]
