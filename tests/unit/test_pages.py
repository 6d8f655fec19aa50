"""Data out of HTML."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payloads import recorded, recorded_bytes
from tokstack.providers.pages import embedded, has_state, is_blocked, is_challenge, rehydrated


def page(script: str, identity: str = "__UNIVERSAL_DATA_FOR_REHYDRATION__") -> bytes:
    return (
        "<!DOCTYPE html><html><head><script>window.x={}</script></head><body>"
        f'<script id="{identity}" type="application/json">{script}</script>'
        "<script>var y = 1</script></body></html>"
    ).encode()


def state(**entries: object) -> str:
    return json.dumps({"__DEFAULT_SCOPE__": {name.replace("_", "."): value for name, value in entries.items()}})


def test_the_state_of_a_recorded_post_page() -> None:
    detail = rehydrated(recorded_bytes("item_page_html/video-2025-12.trimmed.html"), "webapp.video-detail")
    assert detail is not None
    assert detail["statusCode"] == 0
    assert detail["itemInfo"]["itemStruct"]["id"] == "7571863205253778710"


def test_the_state_of_a_recorded_profile_page() -> None:
    detail = rehydrated(recorded_bytes("profile_page_html/profile-2025-12.trimmed.html"), "webapp.user-detail")
    assert detail is not None
    assert detail["userInfo"]["user"]["uniqueId"] == "illojuan"


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_one_entry_among_others(separators: tuple[str, str]) -> None:
    scope = {"a": {"text": '"b":{"not":"this"}'}, "b": {"c": "</div> é 🔥"}, "d": 1}
    html = page(json.dumps({"__DEFAULT_SCOPE__": scope}, separators=separators, ensure_ascii=False))
    assert rehydrated(html, "b") == {"c": "</div> é 🔥"}


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"<html>Please wait...</html>",
        page(state(other={})),
        page(state(wanted=[])),
        page(state(wanted=None)),
        page(state(wanted={"a": 1}))[:-90],  # no end of the script
        page('{"__DEFAULT_SCOPE__":{"wanted":{"a":'),
        page('{"__DEFAULT_SCOPE__":{"wanted":' + '{"a":' * 100_000),
        page(state(wanted={"a": "é"})).replace(b"\\u00e9", b"\xff"),
        page(state(wanted={"a": 1}), "SOMETHING_ELSE"),
    ],
    ids=["empty", "challenge", "other", "list", "null", "truncated", "broken", "deep", "not UTF-8", "other script"],
)
def test_a_page_without_the_entry(html: bytes) -> None:
    assert rehydrated(html, "wanted") is None


def test_the_data_of_an_embed_page() -> None:
    composed = recorded("embed_shape/embed-v2-state.composed.json")
    data = embedded(page(json.dumps(composed), "__FRONTITY_CONNECT_STATE__"))
    assert data is not None
    assert data["videoData"]["itemInfos"]["id"] == "7377599319744056584"


@pytest.mark.parametrize(
    "script", ["", "{", "[]", "{}", '{"source":{"data":[]}}', '{"source":{"data":{"/other":{}}}}', "null"]
)
def test_an_embed_page_without_data(script: str) -> None:
    assert embedded(page(script, "__FRONTITY_CONNECT_STATE__")) is None


def test_markers() -> None:
    challenge = recorded_bytes("item_page_html/challenge.composed.html")
    assert is_challenge(challenge)
    assert not has_state(challenge)
    assert not is_blocked(challenge)
    assert is_blocked(b"<html>overload-protect triggered</html>")
    assert is_blocked(b"<title>Security Check</title>")
    assert has_state(page("{}"))
    assert has_state(page("{}", "__FRONTITY_CONNECT_STATE__"))
    assert not is_challenge(b"<html></html>")


@given(
    st.lists(
        st.sampled_from([b'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__"', b">", b'"a":', b"{", b"}", b"</script>"])
    )
)
def test_no_page_breaks_the_reading(parts: list[bytes]) -> None:
    assert rehydrated(b"".join(parts), "a") in (None, {})
