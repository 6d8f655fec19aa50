"""Where a key may stand."""

import pytest

from tokstack.api.auth import api_key


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer K"},
        {"authorization": "bearer   K "},
        {"authorization": "K"},
        {"authorization": "key K"},
        {"authorization": "key: K"},
        {"authorization": "Key: K"},
        {"x-api-key": "K"},
        {"x-api-key": " K "},
        {"authorization": "Bearer ", "x-api-key": "K"},
        {"authorization": "K", "x-api-key": "other"},
    ],
)
def test_every_form_gives_the_key(headers: dict[str, str]) -> None:
    assert api_key(headers) == "K"


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": ""}, {"authorization": "Bearer"}, {"authorization": "key: "}, {"x-api-key": " "}],
)
def test_no_key_is_none(headers: dict[str, str]) -> None:
    assert api_key(headers) is None


@pytest.mark.parametrize("text", ["Basic dTpw", "keyK", "bearerK", "K key K"])
def test_any_other_scheme_is_taken_for_a_key(text: str) -> None:
    assert api_key({"authorization": text}) == text
