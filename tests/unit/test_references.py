"""Every form of a post link that the contract names, the look-alikes that it must not mean, and what holds for all."""

import string
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError
from tokstack.posts.references import MAX_LENGTH, PostRef, ShortLink, parse, parse_handle, web_path

T = TypeVar("T")

ID = "7345678901234567890"
SEC_UID = "MS4wLjABAAAAv7iSuuXDJGDvJkmH_vz1qkDZYo1apxgzaxdBSeIuPiM"

POSTS = [
    # the pages
    (f"https://www.tiktok.com/@some.user_1/video/{ID}", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/photo/{ID}", "some.user_1"),
    (f"http://www.tiktok.com/@some.user_1/video/{ID}", "some.user_1"),
    (f"https://m.tiktok.com/@some.user_1/video/{ID}", "some.user_1"),
    (f"https://tiktok.com/@some.user_1/video/{ID}", "some.user_1"),
    (f"www.tiktok.com/@some.user_1/video/{ID}", "some.user_1"),
    (f"tiktok.com/@some.user_1/photo/{ID}", "some.user_1"),
    (f"m.tiktok.com/@some.user_1/photo/{ID}", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/video/{ID}/", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/video/{ID}//", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/video/{ID}?lang=en&is_copy_url=1", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/video/{ID}/?lang=en", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/video/{ID}#comments", "some.user_1"),
    (f"https://www.tiktok.com/@some.user_1/video/{ID}?a=b#c?d", "some.user_1"),
    (f"HTTPS://WWW.TIKTOK.COM/@some.user_1/video/{ID}", "some.user_1"),
    (f"Www.TikTok.Com/@some.user_1/video/{ID}", "some.user_1"),
    (f"https://www.tiktok.com/@Some.User_1/video/{ID}", "some.user_1"),
    (f"https://www.tiktok.com/%40some.user_1/video/{ID}", "some.user_1"),
    (f"  https://www.tiktok.com/@some.user_1/video/{ID}\r\n", "some.user_1"),
    # users that are not names
    (f"https://www.tiktok.com/@/video/{ID}", None),
    (f"https://www.tiktok.com/@_/video/{ID}", None),
    (f"https://www.tiktok.com/@6812345678901234567/video/{ID}", None),
    (f"https://www.tiktok.com/@{SEC_UID}/video/{ID}", None),
    (f"https://www.tiktok.com/@jürgen/video/{ID}", None),
    # players, embeds, shares
    (f"https://www.tiktok.com/embed/{ID}", None),
    (f"https://www.tiktok.com/embed/v2/{ID}?lang=de-DE", None),
    (f"https://www.tiktok.com/player/v1/{ID}?controls=1", None),
    (f"https://www.tiktok.com/share/video/{ID}", None),
    (f"https://m.tiktok.com/share/video/{ID}/", None),
    (f"https://www.tiktok.com/i18n/share/video/{ID}", None),
    (f"https://m.tiktok.com/i18n/share/video/{ID}", None),
    (f"https://www.tiktokv.com/share/video/{ID}", None),
    (f"tiktokv.com/share/video/{ID}/?x=y", None),
    (f"https://m.tiktok.com/v/{ID}.html", None),
    (f"m.tiktok.com/v/{ID}.html?u_code=x", None),
    (f"https://m.tiktok.com/v/{ID}", None),
    # in the query
    (f"https://www.tiktok.com/?shareId={ID}", None),
    (f"https://www.tiktok.com?item_id={ID}", None),
    (f"https://www.tiktok.com/@some.user_1?lang=en&item_id={ID}&x=1#top", None),
    (f"m.tiktok.com/h5/page/?a=b&shareId={ID}", None),
    # nothing but the id
    (ID, None),
    (f" {ID} ", None),
]
BARE_IDS = ["734567890123456789", "734567890123456789012", "9223372036854775807"]
SHORT_LINKS = [
    ("https://vm.tiktok.com/ZMabc12/", "https://vm.tiktok.com/ZMabc12/"),
    ("https://vm.tiktok.com/ZMabc12", "https://vm.tiktok.com/ZMabc12/"),
    ("http://vt.tiktok.com/ZSabc12/?k=1#f", "https://vt.tiktok.com/ZSabc12/"),
    ("vt.tiktok.com/x", "https://vt.tiktok.com/x/"),
    ("VM.TIKTOK.COM/ZMabc12", "https://vm.tiktok.com/ZMabc12/"),
    ("https://www.tiktok.com/t/ZTabc12/", "https://www.tiktok.com/t/ZTabc12/"),
    ("tiktok.com/t/ZTabc12", "https://tiktok.com/t/ZTabc12/"),
    ("https://m.tiktok.com/t/ZTabc12?x", "https://m.tiktok.com/t/ZTabc12/"),
    ("lite.tiktok.com/t/ZNabc12/", "https://lite.tiktok.com/t/ZNabc12/"),
]
WRONG = [
    # not a link
    "",
    " \t ",
    "hello",
    "/",
    "?",
    f"@some.user_1/video/{ID}",
    f"//www.tiktok.com/@u/video/{ID}",
    f"see https://www.tiktok.com/@u/video/{ID}",
    # ids that no post has
    "1",
    "7" * 17,
    "7" * 22,
    "7" * 40,
    "0" + ID[1:],
    "٧" * 19,
    "https://www.tiktok.com/@u/video/1",
    f"https://www.tiktok.com/@u/video/{'7' * 40}",
    f"https://www.tiktok.com/@u/video/{'7' * 9000}",
    f"https://www.tiktok.com/@u/video/{ID}a",
    f"https://www.tiktok.com/@u/video/-{ID}",
    f"https://www.tiktok.com/?shareId={ID}0000",
    f"https://www.tiktok.com/?notshareId={ID}",
    # hosts that are not TikTok's
    f"https://tiktok.com.evil.example/@u/video/{ID}",
    f"https://www.tiktok.com.evil.example/@u/video/{ID}",
    f"https://evil.example/@u/video/{ID}",
    "https://evil.example/@u/video/1",
    f"https://evil.example/https://www.tiktok.com/@u/video/{ID}",
    f"https://evil.example?https://www.tiktok.com/@u/video/{ID}",
    f"https://evil.example/?shareId={ID}",
    f"https://eviltiktok.com/@u/video/{ID}",
    f"https://www-tiktok.com/@u/video/{ID}",
    f"https://x.www.tiktok.com/@u/video/{ID}",
    f"https://ads.tiktok.com/@u/video/{ID}",
    f"https://www.tiktok.com./@u/video/{ID}",
    f"https://.tiktok.com/@u/video/{ID}",
    f"https://127.0.0.1/@u/video/{ID}",
    f"https://[::1]/@u/video/{ID}",
    f"https://2130706433/@u/video/{ID}",
    f"https://localhost/@u/video/{ID}",
    "https://vm.tiktok.com.evil.example/ZMabc12",
    # user names, ports, other alphabets
    f"https://www.tiktok.com@evil.example/@u/video/{ID}",
    f"https://user:pass@www.tiktok.com/@u/video/{ID}",
    f"https://www.tiktok.com:443/@u/video/{ID}",
    f"https://www.tiktok.com:80@evil.example/@u/video/{ID}",
    f"https://xn--tiktk-jua.com/@u/video/{ID}",
    f"https://www.tiktоk.com/@u/video/{ID}",  # a Cyrillic o
    f"https://www.ti\u212atok.com/@u/video/{ID}",  # the Kelvin sign, whose lower case is k
    f"https://www\u3002tiktok\u3002com/@u/video/{ID}",
    f"https://www.tiktok.com%2f@evil.example/@u/video/{ID}",
    # other schemes
    f"ftp://www.tiktok.com/@u/video/{ID}",
    f"file://www.tiktok.com/@u/video/{ID}",
    f"javascript://www.tiktok.com/@u/video/{ID}",
    f"httpſ://www.tiktok.com/@u/video/{ID}",
    f"https:www.tiktok.com/@u/video/{ID}",
    f"https:/www.tiktok.com/@u/video/{ID}",
    # characters that hide something
    f"https://www.tiktok.com\\@evil.example/@u/video/{ID}",
    f"https://evil.example\\@www.tiktok.com/@u/video/{ID}",
    f"https://www.tiktok.com/@u/video/{ID}\x00",
    f"https://www.tiktok.com/@u\r\nHost: evil.example/video/{ID}",
    f"https://www.tiktok.com/@u/vid eo/{ID}",
    f"https://www.tiktok.com/@\u202eu/video/{ID}",
    f"https://www.tiktok.com/@\ud800/video/{ID}",
    # TikTok's, but no post
    "https://www.tiktok.com",
    "https://www.tiktok.com/",
    "https://www.tiktok.com/@some.user_1",
    "https://www.tiktok.com/@some.user_1/live",
    "https://www.tiktok.com/music/original-sound-7345678901234567890",
    "https://www.tiktok.com/tag/cats",
    f"https://www.tiktok.com/@u/video/{ID}/more",
    f"https://www.tiktok.com/../@u/video/{ID}",
    f"https://vm.tiktok.com/@u/video/{ID}",
    f"https://www.tiktokv.com/@u/video/{ID}",
    "https://vm.tiktok.com/",
    "https://vm.tiktok.com/a-b",
    "https://vm.tiktok.com/" + "a" * 22,
    "https://www.tiktok.com/t/",
    # far too long
    "a" * 10_240,
    "https://www.tiktok.com/@u/video/" + ID + "?" + "a" * 10_240,
    "/" * 10_240,
]

links = st.text(max_size=60) | st.builds(
    "".join,
    st.lists(
        st.sampled_from(
            "https:// http: // www.tiktok.com vm.tiktok.com tiktokv.com / @ u /video/ /t/ /v/ .html ?shareId= &item_id="
            f" # %40 : \\ x 7 {ID} {ID}000".split(" ")
        )
        | st.characters(),
        max_size=12,
    ),
)


def outcome(read: Callable[[str], T], text: str) -> T | Code:
    """What was read, or the code of the refusal."""
    try:
        return read(text)
    except TokstackError as error:
        return error.code


@pytest.mark.parametrize(("text", "handle"), POSTS)
def test_a_link_names_its_post(text: str, handle: str | None) -> None:
    assert parse(text) == PostRef(ID, handle)


@pytest.mark.parametrize("text", BARE_IDS)
def test_an_id_alone_is_a_post(text: str) -> None:
    assert parse(text) == PostRef(text)


@pytest.mark.parametrize(("text", "url"), SHORT_LINKS)
def test_a_short_link_is_known_as_one(text: str, url: str) -> None:
    assert parse(text) == ShortLink(url)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_post_link_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(TokstackError) as refused:
        parse(text)
    assert refused.value.code is Code.VALIDATION_ERROR
    assert refused.value.message.endswith(".")
    assert len(refused.value.message) < 100


@given(links)
def test_nothing_but_the_one_error_is_ever_raised(text: str) -> None:
    found = outcome(parse, text)
    assert found is Code.VALIDATION_ERROR or (not isinstance(found, Code) and parse(found.url) == found)


@given(
    post_id=st.from_regex(r"[1-9][0-9]{17,20}", fullmatch=True),
    handle=st.none() | st.from_regex(r"[a-z_.][a-z0-9_.]{1,23}", fullmatch=True),
)
def test_the_canonical_form_means_itself(post_id: str, handle: str | None) -> None:
    assert parse(PostRef(post_id, handle).url) == PostRef(post_id, handle)


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=1, max_size=21))
def test_a_canonical_short_link_means_itself(code: str) -> None:
    link = ShortLink(f"https://vm.tiktok.com/{code}/")
    assert parse(link.url) == link


