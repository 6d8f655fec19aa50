"""What may be written for a page of any site, the tricks that it must not mean, and what holds for all texts."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokstack.errors import Code, TokstackError
from tokstack.posts.addresses import parse_address
from tokstack.posts.references import MAX_LENGTH
from tokstack.public_internet import is_public_name

ADDRESSES = [
    ("https://example.org/watch?v=1", "https://example.org/watch?v=1"),
    ("http://example.org/watch", "http://example.org/watch"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org?v=1", "https://example.org/?v=1"),
    ("example.org/watch", "https://example.org/watch"),
    ("www.example.org", "https://www.example.org/"),
    ("  https://example.org/\r\n", "https://example.org/"),
    ("HTTPS://WWW.Example.ORG/Watch", "https://www.example.org/Watch"),
    ("https://example.org:443/", "https://example.org/"),
    ("http://example.org:80/", "http://example.org/"),
    ("https://example.org:/", "https://example.org/"),
    ("example.org:443/x", "https://example.org/x"),
    ("http://example.org:443/", "http://example.org:443/"),
    ("https://example.org/a#part", "https://example.org/a"),
    ("https://example.org/a?b=c#d?e", "https://example.org/a?b=c"),
    (
        "https://example.org/a?url=https://other.example/b:8080",
        "https://example.org/a?url=https://other.example/b:8080",
    ),
    ("example.org/?u=http://user@other.example", "https://example.org/?u=http://user@other.example"),
    ("https://example.org/ü?q=ü", "https://example.org/%C3%BC?q=%C3%BC"),
    ("https://example.org/%C3%BC%20", "https://example.org/%C3%BC%20"),
    ('https://example.org/"<>', "https://example.org/%22%3C%3E"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
    ("https://ｅｘａｍｐｌｅ.org/", "https://example.org/"),
    ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    # what yt-dlp would read as orders to itself
    ('https://example.org/#__youtubedl_smuggle=%7B"to_generic":true%7D', "https://example.org/"),
]
SCHEMES = [
    "file:///etc/passwd",
    "ftp://example.org/a.mp4",
    "data:text/html,hello",
    "javascript:alert(1)",
    "blob:https://example.org/1",
    "view-source:https://example.org/",
    "ytsearch:cats",
    "ytsearch5:cats",
    "gopher://example.org/",
    "ws://example.org/",
    "mailto:someone",
]
HOSTS = [
    "https:///watch",
    "//example.org/watch",
    "/watch",
    "?v=1",
    "watch",
    "https:example.org",
    "localhost",
    "http://localhost/",
    "http://intranet/",
    "https://example.org./",
    "https://example..org/",
    "https://.example.org/",
    "https://exam%20ple.org/",
    "https://*.example.org/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fd00:ec2::254]/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://93.184.215.14/",
    "https://xn--/",
    "https://-ü.example/",
    f"https://{'a' * 64}.example/",
]
PORTS = ["https://example.org:8080/", "http://example.org:22/", "example.org:0", "https://example.org:080/"]
USERS = [
    "https://user@example.org/",
    "https://user:pass@example.org/",
    "https://example.org@127.0.0.1/",
    "a@example.org",
]
CHARACTERS = ["https://example.org/a b", "https://example.org/\n", "https://exa\tmple.org/", "https:\\\\example.org\\"]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_what_is_meant(text: str, address: str) -> None:
    assert parse_address(text) == address


def refused(text: str) -> str:
    with pytest.raises(TokstackError) as caught:
        parse_address(text)
    assert caught.value.code is Code.VALIDATION_ERROR
    return caught.value.message


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (SCHEMES, "Only links that begin with http:// or https:// can be fetched."),
        (HOSTS, "This link does not name a site of the public internet."),
        (PORTS, "Only links to the ports 80 and 443 are fetched."),
        (USERS, "A link with a user name or a password is not fetched."),
        (
            [*CHARACTERS[:1], *CHARACTERS[2:], "https://example.org/\0", "a\u202eb.example"],
            "This contains characters that no link or username has.",
        ),
        (["", "  \r\n"], "This is empty."),
        (
            ["https://example.org/" + "a" * MAX_LENGTH, "https://example.org/" + "ü" * 500],
            "This is longer than 2048 characters.",
        ),
    ],
    ids=["schemes", "hosts", "ports", "users", "characters", "empty", "long"],
)
def test_what_is_refused_and_how_it_is_said(texts: list[str], message: str) -> None:
    assert {text: refused(text) for text in texts} == dict.fromkeys(texts, message)


def test_the_longest_is_taken() -> None:
    longest = "https://example.org/".ljust(MAX_LENGTH, "a")
    assert parse_address(longest) == longest


SEPARATORS = ["://", ":", "/", "//", "?", "#", "@", ".", "%", "%2f", "[", "]", "\\", "。"]
WORDS = [
    "http",
    "https",
    "127.0.0.1",
    "::1",
    "0x7f",
    "example",
    ".org",
    "ytsearch",
    ":80",
    ":8080",
    "ü",
    "１",
    "xn--",
    "ß",
]
pieces = st.sampled_from([*SEPARATORS, *WORDS, "\u0130", "\u212a"])
links = st.lists(pieces | st.text(max_size=4) | st.text(string.ascii_letters + string.digits, max_size=8), max_size=12)


@given(links.map("".join) | st.text())
def test_whatever_is_written_is_refused_or_canonical(text: str) -> None:
    try:
        address = parse_address(text)
    except TokstackError as error:
        address = error.code.value
    if address == Code.VALIDATION_ERROR:
        return
    assert parse_address(address) == address
    assert address.isascii()
    assert address.isprintable()
    assert "#" not in address
    scheme, _, rest = address.partition("://")
    host, _, port = rest.partition("/")[0].partition(":")
    assert scheme in ("http", "https")
    assert is_public_name(host)
    assert port in ("", "443" if scheme == "http" else "80")


@given(
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z]{1,9}(\.[a-z]{2,9}){1,3}", fullmatch=True),
    links.map("".join),
)
def test_what_follows_the_host_never_changes_it(scheme: str, host: str, rest: str) -> None:
    try:
        address = parse_address(f"{scheme}://{host}/{rest}")
    except TokstackError:
        return
    assert address.startswith(f"{scheme}://{host}/")
