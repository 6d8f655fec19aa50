"""The committed description is what the code makes, is valid, and tells of the routes that the template has."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from samtranslator.yaml_helper import yaml_parse

from local.upstream.catalog import catalog
from local.upstream.conversations import comments
from tests.exchanges import ask, event
from tokstack.api import examples, openapi, samples
from tokstack.api.routes import Route
from tokstack.api.service import OPENAPI, OPENAPI_FILE

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
DOCUMENT = openapi.document()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()]


def bodies() -> list[tuple[dict[str, Any], Any]]:
    """Every JSON body that the document shows, with its schema."""
    found = []
    for _, _, operation in operations():
        if "requestBody" in operation:
            sent = operation["requestBody"]["content"]["application/json"]
            found.append((sent["schema"], sent["example"]))
        for response in operation["responses"].values():
            content = response.get("content", {}).get("application/json", {})
            if "example" in content:
                found.append((content["schema"], content["example"]))
            for example in content.get("examples", {}).values():
                shown = DOCUMENT["components"]["examples"][example["$ref"].rpartition("/")[2]]
                found.append((content["schema"], shown["value"]))
    return found


def test_the_committed_file_is_what_the_code_makes() -> None:
    assert OPENAPI_FILE.read_text("utf-8") == openapi.text(), "run `python -m tokstack.api.openapi` again"


def test_it_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_example_has_its_schema() -> None:
    shown = bodies()
    assert len(shown) > 100
    for schema, body in shown:
        Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(body)


def test_every_success_that_is_json_is_shown() -> None:
    unseen = {
        operation["operationId"]
        for _, _, operation in operations()
        for status, response in operation["responses"].items()
        if status.startswith("2") and "example" not in response.get("content", {}).get("application/json", {"example"})
    }
    assert unseen == {OPENAPI.name}  # which is shown by itself


def test_what_the_examples_ask_for_is_in_the_sample() -> None:
    post = catalog().by_id[samples.POST.id]
    assert post.url == samples.POST.url
    assert post.sound.id == samples.AUDIO
    assert samples.TAG in post.hashtags
    assert samples.COMMENT in [comment.id for comment in comments(post)]


def test_every_link_leads_from_an_answer_to_an_operation() -> None:
    named = {operation["operationId"]: operation for _, _, operation in operations()}
    links = [
        (operation, response, link)
        for operation in named.values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) > 50
    for operation, response, link in links:
        target = {parameter["name"]: parameter for parameter in named[link["operationId"]]["parameters"]}
        assert link["parameters"].keys() <= target.keys()
        assert link["parameters"].keys() >= {name for name, each in target.items() if each["required"]}
        asked = {parameter["name"] for parameter in operation["parameters"]}
        for name, place in link["parameters"].items():
            if place.startswith("$request."):
                assert place.rpartition(".")[2] in asked
            elif place.startswith("$response.body#"):
                value = at(response["content"]["application/json"]["example"], place.partition("#")[2])
                assert value is None or Draft202012Validator(target[name]["schema"]).is_valid(value)


def at(body: Any, pointer: str) -> Any:
    """What a JSON pointer leads to."""
    for step in pointer.split("/")[1:]:
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


def test_schemas_have_names_of_their_own_and_are_all_in_use() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    titles = [schema["title"] for schema in schemas.values()]
    assert len(titles) == len(set(titles))
    assert not [name for name in schemas if name.startswith("tokstack")]
    text = json.dumps(DOCUMENT)
    assert [name for name in schemas if f'"#/components/schemas/{name}"' not in text] == []


def test_it_describes_the_routes_of_the_template() -> None:
    resources = yaml_parse(TEMPLATE.read_text())["Resources"].values()
    events = [event for resource in resources for event in resource["Properties"].get("Events", {}).values()]
    routes = {
        (event["Properties"]["Path"], event["Properties"]["Method"].lower())
        for event in events
        if event["Type"] == "HttpApi" and "Path" in event["Properties"]
    }
    assert {(path, method) for path, method, _ in operations()} == routes


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", [route for route in openapi.ROUTES if route.body], ids=lambda route: route.name)
def test_every_example_of_a_body_is_taken(route: Route[Any]) -> None:
    assert route.body
    assert route.body.model_validate(examples.BODIES[route.name])


def test_a_conversion_is_described_whole() -> None:
    operation = DOCUMENT["paths"]["/api/convert/{format}"]["post"]
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    assert parameters.keys() == {"format", "Idempotency-Key", "Prefer"}
    assert parameters["format"]["schema"]["enum"] == ["mp3", "mp4", "wav", "gif"]
    assert operation["description"] == "A success costs 2 credits."
    responses = operation["responses"]
    assert responses["200"]["content"].keys() == {"audio/mpeg", "video/mp4", "audio/wav", "image/gif"}
    assert {"Location", "Retry-After", "Preference-Applied", "X-Credits-Used"} <= responses["202"]["headers"].keys()
    assert "Location" in responses["303"]["headers"]
    assert "Retry-After" in responses["409"]["headers"]
    assert {"400", "401", "402", "404", "413", "422"} <= responses.keys()


def test_the_library_is_described_whole() -> None:
    of_string, of_shop = (
        {parameter["name"]: parameter for parameter in DOCUMENT["paths"][path]["get"]["parameters"]}
        for path in ("/v1/tiktok/library", "/v1/shops/{shopId}/tiktok/library")
    )
    assert of_shop == {**of_string, "shopId": of_shop["shopId"]}
    assert of_string["limit"]["schema"].items() >= {"minimum": 1, "maximum": 50, "default": 25}.items()
    assert of_string["mediaTypes"]["schema"]["items"]["enum"] == ["image", "video", "carousel"]
    assert not any(parameter["required"] for parameter in of_string.values())
    assert all(parameter["description"] for parameter in of_string.values())
    operation = DOCUMENT["paths"]["/v1/tiktok/library/query"]["post"]
    body = DOCUMENT["components"]["schemas"]["LibraryBody"]
    assert of_string.keys() < body["properties"].keys()
    assert body["additionalProperties"] is False
    assert "required" not in body
    assert operation["description"].startswith("Each item that is returned costs 1 credit")
    assert "X-Usage-Cost" in operation["responses"]["200"]["headers"]
    assert {"400", "401", "402", "409", "413", "429", "503"} <= operation["responses"].keys()


def test_an_item_has_every_key_and_tells_what_is_derived() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in ("ItemData", "ItemDetail", "ItemMedia", "Content", "MetricsData", "ProfileData", "Shop", "PinData"):
        assert set(schemas[name]["required"]) == schemas[name]["properties"].keys(), name
    metrics = schemas["MetricsData"]["properties"]
    derived = {"engagementRate", "rank", "rankPercent", "relevanceScore"}
    assert derived <= {name for name, field in metrics.items() if "description" in field}


@pytest.mark.usefixtures("environment")
def test_it_is_served_as_it_was_committed() -> None:
    answer = ask(OPENAPI, event("/openapi.json"))
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.text) == DOCUMENT