def test_the_longest_link_is_read_and_one_more_character_is_not() -> None:
    link = f"https://www.tiktok.com/@u/video/{ID}?"
    assert parse(link.ljust(MAX_LENGTH, "a")) == PostRef(ID, "u")
    with pytest.raises(TokstackError):
        parse(link.ljust(MAX_LENGTH + 1, "a"))


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("some.user_1", "some.user_1"),
        ("@some.user_1", "some.user_1"),
        (" @Some.User_1\n", "some.user_1"),
        ("a", "a"),
        ("a" * 24, "a" * 24),
        ("1234", "1234"),
    ],
)
def test_a_username_is_read_with_or_without_its_sign(text: str, handle: str) -> None:
    assert parse_handle(text) == handle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@@u",
        "a b",
        "a/b",
        "a?b",
        "ü",
        "a\x00",
        "a-b",
        "a" * 25,
        "@" * 10_240,
        "\u212a",
        "https://www.tiktok.com/@u",
    ],
)
def test_what_is_no_username_is_refused(text: str) -> None:
    with pytest.raises(TokstackError) as refused:
        parse_handle(text)
    assert refused.value.code is Code.VALIDATION_ERROR


@given(st.text(max_size=30))
def test_a_username_means_itself(text: str) -> None:
    handle = outcome(parse_handle, text)
    assert handle is Code.VALIDATION_ERROR or parse_handle(f"@{handle}") == parse_handle(handle) == handle


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://www.tiktok.com/", ""),
        ("https://www.tiktok.com/login/?redirect_url=x", "/login"),
        ("https://m.tiktok.com/@u", "/@u"),
        ("https://vm.tiktok.com/x", None),
        ("https://evil.example/login", None),
        ("https://u@www.tiktok.com/", None),
        ("", None),
    ],
)
def test_a_path_is_told_only_on_the_site_itself(url: str, path: str | None) -> None:
    assert web_path(url) == path
