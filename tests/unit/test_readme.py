"""What the README and its pages say of the stack is true of the template and of the command line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse
from typer.main import get_command

from cli.main import app
from local.upstream.catalog import catalog

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text())
FUNCTIONS = [
    resource["Properties"]
    for resource in TEMPLATE["Resources"].values()
    if resource["Type"] == "AWS::Serverless::Function"
]


def picture() -> str:
    found = re.search(r"```mermaid\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def groups() -> dict[str, set[str]]:
    """The functions of each group of the picture, by the group's name."""
    found = re.findall(r"subgraph (\w+) .*?\n(.*?)\n\s*end", picture(), re.DOTALL)
    return {name: set(re.findall(r"\w+", text)) for name, text in found}


def with_a_route() -> set[str]:
    return {
        Path(function["CodeUri"]).name
        for function in FUNCTIONS
        if any(event["Type"] == "HttpApi" for event in function.get("Events", {}).values())
    }


def test_the_picture_shows_every_function_once_and_no_other() -> None:
    shown = [name for group in groups().values() for name in group]
    assert sorted(shown) == sorted(Path(function["CodeUri"]).name for function in FUNCTIONS)


def test_the_picture_leads_the_api_to_every_function_with_a_route() -> None:
    led = {name for line in re.findall(r"api --> (.*)", picture()) for name in line.split(" & ")}
    assert {function for name in led for function in groups()[name]} == with_a_route()


def test_every_route_is_told() -> None:
    paths = {
        event["Properties"]["Path"]
        for function in FUNCTIONS
        for event in function.get("Events", {}).values()
        if event["Type"] == "HttpApi" and "Path" in event["Properties"]
    }
    told = README.replace("`/stats`", "`/api/tiktok/stats`")
    assert [path for path in sorted(paths) if path not in told] == []


def test_every_parameter_that_is_named_exists() -> None:
    named = set(re.findall(r"\(`([A-Z][A-Za-z]+)`\)", README))
    assert named
    assert named <= set(TEMPLATE["Parameters"])


def test_every_alarm_is_told() -> None:
    alarms = {name for name, resource in TEMPLATE["Resources"].items() if resource["Type"] == "AWS::CloudWatch::Alarm"}
    told = re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE)
    assert {f"{name}Alarm" for name in told} == alarms


def test_every_command_is_told() -> None:
    told = (ROOT / "docs" / "command-line.md").read_text()
    assert [command for command in commands(get_command(app)) if f"`{command}" not in told] == []


def commands(group: Any, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def test_every_post_that_is_asked_for_is_in_the_sample() -> None:
    texts = [README, *(file.read_text() for file in (ROOT / "docs").glob("*.md"))]
    asked = set(re.findall(r"https://www\.tiktok\.com/@[\w.]+/video/\d+", "".join(texts)))
    assert asked
    assert asked <= {post.url for post in catalog().posts}
