"""As linked data, every object of the social family is made of ActivityStreams' terms and of its own, and of no other.

The contexts are kept beside the tests, with the terms that are used: nothing is fetched.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from tokstack.api import examples
from tokstack.api.social.objects import CONTEXT

CONTEXTS = Path(__file__).parents[1] / "data" / "contexts"
AS, SOCIAL = "https://www.w3.org/ns/activitystreams#", "https://konbiniapi.com/ns/social#"
FILES = dict(zip(CONTEXT, ("activitystreams.json", "social.json"), strict=True))
SHOWN = {
    name: examples.SUCCESSES[name]
    for name in (
        "audio",
        "user",
        "video",
        "video-download",
        "video-comments",
        "comment-replies",
        "user-followers",
        "tag",
    )
} | {"video-transcript": examples.TRANSCRIPT}
TYPES = {
    "audio": "Audio",
    "user": "Person",
    "video": "Video",
    "video-download": "Video",
    "video-transcript": "Document",
    "video-comments": "OrderedCollectionPage",
    "comment-replies": "OrderedCollectionPage",
    "user-followers": "OrderedCollectionPage",
    "tag": "OrderedCollectionPage",
}


def load(url: str, _: object) -> dict[str, Any]:
    document = json.loads((CONTEXTS / FILES[url]).read_text())
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


def shown(name: str) -> Any:
    return json.loads(SHOWN[name].model_dump_json(by_alias=True))["data"]


def expanded(document: Any) -> Any:
    (node,) = jsonld.expand(document, {"documentLoader": load})
    return node


def keys(value: Any) -> Iterator[str]:
    """Of everything in it that has a value, at any depth."""
    if isinstance(value, list):
        for each in value:
            yield from keys(each)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if inner is not None:
                yield key
                yield from keys(inner)


@pytest.mark.parametrize("name", SHOWN)
def test_an_object_is_of_its_type(name: str) -> None:
    assert expanded(shown(name))["@type"] == [AS + TYPES[name]]


@pytest.mark.parametrize("name", SHOWN)
def test_no_term_is_lost_and_none_is_a_strangers(name: str) -> None:
    document = shown(name)
    told = [key for key in keys(document) if key not in ("@context", "id", "type")]
    found = [key for key in keys(expanded(document)) if not key.startswith("@")]
    assert all(key.startswith((AS, SOCIAL)) for key in found)
    assert sorted(key.partition("#")[2] for key in found) == sorted(
        "items" if key == "orderedItems" else key for key in told
    )


def test_what_is_inside_has_its_types_too() -> None:
    video = expanded(shown("video"))
    types = {
        "attributedTo": AS + "Person",
        "tag": SOCIAL + "Tag",
        "attachment": SOCIAL + "VideoAttachment",
        "image": AS + "Image",
        "preview": AS + "Image",
        "location": AS + "Place",
    }
    assert {name: video[AS + name][0]["@type"] for name in types} == {name: [iri] for name, iri in types.items()}
    assert video[SOCIAL + "audio"][0]["@type"] == [AS + "Audio"]
    notes = expanded(shown("video-comments"))[AS + "items"][0]["@list"]
    assert notes[0]["@type"] == [AS + "Note"]
    assert notes[0][AS + "inReplyTo"] == [{"@id": "https://www.tiktok.com/@_/video/7318517321748022531"}]
    assert expanded(shown("user"))[AS + "attachment"][0]["@type"] == [AS + "Link"]


def test_what_is_said_survives() -> None:
    notes = expanded(shown("video-comments"))[AS + "items"][0]["@list"]
    assert notes[0][AS + "content"] == [{"@value": "美味しそう! 🍞"}]


@pytest.mark.parametrize("name", SHOWN)
def test_the_context_stands_on_the_outermost_alone(name: str) -> None:
    assert list(keys(shown(name))).count("@context") == 1
    assert shown(name)["@context"] == list(CONTEXT)
