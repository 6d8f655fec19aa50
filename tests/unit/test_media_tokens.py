"""A media token says what was signed, to its holder alone, until it expires."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError
from tokstack.media import tokens
from tokstack.media.links import Links
from tokstack.media.source import Source

SECRET = b"a secret of some length"
NOW = 1_767_000_000
SOURCE = Source("tiktok", "7300000000000000000", "video-720-h264")
TOKEN = tokens.issue(SOURCE, expires=NOW + 60, secret=SECRET)
PADDING = "=" * (-len(TOKEN) % 4)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

sources = st.builds(
    Source,
    st.just("tiktok"),
    st.from_regex(r"[0-9]{1,20}", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,6}){0,3}", fullmatch=True),
)


def refusal(token: str, *, now: float = NOW, secret: bytes = SECRET) -> Code:
    with pytest.raises(TokstackError) as caught:
        tokens.verify(token, now=now, secret=secret)
    return caught.value.code


@given(sources, st.binary(min_size=1, max_size=64), st.integers(min_value=1, max_value=2**32 - 1))
def test_a_token_names_what_it_was_issued_for(source: Source, secret: bytes, expires: int) -> None:
    token = tokens.issue(source, expires=expires, secret=secret)
    assert tokens.verify(token, now=expires - 1, secret=secret) == source
    assert set(token) <= set(ALPHABET)


def test_a_token_is_compact() -> None:
    assert len(TOKEN) < 90


@given(st.sampled_from(ALPHABET + "+/=. %é"))
def test_a_token_with_any_character_changed_is_refused(replacement: str) -> None:
    for position, character in enumerate(TOKEN):
        if character != replacement:
            assert refusal(TOKEN[:position] + replacement + TOKEN[position + 1 :]) is Code.INVALID_MEDIA_TOKEN


@pytest.mark.parametrize("bit", range(8))
def test_a_token_with_any_bit_flipped_is_refused(bit: int) -> None:
    raw = urlsafe_b64decode(TOKEN + PADDING)
    for position in range(len(raw)):
        flipped = bytearray(raw)
        flipped[position] ^= 1 << bit
        changed = urlsafe_b64encode(flipped).rstrip(b"=").decode()
        assert refusal(changed) is Code.INVALID_MEDIA_TOKEN


@given(st.text(max_size=300) | st.text(alphabet=ALPHABET, max_size=300))
def test_no_text_raises_anything_but_the_one_error(text: str) -> None:
    assert refusal(text) is Code.INVALID_MEDIA_TOKEN


@pytest.mark.parametrize(
    "token",
    [
        "",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN + "=",
        TOKEN + "\n",
        " " + TOKEN,
        TOKEN * 2,
        TOKEN * 100,
    ],
)
def test_only_what_was_issued_is_taken(token: str) -> None:
    assert refusal(token) is Code.INVALID_MEDIA_TOKEN


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    other = TOKEN[:-1] + ALPHABET[ALPHABET.index(TOKEN[-1]) ^ 1]  # spare bits of the last character
    assert urlsafe_b64decode(other + PADDING) == urlsafe_b64decode(TOKEN + PADDING)
    assert refusal(other) is Code.INVALID_MEDIA_TOKEN


def test_another_secret_is_refused() -> None:
    assert refusal(TOKEN, secret=SECRET + b"!") is Code.INVALID_MEDIA_TOKEN


@pytest.mark.parametrize(("now", "good"), [(NOW + 59, True), (NOW + 59.9, True), (NOW + 60, False), (2**33, False)])
def test_a_token_expires(now: float, good: bool) -> None:
    if good:
        assert tokens.verify(TOKEN, now=now, secret=SECRET) == SOURCE
    else:
        assert refusal(TOKEN, now=now) is Code.EXPIRED_MEDIA_TOKEN


def test_a_changed_and_expired_token_is_invalid() -> None:
    assert refusal("B" + TOKEN[1:], now=NOW + 100) is Code.INVALID_MEDIA_TOKEN


def test_a_link_holds_a_token_for_as_long_as_was_said() -> None:
    link = Links("https://api.example/", SECRET, ttl=60, now=lambda: NOW).url(SOURCE.post_id, SOURCE.rendition)
    base, _, token = link.rpartition("/")
    assert base == "https://api.example/media"
    assert tokens.verify(token, now=NOW + 59, secret=SECRET) == SOURCE
    assert refusal(token, now=NOW + 60) is Code.EXPIRED_MEDIA_TOKEN
